from pathlib import Path

import pytest

from media.numbered import LEAST, Numbering, find, is_sequence, listed, numbering, of_pattern


@pytest.mark.parametrize(
    ("name", "before", "digits"),
    [
        ("shot.0001.dpx", "shot.", 4), ("A001C003_0086400.exr", "A001C003_", 7),
        ("0001.png", "", 4),
        ("plate_v02.1001.EXR", "plate_v02.", 4), ("shot0001.dpx", "shot", 4),
        ("lapse-00001.jpg", "lapse-", 5), ("镜头 0001.tif", "镜头 ", 4),
    ],
)  # fmt: skip
def test_numbered_frames_are_known_by_their_names(name: str, before: str, digits: int) -> None:
    assert numbering(name) == Numbering(before, digits, Path(name).suffix)


@pytest.mark.parametrize(
    "name",
    ["IMG_0001.JPG", "DSC_0042.jpg", "P1010001.jpg", "DSC01234.JPG", "pier2024.jpg", "a.1.dpx",
     "shot.0001.mov", "shot.dpx", "0001"],
)  # fmt: skip
def test_what_cameras_and_people_number_is_no_sequence(name: str) -> None:
    assert numbering(name) is None


def test_few_pictures_and_those_far_apart_are_pictures_of_their_own() -> None:
    assert not is_sequence(range(LEAST - 1))
    assert is_sequence(range(1001, 1001 + LEAST))
    assert is_sequence([*range(10), *range(15, 25)])
    assert not is_sequence([93015 + 137 * number for number in range(20)])  # by the time of day


def test_a_pattern_stands_for_its_files_and_no_others(tmp_path: Path) -> None:
    for name in ("s.0001.dpx", "s.0004.dpx", "s.00005.dpx", "s.0002.exr", "t.0003.dpx"):
        (tmp_path / name).write_bytes(b"12345")
    (tmp_path / "s.0006.dpx").mkdir()
    (tmp_path / "s.0007.dpx").symlink_to(tmp_path / "s.0001.dpx")
    known = of_pattern("s.####.dpx")
    assert known == numbering("s.0001.dpx")
    assert known is not None
    found = find(tmp_path, known)
    assert [frame.path.name for frame in found.frames] == ["s.0001.dpx", "s.0004.dpx"]
    assert (found.length, found.gaps, found.state[0]) == (4, [(2, 3)], 10)
    with found.linked(tmp_path / "links") as links:
        made = sorted((tmp_path / "links").iterdir())
        assert [path.readlink().name for path in made] == ["s.0001.dpx"] * 3 + ["s.0004.dpx"]
        assert links.name == "%08d.dpx"
    assert not (tmp_path / "links").exists()


def test_editing_systems_call_a_sequence_by_its_first_and_last_number() -> None:
    assert listed("shot.0001.dpx", 240) == "shot.[0001-0240].dpx"
    assert listed("pier.jpg", 125) == "pier.jpg"
