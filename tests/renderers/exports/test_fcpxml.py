"""FCPXML: what Final Cut Pro and Resolve need beyond a valid document."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET

import pytest

from config.exporting import FCPXML_VERSIONS
from media.errors import Rejected
from renderers.exports import fcpxml, read_fcpxml
from renderers.sequence import Alternate, Marker, MarkerKind, Sequence, Track
from tests.renderers.plans import FILM, NTSC, delivery, gap, locate, sequence, source, use


def written(cut: Sequence, folder: Path, version: str = "1.10") -> ET.Element:
    made = delivery(cut, fcpxml_version=version)
    (path,) = fcpxml.write(made, folder / "渡轮 cut.fcpxml")
    read_fcpxml.prove(made, [path])
    assert path.read_text(encoding="utf-8").startswith('<?xml version="1.0" encoding="UTF-8"?>\n')
    return ET.parse(path).getroot()


def the(root: ET.Element, path: str) -> ET.Element:
    (found,) = root.findall(path)
    return found


@pytest.mark.parametrize("version", FCPXML_VERSIONS)
def test_a_file_is_named_as_its_version_wants_it(tmp_path: Path, version: str) -> None:
    root = written(sequence([use(source(), 0, 25)]), tmp_path, version)
    asset = the(root, "resources/asset")
    inner = asset.find("media-rep")
    assert root.get("version") == version
    assert (asset.get("src") is not None) == (version == "1.8")
    assert (inner is None) == (version == "1.8")
    if inner is not None:
        assert inner.attrib == {"kind": "original-media", "src": asset_url()}


def asset_url() -> str:
    return locate(source()).as_uri()


def test_a_clip_begins_at_its_cameras_timecode_and_the_asset_is_the_whole_file(
    tmp_path: Path,
) -> None:
    of = source(1, NTSC, start="01:02:03;04", frames=500)
    root = written(sequence([use(of, 30, 90)], NTSC, drop_frame=True), tmp_path)
    asset, clip = the(root, "resources/asset"), the(root, ".//asset-clip")
    assert asset.get("start") == f"{of.start_frame / NTSC}s"
    assert asset.get("duration") == f"{500 / NTSC}s"
    assert clip.get("start") == f"{(of.start_frame + 30) / NTSC}s"
    assert (clip.get("duration"), clip.get("tcFormat")) == ("1001/500s", "DF")
    made = the(root, ".//sequence")
    assert (made.get("tcFormat"), made.get("tcStart")) == ("DF", f"{107892 / NTSC}s")


def test_drop_frame_is_said_only_of_the_rates_that_final_cut_counts_so(tmp_path: Path) -> None:
    phone = source(1, Fraction(30), start="00:00:59;29")
    root = written(sequence([use(phone, 0, 30)], Fraction(30), drop_frame=True), tmp_path)
    assert the(root, ".//sequence").get("tcFormat") == "NDF"


def test_each_size_and_rate_is_one_format_and_other_rates_play_in_real_time(
    tmp_path: Path,
) -> None:
    small = source(3, FILM, width=1280, height=720)
    events = [use(source(1), 0, 25), use(source(2), 0, 25), use(small, 24, 72)]
    root = written(sequence(events), tmp_path)
    formats = [(f.get("frameDuration"), f.get("width")) for f in root.findall(".//format")]
    assert formats == [("1/25s", "1920"), ("1001/24000s", "1280")]
    conforms = [clip.find("conform-rate") for clip in root.findall(".//asset-clip")]
    assert conforms[:2] == [None, None]
    assert conforms[2] is not None
    assert conforms[2].attrib == {"scaleEnabled": "0", "srcFrameRate": "23.98"}


def test_a_span_at_another_rate_never_runs_past_its_media(tmp_path: Path) -> None:
    film = source(1, FILM, frames=61)
    written(sequence([use(film, 0, 61), use(film, 1, 61)], Fraction(30)), tmp_path)


def test_names_with_spaces_signs_and_every_script_are_a_url(tmp_path: Path) -> None:
    of = source(path="drop/海边/第 1 条 #2 & 🎬.mov", name="第 1 条 #2 & 🎬\x01.mov")
    url = the(written(sequence([use(of, 0, 25)]), tmp_path), ".//media-rep").attrib["src"]
    assert url.isascii()
    assert unquote(urlsplit(url).path) == str(locate(of))


def test_alternates_hang_switched_off_on_their_line_and_b_roll_lies_over_it(
    tmp_path: Path,
) -> None:
    others = tuple(Alternate(source(n), 10, 40, 30) for n in (3, 4))
    over = Track("V2", (replace(use(source(5), 0, 10), record_in=20, record_out=30),))
    cut = sequence([use(source(1), 0, 50, alternates=others), use(source(1), 50, 99)],
                   tracks=(over,))  # fmt: skip
    root = written(cut, tmp_path)
    hanging = root.findall(".//asset-clip/asset-clip")
    assert [(clip.get("lane"), clip.get("enabled", "1")) for clip in hanging] == [
        ("2", "1"), ("3", "0"), ("4", "0"),
    ]  # fmt: skip
    assert (hanging[0].get("srcEnable"), hanging[0].get("videoRole")) == ("video", "B-roll")
    assert the(root, "./library/event/project/sequence/spine").find("asset-clip[2]") is not None


def test_a_still_is_a_video_whose_asset_has_no_length_and_an_image_sequence_is_a_clip(
    tmp_path: Path,
) -> None:
    picture = {"channels": 0, "start": "00:00:00:00"}
    still = source(2, name="pier.JPG", path="drop/story/pier.JPG", width=6000, **picture)
    frames = source(3, name="waves.[0001-0240].dpx", path="drop/story/waves.dpx", **picture)
    cut = sequence([use(source(), 0, 50), use(still, 10, 60)], NTSC)
    over = [replace(use(of, 0, 25), record_in=at, record_out=at + 30, number=number)
            for number, (of, at) in enumerate([(still, 5), (frames, 60)], 1)]  # fmt: skip
    root = written(replace(cut, tracks=(Track("V2", tuple(over)),)), tmp_path)
    asset = the(root, "resources/asset[@name='pier.JPG']")
    shape = the(root, f"resources/format[@id='{asset.get('format')}']")
    assert asset.get("duration") == "0s"
    assert (shape.get("name"), shape.get("width")) == ("FFVideoFormatRateUndefined", "6000")
    assert shape.get("frameDuration") is None
    assert {clip.get("name") for clip in root.iter("video")} == {"pier.JPG"}
    assert len(list(root.iter("video"))) == 2
    wrong = {"tcFormat", "audioRole", "videoRole", "srcEnable"}
    assert not any(wrong & set(clip.attrib) or clip.find("conform-rate") is not None
                   for clip in root.iter("video"))  # fmt: skip
    assert the(root, ".//video/asset-clip").get("name") == frames.name


def test_speech_is_dialogue_and_the_sound_of_an_action_is_an_effect(tmp_path: Path) -> None:
    other = Alternate(source(3), 10, 40, 30)
    action = use(source(2), 0, 50, character="", heard="", alternates=(other,))
    root = written(sequence([use(source(1), 0, 50), action]), tmp_path)
    roles = [clip.get("audioRole") for clip in root.findall(".//asset-clip")]
    assert roles == ["dialogue", "effects", "effects"]


def test_a_missing_line_is_a_gap_with_its_text_on_the_screen_and_a_marker(tmp_path: Path) -> None:
    root = written(sequence([gap(30, "你在哪里？"), use(source(), 0, 25)]), tmp_path)
    hole = the(root, ".//gap")
    assert [child.tag for child in hole] == ["title", "marker"]
    assert the(hole, "title/text/text-style").text == "MISSING MARA: 你在哪里？"
    assert the(hole, "marker").get("value") == "MISSING MARA: 你在哪里？"


def test_a_dissolve_lies_over_the_cut(tmp_path: Path) -> None:
    cut = sequence([use(source(1), 100, 150), use(source(2), 200, 250, dissolve=13)])
    transition = the(written(cut, tmp_path), ".//transition")
    assert Fraction(transition.attrib["offset"][:-1]) == 3600 + Fraction(44, 25)
    assert transition.get("duration") == "13/25s"


def test_a_split_edit_is_told_by_where_the_sound_begins(tmp_path: Path) -> None:
    cut = sequence([use(source(1), 100, 150), use(source(2), 200, 250, split=-5)])
    first, second = written(cut, tmp_path).findall(".//asset-clip")
    assert first.get("audioDuration") == f"{Fraction(45, 25)}s"
    start = Fraction(second.attrib["start"][:-1])
    assert Fraction(second.attrib["audioStart"][:-1]) == start - Fraction(1, 5)


def test_half_speed_is_a_map_of_times(tmp_path: Path) -> None:
    cut = sequence([use(source(), 100, 150, speed=Fraction(1, 2))])
    clip = the(written(cut, tmp_path), ".//asset-clip")
    assert clip.get("duration") == "4s"
    points = [(p.get("time"), p.get("value")) for p in clip.findall("timeMap/timept")]
    assert points == [("36000s", "36000s"), ("36120s", "36060s")]


def test_lines_emotions_and_suggestions_are_markers(tmp_path: Path) -> None:
    mark = Marker(MarkerKind.MUSIC, 30, 60, "bright piano", "joy", (120, 140))
    cut = sequence([use(source(), 0, 50, emotion="joy"), gap(25)], markers=(mark,))
    found = [(m.get("value"), m.get("note")) for m in written(cut, tmp_path).iter("marker")]
    assert found == [
        ("MARA: Hello there.", "SCRIPT LINE 1, SCORE 0.00, EMOTION JOY"),
        ("MUSIC bright piano", ""),
        ("MISSING MARA: Nobody said this.", "SCRIPT LINE 2"),
    ]


GOOD = sequence(
    [
        use(source(1), 0, 50, alternates=(Alternate(source(3), 10, 40, 30),)),
        use(source(2), 50, 99, dissolve=8),
        gap(9),
    ]
)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('version="1.10"', 'version="1.9"', "is not FCPXML 1.10"),
        ('id="r2"', 'id="r1"', "same id|refers to"),
        ('ref="r2"', 'ref="r99"', "refers to r99"),
        ('start="36000s" duration="60s"', 'start="0s" duration="60s"', "timecode of A001.mov"),
        ('duration="60s"', 'duration="61s"', "another length"),
        ("file:///media", "media", "does not say where"),
        (
            'start="36002s" duration="49/25s"',
            'start="900051/25s" duration="49/25s"',
            "begins at|outside",
        ),
        ('start="180002/5s"', 'start="900011/25s"', "begins at source frame 11"),
        ('offset="3602s"', 'offset="180101/50s"', "between two frames"),
        ('offset="3602s"', 'offset="90051/25s"', "begins at frame 90051, not at 90050"),
        ('enabled="0"', 'enabled="1"', "is on"),
        ('<marker start="36000s"', '<marker start="36009s"', "outside its clip"),
        ('tcStart="3600s"', 'tcStart="0s"', "timecode starts elsewhere"),
    ],
)
def test_a_broken_project_is_refused(tmp_path: Path, old: str, new: str, words: str) -> None:
    (path,) = fcpxml.write(delivery(GOOD), tmp_path / "cut.fcpxml")
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(Rejected, match=words):
        read_fcpxml.prove(delivery(GOOD), [path])


DTD = """<!ELEMENT fcpxml ANY><!ATTLIST fcpxml version CDATA #FIXED "1.10">
<!ELEMENT asset (media-rep{more})><!ATTLIST asset id ID #REQUIRED {each}>
<!ELEMENT media-rep EMPTY><!ATTLIST media-rep kind CDATA #IMPLIED src CDATA #REQUIRED>
"""
ATTRIBUTES = ("name", "start", "duration", "hasVideo", "videoSources", "format", "hasAudio",
              "audioSources", "audioChannels", "audioRate")  # fmt: skip


def test_apples_dtd_is_asked_where_it_is_named(tmp_path: Path) -> None:
    asked = replace(delivery(GOOD), fcpxml_dtds=str(tmp_path))
    (path,) = fcpxml.write(asked, tmp_path / "cut.fcpxml")
    with pytest.raises(Rejected, match=r"FCPXMLv1_10\.dtd can't be read"):
        read_fcpxml.prove(asked, [path])
    others = {one.tag for one in ET.parse(path).iter()} - {"fcpxml", "asset", "media-rep"}
    any_of = "".join(
        f"<!ELEMENT {tag} ANY><!ATTLIST {tag} {_attributes(path, tag)}>" for tag in sorted(others)
    )
    each = " ".join(f"{name} CDATA #IMPLIED" for name in ATTRIBUTES)
    schema = tmp_path / "FCPXMLv1_10.dtd"
    schema.write_text(DTD.format(more="", each=each) + any_of)
    read_fcpxml.prove(asked, [path])
    schema.write_text(DTD.format(more=", metadata", each=each) + any_of)
    with pytest.raises(Rejected, match=r"cut\.fcpxml, line \d+: .*asset"):
        read_fcpxml.prove(asked, [path])


def _attributes(path: Path, tag: str) -> str:
    names = {name for one in ET.parse(path).iter(tag) for name in one.attrib}
    return " ".join(f"{name} CDATA #IMPLIED" for name in sorted(names))
