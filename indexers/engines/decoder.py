"""pocketsphinx's decoder: what is heard in a stretch, and how well words fit to it.

With the generic model of its wheel, or with the trigrams of expected lines.
"""

import functools
import math
import re
import tempfile
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from indexers.engines import letters, pinyin, trigrams
from indexers.engines.expected import CHINESE, Expected
from indexers.engines.speech import Samples, Word

_FRAMES_PER_SECOND = 100
_VARIANT = re.compile(r"\(\d+\)$")  # "read(2)": the second pronunciation
_CERTAIN = 0.99  # of confidence: 1 is for what was read, not heard
_FAINTEST = 1e-300  # likelihoods below are no longer told apart by a float


class Ears:
    """One decoder. Not thread-safe."""

    def __init__(self, expected: Expected | None = None) -> None:
        from pocketsphinx import Decoder

        self._decoder = Decoder(samprate=16_000, loglevel="FATAL")
        self._search = self._decoder.current_search()
        if expected:
            self._expect(expected)

    def words(self, samples: Samples) -> list[Word]:
        """The words of one stretch; a word's confidence is its posterior in the lattice."""
        self._decoder.activate_search(self._search)
        return [
            Word(
                _VARIANT.sub("", segment.word),
                Fraction(segment.start_frame, _FRAMES_PER_SECOND),
                Fraction(segment.end_frame + 1, _FRAMES_PER_SECOND),
                min(_CERTAIN, max(0.0, float(segment.prob))),
            )
            for segment in self._segments(samples)
            if _is_word(segment.word)
        ]

    def likelihood(self, samples: Samples, words: Sequence[str]) -> float:
        """How well these words fit to the sound: log10 per frame of 10 ms, 0 at the most.

        Says which of two wordings of one stretch was said, and nothing by itself.
        -inf when they do not fit at all, such as too many of them.
        """
        self._decoder.set_align_text(" ".join(words))
        try:
            segments = self._segments(samples)
        except RuntimeError:
            return -math.inf
        frames = sum(segment.end_frame + 1 - segment.start_frame for segment in segments)
        total = sum(math.log10(max(segment.ascore, _FAINTEST)) for segment in segments)
        return total / frames if frames else -math.inf

    def _segments(self, samples: Samples) -> list[Any]:
        # The estimate of noise lives on between stretches: without this the words heard in a
        # file depend on which files were heard before it, and a second run makes another cut.
        self._decoder.reinit_feat()
        self._decoder.start_utt()
        # The whole stretch at once: cepstral means are then taken over it, not guessed ahead.
        pcm = np.clip(samples * 32768, -32768, 32767).astype("<i2")
        self._decoder.process_raw(pcm.tobytes(), full_utt=True)
        self._decoder.end_utt()
        # Without a hypothesis (a stretch of a few frames) there is no segmentation to walk.
        return list(self._decoder.seg()) if self._decoder.hyp() else []

    def _expect(self, expected: Expected) -> None:
        """Hear nothing but English words in the order of these lines, or whole Chinese phrases.

        An English model hears Chinese too badly for single characters: with trigrams it found
        none of 300 lines that it finds when it must choose among them as a whole.
        """
        known = self._teach(expected)
        spoken = (tuple(word for word in line if word in known) for line in expected.lines)
        lines = [line for line in spoken if line]
        self._search = "expected"
        if expected.language == CHINESE:
            self._decoder.add_fsg(self._search, self._choice(lines))
        else:
            self._decoder.add_lm(self._search, self._trigrams(lines))

    def _choice(self, lines: Sequence[Sequence[str]]) -> Any:
        """Any of these lines as a whole, then perhaps another one: a finite-state grammar."""
        start, final, free = 0, 1, 2
        ways: list[tuple[Any, ...]] = [(final, start, 1.0)]
        for line in lines:
            states = [start, *range(free, free + len(line) - 1), final]
            free += len(line) - 1
            chances = [1 / len(lines), *[1.0] * (len(line) - 1)]
            ways += zip(states, states[1:], chances, line, strict=False)
        return self._decoder.create_fsg(self._search, start, final, ways)

    def _trigrams(self, lines: Sequence[Sequence[str]]) -> Any:
        from pocketsphinx import NGramModel

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "expected.arpa"
            trigrams.learn(lines).write(path)
            return NGramModel(self._decoder.config, self._decoder.logmath, str(path))

    def _teach(self, expected: Expected) -> set[str]:
        """Add the words that the dictionary lacks; return those that can be heard."""
        readings: dict[str, list[str]] = (
            pinyin.pronunciations(expected.lines)
            if expected.language == CHINESE
            else {word: self._english(word) for word in expected.words}
        )
        for word, ways in readings.items():
            if self._decoder.lookup_word(word) is not None:
                continue
            for number, phones in enumerate(ways, 1):
                name = word if number == 1 else f"{word}({number})"
                self._decoder.add_word(name, phones, update=False)
        return {word for word, ways in readings.items() if ways}

    def _english(self, word: str) -> list[str]:
        """How it is pronounced: by the dictionary, or letter by letter; none if neither can."""
        phones = self._decoder.lookup_word(word)
        if phones is None and word.endswith("'s"):
            stem = self._decoder.lookup_word(word[:-2])
            phones = f"{stem} Z" if stem else None
        return [found] if (found := phones or " ".join(letters.phones(word))) else []


@functools.cache
def generic() -> Ears:
    """The decoder with the English model of the wheel."""
    return Ears()


@functools.lru_cache(maxsize=2)  # each holds some 50 MB; stories are worked on side by side
def expecting(expected: Expected) -> Ears:
    """The decoder that knows what may be said. `expected` must have lines."""
    return Ears(expected)


def _is_word(text: str) -> bool:
    """Not <s>, </s>, <sil>, [NOISE], ++um++."""
    return text[0] not in "<[+"
