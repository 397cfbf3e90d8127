"""What may be said, by the scripts of a story: recognisers hear it better when they know.

English lines are words; Chinese lines are characters, and end at every punctuation mark, where
speakers pause.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import xxhash

from indexers.engines.readable import Spelling, spelling_of
from indexers.engines.speech import word_texts

ENGLISH, CHINESE = "en", "zh"
_RUN = 3  # words in a row: two are said by chance
_PHRASE = re.compile(r"[^，。！？；：、…—,.!?;:\s]+")
_SHORTEST = 2  # characters of a phrase: one alone is heard in anything


@dataclass(frozen=True)
class Expected:
    """Lines of one language, as words in lower case; none where there is no script."""

    language: str
    lines: tuple[tuple[str, ...], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.lines)

    @cached_property
    def words(self) -> frozenset[str]:
        """All words of the lines."""
        return frozenset(word for line in self.lines for word in line)

    def covered(self, words: Sequence[str]) -> float:
        """The part of these words, 0 to 1, that stands in the lines word for word.

        Only runs of three words count, or a whole line.
        """
        return sum(last - first for first, last in self.runs(words)) / max(1, len(words))

    def runs(self, words: Sequence[str]) -> list[tuple[int, int]]:
        """[first, last) of the words that stand in the lines word for word, three at least.

        Or all of them, when they are a line. A run may go on from one line to the next.
        """
        if words and tuple(words) in self.lines:
            return [(0, len(words))]
        found: list[tuple[int, int]] = []
        for start in range(len(words) - _RUN + 1):
            if tuple(words[start : start + _RUN]) in self._runs:
                first = found.pop()[0] if found and found[-1][1] >= start else start
                found.append((first, start + _RUN))
        return found

    @cached_property
    def _runs(self) -> frozenset[tuple[str, ...]]:
        seams = (before[-2:] + after[:2] for before, after in pairwise(self.lines))
        return frozenset(
            line[at : at + _RUN]
            for line in (*self.lines, *seams)
            for at in range(len(line) - _RUN + 1)
        )


@dataclass(frozen=True)
class Script:
    """The lines that may be said, by language."""

    english: Expected = Expected(ENGLISH)
    chinese: Expected = Expected(CHINESE)
    spelling: Spelling = field(default_factory=Spelling, compare=False)

    @property
    def digest(self) -> str:
        """Changes with every line; "" without any."""
        if not (self.english or self.chinese):
            return ""
        return xxhash.xxh3_128_hexdigest(repr((self.english.lines, self.chinese.lines)).encode())


def script_of(texts: Iterable[str]) -> Script:
    """The lines of these texts, each once, in the language of most of their words."""
    english: dict[tuple[str, ...], None] = {}
    chinese: dict[tuple[str, ...], None] = {}
    told = list(texts)
    for text in told:
        words = _spoken(text)
        if sum(map(_is_han, words)) * 2 > len(words):
            phrases = (tuple(filter(_is_han, _spoken(p))) for p in _PHRASE.findall(text))
            chinese.update((phrase, None) for phrase in phrases if len(phrase) >= _SHORTEST)
        elif words:
            english[words] = None
    expected = Expected(ENGLISH, tuple(english)), Expected(CHINESE, tuple(chinese))
    return Script(*expected, spelling_of(told))


def _spoken(text: str) -> tuple[str, ...]:
    """Its words in lower case without numbers, of which nobody knows how they are said."""
    words = (word.lower().replace("’", "'") for word in word_texts(text))
    return tuple(word for word in words if word.replace("'", "").isalpha())


def _is_han(word: str) -> bool:
    return len(word) == 1 and not word.isascii()
