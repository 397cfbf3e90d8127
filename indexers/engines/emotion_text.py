"""What a line feels like, by its words: eight probabilities. Weights and scores: weights/README.md.

Every source of evidence adds to the logarithm of a probability. English: a linear head on
MiniLM sentence vectors and a linear model of words and parts of words, and a small
lexicon of words that name a feeling ("sorrow"). Chinese: a linear model of characters, and a
large lexicon, because characters learnt in one domain say little in another. Very short lines
("yes.", "嗯") are drawn to calm: they carry no evidence.

People who talk are calm far more often than people who comment, whom the English models learnt
from: lines are read as talk, unless there are many and they look like comments.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

import numpy as np

from catalog.models import Label
from catalog.words import is_chinese, tokens
from indexers.engines.emotion_words import (
    FUNCTION_WORDS,
    WEIGHTS,
    character_features,
    english_hits,
    english_named,
    hits,
    named,
    read_lexicon,
    word_features,
)
from indexers.engines.sentence import Embedder, minilm

LABELS = tuple(Label)  # the order of every array's columns

_EVIDENCE = 0.7  # words, squared: one word is believed by 6 parts of 10, three by 9
_CHARACTERS = 1.5  # Chinese characters that weigh as much as one English word
# What one word of a lexicon adds to the logarithm, at most twice. Chosen on a third of CPED's
# series, where 1 to 3 differ by less than 2 points; on our own lines 2 is up to 5 better than 1.
_CHINESE_WORD, _ENGLISH_WORD = 1.0, 2.0
_CHINESE_TILT = 0.15  # power of CPED's label shares that is taken back: rare feelings get a chance
# How the labels are spread in talk: CPED's drama, with its worried lines, which others call
# calm or sad, shared out; set by hand, not fitted to any English dialogue.
_TALK = dict(zip(LABELS, (0.17, 0.08, 0.13, 0.035, 0.12, 0.43, 0.025, 0.01), strict=True))
_TALK_TILT = 0.5  # power of the ratio: the models' own view of talk is half trusted
_HEAD_SHARE = 0.4  # of the head in the mean with the words: 66.4 instead of 66.1 at a half
_TELLING = 0.35  # a word without which the logarithm falls by so much is a reason
_TOLD = 2  # words that are told, at most
_MANY = 30  # lines from which they are asked whether they look like comments
# Logarithms are divided by these, so that 0.7 is right 7 times of 10 (calibration: README.md).
_ENGLISH_WARMTH, _CHINESE_WARMTH = 0.8, 0.8


class EmotionEngine(Protocol):
    """Someone who feels."""

    @property
    def name(self) -> str:
        """As it stands in the rows that it made."""

    def read(self, texts: Sequence[str]) -> list[dict[Label, float]]:
        """For each text, a probability for each of the eight labels; they sum to 1."""

    def because(self, text: str, label: Label) -> list[str]:
        """The words of a text that speak most for a label, in their order; often none."""


@dataclass(frozen=True)
class Linear:
    """A multinomial model: `weights` (features, 8) and `bias` (8,)."""

    weights: np.ndarray
    bias: np.ndarray

    def dense(self, vectors: np.ndarray) -> np.ndarray:
        """Logarithms of probabilities (n, 8) of `vectors` (n, features)."""
        return log_softmax(vectors @ self.weights + self.bias)

    def hashed(self, features: dict[int, float]) -> np.ndarray:
        """Logarithms of probabilities (8,) of one sparse text."""
        if not features:
            return log_softmax(self.bias)
        rows = self.weights[list(features)].astype(np.float32)
        return log_softmax(np.array(list(features.values()), np.float32) @ rows + self.bias)


class TextEmotions:
    """The engine `text`."""

    name = "text-3"

    def __init__(self, embedder: Embedder) -> None:
        """`embedder`: the one that the English head was trained on, MiniLM."""
        english, chinese = (np.load(WEIGHTS / f"{name}.npz") for name in ("english", "chinese"))
        self._embedder = embedder
        self._head, self._words = (_linear(english, name) for name in ("head", "words"))
        self._characters = _linear(chinese, "characters")
        self._comments = english["prior"]
        self._tilt = -_CHINESE_TILT * np.log(chinese["prior"] + 1e-3)
        self._lexicon = read_lexicon(WEIGHTS / "lexicon_zh.tsv")
        self._english_lexicon = read_lexicon(WEIGHTS / "lexicon_en.tsv")

    def read(self, texts: Sequence[str]) -> list[dict[Label, float]]:
        """As EmotionEngine."""
        logs = np.zeros((len(texts), len(LABELS)))
        others = [number for number, text in enumerate(texts) if not is_chinese(text)]
        for number in sorted(set(range(len(texts))) - set(others)):
            logs[number] = self._chinese(texts[number])
        if others:
            logs[others] = self._english([texts[number] for number in others])
        calm = _calm(self._comments)
        return [
            dict(zip(LABELS, shrunk(score, calm, evidence(text)).tolist(), strict=True))
            for text, score in zip(texts, np.exp(logs), strict=True)
        ]

    def because(self, text: str, label: Label) -> list[str]:
        """As EmotionEngine: words of the lexicon, else English ones without which the linear
        model would believe less in the label. What the sentence vector saw no word can tell."""
        if is_chinese(text):
            return named(text, self._lexicon, label)[:_TOLD]
        found = english_named(text, self._english_lexicon, label)[:_TOLD]
        return found or self._telling(text, LABELS.index(label))

    def _telling(self, text: str, column: int) -> list[str]:
        said = tokens(text)
        whole = self._words.hashed(word_features(text))[column]
        losses = []
        for at, word in enumerate(said):
            rest = " ".join([*said[:at], *said[at + 1 :]])
            loss = whole - self._words.hashed(word_features(rest))[column]
            if loss >= _TELLING and word not in FUNCTION_WORDS:
                losses.append((loss, at))
        return [said[at] for _, at in sorted(sorted(losses)[-_TOLD:], key=lambda one: one[1])]

    def _english(self, texts: Sequence[str]) -> np.ndarray:
        words = np.array([self._words.hashed(word_features(text)) for text in texts])
        meaning = self._head.dense(self._embedder.embed(texts))
        learnt = _HEAD_SHARE * meaning + (1 - _HEAD_SHARE) * words
        lexical = np.array([_counts(english_hits(text, self._english_lexicon)) for text in texts])
        shift = talk_shift(np.exp(log_softmax(learnt)), self._comments)
        return log_softmax((learnt + shift + _ENGLISH_WORD * lexical) / _ENGLISH_WARMTH)

    def _chinese(self, text: str) -> np.ndarray:
        learnt = self._characters.hashed(character_features(text)) + self._tilt
        lexical = _CHINESE_WORD * _counts(hits(text, self._lexicon))
        return log_softmax((learnt + lexical) / _CHINESE_WARMTH)


@cache
def text_emotions() -> TextEmotions:
    """The engine, loaded once per process."""
    return TextEmotions(minilm())


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """Along the last axis."""
    raised = logits - logits.max(axis=-1, keepdims=True)
    return np.asarray(raised - np.log(np.exp(raised).sum(axis=-1, keepdims=True)))


def talk_shift(scores: np.ndarray, comments: np.ndarray) -> np.ndarray:
    """What to add to the logarithms of `scores` (n, 8), whose model learnt labels spread as
    `comments` (8,), to read them as talk; nothing, where many lines are likelier comments."""
    ratio = np.array([_TALK[label] for label in LABELS]) / np.maximum(comments, 1e-3)
    if len(scores) >= _MANY and np.log(scores @ ratio).sum() < 0:
        return np.zeros(len(LABELS))
    return np.asarray(_TALK_TILT * np.log(ratio))


def shrunk(scores: np.ndarray, calm: np.ndarray, words: float) -> np.ndarray:
    """`scores` drawn to `calm` the more, the fewer `words` they were read from."""
    share = words**2 / (words**2 + _EVIDENCE)
    mixed = share * scores + (1 - share) * calm
    return np.asarray(mixed / mixed.sum())


def evidence(text: str) -> float:
    """How many words a text has, Chinese characters counted at two thirds."""
    found = tokens(text)
    return len(found) / _CHARACTERS if is_chinese(text) else float(len(found))


def _counts(found: dict[Label, int]) -> np.ndarray:
    return np.array([min(found.get(label, 0), 2) for label in LABELS], float)


def _linear(stored: dict[str, np.ndarray], name: str) -> Linear:
    return Linear(stored[f"{name}_weights"], stored[f"{name}_bias"])


def _calm(prior: np.ndarray) -> np.ndarray:
    """What is believed of a line that says nothing: calm, else as the labels are spread."""
    calm = np.eye(len(LABELS))[LABELS.index(Label.CALM)]
    return np.asarray(0.7 * calm + 0.3 * prior)
