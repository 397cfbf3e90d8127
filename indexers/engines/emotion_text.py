"""What a line feels like, by its words: eight probabilities. Weights and scores: weights/README.md.

Every source of evidence adds to the logarithm of a probability. English: MiniLM adapted to
feelings (adapter.py), a linear model of words and parts of words, and a small lexicon of words
that name a feeling ("sorrow"). Chinese: a linear model of characters, and a large lexicon, because
characters learnt in one domain say little in another. Emoji and signs of chats (emotion_signs.py)
count in both. Very short lines ("yes.", "嗯") are drawn to calm: they carry no evidence.

The English models learnt from comments: lines are read as talk (emotion_talk.py), unless there
are many and they look like comments.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

import numpy as np

from catalog.models import Label
from catalog.words import is_chinese, tokens
from indexers.engines.adapter import Adapted
from indexers.engines.emotion_signs import parted, shortened
from indexers.engines.emotion_talk import TALK, of_comments, of_talk
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
from indexers.engines.sentence import minilm_folder

LABELS = tuple(Label)  # the order of every array's columns

_EVIDENCE = 0.7  # words, squared: one word is believed by 6 parts of 10, three by 9
_CHARACTERS = 1.5  # Chinese characters that weigh as much as one English word
# What one word of a lexicon adds to the logarithm, at most twice; and one emoji. Chosen on a third
# of CPED's series, where 1 to 3 differ by less than 2 points; 1.5 is surer than it is right.
_CHINESE_WORD, _ENGLISH_WORD, _SIGN = 1.0, 1.0, 1.5
# Power of CPED's label shares that is taken back: rare feelings get a chance. In three folds of its
# series 0.15: 29.0 weighted and 20.8 macro F1; 0.3: 29.7 and 22.4; 0.5: 28.4 and 22.0.
_CHINESE_TILT = 0.3
_TALK_TILT = 0.5  # power of the ratio of talk to comments: the models' own view is half trusted
# How far the fine labels are read as in talk. On 486 lines of our own that the model had not seen,
# weighed as talk is spread: weighted F1 0.56 at 0, 0.62 at a half, 0.59 at 1.
_TALK_SHARE = 0.5
# Of the adapted model in the mean with the words: 71.5 on 4,000 comments of the training part that
# were kept aside, 71.2 at a half, 71.3 alone.
_MEANING_SHARE = 0.7
_TELLING = 0.35  # a word without which the logarithm falls by so much is a reason
_TOLD = 2  # words that are told, at most
_MANY = 30  # lines from which they are asked whether they look like comments
# Logarithms are divided by these, so that 0.7 is right 7 times of 10 (calibration: README.md).
_ENGLISH_WARMTH, _CHINESE_WARMTH = 0.95, 0.8


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

    def hashed(self, features: dict[int, float]) -> np.ndarray:
        """Logarithms of probabilities (8,) of one sparse text."""
        if not features:
            return log_softmax(self.bias)
        rows = self.weights[list(features)].astype(np.float32)
        return log_softmax(np.array(list(features.values()), np.float32) @ rows + self.bias)


class TextEmotions:
    """The engine `text`."""

    name = "text-4"

    def __init__(self, meaning: Adapted) -> None:
        """`meaning`: MiniLM with the adapter of the weights."""
        english, chinese = (np.load(WEIGHTS / f"{name}.npz") for name in ("english", "chinese"))
        self._meaning = meaning
        self._words, self._characters = _linear(english, "words"), _linear(chinese, "characters")
        self._comments = english["prior"]
        self._as_comment = of_comments()
        self._as_talk = _TALK_SHARE * of_talk() + (1 - _TALK_SHARE) * self._as_comment
        self._shift = talk_shift(english["fine"] @ self._as_talk, self._comments)
        self._tilt = -_CHINESE_TILT * np.log(chinese["prior"] + 1e-3)
        self._lexicon = read_lexicon(WEIGHTS / "lexicon_zh.tsv")
        self._english_lexicon = read_lexicon(WEIGHTS / "lexicon_en.tsv")

    def read(self, texts: Sequence[str]) -> list[dict[Label, float]]:
        """As EmotionEngine."""
        logs = np.zeros((len(texts), len(LABELS)))
        plain = [shortened(text) for text in texts]
        others = [number for number, text in enumerate(texts) if not is_chinese(text)]
        for number in sorted(set(range(len(texts))) - set(others)):
            logs[number] = self._chinese(plain[number])
        if others:
            logs[others] = self._english([plain[number] for number in others])
        calm = _calm(self._comments)
        return [
            dict(zip(LABELS, shrunk(score, calm, evidence(text)).tolist(), strict=True))
            for text, score in zip(plain, np.exp(logs), strict=True)
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
        fine = np.exp(self._meaning.read(texts))
        added = np.array([self._named(text) for text in texts])
        learnt = _mean(fine @ self._as_comment, words)
        if not are_comments(np.exp(log_softmax(learnt)), self._comments):
            learnt = _mean(fine @ self._as_talk, words) + self._shift
        return log_softmax((learnt + added) / _ENGLISH_WARMTH)

    def _named(self, text: str) -> np.ndarray:
        lexical = _counts(english_hits(text, self._english_lexicon))
        return _ENGLISH_WORD * lexical + _SIGN * _counts(parted(text)[1])

    def _chinese(self, text: str) -> np.ndarray:
        said, signs = parted(text)
        learnt = self._characters.hashed(character_features(said)) + self._tilt
        lexical = _CHINESE_WORD * _counts(hits(said, self._lexicon)) + _SIGN * _counts(signs)
        return log_softmax((learnt + lexical) / _CHINESE_WARMTH)


@cache
def text_emotions() -> TextEmotions:
    """The engine, loaded once per process."""
    return TextEmotions(Adapted(minilm_folder(), WEIGHTS / "adapter.npz"))


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """Along the last axis."""
    raised = logits - logits.max(axis=-1, keepdims=True)
    return np.asarray(raised - np.log(np.exp(raised).sum(axis=-1, keepdims=True)))


def are_comments(scores: np.ndarray, comments: np.ndarray) -> bool:
    """Whether many lines are likelier comments than talk. `scores` (n, 8): by a model that learnt
    labels spread as `comments` (8,)."""
    ratio = _talk() / np.maximum(comments, 1e-3)
    return len(scores) >= _MANY and bool(np.log(scores @ ratio).sum() < 0)


def talk_shift(read: np.ndarray, comments: np.ndarray) -> np.ndarray:
    """What to add to the logarithms of a mean to read it as talk: the adapted model's labels are
    spread as `read` (8,) where they are read as in talk, the words' as `comments`."""
    meaning, words = (np.log(_talk() / np.maximum(one, 1e-3)) for one in (read, comments))
    return np.asarray(_TALK_TILT * (_MEANING_SHARE * meaning + (1 - _MEANING_SHARE) * words))


