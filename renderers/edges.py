"""Where a take is cut: breath around its words, in the quietest moment, on a whole frame.

Recognisers put the edges of words 50 to 150 ms off. So the edge is looked for in the pause:
first the handle, then the quietest 30 ms near it, then the frame that holds it. A pause is
shared with the word beyond it, so a neighbouring word is never heard.
"""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from media import sound

_REACH = 2  # handles within which the quietest moment is looked for
_EVEN = 3.0  # dB within which moments are equally quiet: then the one nearest to the handle
_MIDDLE = Fraction(sound.WINDOW, 2 * sound.HERTZ)  # seconds


@dataclass(frozen=True)
class Pause:
    """The room around a take: source frames [before, after) that no other word reaches."""

    before: int
    after: int


def edges(span: tuple[int, int], pause: Pause, handle: int, rate: Fraction, heard: Path | None
          ) -> tuple[int, int]:  # fmt: skip
    """The in and out of a take whose words are `span`, in frames at `rate`.

    `handle`: frames. `heard`: the asset's 16 kHz sound; without it the handles decide alone.
    """
    start, end = span
    ahead = min(handle, max(0, start - pause.before) // 2)
    behind = min(handle, max(0, pause.after - end) // 2)
    if heard is None:
        return start - ahead, end + behind
    earliest = start - min(_REACH * handle, max(0, start - pause.before) // 2)
    latest = end + min(_REACH * handle, max(0, pause.after - end) // 2)
    first = _quietest(heard, rate, (earliest, start), start - ahead)
    last = _quietest(heard, rate, (end, latest), end + behind)
    return first, last


def _quietest(heard: Path, rate: Fraction, room: tuple[int, int], wanted: int) -> int:
    """The frame boundary inside `room` nearest to its quietest 30 ms; `wanted` among equals."""
    if room[1] <= room[0]:
        return wanted
    samples = sound.read(heard, room[0] / rate - _MIDDLE, room[1] / rate + _MIDDLE)
    if len(samples) < sound.WINDOW:
        return wanted
    levels = sound.levels(samples, sound.HOP)
    begins = max(Fraction(0), room[0] / rate - _MIDDLE) + _MIDDLE
    times = [begins + Fraction(i * sound.HOP, sound.HERTZ) for i in range(len(levels))]
    quiet = np.flatnonzero(levels <= levels.min() + _EVEN)
    frames = {min(max(round(times[i] * rate), room[0]), room[1]) for i in quiet}
    return min(frames, key=lambda frame: (abs(frame - wanted), frame))
