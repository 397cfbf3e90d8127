"""Spans of frames in which nothing is to be seen, or nothing moves."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from indexers.pictures.features import Features

Span = tuple[int, int]  # [in, out) frames

BLACK_PART = 0.98  # of the picture, as ffmpeg's blackdetect
_BLACK_SECONDS = Fraction(2, 5)  # a shorter black is a cut's blink, not a black
_STILL = 0.26  # change of luma: −60 dB of 255, as ffmpeg's freezedetect
_STILL_SECONDS = 2
_DRIFT = 2.0  # luma by which a frozen picture may differ at its end: more is a slow fade


def black(seen: Features, rate: Fraction) -> tuple[Span, ...]:
    """Where the picture is black for 0.4 s and more."""
    shortest = _BLACK_SECONDS * rate
    return tuple(s for s in runs(seen.dark >= BLACK_PART) if s[1] - s[0] >= shortest)


def frozen(seen: Features, rate: Fraction) -> tuple[Span, ...]:
    """Where the picture stays the same for 2 s and more, its first frame included."""
    still = seen.still < _STILL
    still[:1] = False
    found = [(max(0, first - 1), end) for first, end in runs(still)]
    return tuple(s for s in found if s[1] - s[0] >= _STILL_SECONDS * rate and _same(seen, s))


def share(some: Sequence[Span], whole: Span) -> float:
    """The part of `whole`, 0 to 1, that spans which don't overlap cover."""
    inside = sum(max(0, min(end, whole[1]) - max(first, whole[0])) for first, end in some)
    return round(inside / (whole[1] - whole[0]), 4)


def runs(true: NDArray[np.bool_]) -> list[Span]:
    """The spans in which `true` holds."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], true, [False]]).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _same(seen: Features, span: Span) -> bool:
    first, last = seen.tiny[span[0]].astype(int), seen.tiny[span[1] - 1].astype(int)
    return bool(np.abs(first - last).mean() < _DRIFT)
