"""Hard cuts: two pictures that don't fit, where their neighbours do, and that stay apart."""

from collections.abc import Sequence

import numpy as np

from config.footage import Shots
from indexers.pictures.features import BLANK, Features, Floats, fit

_NEIGHBOURS = 8  # frames on either side that say how much this picture moves anyway
_FLASH = 6  # frames after which a flash, a passing hand or a torn picture is over
_SAME = 0.6  # likeness of what is before and after it
_LIGHT, _AFTER_LIGHT = 20, 0.4  # luma that a camera's flash adds; then so much likeness suffices
_JUMP = 2.5  # a jump in one place is so many times weaker, and stands out so many times more
_FLOOR = 0.015  # unlikeness that even a still picture has


def hard_cuts(seen: Features, settings: Shots) -> list[int]:
    """The frames that begin a shot by a hard cut, in order."""
    unlike = 1 - seen.like
    usual = _usual(unlike)
    outstanding = unlike / (usual + _FLOOR)
    strong = (unlike >= settings.threshold) & (outstanding >= settings.ratio)
    jumps = (unlike >= settings.threshold / _JUMP) & (outstanding >= settings.ratio * _JUMP)
    shown = seen.deviation > 2 * BLANK
    strong |= jumps & shown & np.concatenate([shown[:1], shown[:-1]])  # not the end of a fade
    frames = _without_flashes(np.flatnonzero(strong).tolist(), seen)
    return _spaced(frames, unlike, settings.minimum_frames)


def _usual(unlike: Floats) -> Floats:
    """The median around each frame, without its own."""
    if not len(unlike):
        return unlike
    padded = np.pad(unlike, _NEIGHBOURS, mode="edge")
    around = np.lib.stride_tricks.sliding_window_view(padded, 2 * _NEIGHBOURS + 1)
    usual: Floats = np.median(np.delete(around, _NEIGHBOURS, axis=1), axis=1)
    return usual


def _spaced(frames: Sequence[int], unlike: Floats, least: int) -> list[int]:
    """Of two cuts too near to each other the weaker goes; none is that near to either end."""
    kept: list[int] = []
    for frame in frames:
        if not least <= frame <= len(unlike) - least:
            continue
        if kept and frame - kept[-1] < least:
            if unlike[frame] > unlike[kept[-1]]:
                kept[-1] = frame
        else:
            kept.append(frame)
    return kept


def _without_flashes(frames: Sequence[int], seen: Features) -> list[int]:
    """Leave out what is over in a few frames: the picture before it comes back."""
    kept: list[int] = []
    over = 0  # up to here a flash lasts
    for frame in frames:
        if frame <= over:
            continue
        end = _comes_back(frame, seen)
        if end is None:
            kept.append(frame)
        else:
            over = end
    return kept


def _comes_back(frame: int, seen: Features) -> int | None:
    """The frame that shows again what was seen before `frame`, if one of the next does."""
    later = np.arange(frame + 1, min(frame + 1 + _FLASH, len(seen)))
    if not len(later):
        return None
    before = np.broadcast_to(seen.tiny[frame - 1], seen.tiny[later].shape)
    enough = _AFTER_LIGHT if _lights_up(frame, seen) else max(_SAME, (1 + seen.like[frame]) / 2)
    back = later[fit(before, seen.tiny[later]) >= enough]
    return int(back[-1]) if len(back) else None


def _lights_up(frame: int, seen: Features) -> bool:
    """Whether it is much brighter than before, and soon no longer."""
    rise = seen.mean[frame : frame + 1 + _FLASH] - seen.mean[frame - 1]
    return bool(rise[0] > _LIGHT and rise.min() < rise[0] / 2)
