"""Clips of several files, read by the real ffmpeg as one."""

import subprocess
from fractions import Fraction
from pathlib import Path

import pytest

from indexers.probe import ask, read
from media import ffmpeg
from media.errors import Rejected
from media.original import Original

PACKET = 192  # bytes of a transport packet in an .MTS file, with its clock


def make(target: Path, *options: str, seconds: int = 2) -> Path:
    inputs = ["-f", "lavfi", "-i", f"testsrc2=s=320x180:r=25:d={seconds}"]
    inputs += ["-f", "lavfi", "-i", f"sine=d={seconds}"]
    command = ["ffmpeg", "-v", "error", "-nostdin", "-y", *inputs, "-c:v", "libx264", "-g", "12"]
    subprocess.run([*command, "-preset", "ultrafast", *options, target], check=True)
    return target


def test_a_spanned_transport_stream_is_one_clip(tmp_path: Path) -> None:
    folder = tmp_path / "it's a | card"
    folder.mkdir()
    stream = ("-c:a", "ac3", "-f", "mpegts", "-mpegts_m2ts_mode", "1")
    whole = make(tmp_path / "whole.mts", *stream).read_bytes()
    half = len(whole) // PACKET // 2 * PACKET
    first, second = folder / "00000.MTS", folder / "00001.MTS"
    first.write_bytes(whole[:half])
    second.write_bytes(whole[half:])
    assert read(ask(Original(first)), first).frames < 40
    footage = read(ask(Original(first, (second,))), first)
    assert (footage.frames, footage.rate, footage.audio_channels) == (50, Fraction(25), 1)


def test_chapters_add_up_without_reading_all_their_packets(tmp_path: Path) -> None:
    first = make(tmp_path / "GH010001.MP4", "-timecode", "10:00:00:00")
    second = make(tmp_path / "GH020001.MP4", seconds=1)
    answer = ask(Original(first, (second,)))
    footage = read(answer, first)
    assert footage.frames == 75
    assert footage.start_frame == 10 * 3600 * 25
    assert "packets" not in answer


def test_sound_in_files_of_its_own_is_known_by_its_input(tmp_path: Path) -> None:
    picture = make(tmp_path / "0001AB.MXF", "-an")
    sounds = []
    for channel in range(2):
        sounds.append(tmp_path / f"0001AB0{channel}.wav")
        source = ["-f", "lavfi", "-i", "sine=d=2:r=48000"]
        subprocess.run(["ffmpeg", "-v", "error", "-nostdin", *source, sounds[-1]], check=True)
    answer = ffmpeg.probe_original(Original(picture, (), tuple(sounds)))
    assert [stream["input"] for stream in answer["streams"]] == [0, 1, 2]
    assert read(answer, picture).audio_channels == 2


def test_of_a_growing_file_only_what_counted_is_read(tmp_path: Path) -> None:
    whole = make(tmp_path / "live.ts", "-c:a", "mp2")
    size = whole.stat().st_size // 188 // 2 * 188
    footage = read(ask(Original(whole, size=size)), whole)
    assert 10 < footage.frames < 45


def test_a_path_with_a_line_break_can_not_be_joined_and_that_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a\nb.MTS"
    with pytest.raises(Rejected, match="line break"):
        ffmpeg.probe_original(Original(path, (path,)))
