"""Files that are not what they seem: each ends in one sentence or as footage, none in a crash."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from benchmarks import fuzz
from demo.footage import Recording
from indexers.probe import ask, read
from media.errors import Rejected
from media.original import Original
from tests.conftest import Record


def refused(path: Path) -> str:
    with pytest.raises(Rejected) as caught:
        read(ask(Original(path)), path)
    said = str(caught.value)
    assert said.startswith(path.name)
    assert "\n" not in said
    return said


def test_forty_mutated_files_are_footage_or_refused(tmp_path: Path) -> None:
    outcomes, faults, _ = fuzz.attack(tmp_path, 40, seed=20261124)
    assert faults == []
    assert outcomes.total() == 40
    assert outcomes["rejected"] > 2


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("list.mp4", "ffconcat version 1.0\nfile 'whole.mp4'\n"),
        ("list.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nwhole.ts\n#EXT-X-ENDLIST\n"),
        ("list.mpd", '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" '
         'type="static"><Period><AdaptationSet mimeType="video/mp4"><Representation id="1">'
         "<BaseURL>whole.mp4</BaseURL></Representation></AdaptationSet></Period></MPD>"),
        ("talk.sdp", "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
         "m=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n"),
    ],
)  # fmt: skip
def test_a_file_cannot_lead_to_another(
    record: Record, tmp_path: Path, name: str, content: str
) -> None:
    movie = record(Recording("plain.mp4", frames=26))
    (tmp_path / "whole.mp4").write_bytes(movie.read_bytes())
    subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(movie), "-c", "copy", str(tmp_path / "whole.ts")],
        check=True,
    )
    path = tmp_path / name
    path.write_text(content)
    refused(path)


def header(**video: Any) -> dict[str, Any]:
    stream = {
        "index": 0, "codec_type": "video", "codec_name": "h264", "width": 1920, "height": 1080,
        "r_frame_rate": "25/1", "avg_frame_rate": "25/1", "time_base": "1/25",
        "duration_ts": 100, "nb_frames": "100",
    } | video  # fmt: skip
    return {"streams": [stream], "format": {"format_name": "mov,mp4", "size": "1000000"}}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (header(width=60000, height=40000), "60000×40000"),
        (header(width=16384, height=16384), "16384×16384"),
        (header(nb_frames="90000000", duration_ts=90_000_000), "lasts 1000 hours"),
        (header(nb_frames="4000000", duration_ts=4_000_000), "4000000 frames in 1000000 bytes"),
        (header(avg_frame_rate="0/0", r_frame_rate="0/0"), "no frame rate"),
        (header(time_base="1/0", nb_frames="x"), "no usable figures"),
        (header(codec_name="unknown", codec_tag_string="aprn"), "ProRes RAW.*transcode"),
        (header(duration_ts=-5, nb_frames="0"), "no frames"),
    ],
)
def test_absurd_headers_are_refused(answer: dict[str, Any], expected: str) -> None:
    with pytest.raises(Rejected, match=rf"^a\.mov .*{expected}"):
        read(answer, Path("a.mov"))


def test_ten_hours_are_not_absurd() -> None:
    answer = header(nb_frames="900000", duration_ts=900_000)
    answer["format"]["size"] = str(10**11)
    assert read(answer, Path("a.mov")).frames == 900_000


@pytest.mark.parametrize("suffix", ["mxf", "mkv", "avi", "wav", "ts"])
def test_the_wrong_suffix_changes_nothing(record: Record, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"wrong.{suffix}"
    path.write_bytes(record(Recording("plain.mp4", frames=26)).read_bytes())
    assert read(ask(Original(path)), path).frames == 26


def test_a_header_without_pictures_is_refused(record: Record, tmp_path: Path) -> None:
    path = tmp_path / "head.mxf"
    path.write_bytes(record(Recording("long gop.mxf", frames=26)).read_bytes()[:2048])
    refused(path)


def test_time_stamps_below_zero_count_like_others(record: Record, tmp_path: Path) -> None:
    movie = record(Recording("plain.mkv", frames=50))
    early = tmp_path / "early.mkv"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-itsoffset", "-1", "-i", str(movie), "-c", "copy",
         "-copyts", "-avoid_negative_ts", "disabled", str(early)],
        check=True,
    )  # fmt: skip
    footage = read(ask(Original(early)), early)
    assert (footage.frames, footage.rate) == (50, 25)
