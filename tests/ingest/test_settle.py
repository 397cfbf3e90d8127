import logging
import os
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from config.watching import Intake
from ingest.settle import Settling

INTAKE = Intake(
    quiet_seconds=2, open_seconds=60, incomplete_seconds=600, rescan_seconds=30, ignore=()
)


@dataclass
class Gate:
    """A Settling whose time is told by the test, and whose containers lack what it says."""

    now: float = 1000.0
    lacks: dict[str, str] = field(default_factory=dict)
    read: list[str] = field(default_factory=list)
    unchanged: float = 0.0  # seconds, as the file server says

    def __post_init__(self) -> None:
        proves = lambda path: path.suffix == ".mov"  # noqa: E731
        self.settling = Settling(
            INTAKE, self._missing, lambda: self.now, proves, unchanged=lambda _path: self.unchanged
        )

    def _missing(self, path: Path) -> str:
        self.read.append(path.name)
        if self.lacks.get(path.name) == "forbidden":
            raise PermissionError(13, "Permission denied")
        return self.lacks.get(path.name, "")

    def after(self, seconds: float) -> list[str]:
        """Let time go by in small steps; the names that became complete meanwhile."""
        found = []
        until = self.now + seconds
        while self.now < until:
            self.now = min(until, self.now + 0.1)
            found += [path.name for path, _, _ in self.settling.complete()]
        return found


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.mov"
    path.write_bytes(b"x")
    return path


def grow(path: Path) -> None:
    with path.open("ab") as opened:
        opened.write(b"x")


def test_a_found_file_is_complete_after_the_quiet_window(gate: Gate, file: Path) -> None:
    assert gate.settling.find(file)
    assert gate.after(1.9) == []
    assert gate.after(0.4) == ["a.mov"]
    assert file not in gate.settling


def test_what_is_complete_is_reported_with_the_size_and_time_it_has(gate: Gate, file: Path) -> None:
    gate.settling.find(file)
    gate.settling.complete()
    gate.now += 3
    assert gate.settling.complete() == [(file, 1, file.stat().st_mtime_ns)]


def test_a_file_found_twice_is_news_once(gate: Gate, file: Path) -> None:
    assert gate.settling.find(file)
    assert not gate.settling.find(file)


def test_every_event_starts_the_window_anew(gate: Gate, file: Path) -> None:
    for _ in range(10):
        gate.settling.notice(file, writing=False)
        assert gate.after(1.5) == []
    assert gate.after(0.7) == ["a.mov"]


def test_a_change_without_an_event_starts_the_window_anew(gate: Gate, file: Path) -> None:
    gate.settling.find(file)
    assert gate.after(1.5) == []
    grow(file)
    assert gate.after(2.5) == []
    assert gate.after(2) == ["a.mov"]


def test_a_changed_time_alone_is_a_change(gate: Gate, file: Path) -> None:
    gate.settling.find(file)
    assert gate.after(1) == []
    os.utime(file, ns=(1, 1))
    assert gate.after(2) == []
    assert gate.after(2.2) == ["a.mov"]


def test_the_window_counts_from_the_last_event_and_not_from_the_look(
    gate: Gate, file: Path
) -> None:
    gate.settling.notice(file, writing=True)
    gate.after(1)
    grow(file)
    gate.settling.notice(file, writing=False)
    assert gate.after(1.9) == []
    assert gate.after(0.2) == ["a.mov"]


def test_a_writer_that_stalls_with_the_file_open_is_waited_for(gate: Gate, file: Path) -> None:
    with file.open("ab"):
        gate.settling.notice(file, writing=True)
        assert gate.after(50) == []
    gate.settling.notice(file, writing=False)
    assert gate.after(2.1) == ["a.mov"]


def test_a_writer_that_never_closes_is_not_waited_for_for_ever(gate: Gate, file: Path) -> None:
    with file.open("ab"):
        gate.settling.notice(file, writing=True)
        assert gate.after(59) == []
        assert gate.after(2) == ["a.mov"]


def test_a_file_that_was_found_open_is_waited_for_without_any_event(gate: Gate, file: Path) -> None:
    with file.open("ab"):
        gate.settling.find(file)
        assert gate.after(50) == []
    assert gate.after(60) == ["a.mov"]


