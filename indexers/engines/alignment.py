"""Forced alignment: when known words are said, by pocketsphinx and the model of its wheel.

Told what is said it only has to find when: word starts of four voices of flite, read clearly, were
11 to 14 ms off in the mean against the times that the synthesiser itself tells. No recording of a
person with known word times was at hand.
"""

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from indexers.engines import readings
from indexers.engines.decoder import FAINTEST, FRAMES_PER_SECOND, decoded, listen
from indexers.engines.speech import Samples

# Much wider than usual (1e-48, 1e-48, 7e-29): what is searched is one row of words, and with the
# usual beams a word that is said unclearly loses the row (seconds off, seen in 2 of 8 runs).
_WIDE = {"beam": 1e-120, "pbeam": 1e-120, "wbeam": 1e-80}
_QUIET = "<sil>"  # at the end: else the last word takes all that follows


@dataclass(frozen=True)
class Placed:
    """A word in seconds of the samples. `fit`: log10 likelihood per frame of 10 ms, against the
    sound that fits best there, so at most 0."""

    start: Fraction
    end: Fraction
    fit: float


class Aligner:
    """One decoder with a dictionary that grows by what is asked. Not thread-safe."""

    def __init__(self) -> None:
        from pocketsphinx import Decoder

        self._decoder = Decoder(samprate=16_000, loglevel="FATAL", lm=None, **_WIDE)

    def knows(self, words: Sequence[str]) -> bool:
        """Whether it can tell how all these written words are said."""
        return bool(words) and all(self._ways(words))

    def place(self, samples: Samples, lines: Sequence[Sequence[str]]) -> list[list[Placed]] | None:
        """When each word of the lines is said, one after the other, other sound between them.

        None when they do not fit in at all. All words must be known.
        """
        if not len(samples):
            return None
        keys = [self._key(word, ways) for line in lines
                for word, ways in zip(line, self._ways(line), strict=True)]  # fmt: skip
        self._decoder.set_align_text(" ".join([*keys, _QUIET]))
        try:
            found = self._segments(samples)
        except RuntimeError:  # of the decoder: the last word was not reached
            return None
        if len(found) != len(keys):
            return None
        ends = self._ends(samples, len(keys)) or [segment.end_frame + 1 for segment in found]
        placed = iter([_placed(*one) for one in zip(found, ends, strict=True)])
        return [[next(placed) for _ in line] for line in lines]

    def _segments(self, samples: Samples) -> list[Any]:
        found = decoded(self._decoder, samples)
        return [one for one in found if one.word[0] not in "<[+"]

    def _ends(self, samples: Samples, words: int) -> list[int] | None:
        """By the alignment of phones: words heard as words take the pause after them along.

        A second pass over the first one's words, which does not always reach the last.
        """
        try:
            self._decoder.set_alignment()
            listen(self._decoder, samples)  # and no more: asked for segments here it crashes
        except RuntimeError:
            return None
        found = [one for one in self._decoder.get_alignment() if one.name[0] not in "<[+"]
        return [one.start + one.duration for one in found] if len(found) == words else None

    def _ways(self, words: Sequence[str]) -> list[list[str]]:
        return readings.line(words, self._look_up)

    def _look_up(self, word: str) -> list[str]:
        found: list[str] = []
        while phones := self._decoder.lookup_word(f"{word}({len(found) + 1})" if found else word):
            found.append(phones)
        return found

    def _key(self, word: str, ways: Sequence[str]) -> str:
        """The word with these ways in the decoder's dictionary. Its name says how it is said, so
        that what one file needs changes nothing for the next."""
        if ways == self._look_up(word.lower()):
            return word.lower()
        key = f"{word.lower()}={'/'.join(ways).replace(' ', '_')}".replace("(", "").replace(")", "")
        if not self._decoder.lookup_word(key):
            for number, phones in enumerate(ways, 1):
                name = f"{key}({number})" if number > 1 else key
                self._decoder.add_word(name, phones, False)
        return key


@functools.cache
def aligner() -> Aligner:
    """The one of this process."""
    return Aligner()


def _placed(segment: Any, end: int) -> Placed:
    frames = segment.end_frame + 1 - segment.start_frame
    return Placed(
        Fraction(segment.start_frame, FRAMES_PER_SECOND),
        Fraction(max(segment.start_frame + 1, end), FRAMES_PER_SECOND),
        math.log10(max(segment.ascore, FAINTEST)) / frames,
    )
