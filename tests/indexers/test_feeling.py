import wave
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from sqlmodel import Session, select

from catalog.cues import REASONS, told
from catalog.models import (
    Cue,
    Emotion,
    Footage,
    Label,
    Line,
    Quality,
    Scan,
    Shot,
    SoundKind,
    SoundSpan,
)  # fmt: skip
from catalog.work import Facts, Work
from indexers.clips import felt
from indexers.emotions import Emotions
from indexers.feeling import beside, fusion, picture, voice
from indexers.feeling.affect import PLACES, affect
from indexers.feeling.surroundings import near
from media.sound import HERTZ

EVEN = dict.fromkeys(Label, 1 / 8)


def tone(seconds: float, hertz: float, level: float, sharp: float = 0.2) -> np.ndarray:
    """A voice: harmonics of `hertz`, the higher ones `sharp` as strong, at `level` of full."""
    at = np.arange(int(seconds * HERTZ)) / HERTZ
    high = sum(np.sin(2 * np.pi * hertz * n * at) for n in range(8, 20))
    wave_ = np.sin(2 * np.pi * hertz * at) + 0.5 * np.sin(4 * np.pi * hertz * at) + sharp * high
    return (wave_ / np.abs(wave_).max() * level * 32767).astype(np.int16)


def laughing(seconds: float) -> np.ndarray:
    at = np.arange(int(seconds * HERTZ)) / HERTZ
    bursts = np.sin(2 * np.pi * 5 * at) > 0
    return np.asarray(tone(seconds, 220, 0.3) * bursts, np.int16)


def applauding(seconds: float) -> np.ndarray:
    random = np.random.default_rng(5)
    heard = np.zeros(int(seconds * HERTZ))
    clap = np.exp(-np.arange(300) / 60)
    for at in random.integers(0, len(heard) - 300, int(500 * seconds)):
        heard[at : at + 300] += random.normal(0, 1500, 300) * clap
    return heard.clip(-32768, 32767).astype(np.int16)


