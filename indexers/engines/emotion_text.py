"""What a line feels like, by its words: eight probabilities. Weights and scores: weights/README.md.

English: a linear head on MiniLM sentence vectors and a linear model of hashed word n-grams,
averaged, and a small lexicon of words that name a feeling ("sorrow"). Chinese: a linear model
of hashed character n-grams, and a lexicon which outweighs it, because characters learnt in one
domain say little in another (MODELS.md). Very short lines ("yes.", "嗯") are drawn to calm:
they carry no evidence.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Protocol

import numpy as np
import xxhash

from catalog.models import Label
from catalog.words import is_chinese, tokens
from indexers.engines.sentence import Embedder, minilm

LABELS = tuple(Label)  # the order of every array's columns
BUCKETS = 1 << 15  # of the hashed n-grams
WEIGHTS = Path(__file__).parent / "weights"

_EVIDENCE = 0.7  # words: a line of this many words is half as sure as its models say
_CHARACTERS = 1.5  # Chinese characters that weigh as much as one English word
# Hits with which a lexicon and what was learnt weigh the same.
_CHINESE_HALF, _ENGLISH_HALF = 0.5, 2.0
_NEGATIONS = ("不", "没", "没有", "别", "不要", "不会", "不是", "并不", "从不", "无")
_ENGLISH_NEGATIONS = (
    "no", "not", "never", "nothing", "without", "dont", "didnt", "doesnt", "isnt", "arent",
    "wasnt", "cant", "wont",
)  # fmt: skip
_NEGATION_REACH = 3  # English words before a word that can negate it
_MARKS = "!?！？…"


class EmotionEngine(Protocol):
    """Someone who feels."""

    @property
    def name(self) -> str:
        """As it stands in the rows that it made."""

    def read(self, texts: Sequence[str]) -> list[dict[Label, float]]:
        """For each text, a probability for each of the eight labels; they sum to 1."""


@dataclass(frozen=True)
class Linear:
    """A multinomial model: `weights` (features, 8) and `bias` (8,)."""

    weights: np.ndarray
    bias: np.ndarray

    def dense(self, vectors: np.ndarray) -> np.ndarray:
        """Probabilities (n, 8) of `vectors` (n, features)."""
        return softmax(vectors @ self.weights + self.bias)

    def hashed(self, features: dict[int, float]) -> np.ndarray:
        """Probabilities (8,) of one sparse text."""
        if not features:
            return softmax(self.bias)
        rows = self.weights[list(features)].astype(np.float32)
        return softmax(np.array(list(features.values()), np.float32) @ rows + self.bias)


class TextEmotions:
    """The engine `text`."""

    name = "text-2"

    def __init__(self, embedder: Embedder) -> None:
        """`embedder`: the one that the English head was trained on, MiniLM."""
        stored = np.load(WEIGHTS / "emotion.npz")
        self._embedder = embedder
        self._head, self._words, self._characters = (
            Linear(stored[f"{name}_weights"], stored[f"{name}_bias"])
            for name in ("head", "words", "characters")
        )
        self._calm = _calm(stored["prior"])
        self._lexicon = read_lexicon(WEIGHTS / "lexicon_zh.tsv")
        self._english_lexicon = read_lexicon(WEIGHTS / "lexicon_en.tsv")

    def read(self, texts: Sequence[str]) -> list[dict[Label, float]]:
        """As EmotionEngine."""
        scores = np.zeros((len(texts), len(LABELS)))
        others = [number for number, text in enumerate(texts) if not is_chinese(text)]
        for number in sorted(set(range(len(texts))) - set(others)):
            scores[number] = self._chinese(texts[number])
        if others:
            scores[others] = self._english([texts[number] for number in others])
        return [
            dict(zip(LABELS, shrunk(score, self._calm, evidence(text)).tolist(), strict=True))
            for text, score in zip(texts, scores, strict=True)
        ]

    def _english(self, texts: Sequence[str]) -> np.ndarray:
        meaning = self._head.dense(self._embedder.embed(texts))
        words = np.array([self._words.hashed(word_features(text)) for text in texts])
        found = [english_hits(text, self._english_lexicon) for text in texts]
        return np.array(
            [
                outweighed(learnt, told, _ENGLISH_HALF)
                for learnt, told in zip((meaning + words) / 2, found, strict=True)
            ]
        )

    def _chinese(self, text: str) -> np.ndarray:
        learnt = self._characters.hashed(character_features(text))
        return outweighed(learnt, hits(text, self._lexicon), _CHINESE_HALF)


@cache
def text_emotions() -> TextEmotions:
    """The engine, loaded once per process."""
    return TextEmotions(minilm())


def softmax(logits: np.ndarray) -> np.ndarray:
    """Along the last axis."""
    exponents = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(exponents / exponents.sum(axis=-1, keepdims=True))


def shrunk(scores: np.ndarray, calm: np.ndarray, words: float) -> np.ndarray:
    """`scores` drawn to `calm` the more, the fewer `words` they were read from."""
    share = words / (words + _EVIDENCE)
    mixed = share * scores + (1 - share) * calm
    return np.asarray(mixed / mixed.sum())


def evidence(text: str) -> float:
    """How many words a text has, Chinese characters counted at two thirds."""
    found = tokens(text)
    return len(found) / _CHARACTERS if is_chinese(text) else float(len(found))


def word_features(text: str) -> dict[int, float]:
    """Hashed English words, pairs of words, and marks; unit length."""
    found = tokens(text)
    return _hashed([*found, *map(" ".join, pairwise(found)), *_marks(text)])


def character_features(text: str) -> dict[int, float]:
    """Hashed Chinese characters, pairs and triples, other words, and marks; unit length."""
    found = tokens(text)
    triples = map("".join, zip(found, found[1:], found[2:], strict=False))
    return _hashed([*found, *map("".join, pairwise(found)), *triples, *_marks(text)])


def read_lexicon(path: Path) -> dict[str, Label]:
    """Words and idioms with their label; `#` begins a comment."""
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return {row[0]: Label(row[1]) for row in rows if len(row) == 2}


def hits(text: str, lexicon: dict[str, Label]) -> Counter[Label]:
    """How often each label's words stand in `text`: longest first, negated ones left out."""
    found: Counter[Label] = Counter()
    longest = max(map(len, lexicon))
    start = 0
    while start < len(text):
        lengths = range(min(longest, len(text) - start), 0, -1)
        word = next(
            (text[start : start + n] for n in lengths if text[start : start + n] in lexicon), ""
        )
        if word and not text[:start].endswith(_NEGATIONS):
            found[lexicon[word]] += 1
        start += len(word) or 1
    return found


