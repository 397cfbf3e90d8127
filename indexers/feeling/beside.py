"""Laughter and applause in what is no speech, by rule. Stated, not learnt: no data had labels.

Laughter: bursts at 3.5 to 7 a second, regular, partly voiced, 0.8 s and longer.
Applause: hiss without pitch and without a beat, bright (its middle between 1.5 and 5 kHz), loud
against the recording, 1.5 s and longer. Rain on a roof can pass for it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from media.sound import HERTZ, Samples

_STEP = HERTZ // 100  # samples: 10 ms
_WINDOW = 150  # steps that are judged at once: 1.5 s
_BURSTS = slice(14, 29)  # steps between bursts: 3.5 to 7 a second
_REGULAR, _EVEN = 0.65, 0.25
_QUIETEST = -50.0  # dB
_FLAT, _VOICED = 0.45, 0.25
_DULL, _BRIGHT = 1500, 5000  # hertz


@dataclass(frozen=True)
class Heard:
    """`start` and `end`: samples."""

    kind: str  # laughter, applause
    start: int
    end: int
    strength: float  # 0 to 1


def listen(samples: Samples, start: int = 0) -> list[Heard]:
    """What a span of 16 kHz sound without speech holds, window by window, neighbours joined.
    `start`: of the span in its file."""
    size = _WINDOW * _STEP
    found: list[Heard] = []
    for at in range(0, len(samples) - size + 1, size // 2):
        heard = _judge(samples[at : at + size].astype(np.float64) / 32768)
        if not heard:
            continue
        kind, strength = heard
        first, end = start + at, start + at + size
        if found and found[-1].kind == kind and found[-1].end >= first:
            last = found.pop()
            found.append(Heard(kind, last.start, end, max(last.strength, strength)))
        else:
            found.append(Heard(kind, first, end, strength))
    return found


def _judge(sound: NDArray[np.float64]) -> tuple[str, float] | None:
    steps = (sound.reshape(-1, _STEP) ** 2).mean(1)
    if 10 * np.log10(np.median(steps) + 1e-12) < _QUIETEST - 10 or (
        10 * np.log10(steps.mean() + 1e-12) < _QUIETEST
    ):
        return None
    regular, flat, middle, voiced = _beat(np.sqrt(steps)), *_colour(sound)
    if regular >= _REGULAR and voiced >= _VOICED:
        return "laughter", round(min(1.0, regular), 2)
    if regular < _EVEN and flat >= _FLAT and _DULL <= middle <= _BRIGHT:
        return "applause", round(min(1.0, 2 * flat), 2)
    return None


def _beat(envelope: NDArray[np.float64]) -> float:
    """How regular the bursts are: the autocorrelation of the envelope, if they go up and down."""
    depth = envelope.std() / (envelope.mean() + 1e-9)
    wave = envelope - envelope.mean()
    alike = np.correlate(wave, wave, "full")[len(wave) - 1 :]
    alike = alike / (alike[0] + 1e-12)
    return float(alike[_BURSTS].max()) if depth > 0.35 else 0.0


def _colour(sound: NDArray[np.float64]) -> tuple[float, float, float]:
    """Flatness (0 to 1) and middle (Hz) of the spectrum, and the part of 40 ms that is voiced."""
    frames = sound[: len(sound) // 640 * 640].reshape(-1, 640) * np.hanning(640)
    power = np.abs(np.fft.rfft(frames, 1280)) ** 2
    mean = power.mean(0)[8:] + 1e-12
    flat = float(np.exp(np.log(mean).mean()) / mean.mean())
    hertz = np.arange(8, 641) * HERTZ / 1280
    middle = float((hertz * mean).sum() / mean.sum())
    alike = np.fft.irfft(power)[:, :640]
    part = alike[:, HERTZ // 450 : HERTZ // 80] / (alike[:, :1] + 1e-12)
    return flat, middle, float((part.max(1) > 0.4).mean())