def _talk() -> np.ndarray:
    return np.array([TALK[label] for label in LABELS])


def _mean(meaning: np.ndarray, words: np.ndarray) -> np.ndarray:
    share = _MEANING_SHARE
    return np.asarray(share * np.log(np.maximum(meaning, 1e-9)) + (1 - share) * words)


def shrunk(scores: np.ndarray, calm: np.ndarray, words: float) -> np.ndarray:
    """`scores` drawn to `calm` the more, the fewer `words` they were read from."""
    share = words**2 / (words**2 + _EVIDENCE)
    mixed = share * scores + (1 - share) * calm
    return np.asarray(mixed / mixed.sum())


def evidence(text: str) -> float:
    """How many words a text has, Chinese characters counted at two thirds; signs as words."""
    said, signs = parted(text)
    found = tokens(said)
    words = len(found) / _CHARACTERS if is_chinese(text) else float(len(found))
    return words + signs.total()


def _counts(found: dict[Label, int]) -> np.ndarray:
    return np.array([min(found.get(label, 0), 2) for label in LABELS], float)


def _linear(stored: dict[str, np.ndarray], name: str) -> Linear:
    return Linear(stored[f"{name}_weights"], stored[f"{name}_bias"])


def _calm(prior: np.ndarray) -> np.ndarray:
    """What is believed of a line that says nothing: calm, else as the labels are spread."""
    calm = np.eye(len(LABELS))[LABELS.index(Label.CALM)]
    return np.asarray(0.7 * calm + 0.3 * prior)