def english_hits(text: str, lexicon: dict[str, Label]) -> Counter[Label]:
    """How often each label's words stand in `text`, those after a negation left out."""
    found: Counter[Label] = Counter()
    words = tokens(text)
    for at, word in enumerate(words):
        before = words[max(0, at - _NEGATION_REACH) : at]
        if word in lexicon and not any(one in _ENGLISH_NEGATIONS for one in before):
            found[lexicon[word]] += 1
    return found


def outweighed(learnt: np.ndarray, found: Counter[Label], half: float) -> np.ndarray:
    """`learnt` mixed with the labels of the words found: half and half at `half` of them."""
    total = found.total()
    told = np.array([found[label] for label in LABELS]) / max(total, 1)
    trust = total / (total + half)
    return np.asarray(trust * told + (1 - trust) * learnt)


def _calm(prior: np.ndarray) -> np.ndarray:
    """What is believed of a line that says nothing: calm, else as the labels are spread."""
    calm = np.eye(len(LABELS))[LABELS.index(Label.CALM)]
    return np.asarray(0.7 * calm + 0.3 * prior)


def _marks(text: str) -> list[str]:
    return [mark for mark in _MARKS if mark in text]


def _hashed(terms: Iterable[str]) -> dict[int, float]:
    counts = Counter(xxhash.xxh32_intdigest(term.encode()) % BUCKETS for term in terms)
    length = math.sqrt(sum(count * count for count in counts.values()))
    return {index: count / length for index, count in counts.items()}
