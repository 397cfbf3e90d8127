"""Pieces that are kept: bounded, shared, and never taken away from a movie in the making."""

import errno
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from renderers.kept import Kept


def writing(text: str, made: list[str]) -> Callable[[Path], None]:
    def make(target: Path) -> None:
        made.append(text)
        target.write_text(text)

    return make


def test_what_was_not_used_longest_goes_first_and_what_is_in_use_stays(tmp_path: Path) -> None:
    kept, made = Kept(tmp_path / "kept", most=25), list[str]()
    with kept.used(tmp_path) as used:
        for number in range(4):
            path = used.file(f"{number}", writing(f"{number}" * 10, made), keep=True)
            os.utime(kept.folder / f"{number}", (number, time.time() - 100 + number))
        used.file("0", writing("again", made), keep=True)  # the oldest is used once more
        kept.tidy()  # as another movie does
        assert sorted(each.name for each in kept.folder.iterdir()) == ["0", "3"]
        assert [(used.own / f"{number}").read_text()[0] for number in range(4)] == [*"0123"]
        assert path.read_text() == "3" * 10
    assert [each.name for each in tmp_path.iterdir()] == ["kept"]
    assert made == ["0" * 10, "1" * 10, "2" * 10, "3" * 10]


def test_a_day_after_its_last_use_a_piece_goes_and_what_is_copied_never_stays(
    tmp_path: Path,
) -> None:
    kept, made = Kept(tmp_path / "kept", most=10**9), list[str]()
    with kept.used(tmp_path) as used:
        used.file("encoded", writing("a", made), keep=True)
        used.file("copied", writing("b", made), keep=False)
    assert [each.name for each in kept.folder.iterdir()] == ["encoded"]
    long_ago = time.time() - 90_000
    os.utime(kept.folder / "encoded", (long_ago, long_ago))
    with kept.used(tmp_path):
        assert not list(kept.folder.iterdir())


def test_a_piece_that_can_not_be_made_leaves_nothing(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "kept", most=10**9)

    def half(target: Path) -> None:
        target.write_text("half")
        raise ValueError(target)

    with kept.used(tmp_path) as used:
        with pytest.raises(ValueError, match="piece"):
            used.file("piece", half, keep=True)
        assert not list(used.own.iterdir())
    assert not kept.folder.exists()


def test_a_disk_without_links_keeps_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object) -> None:
        raise OSError(errno.EOPNOTSUPP, "no links here")

    monkeypatch.setattr(os, "link", none)
    kept, made = Kept(tmp_path / "kept", most=10**9), list[str]()
    for _ in range(2):
        with kept.used(tmp_path) as used:
            assert used.file("piece", writing("a", made), keep=True).read_text() == "a"
    assert made == ["a"]
