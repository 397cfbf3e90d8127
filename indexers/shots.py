"""Hard cuts, from ffmpeg's scdet scores."""

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from config.footage import Shots

_NEIGHBOURS = 8  # frames on either side that say how much this picture moves anyway


def find(scores: Sequence[float], settings: Shots) -> tuple[tuple[int, int], ...]:
    """The shots of a picture as [in, out) frames; together they are all of its frames.

    `scores[n]` (0 to 100) says how unlike frame n is to the one before. A cut is a score at
    or above the threshold that also stands out of its neighbourhood: shaking, flicker and fast
    pans score high for many frames on end. Of two cuts too near to each other the weaker goes.
    """
    if not scores:
        return ()
    cuts: list[int] = []
    for frame in _candidates(scores, settings):
        if cuts and frame - cuts[-1] < settings.minimum_frames:
            if scores[frame] > scores[cuts[-1]]:
                cuts[-1] = frame
        else:
            cuts.append(frame)
    bounds = [0, *cuts, len(scores)]
    return tuple(pairwise(bounds))


def _candidates(scores: Sequence[float], settings: Shots) -> list[int]:
    """Frames that may begin a shot: none so near to either end that a shot would be too short."""
    first, last = settings.minimum_frames, len(scores) - settings.minimum_frames
    return [
        frame
        for frame in range(first, last + 1)
        if scores[frame] >= settings.threshold
        and scores[frame] >= settings.ratio * _usual(scores, frame)
    ]


def _usual(scores: Sequence[float], frame: int) -> float:
    """The median score around a frame, without its own."""
    before = scores[max(0, frame - _NEIGHBOURS) : frame]
    after = scores[frame + 1 : frame + 1 + _NEIGHBOURS]
    return median([*before, *after])
