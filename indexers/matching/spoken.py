"""What is heard in the footage, what the script wants, and how much each word tells.

Pure values, made by indexers/match.py from the catalog's rows.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from catalog.words import is_chinese, is_han, tokens
from indexers.matching import background
from indexers.matching.alignment import Floats, pause_costs
from indexers.matching.numerals import spoken

_ASIDE = re.compile(r"\([^()]*\)|（[^（）]*）|\[[^\[\]]*\]|【[^【】]*】")
_SHORT_WORDS, _SHORT_HAN = 3, 5  # lines up to this long need more than likeness
_APART = 0.35  # seconds of pause that set a short line apart from other speech
_BITS = 2.0, 12.0  # what a word can tell: "the" at least, a name at most


@dataclass(frozen=True)
class Heard:
    """One heard token (a word, or one Chinese character), [in_frame, out_frame)."""

    text: str
    in_frame: int
    out_frame: int
    line: int  # of the asset


@dataclass(frozen=True)
class Speech:
    """Everything heard in one asset, in order of time. `rate`: frames per second."""

    asset_id: int
    words: tuple[Heard, ...]
    rate: float
    read: bool = False  # from captions, which are right, not recognised

    @cached_property
    def texts(self) -> list[str]:
        """The words alone."""
        return [word.text for word in self.words]

    @cached_property
    def pauses(self) -> list[float]:
        """Seconds of pause before each word."""
        ends = [self.words[0].in_frame if self.words else 0]
        ends += [word.out_frame for word in self.words[:-1]]
        return [
            max(0.0, (word.in_frame - end) / self.rate)
            for word, end in zip(self.words, ends, strict=True)
        ]

    @cached_property
    def costs(self) -> Floats:
        """What it costs to read on over each pause."""
        return pause_costs(self.pauses)

    def open_ends(self, start: int, end: int) -> int:
        """At how many ends (0 to 2) of words [start, end) speech goes on without a break."""
        return (not self._breaks(start)) + (not self._breaks(end))

    def utterance(self, start: int, end: int) -> tuple[int, int]:
        """Words [start, end) with the words around them up to a pause or the line's end."""
        while not self._breaks(start):
            start -= 1
        while not self._breaks(end):
            end += 1
        return start, end

    def _breaks(self, at: int) -> bool:
        if at in (0, len(self.words)):
            return True
        return self.pauses[at] >= _APART or self.words[at - 1].line != self.words[at].line


@dataclass(frozen=True)
class Wanted:
    """A dialogue line to be found. `order`: its place among the dialogue lines, from 0."""

    number: int
    order: int
    tokens: tuple[str, ...]  # as in catalog/words.py
    words: tuple[str, ...]  # as they are spoken: "25" is two words
    origins: tuple[int, ...]  # for each word, which token it is of

    def tokens_of(self, words: Iterable[int]) -> tuple[int, ...]:
        """Which tokens these words are of, each once, in order."""
        return tuple(sorted({self.origins[word] for word in words}))

    @property
    def short(self) -> bool:
        """Whether its words alone are too few to tell it from chance."""
        han = sum(map(is_han, self.words))
        return len(self.words) <= (_SHORT_HAN if 2 * han >= len(self.words) else _SHORT_WORDS)


@dataclass(frozen=True)
class Corpus:
    """All speech that is searched, and how much each word tells in it."""

    speeches: tuple[Speech, ...]
    counts: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, speeches: Sequence[Speech]) -> "Corpus":
        """Count the words."""
        kept = tuple(speech for speech in speeches if speech.words)
        return cls(kept, Counter(word.text for speech in kept for word in speech.words))

    @cached_property
    def size(self) -> int:
        """Words heard in all."""
        return self.counts.total()

    def bits(self, words: Sequence[str]) -> Floats:
        """How surprising each word is here, in bits."""
        least, most = _BITS
        share = background.share(self.size)
        total = self.size + len(self.counts) + 1 + share * (background.ENOUGH + background.KINDS)
        found = [
            math.log2(total / (self.counts[word] + 1 + share * background.USUAL[word]))
            for word in words
        ]
        return np.clip(np.asarray(found, np.float32), least, most)


def wanted(number: int, order: int, text: str) -> Wanted:
    """The line as its words are spoken; what stands in brackets is not said."""
    bare = _ASIDE.sub(" ", text)
    found, chinese = tuple(tokens(bare)), is_chinese(bare)
    words = [(word, i) for i, token in enumerate(found) for word in spoken(token, chinese)]
    return Wanted(number, order, found, tuple(w for w, _ in words), tuple(i for _, i in words))


def words_of(text: str) -> list[str]:
    """Tokens as in catalog/words.py, with numbers as they are spoken."""
    chinese = is_chinese(text)
    return [word for token in tokens(text) for word in spoken(token, chinese)]


def heard(text: str, in_frame: int, out_frame: int, line: int) -> list[Heard]:
    """The tokens of one recognised word, which share its frames evenly."""
    found = words_of(text)
    length = out_frame - in_frame
    return [
        Heard(
            token,
            in_frame + length * i // len(found),
            in_frame + length * (i + 1) // len(found),
            line,
        )
        for i, token in enumerate(found)
    ]


def line_weights(line: Wanted, corpus: Corpus) -> Floats:
    """What each word counts in the alignment, 1 on average: between all alike and their bits."""
    bits = corpus.bits(line.words)
    weights = bits + bits.mean()
    return np.asarray(weights / weights.mean(), np.float32)
