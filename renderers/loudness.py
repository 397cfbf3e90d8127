"""How loud a span is to people (ITU-R BS.1770-4), and the gain that brings it to a target.

Measured on the recognisers' 16 kHz mono sound: speech has nothing above 8 kHz that counts. It
is the sum of n channels over √n (docs/footage.md), which is as loud as they are together where
they carry the same voice; of channels that have nothing in common it is 10 log10(n) LU less.
"""

import math
from pathlib import Path

import numpy as np

from media import sound
from renderers.sequence import Source

_BLOCK, _STEP = 6_400, 1_600  # samples: 400 ms, every 100 ms
_ABSOLUTE, _RELATIVE = -70.0, -10.0  # LUFS, LU: gates
_OFFSET = -0.691
_CEILING = -1.0  # dBFS
_MOST = 20.0  # dB either way: beyond, it is noise that is made louder


def gain(path: Path, source: Source, span: tuple[int, int], target: float) -> float:
    """dB that bring source frames [in, out) to `target` LUFS; 0 where nothing is measured.

    Never so much that a sample leaves the range, nor more than 20 dB.
    """
    samples = sound.read(path, span[0] / source.rate, span[1] / source.rate)
    found = loudness(samples)
    if found is None:
        return 0.0
    peak = 20 * math.log10(max(1, int(np.abs(samples.astype(np.int32)).max())) / 32768)
    wanted = target - found
    return round(max(-_MOST, min(wanted, _MOST, _CEILING - peak)), 1)


def loudness(samples: sound.Samples) -> float | None:
    """Integrated loudness of one channel in LUFS; None when shorter than 400 ms, or silent."""
    if len(samples) < _BLOCK:
        return None
    from scipy.signal import lfilter  # 40 MB that a service at rest does not need

    weighted = samples.astype(np.float64) / 32768
    for numerator, denominator in _K_WEIGHTING:
        weighted = lfilter(numerator, denominator, weighted)
    sums = np.concatenate(([0.0], np.cumsum(weighted**2)))
    starts = np.arange(0, len(samples) - _BLOCK + 1, _STEP)
    power = (sums[starts + _BLOCK] - sums[starts]) / _BLOCK
    power = power[power > 10 ** ((_ABSOLUTE - _OFFSET) / 10)]
    if not len(power):
        return None
    gate = power.mean() * 10 ** (_RELATIVE / 10)
    return _OFFSET + 10 * math.log10(float(power[power > gate].mean()))


def _shelf() -> tuple[list[float], list[float]]:
    """The head's high shelf, by the analogue values of BS.1770's filter at this sample rate."""
    gain_db, quality, hertz = 3.99984385397, 0.7071752369554193, 1681.9744509555319
    k = math.tan(math.pi * hertz / sound.HERTZ)
    high = 10 ** (gain_db / 20)
    band = high**0.499666774155
    scale = 1 + k / quality + k * k
    return (
        [
            (high + band * k / quality + k * k) / scale,
            2 * (k * k - high) / scale,
            (high - band * k / quality + k * k) / scale,
        ],
        [1.0, 2 * (k * k - 1) / scale, (1 - k / quality + k * k) / scale],
    )


def _high_pass() -> tuple[list[float], list[float]]:
    quality, hertz = 0.5003270373253953, 38.13547087613982
    k = math.tan(math.pi * hertz / sound.HERTZ)
    scale = 1 + k / quality + k * k
    return (
        [1.0, -2.0, 1.0],
        [1.0, 2 * (k * k - 1) / scale, (1 - k / quality + k * k) / scale],
    )


_K_WEIGHTING = (_shelf(), _high_pass())
