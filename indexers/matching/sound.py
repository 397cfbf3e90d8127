"""How loud and how clean speech is in a span of an asset."""

from fractions import Fraction
from pathlib import Path

import numpy as np

from indexers.matching.material import Level, Span
from media import sound

_AROUND = Fraction(1, 2)  # seconds beside the words in which the noise is heard
_FULL = 32_000  # of 32,768: what touches this was cut off
_CLIPPED = 0.001  # share of samples from which sound is overdriven


def measure(path: Path, rate: Fraction, spans: list[Span]) -> dict[Span, Level]:
    """The level of each span (frames at `rate`); none where the sound is not there any more."""
    found = {span: _level(path, rate, span) for span in spans}
    return {span: level for span, level in found.items() if level}


def _level(path: Path, rate: Fraction, span: Span) -> Level | None:
    """Speech is the loud tenth of the span, noise the quiet tenth of it and what is beside it."""
    start, end = span[0] / rate, span[1] / rate
    spoken = sound.read(path, start, end)
    if not len(spoken):
        return None
    beside = sound.levels(sound.read(path, start - _AROUND, end + _AROUND))
    cut_off = float((np.abs(spoken.astype(np.int32)) >= _FULL).mean())
    return Level(
        speech=round(float(np.quantile(sound.levels(spoken), 0.9)), 1),
        noise=round(float(np.quantile(beside, 0.1)), 1),
        clipped=cut_off >= _CLIPPED,
    )
