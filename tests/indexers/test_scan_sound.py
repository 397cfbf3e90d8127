"""What is heard: every microphone, in step with the picture, as loud as it is."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from catalog.models import Quality
from demo.footage import Recording, frame_numbers, spoken
from media import ffmpeg
from tests.conftest import Record
from tests.indexers.scanned import Scanning, remade

NTSC = Fraction(30000, 1001)
LINE = (("We have to leave before the river rises", "slt"),)
H264 = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p"


def span(samples: NDArray[np.int16]) -> tuple[float, float]:
    """Seconds of the first and the last loud sample."""
    loud = np.flatnonzero(np.abs(samples.astype(int)) > 1500)
    return loud[0] / 16000, loud[-1] / 16000


def test_the_sound_is_as_long_as_the_picture_and_in_step(record: Record, scanned: Scanning) -> None:
    recording = Recording("29.97 drop.mov", NTSC, "10:59:58;00", LINE)
    result = scanned(record(recording))
    sound = result.sound()
    frames = len(frame_numbers(result.proxy))
    assert len(sound) == pytest.approx(frames / NTSC * 16000, abs=1)
    [line] = spoken(recording)
    assert span(sound) == pytest.approx((line.first / 48000, line.end / 48000), abs=0.03)
    assert result.row.silence == [[0, 24], [line.frames(NTSC)[1], frames]]


@pytest.mark.parametrize("late", ["0:v", "1:v"])
def test_sound_and_picture_that_start_apart_stay_in_step(
    record: Record, scanned: Scanning, tmp_path: Path, late: str
) -> None:
    """A second late: the sound (0:v, 1:a) or the picture (1:v, 0:a)."""
    recording = Recording("whole.mkv", lines=LINE)
    movie = record(recording)
    other = "1:a" if late == "0:v" else "0:a"
    inputs = ["-i", str(movie), "-itsoffset", "1", "-i", str(movie)]
    result = scanned(
        remade([*inputs, "-map", late, "-map", other, "-c", "copy"], tmp_path / "late.mkv")
    )
    [line] = spoken(recording)
    shift = 1 if late == "0:v" else -1
    assert frame_numbers(result.proxy) == frame_numbers(movie)
    if shift == 1:
        assert span(result.sound())[0] == pytest.approx(line.first / 48000 + 1, abs=0.03)
    else:
        assert span(result.sound())[1] == pytest.approx(line.end / 48000 - 1, abs=0.03)
    assert len(result.sound()) == pytest.approx(len(frame_numbers(movie)) / 25 * 16000, abs=1)


def test_a_stream_that_begins_in_the_middle_stays_in_step(
    record: Record, scanned: Scanning, tmp_path: Path
) -> None:
    recording = Recording("whole.mkv", lines=LINE)
    encode = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "20", "-bf", "2", "-c:a", "mp2"]
    whole = remade(["-i", str(record(recording)), *encode], tmp_path / "whole.ts").read_bytes()
    middle = tmp_path / "middle.ts"
    middle.write_bytes(whole[188 * (len(whole) // 188 // 6) :])
    result = scanned(middle)
    numbers = [number for number in frame_numbers(result.proxy) if number is not None]
    assert numbers == list(range(numbers[0], len(frame_numbers(record(recording)))))
    assert 0 < numbers[0] < 25
    [line] = spoken(recording)
    assert span(result.sound())[1] == pytest.approx(line.end / 48000 - numbers[0] / 25, abs=0.04)


@pytest.mark.parametrize("seconds", ["0.5", "4"])
def test_shorter_and_longer_sound_is_made_to_fit(
    record: Record, scanned: Scanning, tmp_path: Path, seconds: str
) -> None:
    movie = record(Recording("mute.mov", frames=50, sound=False, video=H264))
    tone = ["-f", "lavfi", "-t", seconds, "-i", "sine=440"]
    result = scanned(
        remade(["-i", str(movie), *tone, "-c:v", "copy", "-c:a", "aac"], tmp_path / "fit.mov")
    )
    assert len(result.sound()) == 32000
    durations = [float(s["duration"]) for s in ffmpeg.probe(result.proxy)["streams"]]
    assert durations == pytest.approx([2, 2], abs=0.001)


@pytest.mark.parametrize("live", [0, 3])
def test_no_microphone_of_four_mono_tracks_is_lost(
    scanned: Scanning, record: Record, tmp_path: Path, live: int
) -> None:
    movie = record(Recording("long gop.mxf", start="10:00:00:00", frames=77))
    inputs, maps = ["-i", str(movie)], ["-map", "0:v"]
    for track in range(4):
        tone = "sine=440:sample_rate=48000" if track == live else "anullsrc=r=48000:cl=mono"
        inputs += ["-f", "lavfi", "-t", "3.08", "-i", tone]
        maps += ["-map", f"{track + 1}:a"]
    result = scanned(
        remade([*inputs, *maps, "-c:v", "copy", "-c:a", "pcm_s16le"], tmp_path / "4.mxf")
    )
    alone = 4096 * 0.5**0.5 * 0.5  # lavfi's sine has an amplitude of an eighth; 1 of √4
    level = np.sqrt(np.mean(result.sound().astype(float) ** 2))
    assert level == pytest.approx(alone, rel=0.05)
    assert result.row.loudness is not None


@pytest.mark.parametrize("layout", ["mono", "stereo", "5.1"])
def test_every_channel_of_one_track_is_heard(
    scanned: Scanning, tmp_path: Path, layout: str
) -> None:
    tone = ["-f", "lavfi", "-i", "sine=440:sample_rate=48000:duration=1"]
    count = {"mono": 1, "stereo": 2, "5.1": 6}[layout]
    only_last = f"pan={layout}|c{count - 1}=c0"
    result = scanned(remade([*tone, "-af", only_last], tmp_path / "tone.wav"))
    level = np.sqrt(np.mean(result.sound().astype(float) ** 2))
    assert level == pytest.approx(4096 * 0.5**0.5 / count**0.5, rel=0.05)


def test_sound_without_picture_has_a_proxy_too(record: Record, scanned: Scanning) -> None:
    result = scanned(record(Recording("interview.wav", lines=LINE)))
    assert [file.name for file in result.facts.files] == ["proxy.m4a", "sound.wav"]
    stream = ffmpeg.probe(result.work.scratch / "proxy.m4a")["streams"][0]
    assert (stream["codec_name"], stream["channels"]) == ("aac", 2)
    assert result.shots == []
    assert "LUFS" in result.facts.message
    assert sorted(p.name for p in result.work.scratch.iterdir()) == ["proxy.m4a", "sound.wav"]


def test_loudness_is_that_of_a_known_tone(scanned: Scanning, tmp_path: Path) -> None:
    """EBU Tech 3341, case 1: a stereo 1 kHz sine at −23 dBFS is −23 LUFS."""
    tone = "aevalsrc='0.0708*sin(2*PI*1000*t)|0.0708*sin(2*PI*1000*t)':s=48000:d=5"
    result = scanned(remade(["-f", "lavfi", "-i", tone], tmp_path / "tone.wav"))
    assert result.row.loudness == pytest.approx(-23, abs=0.1)
    assert result.row.true_peak == pytest.approx(-23, abs=0.2)
    assert "−23.0 LUFS" in result.facts.message


def test_digital_silence_has_no_loudness(scanned: Scanning, tmp_path: Path) -> None:
    still = ["-f", "lavfi", "-t", "2", "-i", "anullsrc=r=48000:cl=stereo"]
    result = scanned(remade(still, tmp_path / "still.wav"))
    assert (result.row.loudness, result.row.true_peak) == (None, None)
    assert result.row.silence == [[0, 50]]


def test_sound_that_stands_at_full_scale_is_clipped(scanned: Scanning, tmp_path: Path) -> None:
    loud = ["-f", "lavfi", "-t", "1", "-i", "sine=f=300:r=48000,volume=30dB"]
    result = scanned(remade([*loud, "-c:a", "pcm_s16le"], tmp_path / "loud.wav"))
    (quality,) = (row for row in result.facts.rows if isinstance(row, Quality))
    assert result.row.true_peak == 0  # exactly, which must not be taken for none
    assert quality.sound_clipped > 0.3
