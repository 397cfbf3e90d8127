"""The shots of a picture: hard cuts, and in edited material gradual transitions."""

from collections.abc import Sequence
from itertools import pairwise

from config.footage import Shots
from indexers.pictures.cuts import hard_cuts
from indexers.pictures.dissolves import dissolves
from indexers.pictures.features import Features
from indexers.pictures.spans import Span
from indexers.pictures.transitions import Transition, fades, gradual, strongest

_NEAR = 4  # frames: what is this near to a gradual transition is a part of it


def find(seen: Features, settings: Shots, camera: bool) -> tuple[Span, ...]:
    """The shots as [in, out) frames; together they are all of the frames.

    `camera`: whether it is a camera's original. There a gradual transition is something that
    passes by, unless there are cuts as well. A shot that begins gradually begins in the middle.
    """
    if not len(seen):
        return ()
    return tuple(pairwise([0, *boundaries(seen, settings, camera), len(seen)]))


def boundaries(seen: Features, settings: Shots, camera: bool) -> list[int]:
    """The frames that begin a shot, without the first."""
    cuts = hard_cuts(seen, settings)
    if settings.gradual == "off" or (settings.gradual == "auto" and camera and not cuts):
        return cuts
    spans = strongest([*fades(seen), *gradual(seen), *dissolves(seen)], _NEAR)
    clear = [one for one in spans if not _taken(one, cuts)]
    return sorted([*cuts, *(one.middle for one in clear)])


def _taken(one: Transition, cuts: Sequence[int]) -> bool:
    return any(one.first - _NEAR <= cut <= one.end + _NEAR for cut in cuts)
