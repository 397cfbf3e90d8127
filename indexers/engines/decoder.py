"""pocketsphinx's decoder: what is heard in a stretch, and how well words fit to it.

With the generic model of its wheel, or with the trigrams of expected lines.
"""

import functools
import math
import re
import tempfile
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from indexers.engines import pinyin, readings, trigrams
from indexers.engines.expected import CHINESE, Expected
from indexers.engines.speech import Samples, Word

FRAMES_PER_SECOND = 100
_VARIANT = re.compile(r"\(\d+\)$")  # "read(2)": the second pronunciation
_LINES = "lines"
_CERTAIN = 0.99  # of confidence: 1 is for what was read, not heard
FAINTEST = 1e-300  # likelihoods below are no longer told apart by a float


class Ears:
    """One decoder. Not thread-safe."""

    def __init__(self, decoder: Any) -> None:
        self._decoder = decoder
        self._search = decoder.current_search()

    def pronunciations(self, word: str) -> list[str]:
        """All that its dictionary has, as phones separated by spaces."""
        found: list[str] = []
        while phones := self._decoder.lookup_word(f"{word}({len(found) + 1})" if found else word):
            found.append(phones)
        return found

    def words(self, samples: Samples) -> list[Word]:
        """The words of one stretch; a word's confidence is its posterior in the lattice."""
        self._decoder.activate_search(self._search)
        return [
            Word(
                _VARIANT.sub("", segment.word),
                Fraction(segment.start_frame, FRAMES_PER_SECOND),
                Fraction(segment.end_frame + 1, FRAMES_PER_SECOND),
                min(_CERTAIN, max(0.0, float(segment.prob))),
            )
            for segment in decoded(self._decoder, samples)
            if _is_word(segment.word)
        ]

    def likelihood(self, samples: Samples, words: Sequence[str]) -> float:
        """How well these words fit to the sound: log10 per frame of 10 ms, 0 at the most.

        Says which of two wordings of one stretch was said, and nothing by itself.
        -inf when they do not fit at all, such as too many of them.
        """
        self._decoder.set_align_text(" ".join(words))
        try:
            segments = decoded(self._decoder, samples)
        except RuntimeError:
            return -math.inf
        frames = sum(segment.end_frame + 1 - segment.start_frame for segment in segments)
        total = sum(math.log10(max(segment.ascore, FAINTEST)) for segment in segments)
        return total / frames if frames else -math.inf


def decoded(decoder: Any, samples: Samples) -> list[Any]:
    """The segments of one stretch by the decoder's present search, pauses and noises too.

    Raises RuntimeError when a search that must reach its end does not.
    """
    listen(decoder, samples)
    # Without a hypothesis (a stretch of a few frames) there is no segmentation to walk.
    return list(decoder.seg()) if decoder.hyp() else []


def listen(decoder: Any, samples: Samples) -> None:
    """Hand one stretch to the decoder. Raises RuntimeError as `decoded`."""
    # The estimate of noise lives on between stretches: without this the words heard in a
    # file depend on which files were heard before it, and a second run makes another cut.
    decoder.reinit_feat()
    decoder.start_utt()
    # The whole stretch at once: cepstral means are then taken over it, not guessed ahead.
    pcm = np.clip(samples * 32768, -32768, 32767).astype("<i2")
    decoder.process_raw(pcm.tobytes(), full_utt=True)
    decoder.end_utt()


@functools.cache
def generic() -> Ears:
    """The decoder with the English model of the wheel."""
    from pocketsphinx import Decoder

    return Ears(Decoder(samprate=16_000, loglevel="FATAL"))


@functools.lru_cache(maxsize=2)  # stories are worked on side by side
def expecting(expected: Expected) -> Ears:
    """The decoder that knows what may be said, and no other words. `expected` must have lines.

    English words in the order of the lines, by trigrams; Chinese only as whole phrases. An
    English model hears Chinese too badly for single characters: with trigrams it found none of
    300 lines that it finds when it must choose among them as a whole.
    """
    from pocketsphinx import Decoder

    ways = _readings(expected)
    spoken = (tuple(word for word in line if word in ways) for line in expected.lines)
    lines = [line for line in spoken if line]
    if not lines:  # nobody knows how any of it is said, such as a script in Russian
        return generic()
    with tempfile.TemporaryDirectory() as folder:
        words, model = Path(folder) / "words.dict", Path(folder) / "lines.arpa"
        # A dictionary of its own: a new model over the 134,000 words of the wheel takes 11 s.
        words.write_text(_dictionary(ways), encoding="utf-8")
        options = {"samprate": 16_000, "loglevel": "FATAL", "dict": str(words)}
        if expected.language == CHINESE:
            decoder = Decoder(**options, lm=None)
            decoder.add_fsg(_LINES, _choice(decoder, lines))
            decoder.activate_search(_LINES)
        else:
            trigrams.learn(lines).write(model)
            decoder = Decoder(**options, lm=str(model))
    return Ears(decoder)


def _readings(expected: Expected) -> dict[str, list[str]]:
    """Word → how it may be pronounced; without those of which nobody knows."""
    if expected.language == CHINESE:
        return pinyin.pronunciations(expected.lines)
    look_up = generic().pronunciations
    known = {word: readings.english(word, look_up) for word in sorted(expected.words)}
    return {word: ways for word, ways in known.items() if ways}


def _dictionary(said: Mapping[str, Sequence[str]]) -> str:
    return "".join(
        f"{word}{f'({number})' if number > 1 else ''} {phones}\n"
        for word, ways in said.items()
        for number, phones in enumerate(ways, 1)
    )


def _choice(decoder: Any, lines: Sequence[Sequence[str]]) -> Any:
    """Any of these lines as a whole, then perhaps another one: a finite-state grammar."""
    start, final, free = 0, 1, 2
    ways: list[tuple[Any, ...]] = [(final, start, 1.0)]
    for line in lines:
        states = [start, *range(free, free + len(line) - 1), final]
        free += len(line) - 1
        chances = [1 / len(lines), *[1.0] * (len(line) - 1)]
        ways += zip(states, states[1:], chances, line, strict=False)
    return decoder.create_fsg(_LINES, start, final, ways)


def _is_word(text: str) -> bool:
    """Not <s>, </s>, <sil>, [NOISE], ++um++."""
    return text[0] not in "<[+"
