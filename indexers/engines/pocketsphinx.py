"""Hearing English without downloads: pocketsphinx with the model inside its wheel.

A small recogniser of the GMM age. It gets the words of clear speech about half right: enough
to find a scripted line, not enough to publish. Whisper replaces it where its weights are.
"""

import functools
import re
from dataclasses import dataclass
from fractions import Fraction
from importlib.metadata import version
from typing import Any, ClassVar

import numpy as np

from indexers.engines.speech import Samples, Utterance, Word, mean_confidence, spoken_lines

LANGUAGE = "en"
_FRAMES_PER_SECOND = 100
_VARIANT = re.compile(r"\(\d+\)$")  # "read(2)": the second pronunciation


@dataclass(frozen=True)
class PocketSphinx:
    """The engine. It hears English only; other languages give no lines, never wrong ones."""

    name: ClassVar[str] = "pocketsphinx"
    model: ClassVar[str] = "en-us"
    stretch: ClassVar[Fraction] = Fraction(0)

    @property
    def version(self) -> str:
        """Of the package."""
        return version("pocketsphinx")

    def hear(self, samples: Samples, language: str) -> list[Utterance]:
        """The lines of one stretch of speech, lower-case but for their first letter.

        A word's confidence is its posterior in the lattice of this stretch.
        """
        if language not in ("auto", LANGUAGE):
            return []
        return [_utterance(words) for words in spoken_lines(_words(samples))]


def _words(samples: Samples) -> list[Word]:
    decoder = _decoder()
    # The estimate of noise lives on between stretches: without this the words heard in a file
    # depend on which files were heard before it, and a second run makes another cut.
    decoder.reinit_feat()
    decoder.start_utt()
    # The whole stretch at once: cepstral means are then taken over it, not guessed ahead.
    pcm = np.clip(samples * 32768, -32768, 32767).astype("<i2")
    decoder.process_raw(pcm.tobytes(), full_utt=True)
    decoder.end_utt()
    # Without a hypothesis (a stretch of a few frames) there is no segmentation to walk.
    segments = decoder.seg() if decoder.hyp() else ()
    return [_word(segment) for segment in segments if _is_word(segment.word)]


def _is_word(text: str) -> bool:
    """Not <s>, </s>, <sil>, [NOISE], ++um++."""
    return text[0] not in "<[+"


def _word(segment: Any) -> Word:
    return Word(
        _VARIANT.sub("", segment.word),
        Fraction(segment.start_frame, _FRAMES_PER_SECOND),
        Fraction(segment.end_frame + 1, _FRAMES_PER_SECOND),
        min(1.0, max(0.0, float(segment.prob))),
    )


def _utterance(words: tuple[Word, ...]) -> Utterance:
    text = " ".join(word.text for word in words)
    return Utterance(text[:1].upper() + text[1:], words, LANGUAGE, mean_confidence(words))


@functools.cache
def _decoder() -> Any:
    from pocketsphinx import Decoder

    return Decoder(samprate=16_000, loglevel="FATAL")
