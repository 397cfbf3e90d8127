"""Edit while ingest: what can be read while it grows, and in which steps it is taken."""

import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

from config.watching import Intake
from ingest.growable import unreadable
from ingest.settle import Settling
from tests.ingest.conftest import Start, until

INTAKE = Intake(
    quiet_seconds=2, open_seconds=60, incomplete_seconds=600, rescan_seconds=30, ignore=()
)


def record(target: Path, *options: str) -> Path:
    source = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=2"]
    command = ["ffmpeg", "-v", "error", "-nostdin", "-y", *source, *options, target]
    subprocess.run(command, check=True)
    return target


def beginning(whole: Path) -> Path:
    """The first two thirds of a recording, as they are while it goes on."""
    data = whole.read_bytes()
    whole.write_bytes(data[: len(data) * 2 // 3])
    return whole


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.ts", ()),
        ("a.mts", ("-f", "mpegts", "-mpegts_m2ts_mode", "1")),
        ("a.mxf", ("-c:v", "mpeg2video")),
        ("a.mkv", ()),
        ("a.mpg", ("-c:v", "mpeg2video")),
        ("a.mp4", ("-movflags", "frag_keyframe+empty_moov")),
    ],
)
def test_what_ffmpeg_can_read_from_its_beginning_is_taken_while_it_grows(
    tmp_path: Path, name: str, options: tuple[str, ...]
) -> None:
    path = beginning(record(tmp_path / name, *options))
    assert unreadable(path) == ""
    packets = ["-count_packets", "-show_entries", "stream=nb_read_packets", "-of", "csv=p=0"]
    command = ["ffprobe", "-v", "quiet", *packets, path]
    told = subprocess.run(command, capture_output=True, check=True)
    assert int(told.stdout.split()[0].strip(b",")) > 10


def test_a_plain_mp4_can_not_be_read_while_it_grows_and_that_is_said(tmp_path: Path) -> None:
    path = beginning(record(tmp_path / "a.mp4"))
    assert "can't be read before its index (moov)" in unreadable(path)
    copied = beginning(record(tmp_path / "b.mp4", "-movflags", "+faststart"))
    assert "copy of a finished MP4" in unreadable(copied)
    (tmp_path / "c.avi").write_bytes(b"RIFF\x00\x00\x00\x00AVI ")
    assert "only be read when it is complete" in unreadable(tmp_path / "c.avi")


def test_steps_come_when_there_is_enough_more_and_grow_with_the_file(tmp_path: Path) -> None:
    now = [0.0]
    settling = Settling(INTAKE, lambda _path: "its footer is still missing", lambda: now[0])
    path = tmp_path / "live.ts"
    path.write_bytes(b"x")
    settling.find(path)
    steps = []
    while now[0] < 600:
        now[0] += 1
        with path.open("ab") as file:
            file.write(b"x")
        steps += [now[0] for _ in settling.grown(10)]
    assert steps[:3] == [10, 20, 30]
    lengths = [after - before for before, after in pairwise(steps)]
    assert lengths == sorted(lengths)
    assert len(steps) < 20


def test_a_file_that_does_not_grow_has_no_steps(tmp_path: Path) -> None:
    now = [0.0]
    settling = Settling(INTAKE, lambda _path: "its footer is still missing", lambda: now[0])
    path = tmp_path / "live.ts"
    path.write_bytes(b"x")
    settling.find(path)
    now[0] = 30
    assert len(settling.grown(10)) == 1
    now[0] = 300
    assert settling.grown(10) == []


def test_a_growing_recording_is_taken_in_steps_and_at_its_end(
    start: Start, drop: Path, tmp_path: Path
) -> None:
    data = record(tmp_path / "whole.ts").read_bytes()
    (drop / "story").mkdir()
    catalogue = start(growing=True, held_open=60)
    with (drop / "story/live.ts").open("wb") as live:
        for part in range(4):
            live.write(data[part * len(data) // 5 : (part + 1) * len(data) // 5])
            live.flush()
            taken = len(catalogue.drops)
            until(lambda taken=taken: len(catalogue.drops) > taken, 60)
        assert all(drop.growing for drop in catalogue.drops)
        live.write(data[4 * len(data) // 5 :])
    until(lambda: not catalogue.drops[-1].growing, 60)
    sizes = [drop.size for drop in catalogue.drops]
    assert sizes == sorted(sizes)
    assert sizes[-1] == len(data)


def test_a_plain_mp4_that_grows_waits_and_people_are_told_why(
    start: Start, drop: Path, tmp_path: Path
) -> None:
    data = record(tmp_path / "whole.mp4").read_bytes()
    (drop / "story").mkdir()
    catalogue = start(growing=True, held_open=60)
    with (drop / "story/live.mp4").open("wb") as live:
        live.write(data[: len(data) // 2])
        live.flush()
        until(lambda: "moov" in catalogue.held.get("story/live.mp4", ""), 60)
        assert catalogue.drops == []
        live.write(data[len(data) // 2 :])
    until(lambda: catalogue.paths == ["story/live.mp4"], 60)


def test_where_it_is_not_wanted_nothing_is_taken_before_its_end(
    start: Start, drop: Path, tmp_path: Path
) -> None:
    data = record(tmp_path / "whole.ts").read_bytes()
    (drop / "story").mkdir()
    catalogue = start(held_open=60)
    with (drop / "story/live.ts").open("wb") as live:
        live.write(data[: len(data) // 2])
        live.flush()
        until(lambda: "story/live.ts" in catalogue.held, 60)
        assert catalogue.drops == []
        live.write(data[len(data) // 2 :])
    until(lambda: [drop.growing for drop in catalogue.drops] == [False], 60)
