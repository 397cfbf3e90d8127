import os
import time
from pathlib import Path

from ingest.serverclock import ServerClock


def test_a_kept_time_does_not_make_a_file_older_than_its_last_change(tmp_path: Path) -> None:
    marker, file = tmp_path / ".stringout", tmp_path / "a.mov"
    marker.touch()
    file.touch()
    os.utime(file, (1, 1))
    time.sleep(0.2)
    assert 0.1 < ServerClock(marker).unchanged(file) < 60


def test_without_a_marker_that_can_be_touched_nothing_is_known(tmp_path: Path) -> None:
    file = tmp_path / "a.mov"
    file.touch()
    assert ServerClock(tmp_path / ".stringout").unchanged(file) == 0


def test_a_file_that_is_gone_is_not_old(tmp_path: Path) -> None:
    marker = tmp_path / ".stringout"
    marker.touch()
    assert ServerClock(marker).unchanged(tmp_path / "a.mov") == 0


def test_the_marker_is_touched_once_for_many_files(tmp_path: Path) -> None:
    marker, file = tmp_path / ".stringout", tmp_path / "a.mov"
    marker.touch()
    file.touch()
    time.sleep(0.1)
    now = [5.0]
    clock = ServerClock(marker, lambda: now[0])
    clock.unchanged(file)
    marker.unlink()
    assert clock.unchanged(file) > 0
    now[0] += 2
    assert clock.unchanged(file) == 0
