"""Spoken lines with the times of their words, as the synthesiser itself tells them.

flite prints the end of each phone (`-psdur`). A word begins where its first phone does; which
phone that is, is found by laying the pronunciations of the CMU dictionary over flite's phones.
"""

import subprocess
import tempfile
import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein
from scipy.signal import resample_poly

from indexers.engines import decoder, readings
from indexers.engines.speech import SAMPLE_RATE, word_texts

_PHONES = {"AX": "AH", "AXR": "ER", "IX": "IH", "EL": "AH", "EN": "AH"}  # flite's → CMU's


@dataclass(frozen=True)
class Spoken:
    """A line at 16 kHz, -1 to 1; `starts` and `ends` in seconds, None where flite says a word
    in a way that the dictionary does not have."""

    samples: NDArray[np.float32]
    words: tuple[str, ...]
    starts: tuple[float | None, ...]
    ends: tuple[float | None, ...]


def spoken(text: str, voice: str) -> Spoken:
    """A line by a voice of flite."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "line.wav"
        command = ["flite", "-voice", voice, "-psdur", "-t", text, "-o", str(path)]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        samples = _read(path)
    marks = [(phone.upper(), float(end)) for phone, end in (one.split(":") for one in told.split())]
    begins = [0.0, *(end for _, end in marks)]
    said = [
        (_PHONES.get(phone, phone), begin, end)
        for (phone, end), begin in zip(marks, begins, strict=False)
        if phone != "PAU"
    ]
    words = tuple(word.lower() for word in word_texts(text))
    first, last = _places(words, [phone for phone, _, _ in said])
    starts = (None if at is None else said[at][1] for at in first)
    ends = (None if at is None else said[at][2] for at in last)
    return Spoken(samples, words, tuple(starts), tuple(ends))


def _places(words: tuple[str, ...], said: list[str]) -> tuple[list[int | None], list[int | None]]:
    """Of each word its first and last phone among those that are said."""
    spelled = [
        readings.english(word, decoder.generic().pronunciations)[0].split() for word in words
    ]
    wanted = [phone for phones in spelled for phone in phones]
    places: dict[int, int] = {}
    for block in Levenshtein.opcodes(wanted, said):
        if block.src_end - block.src_start == block.dest_end - block.dest_start:
            source = range(block.src_start, block.src_end)
            places.update(zip(source, range(block.dest_start, block.dest_end), strict=True))
    marks = np.cumsum([0, *map(len, spelled)])
    return [places.get(int(at)) for at in marks[:-1]], [places.get(int(at) - 1) for at in marks[1:]]


def _read(path: Path) -> NDArray[np.float32]:
    with wave.open(str(path)) as file:
        rate = file.getframerate()
        raw = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768
    return np.asarray(resample_poly(raw, SAMPLE_RATE, rate), np.float32)
