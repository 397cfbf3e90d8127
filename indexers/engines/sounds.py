"""What kind of sound is where: speech, music, noise; where none is said it is silent.

Speech is what silero-vad hears. Of the rest, music is told by its tones: they stay for a fifth
of a second and have changed two seconds later. Tones of hum and engines stay, and noise has
none. Songs count as speech where the voice is in front. Music under speech is not looked for,
and music without clear tones, such as distorted guitars, passes for noise.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from catalog.models import SoundKind
from indexers.engines import vad
from indexers.engines.speech import SAMPLE_RATE, Samples

_BLOCK = 2 * SAMPLE_RATE  # what is told apart at once …
_AROUND = 3 * SAMPLE_RATE  # … by hearing this much before and after it too
_QUIET = 10 ** (-50 / 20)  # RMS of full scale below which there is silence
_WINDOW, _HOP = 1024, 256  # samples: 64 ms in steps of 16
_BAND = slice(6, 256)  # bins: 94 to 4,000 Hz, where tones of music are
_BESIDE, _ABOVE = 21, 9.0  # a tone stands 9 dB above the mean of the bins around it
_STAYS, _CHANGED = 12, 125  # steps: 0.2 and 2 s
# How many more of the tones stay than come back. Film music: 0.24; engines, hum: 0.04 to 0.08;
# speech, wind, footsteps, laughter: 0.00 to 0.04 (fourteen recordings).
_MUSIC = 0.12


@dataclass(frozen=True)
class Sound:
    """[start, end) seconds of one kind."""

    start: Fraction
    end: Fraction
    kind: SoundKind


def sounds(path: Path, speech: Sequence[vad.Span]) -> list[Sound]:
    """The kinds of sound in a 16 kHz mono WAV, in order, apart; `speech` as vad hears it.

    Raises Rejected when the file is no such WAV.
    """
    found = [(span.start, span.end, SoundKind.SPEECH) for span in speech]
    total = vad.length(path)
    for gap in _gaps(speech, total):
        found += _blocks(path, gap, total)
    joined: list[tuple[int, int, SoundKind]] = []
    for start, end, kind in sorted(found):
        if joined and joined[-1][1:] == (start, kind):
            start = joined.pop()[0]
        joined.append((start, end, kind))
    return [Sound(Fraction(a, SAMPLE_RATE), Fraction(b, SAMPLE_RATE), k) for a, b, k in joined]


def musical(samples: Samples) -> bool:
    """Whether its tones stay and then change. Four seconds are needed to tell."""
    tones = _tones(samples)
    return len(tones) > 2 * _CHANGED and _kept(tones, _STAYS) - _kept(tones, _CHANGED) > _MUSIC


def _blocks(path: Path, gap: vad.Span, total: int) -> Iterator[tuple[int, int, SoundKind]]:
    marks = [*range(gap.start, gap.end, _BLOCK), gap.end]
    spans = [
        vad.Span(start, end)
        for start, end in pairwise(marks)
        if _level(vad.read(path, vad.Span(start, end))) >= _QUIET
    ]
    around = (vad.Span(max(0, s.start - _AROUND), min(total, s.end + _AROUND)) for s in spans)
    music = [musical(vad.read(path, span)) for span in around]
    for at, span in enumerate(spans):
        # A single block among others is chance: nobody hears two seconds of music.
        beside = [*music[max(0, at - 1) : at], *music[at + 1 : at + 2]]
        heard = music[at] and (any(beside) or not beside)
        yield span.start, span.end, SoundKind.MUSIC if heard else SoundKind.NOISE


def _level(samples: Samples) -> float:
    return float(np.sqrt(np.mean(samples.astype(np.float64) ** 2))) if len(samples) else 0.0


def _tones(samples: Samples) -> NDArray[np.bool_]:
    """(steps, bins): where a bin stands out as a peak."""
    from scipy.ndimage import uniform_filter1d  # 40 MB that a service at rest does not need

    if len(samples) < _WINDOW:
        return np.zeros((0, 0), np.bool_)
    steps = np.lib.stride_tricks.sliding_window_view(samples, _WINDOW)[::_HOP]
    spectrum = np.abs(np.fft.rfft(steps * np.hanning(_WINDOW), axis=1)[:, _BAND]) ** 2
    level = 10 * np.log10(spectrum + 1e-12)
    beside = uniform_filter1d(level, _BESIDE, axis=1)
    inner = level[:, 1:-1]
    highest = (inner > level[:, :-2]) & (inner > level[:, 2:])
    found: NDArray[np.bool_] = highest & (inner > beside[:, 1:-1] + _ABOVE)
    return found


def _kept(tones: NDArray[np.bool_], later: int) -> float:
    """The part of the tones, 0 to 1, that are tones so many steps later as well."""
    if len(tones) <= later:
        return 0.0
    first, last = tones[:-later], tones[later:]
    return float((first & last).sum() / max(1, first.sum()))


def _gaps(speech: Sequence[vad.Span], total: int) -> Iterator[vad.Span]:
    reached = 0
    for span in speech:
        if span.start > reached:
            yield vad.Span(reached, span.start)
        reached = span.end
    if reached < total:
        yield vad.Span(reached, total)