def test_a_source_that_pauses_is_given_more_patience(gate: Gate, tmp_path: Path) -> None:
    first, second = tmp_path / "a.mp3", tmp_path / "b.mp3"
    for path in (first, second):
        path.write_bytes(b"x")
    gate.settling.find(first)
    assert gate.after(2.2) == ["a.mp3"]
    gate.after(5)
    grow(first)
    gate.settling.notice(first, writing=False)
    gate.settling.find(second)
    assert gate.after(10) == []  # its writer had paused for 7 s: twice that, from now on
    assert gate.after(6) == ["a.mp3", "b.mp3"]


def test_patience_is_not_for_files_whose_structure_proves_them_whole(
    gate: Gate, file: Path
) -> None:
    gate.settling.notice(file, writing=True)
    gate.after(1)
    with file.open("ab"):
        gate.after(10)
        grow(file)
        gate.settling.notice(file, writing=True)
    gate.settling.notice(file, writing=False)
    assert gate.after(2.2) == ["a.mov"]


def test_what_is_held_is_told_with_its_reason(gate: Gate, file: Path) -> None:
    gate.lacks["a.mov"] = "its index is still missing"
    gate.settling.find(file)
    assert gate.settling.held() == []  # not yet: nearly everything is taken within a moment
    gate.after(5)
    [held] = gate.settling.held()
    assert (held.path, held.size, held.reason) == (file, 1, "its index is still missing")
    assert held.seconds >= 5


def test_a_moved_or_linked_file_needs_no_close(gate: Gate, file: Path) -> None:
    gate.settling.notice(file, writing=None)
    assert gate.after(2.1) == ["a.mov"]


def test_an_incomplete_container_is_held_back_until_it_is_whole(gate: Gate, file: Path) -> None:
    gate.lacks["a.mov"] = "its index is still missing"
    gate.settling.find(file)
    assert gate.after(30) == []
    del gate.lacks["a.mov"]
    grow(file)
    gate.settling.notice(file, writing=False)
    assert gate.after(2.1) == ["a.mov"]


def test_an_incomplete_container_is_read_ever_more_seldom(gate: Gate, file: Path) -> None:
    gate.lacks["a.mov"] = "its index is still missing"
    gate.settling.find(file)
    gate.after(300)
    assert 5 < len(gate.read) < 15


def test_a_container_completed_without_any_sign_is_found_complete(gate: Gate, file: Path) -> None:
    gate.lacks["a.mov"] = "its index is still missing"
    gate.settling.find(file)
    gate.after(30)
    del gate.lacks["a.mov"]
    assert gate.after(60) == ["a.mov"]


def test_a_torn_file_is_taken_in_the_end_and_that_is_said(
    gate: Gate, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "stringout.settle")
    gate.lacks["a.mov"] = "its index is still missing"
    gate.settling.find(file)
    assert gate.after(599) == []
    assert [record.message for record in caplog.records] == [
        "'a.mov' waits to be complete: its index is still missing"
    ]
    assert gate.after(5) == ["a.mov"]
    assert caplog.records[-1].message == "'a.mov' is taken as it is: its index is still missing"


def test_a_file_that_may_not_be_read_waits_like_an_incomplete_one(gate: Gate, file: Path) -> None:
    gate.lacks["a.mov"] = "forbidden"
    gate.settling.find(file)
    assert gate.after(700) == []  # however long: whoever copies it has locked it
    del gate.lacks["a.mov"]
    assert gate.after(60) == ["a.mov"]


def test_a_file_that_the_finder_is_copying_waits_for_its_real_time(gate: Gate, file: Path) -> None:
    os.utime(file, (443_779_200, 443_779_200))  # what it says until the copy is whole
    gate.settling.find(file)
    assert gate.after(60) == []
    assert gate.settling.held()[0].reason == "the Finder is still copying it"
    os.utime(file)
    assert gate.after(65) == ["a.mov"]


def test_a_file_that_vanishes_while_it_settles_is_forgotten(gate: Gate, file: Path) -> None:
    gate.settling.find(file)
    gate.after(1)
    file.unlink()
    assert gate.after(5) == []
    assert file not in gate.settling


