"""What a take was, given what is heard of it: the noisy channel between a speaker and the words.

A recogniser's errors look like a speaker's faults, word by word. So the whole of what is heard is
explained in four ways (the line as written; begun late or broken off; begun again inside it; in
other words), each through a recogniser that gets a share of the words wrong. What the other
three explain better than the line as written is the take's doubt. Forward algorithm over the
words of the line and the words heard, as in hidden Markov models of pairs (Durbin et al.,
Biological Sequence Analysis, 1998, chapter 4); likelihoods are against those of chance.

Of takes whose truth is known (benchmarks/shooting.py, seeds 1001 to 1006, 40 % word errors, one
good take of three, the boundaries given) it picks a good one for 91 of 100 interview answers; who
knows exactly how the takes and the errors were made picks one for 93. It hardly depends on the rate
of errors that is assumed. The kinds of errors below are as in that generator, not fitted to any
recogniser's; with another mix it gains as well (benchmarks/RESULTS.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from indexers.matching.alignment import SAME
from indexers.matching.spoken import Corpus

Table = NDArray[np.float64]
Instead = tuple[int, str]  # the place of a word in a line, and what is heard for it

FILLERS = frozenset(
    ("um", "uh", "er", "erm", "uhm", "mm", "hmm", "ah", "eh", "嗯", "呃", "额", "唔")
)
# Of a recogniser's errors: another word, one written much like it, none, and one more.
_OTHER, _NEAR, _LOST, _MORE = 0.35, 0.35, 0.15, 0.15
_VARIANTS = 5.0, 8.0  # bits: how many words are written much like one, and by how unlike
_ALSO_HEARD = 0.95  # as like as a word is that is heard in its place in another take, too
_LOOSE = (0.1, 0.25)  # of the words of a take in other words, that are not the line's
_LEFT_OUT, _ADDED = 0.3, 0.3  # of those: not replaced but left out; and as many again added
_FEW = 4  # words that people go back to begin again, where they don't go to the beginning
_ASIDE = 0.5  # for each word that they say before they do
_BESIDE = 0.3  # for each word before the line and after it: such words are cut off
_FILLER = 4.0  # bits that fillers lack of being a sign of it
_PARTS = 3  # ways besides the line as written
_LEAST = 1e-300  # probability


@dataclass(frozen=True)
class Doubts:
    """By how much other ways explain a take better than the line as written: 0 and more.

    In nats. Their sum is ln(1 + odds against the line as written): next to 0 for a take that is
    only heard badly, and 2 to 4 more for each word that is surely not as written.
    """

    broken_off: float = 0.0
    begun_again: float = 0.0
    other_words: float = 0.0

    def __add__(self, other: "Doubts") -> "Doubts":
        return Doubts(
            self.broken_off + other.broken_off,
            self.begun_again + other.begun_again,
            self.other_words + other.other_words,
        )


@dataclass(frozen=True)
class _Channel:
    """A recogniser that gets `errors` of the words wrong, and a speaker who does of `loose`."""

    errors: float
    loose: float = 0.0

    @property
    def right(self) -> float:
        return (1 - self.errors) * (1 - self.loose)

    @property
    def near(self) -> float:
        return self.errors * _NEAR * (1 - self.loose)

    @property
    def other(self) -> float:
        return self.errors * _OTHER * (1 - self.loose) + self.loose * (1 - _LEFT_OUT)

    @property
    def lost(self) -> float:
        return self.errors * _LOST * (1 - self.loose) + self.loose * _LEFT_OUT

    @property
    def more(self) -> float:
        return self.errors * _MORE + self.loose * _ADDED


@dataclass(frozen=True)
class Reading:
    """The words of a line laid over those of a take.

    `also`: for words of the line (by place), what is heard in their place in other takes of it.
    """

    line: Sequence[str]
    heard: Sequence[str]
    corpus: Corpus
    errors: float
    also: frozenset[Instead] = frozenset()

    def doubts(self) -> Doubts:
        """What speaks against the line as written."""
        plain = _Channel(self.errors)
        begun = self._run(self._starts({0: 1.0}), plain)
        written = self._ended(begun[-1])
        ways = np.array((
            self._broken_off(begun, plain),
            self._ended(self._run(self._restarts(begun), plain)[-1]),
            float(np.mean([self._loosely(share) for share in _LOOSE])),
        ))  # fmt: skip
        odds = ways / _PARTS / max(written, _LEAST)
        return Doubts(*(float(np.log1p(odds.sum()) * odd / odds.sum()) for odd in odds))

    @cached_property
    def _alike(self) -> Table:
        """Likeness (0 to 1) of each word of the line (rows) and each word heard (columns)."""
        found = process.cdist(self.line, self.heard, scorer=fuzz.ratio, dtype=np.float64) / 100
        for i, word in self.also:
            places = [j for j, text in enumerate(self.heard) if text == word]
            found[i, places] = np.maximum(found[i, places], _ALSO_HEARD)
        return np.asarray(found)

    def _gains(self, channel: _Channel) -> Table:
        """How much more than chance each word of the line explains each word heard."""
        variants, unlike = _VARIANTS
        alike, rare = self._alike, self.corpus.bits(self.heard).astype(float)
        own = self.corpus.bits(self.line).astype(float)[:, None]
        exact = channel.right * np.exp2(own) * (alike == 1)
        bits = np.maximum(0.0, rare - variants - unlike * (1 - alike))
        near = channel.near * np.exp2(bits) * ((alike >= SAME) & (alike < 1))
        return np.asarray(channel.other + exact + near)

    def _starts(self, odds: dict[int, float]) -> Table:
        """Words of the line + 1 × words heard + 1: how probably it begins before which word."""
        found = np.zeros((len(self.line) + 1, len(self.heard) + 1))
        for word, share in odds.items():
            found[word] = share * _BESIDE ** np.arange(len(self.heard) + 1)
        return found

    def _ended(self, row: Table) -> float:
        """How probable it is that what is heard after these words is not of the line."""
        return float(row @ _BESIDE ** np.arange(len(self.heard), -1, -1))

    def _run(self, starts: Table, channel: _Channel) -> Table:
        """The same: how probable it is that the line is read to here as it was heard to here."""
        more = _more(np.full(len(self.heard), channel.more))
        found = np.empty_like(starts)
        found[0] = starts[0] @ more
        for i, gains in enumerate(self._gains(channel)):
            row = found[i] * channel.lost + starts[i + 1]
            row[1:] += found[i, :-1] * gains
            found[i + 1] = row @ more
        return found

    def _broken_off(self, begun: Table, plain: _Channel) -> float:
        """Two words or more are not said at one end, however many."""
        inner = range(2, len(self.line) - 1)
        if not inner:
            return 0.0
        late = self._run(self._starts(dict.fromkeys(inner, 1.0)), plain)
        early = begun[inner.start : inner.stop].sum(axis=0)
        return self._ended(early + late[-1]) / (2 * len(inner))

    def _restarts(self, begun: Table) -> Table:
        """Begun again after any word, perhaps after an aside, from the first or a few before."""
        bits = self.corpus.bits(self.heard).astype(float) - _FILLER
        fillers = np.array([word in FILLERS and word not in self.line for word in self.heard])
        aside = _more(_ASIDE * np.where(fillers, np.exp2(np.maximum(0.0, bits)), 1.0))
        found = np.zeros_like(begun)
        for word in range(1, len(begun)):
            share = begun[word] @ aside / (2 * len(self.line))
            back = range(max(0, word - _FEW), word)
            found[0] += share
            found[back.start : back.stop] += share / len(back)
        return found

    def _loosely(self, share: float) -> float:
        channel = _Channel(self.errors, share)
        return self._ended(self._run(self._starts({0: 1.0}), channel)[-1])


def _more(each: Table) -> Table:
    """From which place to which words are heard that are not the line's: products of `each`."""
    size = len(each) + 1
    found = np.zeros((size, size))
    for start in range(size):
        found[start, start] = 1.0
        found[start, start + 1 :] = np.cumprod(each[start:])
    return found
