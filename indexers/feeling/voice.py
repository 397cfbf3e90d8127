"""How a line is said: level, pitch, rate, pauses, spectral balance, against the same speaker.

Our own few lines of numpy: librosa's first call compiles for 20 s and parselmouth is GPL.
"""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray

from media.sound import HERTZ, Samples

Floats = NDArray[np.float64]

_FRAME, _HOP = 640, 320  # samples: 40 and 20 ms
_SHORTEST = 0.3  # seconds in which a voice can be judged
_QUIETEST = -60.0  # dB: below there is no voice
_PAUSE = 25.0  # dB below the loud frames
_LAGS = slice(HERTZ // 450, HERTZ // 60)  # of voices: 60 to 450 Hz
_NEARLY = 0.9
_VOICED = 0.5  # of the autocorrelation at the best lag
_SHARP = 1000  # hertz between the low and the high part of the spectrum
_ENOUGH = 4  # lines that make a speaker's manner
# Deviations below these are no change that is heard: dB, semitones, words a second, part, dB.
_LEAST = (2.0, 1.5, 0.6, 0.08, 2.0)


@dataclass(frozen=True)
class Voice:
    """One line's. As deviations (`against`): how many usual deviations from the usual."""

    level: float  # dB below full scale, of what is no pause
    pitch: float  # semitones above 100 Hz, the median; nan for what has none
    rate: float  # words a second
    pauses: float  # part of the time
    balance: float  # dB of what is above 1 kHz against what is below


def measure(samples: Samples, words: float) -> Voice | None:
    """The voice in 16 kHz sound in which `words` are said; None when there is none to judge."""
    if len(samples) < _SHORTEST * HERTZ:
        return None
    scaled = samples.astype(np.float64) / 32768
    frames = np.lib.stride_tricks.sliding_window_view(scaled, _FRAME)[::_HOP]
    levels = 10 * np.log10((frames**2).mean(1) + 1e-12)
    spoken = levels > max(np.percentile(levels, 95) - _PAUSE, _QUIETEST)
    if spoken.sum() < 5:
        return None
    spectrum = np.abs(np.fft.rfft(frames[spoken] * np.hanning(_FRAME), 2 * _FRAME)) ** 2
    edge = _SHARP * 2 * _FRAME // HERTZ
    return Voice(
        level=float(10 * np.log10((frames[spoken] ** 2).mean())),
        pitch=_pitch(spectrum),
        rate=words * HERTZ / len(samples),
        pauses=float(1 - spoken.mean()),
        balance=float(
            10 * np.log10((spectrum[:, edge:].sum() + 1e-12) / (spectrum[:, 1:edge].sum() + 1e-12))
        ),
    )


def against(
    voices: Mapping[int, Voice], speakers: Mapping[int, str]
) -> dict[int, tuple[Voice, Voice]]:
    """Of each line, differences to what is usual for its speaker, and in usual deviations.

    A speaker with few lines is not judged: another one's voice is not lower for a feeling.
    """
    groups: dict[str, list[int]] = {}
    for number in voices:
        groups.setdefault(speakers.get(number, ""), []).append(number)
    found = {}
    for number in voices:
        peers = groups[speakers.get(number, "")]
        if len(peers) >= _ENOUGH:
            found[number] = _compared(voices[number], [voices[one] for one in peers])
    return found


def _compared(voice: Voice, peers: Sequence[Voice]) -> tuple[Voice, Voice]:
    table = np.array([astuple(one) for one in peers])
    usual = _usual(table)
    spread = 1.4826 * np.nan_to_num(_usual(np.abs(table - usual)))
    apart = np.nan_to_num(np.array(astuple(voice)) - usual)
    turned = np.clip(apart / np.maximum(spread, _LEAST), -3, 3)
    return Voice(*apart.tolist()), Voice(*turned.tolist())


def _usual(table: Floats) -> Floats:
    """Medians of the columns; 0 where a column knows nothing."""
    return np.array([np.median(kept) if len(kept := c[~np.isnan(c)]) else 0.0 for c in table.T])


def _pitch(spectrum: Floats) -> float:
    """Median over the voiced frames, by autocorrelation without the window's own."""
    window = np.fft.irfft(np.abs(np.fft.rfft(np.hanning(_FRAME), 2 * _FRAME)) ** 2)[:_FRAME]
    alike = np.fft.irfft(spectrum)[:, :_FRAME]
    alike = alike / (alike[:, :1] + 1e-12) / np.maximum(window / window[0], 0.05)
    part = alike[:, _LAGS]
    # The first peak that is nearly the highest: whole multiples of the period are as high.
    peak = (part[:, 1:-1] >= part[:, :-2]) & (part[:, 1:-1] >= part[:, 2:])
    peak &= part[:, 1:-1] >= _NEARLY * part.max(1, keepdims=True)
    best = np.where(peak.any(1), peak.argmax(1) + 1, part.argmax(1))
    voiced = part[np.arange(len(part)), best] > _VOICED
    if voiced.sum() < 3:
        return float("nan")
    hertz = HERTZ / (best[voiced] + _LAGS.start)
    return float(np.median(12 * np.log2(hertz / 100)))
