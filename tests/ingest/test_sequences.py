import shutil
from pathlib import Path

import pytest
from PIL import Image

from catalog import originals
from catalog.database import Catalog
from catalog.drops import Drop, accept, current
from catalog.models import Item, Kind
from config.settings import Settings
from ingest.container import missing
from tasks.pipeline import needs
from tests.ingest.conftest import Start, until, write


@pytest.fixture
def frame(tmp_path: Path) -> bytes:
    Image.new("RGB", (16, 16), (9, 99, 9)).save(tmp_path / "frame.png")
    return (tmp_path / "frame.png").read_bytes()


def fill(folder: Path, numbers: range, frame: bytes) -> None:
    for number in numbers:
        write(folder / f"shot.{number:04}.png", frame)


@pytest.mark.parametrize("poll", [None, 0.2])
def test_a_sequence_is_one_item_however_it_comes(
    start: Start, drop: Path, frame: bytes, poll: float | None
) -> None:
    fill(drop / "s/there", range(20), frame)
    catalogue = start(poll=poll) if poll else start()
    fill(drop / "s/come", range(1001, 1031), frame)
    write(drop / "s/pier.png", frame)
    until(lambda: len(catalogue.drops) == 3)
    known = {each.path: each for each in catalogue.drops}
    assert set(known) == {"s/there/shot.0000.png", "s/come/shot.1001.png", "s/pier.png"}
    assert [known[path].sequence_files for path in sorted(known)] == [30, None, 20]
    assert known["s/come/shot.1001.png"].size == 30 * len(frame)
    assert {each.kind for each in catalogue.drops} == {Kind.FOOTAGE}


def test_frames_that_are_still_coming_hold_the_sequence_back(
    start: Start, drop: Path, frame: bytes
) -> None:
    catalogue = start(quiet=1)
    fill(drop / "s", range(10), frame)
    write(drop / "s/shot.0010.png", frame[:-12])  # without its end
    write(drop / "s/late.png", frame)
    until(lambda: bool(catalogue.drops))
    assert catalogue.paths == ["s/late.png"]
    write(drop / "s/shot.0010.png", frame)
    until(lambda: len(catalogue.drops) == 2)
    assert catalogue.drops[1].sequence_files == 11


def test_a_rescan_knows_a_sequence_and_finds_what_was_added(
    start: Start, drop: Path, frame: bytes
) -> None:
    fill(drop / "s", range(10), frame)
    catalogue = start(poll=0.2, rescan=1)
    until(lambda: len(catalogue.drops) == 1)
    fill(drop / "s", range(10, 12), frame)
    until(lambda: len(catalogue.drops) == 2)
    shutil.copytree(drop / "s", drop / "t")
    until(lambda: len(catalogue.drops) == 3)
    assert [each.sequence_files for each in catalogue.drops] == [10, 12, 12]


def test_a_few_numbered_pictures_are_pictures_of_their_own(
    start: Start, drop: Path, frame: bytes
) -> None:
    catalogue = start()
    fill(drop / "s", range(3), frame)
    until(lambda: len(catalogue.drops) == 3)
    assert {each.sequence_files for each in catalogue.drops} == {None}


def test_a_sequence_takes_the_place_of_what_was_taken_of_it_before(
    tmp_path: Path, settings: Settings, frame: bytes
) -> None:
    catalog = Catalog(f"sqlite:///{tmp_path / 'catalog.db'}")
    catalog.migrate()
    fill(tmp_path / "drop/s", range(1, 11), frame)
    with catalog.writing() as session:
        for path in ("s/shot.0002.png", "s/shot.0003.png", "s/shot.0003.dpx", "s/t/shot.0004.png"):
            accept(session, Drop("drop", path, 5, 5, Kind.FOOTAGE), needs(Kind.FOOTAGE))
        whole = Drop("drop", "s/shot.0001.png", 50, 5, Kind.FOOTAGE, sequence_files=10)
        item = accept(session, whole, needs(Kind.FOOTAGE))
        assert isinstance(item, Item)
        assert accept(session, whole, needs(Kind.FOOTAGE)) is None
        left = {p for p in ("s/shot.0002.png", "s/shot.0003.png", "s/shot.0003.dpx",
                            "s/t/shot.0004.png") if current(session, "drop", p)}  # fmt: skip
        assert left == {"s/shot.0003.dpx", "s/t/shot.0004.png"}
        found = originals.image_sequence(settings.locate("drop", item.path), item)
        assert found is not None
        assert found.length == 10
    catalog.close()


@pytest.mark.parametrize("suffix", ["jpg", "png", "bmp"])
def test_a_picture_is_whole_with_its_last_byte(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    Image.effect_noise((64, 64), 50).convert("RGB").save(path)
    whole = path.read_bytes()
    assert missing(path) == ""
    for size in (len(whole) // 2, len(whole) - 3):
        path.write_bytes(whole[:size])
        assert "missing" in missing(path)
