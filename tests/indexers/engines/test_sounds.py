from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from catalog.models import SoundKind
from indexers.engines import vad
from indexers.engines.sounds import musical, sounds
from indexers.engines.speech import SAMPLE_RATE, Samples
from tests.indexers.engines.sound import hiss, said, silence, write_wav


def tone(seconds: float, *pitches: float) -> Samples:
    """Harmonics over each pitch, fading as a plucked string does."""
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    parts = [np.sin(2 * np.pi * p * n * time) / n for p in pitches for n in range(1, 6)]
    return (np.sum(parts, axis=0) * np.exp(-time) * 0.05).astype(np.float32)


def melody() -> Samples:
    chords = [(262, 330, 392), (220, 262, 330), (294, 349, 440), (196, 247, 294)]
    return np.concatenate([tone(0.75, *chord) for chord in chords * 4])


def hum(seconds: float) -> Samples:
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    parts = [np.sin(2 * np.pi * 100 * n * time) / n for n in range(1, 12)]
    return (np.sum(parts, axis=0) * 0.05).astype(np.float32) + hiss(seconds, 0.002)


def test_tones_that_change_are_music_and_hum_is_not() -> None:
    assert musical(melody())
    assert not musical(hum(12))
    assert not musical(hiss(12, 0.05))


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    spoken = said("Where were you last night when the storm came in over the harbor?")
    path = tmp_path_factory.mktemp("sound") / "sound.wav"
    return write_wav(path, melody(), silence(1), spoken, silence(4), hiss(8, 0.05))


def test_speech_music_noise_and_silence_are_told_apart(mixed: Path) -> None:
    found = sounds(mixed, vad.speech_spans(mixed))
    kinds = [one.kind for one in found]
    assert [kind for kind in SoundKind if kind in kinds] == list(SoundKind)
    assert next(one for one in found if one.kind is SoundKind.MUSIC).start < 1
    assert found[-1].kind is SoundKind.NOISE
    assert all(a.end <= b.start for a, b in pairwise(found))
    silent = next(b.start - a.end for a, b in pairwise(found) if b.start - a.end > 1)
    assert silent >= 2
