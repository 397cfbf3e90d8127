"""How alike two texts are in meaning, across English and Chinese."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from catalog.words import bigrams, is_chinese, tokens
from indexers.engines.sentence import Embedder

Scores = NDArray[np.float32]
TEMPERATURE = 20.0  # of cosines, before a softmax
_BY_CHARACTERS = 0.5  # weight of shared characters beside the gloss, Chinese with Chinese


@dataclass(frozen=True)
class Meaning:
    """A sentence engine, and a gloss for the languages that it does not read."""

    embedder: Embedder
    gloss: Callable[[str], str] | None = None

    def likeness(self, lines: Sequence[str], clips: Sequence[str]) -> Scores:
        """Lines × clips, 0 to 1: cosine in meaning, or what they share in characters.

        Where the engine reads neither a text nor its gloss, only texts that share their
        characters are alike.
        """
        mine, its = self._vectors(lines), self._vectors(clips)
        alike = np.clip(mine @ its.T, 0, 1)
        chinese = np.outer([is_chinese(t) for t in lines], [is_chinese(t) for t in clips])
        if chinese.any() and not self.embedder.reads("中文"):
            shared = _shared(lines, clips)
            known = np.outer(np.any(mine, axis=1), np.any(its, axis=1))
            mixed = _BY_CHARACTERS * shared + (1 - _BY_CHARACTERS) * alike
            alike = np.where(chinese, np.where(known, mixed, shared), alike)
        return np.asarray(alike, np.float32)

    def _vectors(self, texts: Sequence[str]) -> Scores:
        """One row a text; zeros where nothing is understood."""
        said = [self._readable(text) for text in texts]
        vectors = np.zeros((len(texts), self.embedder.dimension), np.float32)
        known = [i for i, text in enumerate(said) if text]
        if known:
            vectors[known] = self.embedder.embed([said[i] for i in known])
        return vectors

    def _readable(self, text: str) -> str:
        if not text.strip():
            return ""
        if self.embedder.reads(text):
            return text
        return self.gloss(text) if self.gloss else ""


def dual_softmax(alike: Scores, temperature: float = TEMPERATURE) -> Scores:
    """How much each pair prefers each other: softmax over the rows times that over the columns.

    `temperature` multiplies cosines. On 1,000 caption pairs it finds 57 % first, the cosine
    alone 52 %: it takes back what fits everything a little.
    """
    found = np.ones_like(alike)
    for axis in (0, 1):
        grown = np.exp(temperature * (alike - alike.max(axis=axis, keepdims=True)))
        found = found * grown / grown.sum(axis=axis, keepdims=True)
    return np.asarray(found, np.float32)


def _shared(lines: Sequence[str], clips: Sequence[str]) -> Scores:
    """Lines × clips: cosine of their Chinese characters, words and pairs of characters."""
    counted = [[set(tokens(t)) | set(bigrams(t)) for t in texts] for texts in (lines, clips)]
    index = {term: i for i, term in enumerate(sorted(set().union(*counted[0], *counted[1])))}
    tables = []
    for texts in counted:
        table = np.zeros((len(texts), len(index)), np.float32)
        for row, terms in enumerate(texts):
            table[row, [index[term] for term in terms]] = 1
        tables.append(table)
    rarity = np.log1p(len(lines) + len(clips)) - np.log1p(tables[0].sum(0) + tables[1].sum(0))
    weighed = [table * np.maximum(rarity, 0.1) for table in tables]
    norms = [np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-6) for table in weighed]
    return np.asarray((weighed[0] / norms[0]) @ (weighed[1] / norms[1]).T, np.float32)