def test_a_file_that_changes_while_its_container_is_read_is_not_complete(file: Path) -> None:
    now = [0.0]

    def missing(path: Path) -> str:
        if path.stat().st_size == 1:
            grow(path)
        return ""

    settling = Settling(INTAKE, missing, lambda: now[0], lambda _path: True)
    settling.find(file)
    found = []
    for _ in range(35):
        found += settling.complete()
        now[0] += 0.1
    assert found == []
    for _ in range(25):
        found += settling.complete()
        now[0] += 0.1
    assert [size for _, size, _ in found] == [2]


def test_links_pipes_and_folders_are_no_files(gate: Gate, file: Path, tmp_path: Path) -> None:
    (tmp_path / "link.mov").symlink_to(file)
    os.mkfifo(tmp_path / "pipe.mov")
    (tmp_path / "folder.mov").mkdir()
    for name in ("link.mov", "pipe.mov", "folder.mov"):
        gate.settling.notice(tmp_path / name)
    assert gate.after(5) == []
    assert gate.read == []


def test_a_slow_check_of_one_file_does_not_hold_up_the_others_for_ever(tmp_path: Path) -> None:
    now = [0.0]

    def slow(_path: Path) -> str:
        now[0] += 0.2
        return "it can't be opened"

    settling = Settling(INTAKE, slow, lambda: now[0])
    for number in range(50):
        path = tmp_path / f"{number}.ts"
        path.touch()
        settling.find(path)
    settling.complete()
    now[0] += 3
    before = now[0]
    settling.complete()
    assert now[0] - before < 1


def test_of_many_files_each_container_is_read_once(gate: Gate, tmp_path: Path) -> None:
    for number in range(1000):
        path = tmp_path / f"{number}.mov"
        path.touch()
        gate.settling.find(path)
    assert len(gate.after(3)) == 1000
    assert len(gate.read) == 1000


def test_a_closed_file_that_is_certainly_whole_waits_a_moment_only(gate: Gate, file: Path) -> None:
    gate.settling.certain = lambda _path: True
    gate.settling.notice(file, writing=False)
    assert gate.after(0.1) == []
    assert gate.after(0.3) == ["a.mov"]


def test_a_certain_file_that_is_still_open_is_waited_for(gate: Gate, file: Path) -> None:
    gate.settling.certain = lambda _path: True
    with file.open("ab"):
        gate.settling.notice(file, writing=None)
        assert gate.after(20) == []
    gate.settling.notice(file, writing=False)
    assert gate.after(0.4) == ["a.mov"]


def test_a_file_that_lacks_something_waits_the_whole_window_afterwards(
    gate: Gate, file: Path
) -> None:
    gate.settling.certain = lambda _path: True
    gate.lacks["a.mov"] = "its index is still missing"
    gate.settling.notice(file, writing=False)
    assert gate.after(5) == []
    del gate.lacks["a.mov"]
    assert gate.after(5) == ["a.mov"]


def test_what_was_quiet_before_it_was_noticed_is_complete_after_a_moment(
    gate: Gate, file: Path
) -> None:
    gate.unchanged = 5
    gate.settling.notice(file)
    assert gate.after(0.6) == ["a.mov"]


def test_only_the_rest_of_the_window_is_waited_for(gate: Gate, file: Path) -> None:
    gate.unchanged = 1.2
    gate.settling.notice(file)
    assert gate.after(0.6) == []
    assert gate.after(0.6) == ["a.mov"]


def test_time_alone_is_not_enough_however_long_ago_the_last_change_was(
    gate: Gate, file: Path
) -> None:
    gate.unchanged, gate.lacks["a.mov"] = 5, "7 bytes of it are still missing"
    gate.settling.notice(file)
    assert gate.after(5) == []


def test_what_proves_nothing_gets_the_whole_window(gate: Gate, file: Path) -> None:
    gate.unchanged, text = 5, file.with_suffix(".fountain")
    text.write_bytes(b"INT. HOUSE")
    gate.settling.notice(text)
    assert gate.after(1.9) == []
    assert gate.after(0.4) == ["a.fountain"]
