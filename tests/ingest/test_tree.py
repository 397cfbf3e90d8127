import os
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.tree import Change, Tree

HOUR = 3600.0


class Clock:
    """Time that the test tells; processor time is real, and little."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Looked:
    """A tree over a folder, and what its sweeps have found so far."""

    def __init__(self, root: Path) -> None:
        self.root, self.clock = root, Clock()
        self.tree = Tree(str(root), lambda path: path.endswith(".part"), self.clock)
        list(self.tree.learn())

    def sweep(self, after: float = 5.0) -> set[tuple[Change, str]]:
        self.clock.now += after
        return {(change, os.path.relpath(path, self.root)) for change, path in self.tree.sweep()}


@pytest.fixture
def looked(tmp_path: Path) -> Looked:
    for number in range(3):
        (tmp_path / f"s{number}").mkdir()
        (tmp_path / f"s{number}/there.mov").write_bytes(b"x")
    return Looked(tmp_path)


def test_what_was_there_is_no_change(looked: Looked) -> None:
    assert looked.sweep() == set()
    assert looked.sweep(HOUR) == set()


def test_new_files_and_whole_trees_are_found_at_the_next_sweep(looked: Looked) -> None:
    (looked.root / "s1/new.mov").write_bytes(b"x")
    (looked.root / "s2/deep/er").mkdir(parents=True)
    (looked.root / "s2/deep/er/a.mov").write_bytes(b"x")
    assert looked.sweep() == {
        (Change.CREATED, "s1/new.mov"), (Change.FOLDER, "s2/deep"),
        (Change.FOLDER, "s2/deep/er"), (Change.CREATED, "s2/deep/er/a.mov"),
    }  # fmt: skip
    assert looked.sweep() == set()


def test_a_file_that_grows_in_a_folder_that_has_changed_lately_is_found_at_once(
    looked: Looked,
) -> None:
    (looked.root / "s1/new.mov").write_bytes(b"x")
    looked.sweep()
    with (looked.root / "s1/new.mov").open("ab") as file:
        file.write(b"y")
    assert looked.sweep() == {(Change.MODIFIED, "s1/new.mov")}


def test_a_change_within_the_same_tick_of_the_servers_clock_is_found(looked: Looked) -> None:
    (looked.root / "s1/one.mov").write_bytes(b"x")
    looked.sweep()
    was = (looked.root / "s1").stat().st_mtime_ns
    (looked.root / "s1/two.mov").write_bytes(b"x")
    os.utime(looked.root / "s1", ns=(was, was))
    assert looked.sweep() == {(Change.CREATED, "s1/two.mov")}


def test_a_file_rewritten_in_place_in_a_quiet_folder_is_found_in_the_end(looked: Looked) -> None:
    looked.sweep(HOUR)
    (looked.root / "s0/there.mov").write_bytes(b"longer")
    assert looked.sweep(HOUR) == {(Change.MODIFIED, "s0/there.mov")}


@pytest.mark.parametrize("moment", [1, 4_000_000_000])
def test_times_of_the_past_and_the_future_are_changes_like_others(
    looked: Looked, moment: int
) -> None:
    path = looked.root / "s0/there.mov"
    os.utime(path, (moment, moment))
    os.utime(looked.root / "s0", (moment, moment))
    assert looked.sweep() == {(Change.MODIFIED, "s0/there.mov")}


def test_what_is_gone_is_told_by_its_folder(looked: Looked) -> None:
    (looked.root / "s0/there.mov").unlink()
    shutil.rmtree(looked.root / "s1")
    assert looked.sweep() == {(Change.DELETED, "s0"), (Change.DELETED, "s1")}
    assert len(looked.tree) == 3


def test_links_are_not_followed_also_when_one_takes_the_place_of_a_folder(
    looked: Looked, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret.mov").write_bytes(b"x")
    (looked.root / "link").symlink_to(outside)
    (looked.root / "link.mov").symlink_to(outside / "secret.mov")
    shutil.rmtree(looked.root / "s1")
    (looked.root / "s1").symlink_to(outside)
    assert looked.sweep() == {(Change.DELETED, "s1")}


def test_unwanted_names_and_what_is_in_them_are_not_seen(looked: Looked) -> None:
    (looked.root / "s0/copy.part").write_bytes(b"x")
    (looked.root / "folder.part").mkdir()
    (looked.root / "folder.part/a.mov").write_bytes(b"x")
    assert looked.sweep() == set()


def test_a_root_that_is_away_is_an_error_and_no_deletion(looked: Looked, tmp_path: Path) -> None:
    away = tmp_path.with_name(tmp_path.name + "-away")
    tmp_path.rename(away)
    with pytest.raises(FileNotFoundError):
        looked.sweep()
    away.rename(tmp_path)
    assert looked.sweep() == set()


def test_cold_folders_wait_when_the_allowance_is_used_up(looked: Looked) -> None:
    for _ in range(70):
        looked.sweep()  # everything is cold
    looked.tree._cpu = -1.0
    (looked.root / "s1/new.mov").write_bytes(b"x")
    (looked.root / "top.mov").write_bytes(b"x")
    assert looked.sweep() == {(Change.CREATED, "top.mov")}  # the root is never cold
    found = set()
    for _ in range(40):
        found |= looked.sweep()
    assert found == {(Change.CREATED, "s1/new.mov")}


STEPS = st.lists(
    st.tuples(st.sampled_from(["write", "mkdir", "remove", "move"]), st.integers(0, 5)),
    max_size=12,
)


@settings(max_examples=40)
@given(STEPS)
def test_after_any_changes_the_files_that_were_told_are_those_that_are_there(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]]
) -> None:
    root = tmp_path_factory.mktemp("tree")
    looked, told = Looked(root), set[str]()
    for count, (step, number) in enumerate(steps):
        folder = root / f"d{number}"
        if step == "write":
            folder.mkdir(exist_ok=True)
            (folder / f"{count}.mov").write_bytes(b"x" * count)
        elif step == "mkdir":
            (folder / f"deep{count}").mkdir(parents=True)
            (folder / f"deep{count}/a.mov").write_bytes(b"x")
        elif step == "remove" and folder.exists():
            shutil.rmtree(folder)
        elif step == "move" and folder.exists():
            folder.rename(root / f"moved{count}")
        told |= {path for change, path in looked.sweep() if change is Change.CREATED}
    there = {str(path.relative_to(root)) for path in root.rglob("*.mov")}
    assert there <= told
