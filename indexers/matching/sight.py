"""How well the pictures of clips show what lines describe, by an engine that has seen both.

Formula: a line's cosine with a picture says little by itself, since some pictures are near every
text. So it is compared with what captions of something else reach on that picture, in the
logits that the model was trained with (Radford et al. 2021, "Learning transferable visual models
from natural language supervision"), and brought to the scale of `Meaning.likeness`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from catalog.models import ThumbnailVectors
from indexers.engines.vision import Vision
from indexers.matching.meaning import TEMPERATURE, Scores
from indexers.matching.shown import Shown

# What pictures often show; the median of them is what a caption of something else reaches, so
# that one of them may well be true of the picture.
_CAPTIONS = (
    "a person talking|a crowd of people|a street with cars|a building|an empty room|food on a"
    " table|an animal|trees and grass|the sky|water|a hand holding something|a page of text",
    "一个人在说话|一群人|有汽车的街道|一座建筑|空房间|桌上的食物|动物|树和草|天空|水|手里拿着东西"
    "|一页文字",
)  # fmt: skip
_MARGIN = 5.0  # logits above that median, from which a picture may be what the line describes
_DOUBTFUL = 0.3  # likeness at that margin: just not enough for a line and a clip that are alone


@dataclass(frozen=True)
class Seen:
    """The pictures of an asset: `frames` (n,) in order, `vectors` (n, dimension)."""

    frames: NDArray[np.int64]
    vectors: Scores

    @classmethod
    def of(cls, row: ThumbnailVectors) -> "Seen":
        """As the catalog has them."""
        flat = np.frombuffer(row.vectors, "<f2").astype(np.float32)
        return cls(np.asarray(row.frames, np.int64), flat.reshape(len(row.frames), -1))

    def between(self, first: int, end: int) -> slice:
        """The pictures in [first, end), else the nearest one."""
        a, b = (int(i) for i in np.searchsorted(self.frames, (first, end)))
        if a < b:
            return slice(a, b)
        nearest = int(np.abs(2 * self.frames - first - end).argmin())
        return slice(nearest, nearest + 1)


@dataclass(frozen=True)
class Sight:
    """An engine and what it has seen, by asset. `weight`: of a picture beside what words tell of
    its clip, 0 to 1. `gloss`: for a language that the engine does not read."""

    engine: Vision
    seen: Mapping[int, Seen]
    weight: float
    gloss: Callable[[str], str] | None = None

    def likeness(self, lines: Sequence[str], clips: Sequence[Shown]) -> Scores:
        """Lines × clips, 0 to 1, on the scale of `Meaning.likeness`; NaN where nothing is known:
        a clip without pictures, a line that the engine does not read."""
        found = np.full((len(lines), len(clips)), np.nan, np.float32)
        texts = [self._readable(line) for line in lines]
        known = [i for i, text in enumerate(texts) if text]
        if not known or not self.seen:
            return found
        asked = self.engine.of_texts([texts[i] for i in known])
        others = self.engine.of_texts(self._captions())
        scale = self.engine.scale
        columns: dict[int, list[int]] = {}
        for column, clip in enumerate(clips):
            columns.setdefault(clip.asset_id, []).append(column)
        for asset in columns.keys() & self.seen.keys():
            seen = self.seen[asset]
            logits = scale * (asked @ seen.vectors.T - np.median(others @ seen.vectors.T, axis=0))
            alike = np.clip(_DOUBTFUL + (logits - _MARGIN) / TEMPERATURE, 0, 1)
            for column in columns[asset]:
                span = seen.between(clips[column].in_frame, clips[column].out_frame)
                found[known, column] = alike[:, span].max(axis=1)
        return found

    def _readable(self, text: str) -> str:
        if self.engine.reads(text):
            return text.strip()
        return self.gloss(text) if self.gloss else ""

    def _captions(self) -> list[str]:
        english, chinese = (text.split("|") for text in _CAPTIONS)
        return english if self.engine.reads(english[0]) else chinese
