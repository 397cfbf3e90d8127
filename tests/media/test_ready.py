"""ffmpegs that wait for what they shall show."""

import os
import signal
from fractions import Fraction
from pathlib import Path

import ffmpeg
import pytest

from media.errors import Rejected
from media.ffmpeg import open_input, read, run
from media.graphs import standing_alone
from media.ready import LABEL, Ready

_GREY = "color=c=gray:s=64x48:d=1[shown]"


def test_each_shows_one_picture_and_others_take_its_place() -> None:
    with Ready(1) as ready:
        for _ in range(2):  # the second is started when it is wanted
            assert ready.picture(_GREY, 60, "grey").startswith(b"\xff\xd8")
        ready.fill()
        with pytest.raises(Rejected, match="nothing: ffmpeg can't show it"):
            ready.picture("none[shown]", 60, "nothing")


def test_one_that_was_killed_is_not_missed() -> None:
    with Ready(1) as ready:
        (waiting,) = ready._waiting
        os.kill(waiting.pid, signal.SIGKILL)
        waiting.wait(60)
        assert ready.picture(_GREY, 60, "grey")


def test_a_graph_that_opens_its_inputs_shows_the_frames_of_the_command_line(
    tmp_path: Path,
) -> None:
    path = tmp_path / "it's [1], a:b;c.mkv"
    made = ffmpeg.input("testsrc2=s=64x48:d=2", f="lavfi", itsoffset=3)
    run(made.output(f"file:{path}", vcodec="libx264", g=25), 60, path)
    shown = open_input(path, ss="1.02").video.filter("scale", 32, 24)
    usual = read(
        shown.output("pipe:1", format="rawvideo", pix_fmt="gray", **{"frames:v": 1}), 60, path
    )
    graph = standing_alone(shown.filter("format", "gray"), LABEL, lambda _: Fraction(3))
    source = ffmpeg.input(graph.removesuffix(f"[{LABEL}]"), f="lavfi")
    assert usual == read(
        source.output("pipe:1", format="rawvideo", pix_fmt="gray", **{"frames:v": 1}), 60, path
    )
