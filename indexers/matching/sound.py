"""How loud and how clean speech is in a span of the recognisers' sound (16 kHz mono WAV)."""

import wave
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexers.matching.material import Level, Span

_WINDOW = 480  # samples: 30 ms at 16 kHz
_AROUND = 0.5  # seconds beside the words in which the noise is heard
_FULL = 32_000  # of 32,768: what touches this was cut off
_CLIPPED = 0.001  # share of samples from which sound is overdriven
_SILENT = -90.0  # dB: what 16 bits can't tell from nothing

Samples = NDArray[np.int16]


def measure(path: Path, rate: Fraction, spans: list[Span]) -> dict[Span, Level]:
    """The level of each span (frames at `rate`); empty when the sound is not there any more."""
    try:
        with wave.open(str(path), "rb") as sound:
            return {span: _level(sound, rate, span) for span in spans}
    except (OSError, EOFError, wave.Error):
        return {}


def windows(samples: Samples) -> NDArray[np.float64]:
    """The level of each 30 ms in dB relative to full scale."""
    count = len(samples) // _WINDOW
    if not count:
        return np.full(1, _SILENT)
    cut = samples[: count * _WINDOW].astype(np.float64).reshape(count, _WINDOW) / 32768
    power = np.maximum((cut**2).mean(axis=1), 10 ** (_SILENT / 10))
    return np.asarray(10 * np.log10(power))


def read(sound: wave.Wave_read, rate: Fraction, span: Span, around: float = 0.0) -> Samples:
    """The samples of a span of frames, with `around` seconds more on both sides."""
    hertz = sound.getframerate()
    first = max(0, int(hertz * (span[0] / rate - Fraction(around))))
    last = min(sound.getnframes(), int(hertz * (span[1] / rate + Fraction(around))))
    sound.setpos(min(first, sound.getnframes()))
    return np.frombuffer(sound.readframes(max(0, last - first)), np.int16)


def _level(sound: wave.Wave_read, rate: Fraction, span: Span) -> Level:
    """Speech is the loud tenth of the span, noise the quiet tenth of it and what is beside it."""
    spoken = read(sound, rate, span)
    beside = windows(read(sound, rate, span, _AROUND))
    cut_off = float((np.abs(spoken.astype(np.int32)) >= _FULL).mean()) if len(spoken) else 0.0
    return Level(
        speech=round(float(np.quantile(windows(spoken), 0.9)), 1),
        noise=round(float(np.quantile(beside, 0.1)), 1),
        clipped=cut_off >= _CLIPPED,
    )
