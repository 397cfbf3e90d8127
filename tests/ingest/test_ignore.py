import os
from pathlib import Path

import pytest

from config.settings import load
from ingest.ignore import Ignore

PATTERNS = load().intake.ignore


@pytest.mark.parametrize(
    "name",
    [
        "a.mov.part", "a.mov.PART", "a.tmp", "~$script.docx", "a.mp4.crdownload", ".hidden",
        "._A001.mov", ".DS_Store", "Thumbs.db", "thumbs.DB", "desktop.ini", "a.mov.filepart",
        "System Volume Information", "$RECYCLE.BIN", "@eaDir", ".A001.mov.x7Ghq2", "script.txt~",
        "cut.md.sb-3f2a9c01-Xq81Za", "a.mxf.aspera-ckpt", ".part", "新闻.mov.part", ".\n.part",
    ],
)  # fmt: skip
def test_names_of_partial_copies_and_litter_are_ignored(tmp_path: Path, name: str) -> None:
    assert Ignore(PATTERNS, tmp_path, ()).name(name)


@pytest.mark.parametrize(
    "name",
    ["a.mov", "party.mov", "tmp.mov", "a.part.mov", "新闻 素材.mp4", "-x.mov", "a:b.wav", "$5.mov",
     "a\nb.mp4", "Thumbs.db.mov", "~a.mov", "x" * 251 + ".mov"],
)  # fmt: skip
def test_real_names_are_not_ignored(tmp_path: Path, name: str) -> None:
    assert not Ignore(PATTERNS, tmp_path, ()).name(name)


def test_an_ignored_folder_takes_everything_in_it_along(tmp_path: Path) -> None:
    ignore = Ignore(PATTERNS, tmp_path, ())
    assert ignore.path("story/.trash/a.mov")
    assert ignore.path("story/upload.tmp/a.mov")
    assert not ignore.path("story/a.mov")


def test_without_patterns_nothing_is_ignored(tmp_path: Path) -> None:
    assert not Ignore((), tmp_path, ()).path("story/a.part")


def test_folders_of_ours_are_ours_and_their_neighbours_are_not(tmp_path: Path) -> None:
    ignore = Ignore((), tmp_path, (tmp_path / "output", tmp_path.parent / "state"))
    assert ignore.ours("output")
    assert ignore.path("output/story/assets/a.mov/proxy.mp4")
    assert not ignore.ours("output2/a.mov")
    assert not ignore.ours("story/output/a.mov")
    assert not ignore.ours("state/a.mov")


def test_folders_of_ours_are_recognised_through_links(tmp_path: Path) -> None:
    (tmp_path / "real" / "out").mkdir(parents=True)
    (tmp_path / "watched").symlink_to(tmp_path / "real")
    ignore = Ignore((), tmp_path / "watched", (tmp_path / "real" / "out",))
    assert ignore.ours("out/a.mov")


def test_undecodable_names_can_be_judged(tmp_path: Path) -> None:
    ignore = Ignore(PATTERNS, tmp_path, ())
    assert ignore.name(os.fsdecode(b"\xff.part"))
    assert not ignore.name(os.fsdecode(b"\xff.mov"))
