"""Mains hum against what only looks like it."""

import numpy as np
import pytest

from indexers import hearing
from indexers.hearing import Samples

_HEARD = 12.0  # dB
TIME = np.arange(4 * hearing.RATE) / hearing.RATE
NOISE = np.random.default_rng(1).normal(0, 30, len(TIME))


def tones(*parts: tuple[float, float], noise: float = 0) -> Samples:
    """Of (hertz, amplitude), rounded to 16 bits."""
    sound = sum(level * np.sin(2 * np.pi * hertz * TIME) for hertz, level in parts)
    return np.round(sound + noise * NOISE).astype(np.int16)


@pytest.mark.parametrize("mains", [50, 60])
@pytest.mark.parametrize("noise", [0, 1])
def test_hum_is_heard_also_where_it_is_faint_or_every_other_harmonic_is_filtered_away(
    mains: int, noise: float
) -> None:
    whole = tones(*((n * mains, 40) for n in (1, 2, 3, 4)), noise=noise)
    assert hearing.hum(whole) > 2 * _HEARD
    assert hearing.hum(tones((2 * mains, 60), (4 * mains, 40), noise=noise)) > _HEARD


@pytest.mark.parametrize("hertz", [55, 100, 120, 220, 300, 440, 997, 1000])
def test_a_pure_tone_is_no_hum(hertz: float) -> None:
    assert hearing.hum(tones((hertz, 8000))) < _HEARD
    assert hearing.hum(tones((hertz, 8000), noise=1)) < _HEARD


def test_noise_and_silence_are_no_hum() -> None:
    assert hearing.hum(tones(noise=1)) < _HEARD / 2
    assert hearing.hum(tones((50, 0))) == 0
