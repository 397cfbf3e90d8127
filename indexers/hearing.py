"""Technical quality of sound: clipping and mains hum, from the 16 kHz mono of the scan."""

import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
_FULL = 32_700  # of 16 bits; three samples on end at it are clipped
_MAINS = (50, 60)  # hertz
_HARMONICS = 4
_FLOOR = 54_000  # power of a bin: noise at -80 dBFS, under which the steps of 16 bits make tones
_MOST = 36.0  # dB that one tone counts: a note, or a test tone, has no harmonics of the mains
_BESIDE = 12  # hertz to either side that a tone must stand out of

Samples = NDArray[np.int16]
NOTHING: Samples = np.zeros(0, np.int16)


def load(path: Path) -> Samples:
    """All samples, mapped into memory and not read: an hour is 115 MB."""
    with wave.open(str(path)) as file:
        count = file.getnframes()
        offset = path.stat().st_size - 2 * count
    return np.memmap(path, "<i2", "r", offset, (count,)) if count else NOTHING


def clipping(samples: Samples) -> float:
    """The part of the samples, 0 to 1, that stand at full scale for three and more on end."""
    if len(samples) < 3:
        return 0.0
    full = np.abs(samples.astype(np.int32)) >= _FULL
    return round(float((full[:-2] & full[1:-1] & full[2:]).mean()), 6)


def hum(samples: Samples) -> float:
    """How many decibels mains hum (50 or 60 Hz and harmonics) stands out; 0 when it does not.

    Over the quieter half of the seconds, because speech covers it.
    """
    seconds = len(samples) // RATE
    if not seconds:
        return 0.0
    windows = samples[: seconds * RATE].reshape(seconds, RATE)
    step = max(1, seconds // 120)  # two minutes' worth of a long recording suffice
    power = np.abs(np.fft.rfft(windows[::step] * np.hanning(RATE), axis=1)[:, :400]) ** 2
    quiet = power[np.argsort(power.sum(1))[: (len(power) + 1) // 2]].mean(0) + _FLOOR
    return round(max(0.0, *(_prominence(quiet, mains) for mains in _MAINS)), 1)


def _prominence(power: NDArray[np.float64], mains: int) -> float:
    """Bins are 1 Hz wide. The fundamental and every other harmonic may be filtered away, so
    the mean over all of them counts."""
    found = []
    for tone in range(mains, mains * (_HARMONICS + 1), mains):
        beside = np.r_[power[tone - _BESIDE : tone - 3], power[tone + 4 : tone + _BESIDE + 1]]
        stands_out = 10 * np.log10(power[tone - 1 : tone + 2].max() / np.median(beside))
        found.append(min(stands_out, _MOST))
    return float(np.mean(found))
