"""Dissolves, wipes and fades: shots that begin gradually.

A window of frames is a transition when its ends are unlike and every picture between lies on
the straight line from one end to the other: a dissolve; or is, pixel by pixel, either end: a
wipe. A pan also changes everything, but its middle is neither. Of the variance a dissolve
shows a parabola (Alattar, 1993), which follows from the same line.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexers.pictures.features import BLANK, NOISE, Features, Floats, fit
from indexers.pictures.spans import Span

_LENGTHS = (6, 8, 11, 16, 22, 31, 44)  # frames; between them a window fits as well
_POINTS = (0.25, 0.5, 0.75)
_PROGRESS = ((0.06, 0.5), (0.25, 0.75), (0.5, 0.94))  # how far it may be at each of them
LIKE = 0.45  # likeness of the ends at most
_DISSOLVE, _WIPE = 0.2, 0.12  # squared distance from the line, or from the nearer end, at most
_STEADY = 0.5  # weight of what changes before and after, against what changes inside
_SPREAD = 0.25  # of the change over the picture: 0.33 everywhere, 0.2 a thing that passes by
_LEAST = 0.53  # score: chance windows of lively scenes reach 0.52
_LONGEST_BLANK = 25  # frames
_SAME = 0.5  # likeness of one scene before and after a flash
_FLASH, _LIGHT = 4, 10  # frames that are white at once; luma by which the light then differs
_WHIP = 0.04  # movement a frame, in parts of the picture's height
_GAIN, _LONGEST_RAMP = 1.01, 100  # a fade: contrast a frame; frames
_BLOCK = 2048


@dataclass(frozen=True)
class Transition:
    """Frames [first, end) show both sides."""

    first: int
    end: int
    score: float
    middle: int  # where the shot after it begins


def gradual(seen: Features) -> list[Transition]:
    """Dissolves and wipes, in order; none overlaps another."""
    return strongest(one for one in _windows(seen) if not _moves(seen, one))


def strongest(found: Iterable[Transition], apart: int = 0) -> list[Transition]:
    """In order, without those that come within `apart` frames of one with a higher score."""
    kept: list[Transition] = []
    for one in sorted(found, key=lambda one: -one.score):
        if all(one.first >= other.end + apart or other.first >= one.end + apart for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: one.first)


def _moves(seen: Features, one: Transition) -> bool:
    """Whether the camera whips or shakes so much that the ends are unlike by that alone."""
    return bool(np.median(np.hypot(*seen.shift[one.first : one.end].T)) > _WHIP)


def fades(seen: Features) -> list[Transition]:
    """Between shots that fade out and in. A second without picture is a shot of its own."""
    blank = np.concatenate([[False], seen.deviation < BLANK, [False]])
    edges = np.flatnonzero(blank[1:] != blank[:-1])
    found: list[Transition] = []
    for a, b in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        first, end = _ramp(seen, a, -1), _ramp(seen, b - 1, 1) + 1
        if b - a <= _LONGEST_BLANK and a > 0 and b < len(seen):
            if _same(seen, first, end) or _flashes(seen, first, (a, b)):
                continue  # a flash
            found.append(Transition(first, end, 2.0, (a + b) // 2))
        elif b - a > _LONGEST_BLANK:
            found += [Transition(first, a, 1.0, (first + a) // 2)] if a > 0 else []
            found += [Transition(b, end, 1.0, (b + end) // 2)] if b < len(seen) else []
    return found


def _same(seen: Features, first: int, end: int) -> bool:
    """Whether the same is seen before frame `first` and from frame `end` on."""
    before, after = max(0, first - 1), min(end, len(seen) - 1)
    return bool(fit(seen.tiny[before : before + 1], seen.tiny[after : after + 1])[0] > _SAME)


def _flashes(seen: Features, first: int, blank: Span) -> bool:
    """Whether it is white at once and for a moment, and then as bright as before: between them a
    camera that whips round may have come to something else."""
    a, b = blank
    after = min(b + _FLASH, len(seen) - 1)
    short = a - first <= 1 and b - a <= _FLASH and seen.mean[a] > seen.mean[a - 1]
    light = np.abs(seen.mean[b : after + 1] - seen.mean[max(0, first - 1)])
    return bool(short and light.min() < _LIGHT)


def _ramp(seen: Features, frame: int, step: int) -> int:
    """The last frame in direction `step` up to which the picture keeps gaining contrast."""
    for _ in range(_LONGEST_RAMP):
        after = frame + step
        if not 0 <= after < len(seen) or seen.deviation[after] < seen.deviation[frame] * _GAIN:
            break
        frame = after
    return frame


def _windows(seen: Features) -> Iterator[Transition]:
    flat = seen.tiny.reshape(len(seen), -1)
    for length in _LENGTHS:
        for start in range(0, len(seen) - length, _BLOCK):
            first = max(0, start - length // 2)  # what comes before and after is looked at too
            end = min(len(seen), start + _BLOCK + length + length // 2)
            window = _Window(flat[first:end].astype(np.float32), length)
            yield from window.fitting(first, range(start, min(start + _BLOCK, len(seen) - length)))


class _Window:
    """All windows of one length in a block of pictures: row n is frames [n, n + length]."""

    def __init__(self, block: Floats, length: int) -> None:
        self._block, self._length = block, length
        self._count = len(block) - length
        self._behind, self._ahead = block[: self._count], block[length:]
        self._change = self._ahead - self._behind
        self._whole = _square(self._change) + 1
        self._score = unlikeness(self._behind, self._ahead)

    def fitting(self, first: int, starts: range) -> Iterator[Transition]:
        """The transitions that begin in `starts`; row 0 is frame `first`."""
        spread = self._whole**2 / ((self._change**4).sum(1) + 1) / self._change.shape[1]
        good = (self._score > 1 - LIKE) & (spread > _SPREAD)
        off = self._unsteady()
        for point, bounds in zip(_POINTS, _PROGRESS, strict=True):
            fits, distance = self._between(round(point * self._length), bounds)
            good &= fits
            off += distance / len(_POINTS)
        score = self._score * (1.6 - off)
        for row in np.flatnonzero(good & (score > _LEAST)).tolist():
            frame = first + row
            if frame in starts:
                span = frame + 1, frame + self._length
                yield Transition(*span, float(score[row]), sum(span) // 2)

    def _between(self, at: int, bounds: tuple[float, float]) -> tuple[NDArray[np.bool_], Floats]:
        """Whether pictures `at` frames inside lie between the ends, and how far off they are."""
        one = self._block[at : at + self._count] - self._behind
        progress = np.einsum("ij,ij->i", one, self._change) / self._whole
        line = _square(one) / self._whole - progress**2
        nearer = np.minimum(one**2, (one - self._change) ** 2).sum(1) / self._whole
        fits = (progress > bounds[0]) & (progress < bounds[1])
        off = np.minimum(line / _DISSOLVE, nearer / _WIPE)
        return fits & (off < 1), off

    def _unsteady(self) -> Floats:
        """How much changes in half a length before and after, against what changes inside."""
        some = self._length // 2
        before = np.maximum(np.arange(self._count) - some, 0)
        after = np.minimum(np.arange(self._count) + self._length + some, len(self._block) - 1)
        moved = _square(self._behind - self._block[before]) + _square(
            self._block[after] - self._ahead
        )
        unsteady: Floats = _STEADY * moved / self._whole
        return unsteady


def _square(rows: Floats) -> Floats:
    square: Floats = np.einsum("ij,ij->i", rows, rows)
    return square


def unlikeness(one: Floats, other: Floats) -> Floats:
    a = one - one.mean(1, keepdims=True)
    b = other - other.mean(1, keepdims=True)
    noise = NOISE * one.shape[1]
    found: Floats = 1 - (2 * np.einsum("ij,ij->i", a, b) + noise) / (
        _square(a) + _square(b) + noise
    )
    return found
