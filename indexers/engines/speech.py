"""What hearing is: words with exact times, and who can hear.

Times are Fraction seconds. Engines count from the first sample they are handed;
hearing.py moves them to the time of the sound file.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from catalog.models import SpeakerBy

Samples = NDArray[np.float32]  # mono, SAMPLE_RATE, -1 to 1
SAMPLE_RATE = 16_000

# Between two spoken lines people pause about this long; between two words rarely.
_PAUSE = Fraction(45, 100)
# Nobody cuts with a longer line, and captions of it would be guesses.
_LONGEST = Fraction(15)

# As catalog/words.py counts them: words of letters, or single Chinese characters.
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_LETTER = rf"[^\W_{_HAN}]"
_WORD = re.compile(rf"[{_HAN}]|{_LETTER}+(?:(?:['’]|(?<=\d),(?=\d)){_LETTER}+)*")


@dataclass(frozen=True)
class Word:
    """One word, or one Chinese character. Half-open; `confidence` 0 to 1."""

    text: str
    start: Fraction
    end: Fraction
    confidence: float


@dataclass(frozen=True)
class Utterance:
    """One spoken line. `language` is ISO 639-1; `speaker` is "" where nobody knows.

    `doubt` says why it may never have been said (doubt.py); "" when nothing speaks against it.
    `speaker_confidence`: 0 to 1, that it is `speaker` who says it.
    """

    text: str
    words: tuple[Word, ...]  # at least one, in order
    language: str
    confidence: float
    speaker: str = ""
    doubt: str = ""
    speaker_by: SpeakerBy = SpeakerBy.NOBODY
    speaker_confidence: float = 0.0

    @property
    def start(self) -> Fraction:
        """When its first word begins."""
        return self.words[0].start

    @property
    def end(self) -> Fraction:
        """When its last word ends."""
        return self.words[-1].end


class SpeechEngine(Protocol):
    """Turns sound into lines. `stretch` is how many seconds it likes to hear at once."""

    @property
    def name(self) -> str:
        """As in the settings."""

    @property
    def model(self) -> str:
        """Which weights."""

    @property
    def version(self) -> str:
        """Of the library that runs them."""

    @property
    def stretch(self) -> Fraction:
        """Neighbouring speech is handed over together up to this length; 0 means never."""

    def hear(self, samples: Samples, language: str) -> list[Utterance]:
        """What is said, in order of time. `language` is ISO 639-1, or "auto"."""


@runtime_checkable
class Polyglot(Protocol):
    """An engine that can tell which language it hears."""

    def languages(self, samples: Samples) -> dict[str, float]:
        """ISO 639-1 → probability, summing to 1, of at most 30 seconds of speech."""


@runtime_checkable
class Together(Protocol):
    """An engine that hears several stretches at once faster than one after the other."""

    @property
    def batch(self) -> int:
        """How many it likes: at least 1."""

    def hear_together(self, pieces: Sequence[Samples], language: str) -> list[list[Utterance]]:
        """For each stretch what `hear` gives. `language` is ISO 639-1, or "auto"."""


def spoken_lines(words: Sequence[Word]) -> list[tuple[Word, ...]]:
    """The words of one stretch of speech, split into lines where the speaker pauses."""
    if not words:
        return []
    gaps = [after.start - before.end for before, after in pairwise(words)]
    widest = max(gaps, default=Fraction(0))
    too_long = words[-1].end - words[0].start > _LONGEST
    if not gaps or (widest < _PAUSE and not too_long):
        return [tuple(words)]
    cut = gaps.index(widest) + 1 if widest > 0 else len(words) // 2
    return spoken_lines(words[:cut]) + spoken_lines(words[cut:])


def moved(utterance: Utterance, by: Fraction) -> Utterance:
    """The same line, `by` seconds later."""
    words = tuple(
        replace(word, start=word.start + by, end=word.end + by) for word in utterance.words
    )
    return replace(utterance, words=words)


def word_texts(text: str) -> list[str]:
    """The words of `text` as written, without punctuation; Chinese characters one by one."""
    return _WORD.findall(text)


def mean_confidence(words: Sequence[Word]) -> float:
    """Of a line: the mean of its words'. At least one word."""
    return sum(word.confidence for word in words) / len(words)
