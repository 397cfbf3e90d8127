"""Room tone under gaps: found in the quietest pause, heard in the movie without a hole."""

import wave
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from renderers import mix
from renderers.joins import Stretch
from renderers.proxies import Proxy
from renderers.sequence import Tone
from renderers.tone import toned
from tests.renderers.plans import gap, sequence, source, use

ROOM = 300.0  # of 32768: -41 dBFS


def write(path: Path, samples: NDArray[np.float64], hertz: int) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(hertz)
        file.writeframes(samples.astype(np.int16).tobytes())
    return path


def room(seconds: float, hertz: int) -> NDArray[np.float64]:
    return np.random.default_rng(1).normal(0, ROOM, int(seconds * hertz))


def test_the_room_is_the_quietest_half_second_without_words_or_coughs(tmp_path: Path) -> None:
    samples = room(8, 16_000)
    samples[: 16_000 * 2] *= 4  # louder than later on
    samples[16_000 * 5 : 16_000 * 5 + 800] += 8_000  # a cough
    heard = write(tmp_path / "a.wav", samples, 16_000)
    of = replace(source(), frames=200)
    said = (Stretch("hello", 55, 110), Stretch("there", 150, 190))
    events = [use(of, 50, 112), gap(100)]
    (_, filled) = toned(sequence(events).events, {1: said}, {1: heard})
    assert filled.tone
    assert filled.tone.in_frame >= 110
    assert filled.tone.out_frame <= 125 or filled.tone.in_frame >= 127
    assert filled.tone.out_frame <= 150
    assert filled.gain == events[0].gain


def test_a_gap_stays_silent_where_nothing_is_to_be_had(tmp_path: Path) -> None:
    of = replace(source(), frames=200)
    nothing = write(tmp_path / "none.wav", np.zeros(8 * 16_000), 16_000)
    talk = write(tmp_path / "talk.wav", room(8, 16_000), 16_000)
    for heard, said in ((nothing, ()), (talk, (Stretch("on and on", 0, 200),))):
        (filled, _) = toned(sequence([gap(50), use(of, 50, 112)]).events, {1: said}, {1: heard})
        assert filled.tone is None


def test_the_room_goes_on_under_the_whole_gap(tmp_path: Path) -> None:
    path = write(tmp_path / "room.wav", np.sqrt(2) * room(4, 48_000), 48_000)  # to stereo: -3 dB
    of = replace(source(), frames=100)
    events = [use(of, 0, 25), replace(gap(60), tone=Tone(of, 30, 42)), use(of, 50, 75)]
    cut = sequence(events)
    mix.mix(cut, {1: Proxy(path, Fraction(0), True)}, 480, tmp_path / "movie.s16")
    movie = np.fromfile(tmp_path / "movie.s16", np.int16).reshape(-1, 2)[:, 0].astype(float)
    assert len(movie) == 110 * 1_920
    levels = np.sqrt((movie[: len(movie) // 2_400 * 2_400].reshape(-1, 2_400) ** 2).mean(axis=1))
    assert levels.min() > 0.8 * ROOM
    assert levels.max() < 1.3 * ROOM
