"""FCP7 XML: what Premiere needs beyond the format."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from media.errors import Rejected
from renderers.exports import read_xmeml, xmeml
from renderers.sequence import Alternate, Sequence, Track
from tests.renderers.plans import FILM, NTSC, delivery, gap, sequence, source, use


def written(cut: Sequence, folder: Path) -> ET.Element:
    (path,) = xmeml.write(delivery(cut), folder / "渡轮 cut.xml")
    read_xmeml.prove(delivery(cut), [path])
    return ET.parse(path).getroot()


def texts(root: ET.Element, path: str) -> list[str]:
    return [element.text or "" for element in root.findall(path)]


def test_the_sequence_stands_under_xmeml_with_a_size_and_a_timecode(tmp_path: Path) -> None:
    root = written(sequence([use(source(1, NTSC), 0, 60)], NTSC, drop_frame=True), tmp_path)
    assert root.get("version") == "5"
    assert [child.tag for child in root] == ["sequence"]
    shape = "sequence/media/video/format/samplecharacteristics"
    assert texts(root, f"{shape}/width") + texts(root, f"{shape}/height") == ["1920", "1080"]
    code = "sequence/timecode"
    assert texts(root, f"{code}/string") + texts(root, f"{code}/displayformat") == [
        "01:00:00;00", "DF",
    ]  # fmt: skip
    assert texts(root, "sequence/rate/timebase") + texts(root, "sequence/rate/ntsc") == [
        "30", "TRUE",
    ]  # fmt: skip


def test_in_and_out_count_on_the_grid_of_the_sequence(tmp_path: Path) -> None:
    """25 fps media that begin at 2.000 s in a sequence of 30 fps: in is 60."""
    root = written(sequence([use(source(), 50, 75)], Fraction(30)), tmp_path)
    clip = root.findall(".//video/track/clipitem")[0]
    assert [texts(clip, tag) for tag in ("in", "out", "start", "end")] == [
        ["60"], ["90"], ["0"], ["30"],
    ]  # fmt: skip


def test_a_file_is_described_once_with_its_own_rate_and_timecode(tmp_path: Path) -> None:
    film = source(1, FILM, start="01:02:03:04", path="drop/海 边/A #1.mov")
    root = written(sequence([use(film, 0, 24), use(film, 24, 48)]), tmp_path)
    whole = [file for file in root.iter("file") if len(file)]
    assert len(whole) == 1
    assert len(list(root.iter("file"))) == 6
    assert texts(whole[0], "pathurl") == [
        "file://localhost/media/drop/%E6%B5%B7%20%E8%BE%B9/A%20%231.mov"
    ]
    assert texts(whole[0], "timecode/string") == ["01:02:03:04"]
    assert texts(whole[0], "timecode/rate/timebase") == ["24"]
    assert texts(whole[0], "timecode/reel/name") == ["A001"]


def test_every_channel_has_a_track_and_is_linked_to_its_picture(tmp_path: Path) -> None:
    four, mono = source(1, channels=4), source(2, channels=1)
    root = written(sequence([use(four, 0, 25), use(mono, 0, 25)]), tmp_path)
    tracks = root.findall(".//audio/track")
    assert [len(track.findall("clipitem")) for track in tracks] == [2, 1, 1, 1]
    assert texts(root, ".//audio/track/clipitem/sourcetrack/trackindex") == [
        "1",
        "1",
        "2",
        "3",
        "4",
    ]
    first = root.findall(".//video/track/clipitem")[0]
    assert texts(first, "link/mediatype") == ["video"] + ["audio"] * 4


def test_a_dissolve_lies_between_clips_that_leave_their_edge_to_it(tmp_path: Path) -> None:
    cut = sequence([use(source(1), 100, 150), use(source(2), 200, 250, dissolve=13)])
    track = written(cut, tmp_path).findall(".//video/track")[0]
    assert [item.tag for item in track] == ["clipitem", "transitionitem", "clipitem"]
    assert texts(track, "clipitem/start") == ["0", "-1"]
    assert texts(track, "clipitem/end") == ["-1", "100"]
    assert texts(track, "clipitem/in") == ["100", "194"]
    assert texts(track, "clipitem/out") == ["157", "250"]
    assert texts(track, "transitionitem/start") + texts(track, "transitionitem/end") == ["44", "57"]


def test_alternates_are_switched_off_on_tracks_of_their_own(tmp_path: Path) -> None:
    others = tuple(Alternate(source(n), 10, 40, 30) for n in (3, 4))
    over = Track("V2", (replace(use(source(5), 0, 10), record_in=20, record_out=30),))
    root = written(sequence([use(source(1), 0, 50, alternates=others)], tracks=(over,)), tmp_path)
    enabled = [texts(track, "clipitem/enabled") for track in root.findall(".//video/track")]
    assert enabled == [["TRUE"], ["TRUE"], ["FALSE"], ["FALSE"]]
    assert len(root.findall(".//audio/track")) == 6


def test_a_missing_line_is_a_hole_with_a_marker(tmp_path: Path) -> None:
    root = written(sequence([use(source(), 0, 25), gap(30), use(source(), 25, 50)]), tmp_path)
    assert texts(root, ".//video/track/clipitem/start") == ["0", "55"]
    assert texts(root, "sequence/marker/name")[1] == "MISSING MARA: Nobody said this."


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("<in>0</in>", "<in>1</in>", "takes 49 frames for 50"),
        ("<frame>900000</frame>", "<frame>900001</frame>", "is not frame 900001"),
        ("file://localhost/media", "file:///media", "not at file://localhost/"),
        ('id="clipitem-2"', 'id="clipitem-1"', "two clips have the same id"),
        ("<linkclipref>clipitem-1<", "<linkclipref>clipitem-99<", "names clipitem-99"),
        ("<enabled>TRUE", "<enabled>FALSE", "is off"),
        ("<width>1920</width>", "<width>0</width>", "has no size"),
    ],
)
def test_a_broken_file_is_refused(tmp_path: Path, old: str, new: str, words: str) -> None:
    cut = sequence([use(source(1), 0, 50), use(source(2), 50, 99)])
    (path,) = xmeml.write(delivery(cut), tmp_path / "cut.xml")
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(Rejected, match=words):
        read_xmeml.prove(delivery(cut), [path])
