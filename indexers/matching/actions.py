"""Action lines find clips that show them; lines said in another language find their sense.

Dense evidence: what a clip shows in words (indexers/matching/shown.py), and its pictures where
an engine has seen them (indexers/matching/sight.py). Everything is compared with everything, and
the order of the script decides between likes (indexers/matching/order.py). An action describes
several shots as often as one, so it is as like a clip as the likest of its sentences.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from catalog.words import is_chinese
from indexers.matching.meaning import TEMPERATURE, Meaning, Scores
from indexers.matching.order import probabilities
from indexers.matching.shown import Shown
from indexers.matching.sight import Sight

_PROBABLE = 0.45  # from which a clip is taken for a line's
_ALTERNATES = 5  # clips of one line
_MANY = 10_000_000  # pairs, beyond which each line's nearest clips alone are compared
_NEAREST = 12
_SENTENCE = re.compile(r"[^.!?;。！？；\n]+")
_CLAUSE = re.compile(r"[^.!?;,。！？；，\n]+")  # Chinese strings whole sentences together by commas


@dataclass(frozen=True)
class Described:
    """A line to be shown. `number`: of the script line."""

    number: int
    text: str


@dataclass(frozen=True)
class Seen:
    """A clip that shows a line, with how probable that is, 0 to 1, and how alike they are:
    all told, and its picture alone, None where nobody looked."""

    shown: Shown
    probability: float
    likeness: float
    picture: float | None = None


def show(
    lines: Sequence[Described], clips: Sequence[Shown], meaning: Meaning, sight: Sight | None = None
) -> dict[int, list[Seen]]:
    """The clips of each line (by number), the most probable first; none for a line that
    nothing shows. `lines` in script order, `clips` in shooting order."""
    clips = [clip for clip in clips if clip.text or (sight and clip.asset_id in sight.seen)]
    if not lines or not clips:
        return {}
    texts = [line.text for line in lines]
    told = [clip.text for clip in clips]
    alike = _likest(texts, lambda parts: meaning.likeness(parts, told))
    pictures = np.full_like(alike, np.nan)
    if sight:
        pictures = _likest(texts, lambda parts: sight.likeness(parts, clips))
        alike = _fused(alike, pictures, [bool(clip.text) for clip in clips], sight.weight)
    kept = _kept(alike)
    alike, pictures, clips = alike[:, kept], pictures[:, kept], [clips[i] for i in kept]
    one, at = _apart(clips, pictures)
    probable = probabilities(alike[:, one])[:, at]
    return {
        line.number: found
        for row, line in enumerate(lines)
        if (found := _seen(probable[row], alike[row], pictures[row], clips))
    }


def _parts(text: str) -> list[str]:
    """A text as a whole, and its sentences where there are several."""
    found = (_CLAUSE if is_chinese(text) else _SENTENCE).findall(text)
    sentences = [part.strip() for part in found if part.strip()]
    return [text, *sentences] if len(sentences) > 1 else [text]


def _likest(texts: Sequence[str], alike: Callable[[Sequence[str]], Scores]) -> Scores:
    """Lines × clips: of each line the likest of its parts; NaN where none is known.

    The likest of n is so by chance, too: the odds of each sentence (order.py) are an n-th.
    """
    parts = [_parts(text) for text in texts]
    starts = np.cumsum([0, *map(len, parts[:-1])])
    chance = [np.log(max(1, len(each) - 1)) / TEMPERATURE * (i > 0)
              for each in parts for i in range(len(each))]  # fmt: skip
    table = alike([part for each in parts for part in each]) - np.asarray(chance)[:, None]
    return np.asarray(np.fmax.reduceat(table, starts, axis=0), np.float32)


def _apart(clips: Sequence[Shown], pictures: Scores) -> tuple[list[int], list[int]]:
    """The first of each run of clips of which the same is known, and for each clip its run: takes
    of one shot, and the shots of one file, don't take each other's probability."""
    first: list[int] = []
    at: list[int] = []
    for i, clip in enumerate(clips):
        unseen = bool(np.isnan(pictures[:, i]).all())
        if not first or not unseen or clip.text != clips[first[-1]].text:
            first.append(i)
        at.append(len(first) - 1)
    return first, at


def _fused(words: Scores, pictures: Scores, told: Sequence[bool], weight: float) -> Scores:
    """The mean of both, `weight` for pictures, where both are known; else the one that is."""
    both = np.where(told, weight * pictures + (1 - weight) * words, pictures)
    return np.asarray(np.where(np.isnan(pictures), words, both), np.float32)


def _kept(alike: Scores) -> list[int]:
    """All clips; of very many, those that are among the nearest of some line."""
    lines, clips = alike.shape
    if lines * clips <= _MANY:
        return list(range(clips))
    nearest = np.argpartition(-alike, min(_NEAREST, clips - 1), axis=1)[:, :_NEAREST]
    return [int(i) for i in np.unique(nearest)]


def _seen(
    probable: np.ndarray, alike: np.ndarray, pictures: np.ndarray, clips: Sequence[Shown]
) -> list[Seen]:
    order = [int(i) for i in np.argsort(-probable, kind="stable")[:_ALTERNATES]]
    return [
        Seen(
            shown=clips[i],
            probability=round(float(probable[i]), 3),
            likeness=round(float(alike[i]), 3),
            picture=None if np.isnan(pictures[i]) else round(float(pictures[i]), 3),
        )
        for i in order
        if probable[i] >= _PROBABLE
    ]
