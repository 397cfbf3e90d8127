"""Lines in one voice are one group; how alike they have to be depends on how alike lines are."""

import numpy as np

from indexers.engines.grouping import grouped
from indexers.engines.voices import Voices


def lines_of(*voices: tuple[float, ...], count: int = 6, noise: float) -> Voices:
    """`count` lines of each voice: it, and something of each line's own."""
    own = np.random.default_rng(1).normal(0, noise, (len(voices) * count, 253))
    told = np.repeat(np.array(voices), count, 0)
    found = np.hstack([told, own])
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float32)


NEAR = ((1.0, 0.0, 0.0), (0.8, 0.6, 0.0))  # 0.8 alike, before what is each line's own


def test_voices_that_are_clear_are_parted_and_the_same_ones_in_noise_are_not() -> None:
    clean = lines_of(*NEAR, noise=0.01)  # 0.97 within each, 0.78 between
    assert grouped(clean, np.full(12, 2.0)).numbers == [0] * 6 + [1] * 6
    noisy = lines_of(NEAR[0], (0.98, 0.2, 0.0), noise=0.037)  # 0.74 and 0.73
    assert grouped(noisy, np.full(12, 2.0)).numbers == [0] * 12


def test_strangers_stay_apart_and_are_surer_the_further_they_are() -> None:
    far = grouped(lines_of((1, 0, 0), (0, 1, 0), noise=0.02), np.full(12, 2.0))
    near = grouped(lines_of((1, 0, 0), (0.8, 0.6, 0), noise=0.02), np.full(12, 2.0))
    assert far.numbers == near.numbers == [0] * 6 + [1] * 6
    assert min(far.confidence) > max(near.confidence)


def test_short_lines_join_the_nearest_voice_and_make_none_of_their_own() -> None:
    one, other = np.eye(2, dtype=np.float32)
    between = np.array([0.6, 0.8], np.float32)
    told = np.array([one, other, between, one])
    found = grouped(told, np.array([2.0, 3.0, 0.4, 5.0]))
    assert found.numbers == [0, 1, 1, 0]
    assert found.confidence[2] < found.confidence[0]
    assert grouped(told[:1], np.array([0.2])).numbers == [0]
    assert grouped(told[:2], np.array([0.2, 0.1])).numbers == [0, 0]
