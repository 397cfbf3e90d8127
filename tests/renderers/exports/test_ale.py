"""ALE: what an assistant would have logged, as Avid reads it."""

from fractions import Fraction
from pathlib import Path

import pytest

from media.errors import Rejected
from renderers.exports import ale
from renderers.exports.logged import LoggedClip
from tests.renderers.plans import FILM, NTSC, PAL, delivery, gap, sequence, source

CUT = sequence([gap(20)])
TAKE = LoggedClip(
    source(),
    50,
    100,
    "你在哪里？\n\t在这里。",
    "fear",
    "内景 天台",
    2,
    "7",
    "李雷",
    0.83,
    True,
    "李雷",
)


def test_a_log_has_heading_columns_and_data_parted_by_tabs(tmp_path: Path) -> None:
    (path,) = ale.write(delivery(CUT, clips=(TAKE,)), tmp_path / "cut.ale")
    raw = path.read_bytes()
    assert b"\r\n" in raw
    assert raw.count(b"\n") == raw.count(b"\r\n")
    lines = raw.decode("utf-8").split("\r\n")
    assert lines[:6] == [
        "Heading", "FIELD_DELIM\tTABS", "VIDEO_FORMAT\t1080", "AUDIO_FORMAT\t48khz", "FPS\t25", "",
    ]  # fmt: skip
    fps, (row,) = ale.read(path)
    assert fps == "25"
    assert (row["Start"], row["End"], row["Tape"]) == ("10:00:02:00", "10:00:04:00", "A001")
    assert (row["Tracks"], row["Scene"], row["Take"]) == ("VA1A2", "内景 天台", "2")
    assert (row["Emotion"], row["Transcript"]) == ("fear", "你在哪里？ 在这里。")
    assert (row["Character"], row["Speaker"]) == ("李雷", "李雷")
    assert (row["Score"], row["Chosen"]) == ("0.83", "yes")


def test_each_rate_has_a_log_of_its_own(tmp_path: Path) -> None:
    rates = (FILM, PAL, NTSC, Fraction(60000, 1001))
    sources = [source(n, rate) for n, rate in enumerate(rates, 1)]
    clips = tuple(LoggedClip(of, 0, 30) for of in sources)
    made = delivery(CUT, clips=clips)
    paths = ale.write(made, tmp_path / "cut.ale")
    ale.prove(made, paths)
    assert [path.name for path in paths] == [
        "cut_23.976.ale", "cut_25.ale", "cut_29.97.ale", "cut_59.94.ale",
    ]  # fmt: skip
    assert [ale.read(path)[0] for path in paths] == ["23.976", "25", "29.97", "59.94"]


def test_sound_and_drop_frame_are_told(tmp_path: Path) -> None:
    radio = source(1, NTSC, start="01:00:59;28", width=0, height=0, channels=1)
    (path,) = ale.write(delivery(CUT, clips=(LoggedClip(radio, 0, 4),)), tmp_path / "cut.ale")
    (row,) = ale.read(path)[1]
    assert (row["Tracks"], row["Start"], row["End"]) == ("A1", "01:00:59;28", "01:01:00;04")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("10:00:02:00", "10:00:02:01", "another timecode"),
        ("A001\tA001.mov", "A009\tA001.mov", "another tape"),
        ("FPS\t25", "FPS\t24", "1 clips at 24"),
        ("\tfear", "", "has not"),
        ("TABS", "COMMAS", "how its fields are parted"),
    ],
)
def test_a_broken_log_is_refused(tmp_path: Path, old: str, new: str, words: str) -> None:
    made = delivery(CUT, clips=(TAKE,))
    (path,) = ale.write(made, tmp_path / "cut.ale")
    text = path.read_bytes().decode()
    assert old in text
    path.write_bytes(text.replace(old, new, 1).encode())
    with pytest.raises(Rejected, match=words):
        ale.prove(made, [path])
