"""Cards of every kind: one item per clip, its parts beside it, indexes left alone."""

import shutil
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import pytest

from catalog.drops import Drop
from catalog.models import Kind, Role
from config.watching import WatchFolder
from ingest import cards
from ingest.appraisal import Appraisal
from ingest.cards import avchd
from ingest.kinds import footage_stems
from tests.ingest import carded
from tests.ingest.conftest import Start, until


def appraise(root: Path) -> tuple[dict[str, Drop], Appraisal]:
    """Every file of a watch folder as it would be taken, by its path."""
    appraisal = Appraisal(WatchFolder(path=root), lambda _path: False)
    found = {}
    for path in sorted(root.rglob("*")):
        if not path.is_file() or appraisal.is_silent(path):
            continue
        stat = path.stat()
        drop = appraisal.drop(path, stat.st_size, stat.st_mtime_ns, footage_stems)
        if drop:
            found[drop.path] = drop
    return found, appraisal


def clips(found: dict[str, Drop]) -> dict[str, list[tuple[str, Role | None]]]:
    """Clip → its parts, by their names."""
    firsts = {path: [] for path, drop in found.items() if drop.kind == Kind.FOOTAGE}
    for path, drop in found.items():
        if drop.kind == Kind.PART:
            assert drop.clip_path
            firsts[drop.clip_path].append((PurePosixPath(path).name, drop.role))
    return {PurePosixPath(path).name: parts for path, parts in firsts.items()}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "drop"


def test_a_p2_clip_is_its_picture_its_four_sounds_and_its_xml(root: Path) -> None:
    carded.p2(root / "story/P2_07")
    found, appraisal = appraise(root)
    assert clips(found) == {
        "0001AB.MXF": [
            *((f"0001AB0{channel}.MXF", Role.BESIDE) for channel in range(4)),
            ("0001AB.XML", Role.ABOUT),
        ]
    }
    first = found["story/P2_07/CONTENTS/VIDEO/0001AB.MXF"]
    assert first.card == {
        "reel": "P2_07", "name": "Mayor at the bridge", "timecode": "10:00:00:00",
    }  # fmt: skip
    assert appraisal.missing(root / first.path) == ""


@pytest.mark.parametrize(
    ("gone", "lacks"),
    [
        ("CLIP/0001AB.XML", "0001AB.XML of its card is still missing"),
        ("AUDIO/0001AB03.MXF", "1 of its 4 sound files are still missing"),
    ],
)
def test_a_p2_clip_waits_for_its_companions(root: Path, gone: str, lacks: str) -> None:
    carded.p2(root / "story/P2_07")
    contents = root / "story/P2_07/CONTENTS"
    (contents / gone).unlink()
    _, appraisal = appraise(root)
    assert appraisal.missing(contents / "VIDEO/0001AB.MXF") == lacks


def test_a_clip_waits_for_a_part_that_is_still_arriving(root: Path) -> None:
    carded.p2(root / "story/P2_07")
    contents = root / "story/P2_07/CONTENTS"
    sound = contents / "AUDIO/0001AB02.MXF"
    appraisal = Appraisal(WatchFolder(path=root), lambda path: path == sound)
    lacks = appraisal.missing(contents / "VIDEO/0001AB.MXF")
    assert lacks == "0001AB02.MXF, which belongs to it, is not complete yet"


def test_an_xavc_clip_has_its_name_and_timecode_from_its_xml(root: Path) -> None:
    carded.xavc(root / "story/CAM_B")
    found, appraisal = appraise(root)
    assert clips(found) == {"C0001.MP4": [("C0001M01.XML", Role.ABOUT)]}
    first = root / "story/CAM_B/PRIVATE/M4ROOT/CLIP/C0001.MP4"
    assert found[str(first.relative_to(root))].card == {
        "reel": "CAM_B", "name": "Market", "counted": "25", "timecode": "10:53:05:12",
    }  # fmt: skip
    first.with_name("C0001M01.XML").write_text("<NonRealTimeMeta><Title")
    assert appraisal.missing(first) == "C0001M01.XML of its card is still missing"


def test_spanned_avchd_clips_are_joined_as_the_playlist_says(root: Path) -> None:
    carded.avchd(root / "story/HD_1")
    found, appraisal = appraise(root)
    assert clips(found) == {"00000.MTS": [("00001.MTS", Role.NEXT)], "00002.MTS": []}
    stream = root / "story/HD_1/PRIVATE/AVCHD/BDMV/STREAM"
    assert found[str((stream / "00000.MTS").relative_to(root))].card == {"reel": "HD_1"}
    (stream / "00001.MTS").unlink()
    assert "00001.MTS" in appraisal.missing(stream / "00000.MTS")
    shutil.rmtree(stream.parent / "PLAYLIST")
    assert appraisal.missing(stream / "00002.MTS") == ("the playlist of its card is still missing")


