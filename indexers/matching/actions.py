"""Action lines find clips that show them; lines said in another language find their sense.

Dense evidence: what a clip shows in words (indexers/matching/shown.py), and pictures where a
judge of them is plugged in. Everything is compared with everything, and the order of the
script decides between likes (indexers/matching/order.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from indexers.matching.meaning import Meaning, Scores
from indexers.matching.order import probabilities
from indexers.matching.seams import Vision
from indexers.matching.shown import Shown

_PROBABLE = 0.45  # from which a clip is taken for a line's
_ALTERNATES = 5  # clips of one line
_MANY = 10_000_000  # pairs, beyond which each line's nearest clips alone are compared
_NEAREST = 12


@dataclass(frozen=True)
class Described:
    """A line to be shown. `number`: of the script line."""

    number: int
    text: str


@dataclass(frozen=True)
class Seen:
    """A clip that shows a line, with how probable that is, 0 to 1, and how alike they are."""

    shown: Shown
    probability: float
    likeness: float


def show(
    lines: Sequence[Described],
    clips: Sequence[Shown],
    meaning: Meaning,
    vision: Vision | None = None,
) -> dict[int, list[Seen]]:
    """The clips of each line (by number), the most probable first; none for a line that
    nothing shows. `lines` in script order, `clips` in shooting order."""
    clips = [clip for clip in clips if clip.text or vision]
    if not lines or not clips:
        return {}
    alike = meaning.likeness([line.text for line in lines], [clip.text for clip in clips])
    if vision:
        alike = np.maximum(alike, vision.likeness([line.text for line in lines], clips))
    kept = _kept(alike)
    alike, clips = alike[:, kept], [clips[i] for i in kept]
    probable = probabilities(alike)
    return {
        line.number: found
        for row, line in enumerate(lines)
        if (found := _seen(probable[row], alike[row], clips))
    }


def _kept(alike: Scores) -> list[int]:
    """All clips; of very many, those that are among the nearest of some line."""
    lines, clips = alike.shape
    if lines * clips <= _MANY:
        return list(range(clips))
    nearest = np.argpartition(-alike, min(_NEAREST, clips - 1), axis=1)[:, :_NEAREST]
    return [int(i) for i in np.unique(nearest)]


def _seen(probable: np.ndarray, alike: np.ndarray, clips: Sequence[Shown]) -> list[Seen]:
    order = [int(i) for i in np.argsort(-probable, kind="stable")[:_ALTERNATES]]
    return [
        Seen(clips[i], round(float(probable[i]), 3), round(float(alike[i]), 3))
        for i in order
        if probable[i] >= _PROBABLE
    ]
