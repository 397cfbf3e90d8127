"""The recognisers' sound (16-bit mono WAV): spans of samples, and how loud they are."""

import wave
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

HERTZ = 16_000
WINDOW = 480  # samples: 30 ms
HOP = 80  # samples: 5 ms
SILENT = -90.0  # dB relative to full scale: what 16 bits can't tell from nothing

Samples = NDArray[np.int16]


def read(path: Path, start: Fraction, end: Fraction) -> Samples:
    """The samples between two times in seconds, as far as the file goes.

    Empty when the file is gone or is no such sound: then nothing is known of it.
    """
    try:
        with wave.open(str(path), "rb") as sound:
            if (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) != (HERTZ, 1, 2):
                return np.zeros(0, np.int16)
            first = min(max(0, int(start * HERTZ)), sound.getnframes())
            sound.setpos(first)
            data = sound.readframes(max(0, int(end * HERTZ) - first))
    except (OSError, EOFError, wave.Error):
        return np.zeros(0, np.int16)
    return np.frombuffer(data, np.int16)


def levels(samples: Samples, hop: int = WINDOW) -> NDArray[np.float64]:
    """The level of each 30 ms in dB relative to full scale, every `hop` samples."""
    if len(samples) < WINDOW:
        return np.full(1, SILENT)
    squares = np.concatenate(([0.0], np.cumsum((samples.astype(np.float64) / 32768) ** 2)))
    starts = np.arange(0, len(samples) - WINDOW + 1, hop)
    power = (squares[starts + WINDOW] - squares[starts]) / WINDOW
    return np.asarray(10 * np.log10(np.maximum(power, 10 ** (SILENT / 10))))
