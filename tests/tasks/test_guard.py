"""The disk guard on a real disk that is really full; mounting one needs root."""

import os
import subprocess
from pathlib import Path

import pytest

from catalog import audit, claims, pauses
from catalog.models import Deed
from tasks.guard import DiskGuard
from tests.tasks.conftest import House


def _with(house: House, **floors: object) -> House:
    folders = house.settings.folders.model_copy(update=floors)
    return House(house.settings.model_copy(update={"folders": folders}), house.catalog)


def _reasons(house: House) -> list[str]:
    with house.catalog.reading() as session:
        return [each.reason for each in pauses.active(session)]


@pytest.mark.parametrize("floor", ["free_floor_gb", "state_floor_gb"])
def test_below_the_floor_of_output_or_state_nothing_is_claimed(house, floor, short_footage):
    item = house.drop(short_footage)
    DiskGuard(_with(house, **{floor: 1e9}).settings, house.catalog).look()
    with house.catalog.writing() as session:
        assert claims.claim(session, item.id, "checksum", "me", 30, "io") is None
    DiskGuard(_with(house, free_floor_gb=0, state_floor_gb=0).settings, house.catalog).look()
    with house.catalog.writing() as session:
        assert claims.claim(session, item.id, "checksum", "me", 30, "io")


def test_only_its_own_pause_is_taken_back(house):
    full = _with(house, free_floor_gb=1e9)
    DiskGuard(full.settings, house.catalog, "disk guard on another").look()
    free = _with(house, free_floor_gb=0, state_floor_gb=0)
    DiskGuard(free.settings, house.catalog, "disk guard on this").look()
    assert len(_reasons(house)) == 1


@pytest.fixture
def small_disk(tmp_path: Path):
    if os.geteuid():
        pytest.skip("mounting a small disk needs root")
    folder = tmp_path / "small"
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", folder], check=False)
    if made.returncode:
        pytest.skip("this machine does not let root mount")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_disk_that_fills_pauses_the_service_and_room_lets_it_go_on_once(house, small_disk):
    full = _with(house, output=small_disk, free_floor_gb=0.02, state_floor_gb=0)
    guard = DiskGuard(full.settings, house.catalog)
    guard.look()
    assert _reasons(house) == []
    (small_disk / "big").write_bytes(bytes(25_000_000))
    guard.look()
    guard.look()
    (reason,) = _reasons(house)
    assert str(small_disk) in reason
    assert "make room" in reason
    (small_disk / "big").write_bytes(bytes(20_500_000))  # above the floor, and not by a tenth
    guard.look()
    assert len(_reasons(house)) == 1
    (small_disk / "big").unlink()
    guard.look()
    assert _reasons(house) == []
    with house.catalog.reading() as session:
        deeds = [entry.deed for entry in audit.entries(session)]
    assert deeds == [Deed.PAUSED, Deed.RESUMED]