def test_a_voice_is_measured_in_decibels_semitones_and_words() -> None:
    found = voice.measure(tone(1, 200, 0.5), 3)
    assert found
    assert found.pitch == pytest.approx(12, abs=0.3)  # an octave above 100 Hz
    assert found.rate == pytest.approx(3)
    quieter = voice.measure(tone(1, 200, 0.05), 3)
    assert quieter
    assert found.level - quieter.level == pytest.approx(20, abs=0.2)
    half = np.concatenate([tone(0.5, 200, 0.5), np.zeros(HERTZ // 2, np.int16)])
    broken = voice.measure(half, 3)
    assert broken
    assert broken.pauses == pytest.approx(0.5, abs=0.05)


def test_silence_and_a_blink_have_no_voice() -> None:
    assert voice.measure(np.zeros(HERTZ, np.int16), 3) is None
    assert voice.measure(tone(0.1, 200, 0.5), 1) is None


def test_a_voice_is_compared_with_its_own_speaker() -> None:
    deep, high = voice.Voice(-20, 0, 2.5, 0.1, -15), voice.Voice(-20, 12, 2.5, 0.1, -15)
    voices = {**dict.fromkeys(range(5), deep), **dict.fromkeys(range(5, 10), high)}
    speakers = {number: "ANNA" if number > 4 else "BEN" for number in voices}
    for apart, turned in voice.against(voices, speakers).values():
        assert (apart.pitch, turned.pitch) == (0, 0)
    assert voice.against({0: deep, 1: high}, {}) == {}  # too few to know what is usual
    assert set(voice.against({**voices, 10: high}, {**speakers, 10: "CARL"})) == set(voices)


def test_a_shout_is_told_and_makes_anger_likelier() -> None:
    usual = voice.Voice(-20, 0, 2.5, 0.1, -15)
    voices = {**dict.fromkeys(range(6), usual), 6: voice.Voice(-8, 5, 3.5, 0.05, -5)}
    apart, turned = voice.against(voices, {})[6]
    found = fusion.of_voice(apart, turned)
    assert [code for code, _ in found.reasons] == ["shouting", "louder", "higher", "faster"]
    assert told(*found.reasons[0]) == "shouted: 12 dB louder, and sharper"
    assert told(*found.reasons[0], "zh") == "喊叫：响 12 dB，音色更尖锐"
    scores = fusion.fused(EVEN, [found])
    assert max(scores, key=scores.__getitem__) == Label.ANGER
    assert min(scores, key=scores.__getitem__) == Label.CALM


def test_a_missing_source_says_nothing() -> None:
    words = dict(zip(Label, (3, 1, 1, 1, 1, 1, 1, 1), strict=True))
    alone = fusion.fused(words, [])
    assert fusion.fused(words, [None, None]) == alone
    assert fusion.fused(words, [fusion.Evidence()]) == alone
    assert alone["joy"] == pytest.approx(0.3)


@given(st.lists(st.floats(0, 1), min_size=8, max_size=8), st.floats(-3, 3), st.floats(-3, 3))
def test_what_is_fused_is_a_probability(shares: list[float], level: float, pitch: float) -> None:
    same = voice.Voice(level, pitch, level, pitch / 3, pitch)
    scores = fusion.fused(dict(zip(Label, shares, strict=True)), [fusion.of_voice(same, same)])
    assert sum(scores.values()) == pytest.approx(1)
    assert min(scores.values()) >= 0
    for one in affect(scores):
        assert -1 <= one <= 1


def test_neighbours_colour_a_line_by_a_fifth() -> None:
    joy = {label.value: float(label is Label.JOY) for label in Label}
    fear = {label.value: float(label is Label.FEAR) for label in Label}
    first, second = fusion.among([joy, fear], [[1], []])
    assert (first["joy"], first["fear"]) == pytest.approx((0.8, 0.2))
    assert second == fear


def test_lines_far_apart_are_no_neighbours() -> None:
    spans = (0, 20), (30, 50), (400, 420)
    lines = [
        Line(asset_id=1, number=n, in_frame=a, out_frame=b, text="", language="en", confidence=1,
             words=[], engine="")
        for n, (a, b) in enumerate(spans)
    ]  # fmt: skip
    assert near(lines, Fraction(25)) == [[1], [0], []]


def test_laughter_and_applause_are_told_from_tone_noise_and_silence() -> None:
    assert [one.kind for one in beside.listen(laughing(3))] == ["laughter"]
    assert [one.kind for one in beside.listen(applauding(3), 1000)] == ["applause"]
    assert beside.listen(applauding(3), 1000)[0].start == 1000
    assert beside.listen(tone(3, 440, 0.3)) == []
    assert beside.listen(np.zeros(3 * HERTZ, np.int16)) == []
    rumble = np.cumsum(np.random.default_rng(2).normal(0, 100, 3 * HERTZ))
    assert beside.listen((rumble - rumble.mean()).clip(-20000, 20000).astype(np.int16)) == []


def test_the_colour_of_light_is_measured_in_kelvin(tmp_path: Path) -> None:
    found = []
    for colour in ((255, 160, 80), (255, 255, 255), (140, 180, 255), (0, 0, 0)):
        Image.new("RGB", (64, 36), colour).save(tmp_path / "a.png")
        found.append(picture.kelvin(tmp_path / "a.png"))
    warm, white, cold, black = found
    assert warm < 3000 < white < 7000 < 9000 < cold
    assert white == pytest.approx(6504, abs=60)
    assert black == 6504


def test_dark_cold_pictures_and_fast_cuts_have_their_reasons() -> None:
    dark = fusion.of_picture(picture.Look(light=0.1, kelvin=9000, shake=0.02, cuts=6))
    assert [code for code, _ in dark.reasons] == ["dark", "cold", "moving", "fast cuts"]
    assert fusion.of_picture(picture.Look(0.4, 6500, 0.0, 1)).reasons == []
    for code, measure in dark.reasons:
        assert told(code, measure) != told(code, measure, "zh")


def test_every_cue_that_can_be_given_has_words_in_both_languages() -> None:
    assert fusion._BESIDE.keys() <= REASONS.keys()
    assert all(english and chinese for english, chinese in REASONS.values())
    assert PLACES.keys() == set(Label)


def test_the_stage_hears_and_sees_what_it_tells(
    tmp_path: Path, accept: Callable[[Path], Work], session: Session, keep: Callable[[Facts], Facts]
) -> None:
    source = tmp_path / "a.mov"
    source.write_bytes(b"x")
    work = accept(source)
    sound = [tone(1, 150, 0.1) for _ in range(6)] + [tone(1, 230, 0.8, 2.0), laughing(3)]
    work.home.mkdir(parents=True)
    with wave.open(str(work.home / "sound.wav"), "wb") as file:
        file.setparams((1, 2, HERTZ, 0, "NONE", ""))
        file.writeframes(np.concatenate(sound).astype("<i2").tobytes())
    Image.new("RGB", (64, 36), (30, 40, 60)).save(work.home / "0.jpg")
    session.add_all(
        [
            Footage(asset_id=1, rate_num=25, rate_den=1, drop_frame=False, start_frame=0,
                    has_timecode=True, frames=250, picture_offset=0, variable_rate=False,
                    has_picture=True, has_sound=True, width=64, height=36, interlaced=False,
                    video_codec="h264", audio_codec="aac", audio_channels=1, reel="A", warnings=[]),
            Scan(asset_id=1, loudness=None, true_peak=None, black=[], freeze=[], silence=[],
                 thumbnails=[[0, "0.jpg"]]),
            Shot(asset_id=1, number=0, in_frame=0, out_frame=250, thumbnail="0.jpg"),
            Quality(asset_id=1, number=0, sharpness=0, exposure=0.12, contrast=0, black=0,
                    clipped=0, frozen=0, motion=0, shake=0, silence=0, sound_clipped=0, hum=0),
            SoundSpan(asset_id=1, number=0, in_frame=175, out_frame=250, kind=SoundKind.NOISE),
            *(
                Line(asset_id=1, number=n, in_frame=25 * n, out_frame=25 * n + 25, words=[],
                     text="It is on the kitchen table.", language="en", confidence=1, engine="")
                for n in range(7)
            ),
        ]
    )  # fmt: skip
    session.commit()
    facts = keep(Emotions().run(work))
    assert facts.message.endswith("; 1 laughter")
    assert [cue.kind for cue in session.exec(select(Cue))] == ["laughter"]
    rows = session.exec(select(Emotion)).all()
    assert {"text", "sound", "picture"} == rows[6].parts.keys()
    codes = [code for code, _ in rows[6].reasons]
    assert {"shouting", "laughter", "dark"} <= set(codes)
    assert rows[6].arousal > rows[2].arousal
    assert "shouting" not in [code for code, _ in rows[2].reasons]
    clip = felt(rows[5:7])
    assert clip["scores"]["joy"] == pytest.approx(
        (rows[5].scores["joy"] + rows[6].scores["joy"]) / 2, abs=1e-4
    )
    deaf = work.settings.emotions.model_copy(update={"sound": False, "picture": False})
    settings = work.settings.model_copy(update={"emotions": deaf})
    quiet = Emotions().run(
        Work(work.item, source, work.scratch, work.home, work.output, settings, session)
    )
    assert all(row.parts.keys() == {"text"} for row in quiet.rows if isinstance(row, Emotion))