def test_half_a_playlist_says_nothing() -> None:
    whole = carded.mpl([("00000", 1), ("00001", 5)])
    assert avchd.rows(whole) == [["00000", "00001"]]
    for length in range(len(whole)):
        with pytest.raises(ValueError, match="no whole playlist"):
            avchd.rows(whole[:length])


def test_gopro_chapters_are_one_clip_called_by_the_first(root: Path) -> None:
    carded.gopro(root / "story/day1")
    found, _ = appraise(root)
    assert clips(found) == {"GH010123.MP4": [("GH020123.MP4", Role.NEXT)]}
    assert found["story/day1/GH010123.MP4"].card == {"reel": ""}


def test_the_files_of_a_canon_clip_are_one(root: Path) -> None:
    carded.canon(root / "story/A001")
    found, _ = appraise(root)
    assert clips(found) == {
        "AA000101.MXF": [("AA000101.XML", Role.ABOUT), ("AA000102.MXF", Role.NEXT)]
    }


def touch(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(b"x")


def test_red_segments_are_one_clip_that_nobody_waits_for(root: Path) -> None:
    clip = "story/A001_0101AB.RDM/A001_C001_0101AB.RDC/A001_C001_0101AB"
    touch(root, f"{clip}_001.R3D", f"{clip}_002.R3D", f"{clip}.RMD")
    found, appraisal = appraise(root)
    assert clips(found) == {"A001_C001_0101AB_001.R3D": [("A001_C001_0101AB_002.R3D", Role.NEXT)]}
    assert appraisal.missing(root / f"{clip}_001.R3D") == ""


def test_arri_clips_have_their_reel_from_their_name(root: Path) -> None:
    touch(root, "story/ARRI/A001C002_250101_R1AB.mov")
    found, _ = appraise(root)
    [drop] = found.values()
    assert drop.card == {"reel": "A001R1AB"}


def test_dcim_has_films_and_photographs_and_leaves_thumbnails_alone(root: Path) -> None:
    touch(root, "story/DRONE/DCIM/100MEDIA/DJI_0001.MP4", "story/DRONE/DCIM/100MEDIA/DJI_0001.THM",
          "story/DRONE/DCIM/100MEDIA/DJI_0002.JPG",
          "story/DRONE/DCIM/100MEDIA/DJI_0002.DNG")  # fmt: skip
    found, _ = appraise(root)
    assert {path: drop.card for path, drop in found.items()} == {
        "story/DRONE/DCIM/100MEDIA/DJI_0001.MP4": {"reel": "DRONE"},
        "story/DRONE/DCIM/100MEDIA/DJI_0002.JPG": {"reel": "DRONE"},
    }


@pytest.mark.parametrize(
    "path",
    ["story/CONTENTS/readme.fountain", "story/clip/a.mov", "VIDEO/a.mxf",
     "story/XDROOT/Clip/C0001.srt", "story/GH01.MP4"],
)  # fmt: skip
def test_what_only_looks_like_a_card_is_none(path: str) -> None:
    assert cards.find(PurePosixPath(path)) is None


@pytest.mark.parametrize(
    ("make", "first", "last"),
    [
        (carded.p2, "0001AB.MXF", "0001AB03.MXF"),
        (carded.xavc, "C0001.MP4", "C0001M01.XML"),
        (carded.avchd, "00000.MTS", "00001.MTS"),
    ],
)
def test_a_card_that_is_still_copying_is_not_taken_by_halves(
    start: Start, drop: Path, tmp_path: Path, make: Callable[[Path], Path], first: str, last: str
) -> None:
    card, there = make(tmp_path / "CARD"), drop / "story/CARD"
    [withheld] = card.rglob(last)
    away = withheld.rename(tmp_path / "away")
    catalogue = start(rescan=1)
    shutil.copytree(card, there)
    until(lambda: any(path.endswith(first) for path in catalogue.held), 60)
    assert not any(path.endswith(first) for path in catalogue.paths)
    shutil.copy2(away, there / withheld.relative_to(card))
    until(lambda: any(path.endswith(first) for path in catalogue.paths), 60)
    [clip] = [each for each in catalogue.drops if each.path.endswith(first)]
    parts = [each.path for each in catalogue.drops if each.clip_path == clip.path]
    assert parts[-1].endswith(last)
    assert clip.kind == Kind.FOOTAGE
    assert catalogue.paths.index(parts[-1]) < catalogue.paths.index(clip.path)
