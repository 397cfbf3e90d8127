"""Dissolves between pictures that move: contrast and detail sag while two pictures are mixed.

Two pictures that have nothing to do with each other, mixed by 1 − a and a, have the variance
(1 − a)² v + a² w, whatever the camera does meanwhile: a (1 − a) (v + w) below the straight line
from v to w, a parabola (Alattar, 1993). So has the energy of their finest detail. What passes
through the picture changes either, but not both along this curve.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexers.pictures.features import NOISE, Features
from indexers.pictures.transitions import LIKE, Transition, strongest, unlikeness

_LENGTHS = (11, 16, 22, 31, 44)  # frames; shorter curves are had by chance
_DEPTHS = ((0.4, 1.45), (0.8, 1.25))  # of the sag of contrast (likeness shifts it), of detail
_OFF = 0.16  # from the parabola, in parts of it, at most
_RESTLESS = 0.2  # deviation before and after, against the sag, at most

Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class _Sag:
    """How the curve of each window fits: row n is frames [n, n + length]."""

    depth: Doubles  # of the parabola; 1 = two pictures that are not related
    off: Doubles
    restless: Doubles

    def fits(self, depths: tuple[float, float]) -> NDArray[np.bool_]:
        deep = (self.depth > depths[0]) & (self.depth < depths[1])
        return deep & (self.off < _OFF) & (self.restless < _RESTLESS)

    @property
    def doubt(self) -> Doubles:
        return self.off + self.restless / 2


def dissolves(seen: Features) -> list[Transition]:
    """In order; none overlaps another."""
    variance = seen.deviation.astype(np.float64) ** 2
    detail = seen.sharp * 2 * (variance + NOISE)  # squared gradient
    found = [
        one
        for length in _LENGTHS
        if len(seen) > length
        for one in _of_length(seen, (variance, detail), length)
    ]
    return strongest(found)


def _of_length(
    seen: Features, curves: tuple[Doubles, Doubles], length: int
) -> Iterator[Transition]:
    contrast, detail = (_sag(curve, length) for curve in curves)
    fits = contrast.fits(_DEPTHS[0]) & detail.fits(_DEPTHS[1])
    starts = np.flatnonzero(fits)
    flat = seen.tiny.reshape(len(seen), -1)
    unlike = unlikeness(flat[starts].astype(np.float32), flat[starts + length].astype(np.float32))
    score = unlike * (1.6 - contrast.doubt[starts] - detail.doubt[starts])
    for start, apart, value in zip(starts.tolist(), unlike, score, strict=True):
        if apart > 1 - LIKE:
            yield Transition(start + 1, start + length, float(value), start + (length + 1) // 2)


def _sag(curve: Doubles, length: int) -> _Sag:
    """Least squares, all windows at once: every sum is a correlation with the curve."""
    after = np.arange(length + 1) / length
    before, shape = 1 - after, after * (1 - after)
    (first, rough), (last, uneven) = _around(curve, length)
    along = {
        name: np.correlate(curve, weight, "valid")
        for name, weight in (("before", before), ("after", after), ("shape", shape))
    }
    whole = (first + last) * np.sqrt((shape**2).sum()) + 1e-9  # a parabola of depth 1
    inner = first * (before * shape).sum() + last * (after * shape).sum() - along["shape"]
    depth = inner / (whole * np.sqrt((shape**2).sum()))
    square = (
        first**2 * (before**2).sum() + last**2 * (after**2).sum()
        + 2 * first * last * shape.sum()
        + np.correlate(curve**2, np.ones(length + 1), "valid")
        - 2 * first * along["before"] - 2 * last * along["after"]
    )  # fmt: skip
    off = np.sqrt(np.maximum(square / whole**2 - depth**2, 0))
    return _Sag(depth, off, 4 * (rough + uneven) / (first + last + 1e-9))


def _around(curve: Doubles, length: int) -> list[tuple[Doubles, Doubles]]:
    """Mean and deviation in a quarter of the length before each window, and after it."""
    some = max(3, length // 4)
    padded = np.pad(curve, some, mode="edge")
    weight = np.full(some + 1, 1 / (some + 1))
    mean = np.correlate(padded, weight, "valid")
    spread = np.sqrt(np.maximum(np.correlate(padded**2, weight, "valid") - mean**2, 0))
    count = len(curve) - length
    ahead = slice(some + length, some + length + count)
    return [(mean[:count], spread[:count]), (mean[ahead], spread[ahead])]
