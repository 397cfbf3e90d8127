from fractions import Fraction
from pathlib import Path

import ffmpeg as builder
import pytest

from demo.footage import Recording, read_frame_number
from media import ffmpeg
from media.errors import Misconfigured, Rejected, TryLater
from tests.conftest import Record

NAMES = [
    "with space.mp4",
    "现场录音.mp4",
    "😀.mp4",
    "a:b.mp4",
    "-x.mp4",
    "it's [1],2;3=4.mp4",
    "50%d.mp4",
]


@pytest.fixture
def clip(record: Record) -> Path:
    return record(Recording("clip.mp4", frames=5))


@pytest.mark.parametrize("name", NAMES)
def test_any_file_name_is_read_and_written(clip: Path, tmp_path: Path, name: str) -> None:
    source = tmp_path / name
    source.write_bytes(clip.read_bytes())
    assert ffmpeg.probe(source)["streams"][0]["codec_name"] == "h264"
    target = tmp_path / "out.wav"
    ffmpeg.run(builder.output(ffmpeg.open_input(source)["a"], f"file:{target}"), 30, source)
    assert target.stat().st_size > 1000


def test_what_ffmpeg_cannot_read_is_rejected_by_name(tmp_path: Path) -> None:
    path = tmp_path / "notes.mp4"
    path.write_text("not a movie")
    with pytest.raises(Rejected, match=r"^notes\.mp4 is not footage.*check the copy") as caught:
        ffmpeg.probe(path)
    assert "0x" not in str(caught.value)
    assert str(tmp_path) not in str(caught.value)
    graph = builder.output(ffmpeg.open_input(path), "-", format="null")
    with pytest.raises(Rejected, match=r"^notes\.mp4: ffmpeg can't read it"):
        ffmpeg.run(graph, 30, path)


def test_a_playlist_cannot_name_another_host(tmp_path: Path) -> None:
    path = tmp_path / "list.m3u8"
    path.write_text("#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n")
    with pytest.raises(Rejected):
        ffmpeg.probe(path)


def test_the_time_limit_is_a_reason_to_try_later(tmp_path: Path) -> None:
    with pytest.raises(TryLater, match=r"a\.mov: sleep took longer than 0 s"):
        ffmpeg.execute(["sleep", "5"], 0.1, tmp_path / "a.mov")


def test_a_missing_program_says_how_to_install_it(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="apt-get install ffmpeg"):
        ffmpeg.execute(["ffmpeg-that-is-not-there"], 1, tmp_path)


def test_the_last_words_are_one_short_line() -> None:
    words = ffmpeg.last_words("\n".join(f"line {n}" for n in range(100)).encode() + b"\n\n\xff")
    assert "\n" not in words
    assert words.endswith("�")
    assert len(words) <= 300


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(30)])
def test_reading_begins_with_the_frame_also_where_the_clock_ticks_once_a_frame(
    record: Record, tmp_path: Path, rate: Fraction
) -> None:
    made, clip = record(Recording("ticks.mp4", rate, frames=6, sound=False)), tmp_path / "t.mp4"
    copied = {"c": "copy", "video_track_timescale": rate.numerator}
    ffmpeg.run(ffmpeg.open_input(made).output(str(clip), **copied), 60, made)
    for frame in (0, 1, 3):
        opened = ffmpeg.open_input(clip, **ffmpeg.beginning(frame, rate)).video
        gray = opened.filter("scale", 480, 270).filter("format", "gray")
        raw = ffmpeg.read(gray.output("pipe:", format="rawvideo", vframes=1), 60, clip)
        assert read_frame_number(raw, 480, 270) == frame
