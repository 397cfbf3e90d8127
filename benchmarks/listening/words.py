"""How far words are off: of a caption whose time is shared out, and laid over the sound."""

import statistics
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np

from benchmarks.listening.recordings import SPOKEN
from benchmarks.listening.sound import write
from benchmarks.listening.truth import Spoken, spoken
from indexers.engines.captions import timed_words
from indexers.engines.speech import SAMPLE_RATE, Utterance
from indexers.engines.timed import timed

GOAL = 0.030  # seconds, mean
_QUIET = 1.0  # seconds before and after
_EARLY, _LATE = Fraction(3, 10), Fraction(5, 10)  # by which a caption comes early, and stays
_VOICES = ("slt", "rms", "awb", "kal16")


def measure(folder: Path, *, quick: bool) -> float:
    """Print the errors of word starts; return the mean of those that are aligned, in seconds."""
    shared: list[float] = []
    aligned: list[float] = []
    for voice in _VOICES[: 1 if quick else None]:
        for text in SPOKEN[: 4 if quick else None]:
            said = spoken(text, voice)
            caption, sound = _captioned(folder, text, said)
            (line,) = timed(sound, [caption]).lines
            shared += _off(caption, said)
            aligned += _off(line, said)
    print(f"\nStarts of {len(aligned)} words, whose times flite tells (ms off)")
    print(f"{'':<34}{'mean':>8}{'median':>8}{'95 %':>8}")
    _row("shares of the caption's time", shared)
    _row("forced alignment", aligned)
    return statistics.mean(aligned)


def _captioned(folder: Path, text: str, said: Spoken) -> tuple[Utterance, Path]:
    sound = folder / "line.wav"
    quiet = np.zeros(int(_QUIET * SAMPLE_RATE), np.float32)
    write(sound, [quiet, said.samples * 32768, quiet], SAMPLE_RATE)
    end = Fraction(_QUIET) + Fraction(len(said.samples), SAMPLE_RATE)
    words = timed_words(text, Fraction(_QUIET) - _EARLY, end + _LATE, 1.0)
    return Utterance(text, words, "en", 1.0), sound


def _off(line: Utterance, said: Spoken) -> list[float]:
    return [
        abs(float(word.start) - _QUIET - start)
        for word, start in zip(line.words, said.starts, strict=True)
        if start is not None
    ]


def _row(name: str, off: Sequence[float]) -> None:
    figures = statistics.mean(off), statistics.median(off), float(np.quantile(off, 0.95))
    print(f"{name:<34}" + "".join(f"{one * 1000:>8.0f}" for one in figures))
