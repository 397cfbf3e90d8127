import logging
import os
import shutil
import time
from pathlib import Path

import pytest

from catalog.drops import Drop
from catalog.models import Kind
from ingest.watch import require_apart, require_there
from media.errors import Misconfigured
from media.names import to_path
from tests.ingest.conftest import SCRIPT, Start, until, write


def test_files_that_were_there_at_start_are_taken(start: Start, drop: Path, movie: bytes) -> None:
    write(drop / "story/a.mp4", movie)
    write(drop / "story/deep/er/b.mp4", movie)
    write(drop / "script.fountain")
    catalogue = start()
    until(lambda: len(catalogue.drops) == 3)
    assert catalogue.kinds() == {
        "story/a.mp4": Kind.FOOTAGE,
        "story/deep/er/b.mp4": Kind.FOOTAGE,
        "script.fountain": Kind.SCRIPT,
    }
    stat = (drop / "story/a.mp4").stat()
    assert Drop("drop", "story/a.mp4", stat.st_size, stat.st_mtime_ns, Kind.FOOTAGE) in (
        catalogue.drops
    )


def test_events_tell_of_what_is_written_moved_linked_and_renamed(
    start: Start, drop: Path, tmp_path: Path
) -> None:
    (drop / "story").mkdir()
    outside = write(tmp_path / "outside.fountain")
    catalogue = start()
    write(drop / "story/written.fountain")
    os.link(outside, drop / "story/linked.fountain")
    outside.rename(drop / "story/moved.fountain")
    write(drop / "story/partial.fountain.part").rename(drop / "story/renamed.fountain")
    until(lambda: len(catalogue.drops) == 4)
    assert set(catalogue.paths) == {
        f"story/{name}.fountain" for name in ("written", "linked", "moved", "renamed")
    }


def test_folders_made_and_filled_at_once_and_moved_trees_are_found(
    start: Start, drop: Path, tmp_path: Path
) -> None:
    catalogue = start()
    for number in range(30):
        write(drop / f"x{number}/y/z/a.fountain")
        write(tmp_path / f"tree/{number}/b/{number}.fountain")
    (tmp_path / "tree").rename(drop / "tree")
    shutil.copytree(drop / "tree", drop / "copy")
    until(lambda: len(catalogue.drops) >= 90)
    assert len(set(catalogue.paths)) == len(catalogue.paths) == 90


def test_a_moved_folder_is_heard_of_under_its_new_name(start: Start, drop: Path) -> None:
    (drop / "before").mkdir()
    catalogue = start()
    (drop / "before").rename(drop / "after")
    time.sleep(0.1)
    write(drop / "after/a.fountain")
    until(lambda: catalogue.paths == ["after/a.fountain"])


def test_partial_copies_wait_for_their_real_name(start: Start, drop: Path) -> None:
    catalogue = start()
    partials = [".a.fountain.Xy12", "b.fountain.part", "c.fountain.crdownload", "~$d.fountain",
                "._e.fountain", ".DS_Store", "Thumbs.db", "f.fountain.tmp"]  # fmt: skip
    for name in partials:
        write(drop / "story" / name)
    write(drop / "story/real.fountain")
    until(lambda: bool(catalogue.drops))
    (drop / "story/b.fountain.part").rename(drop / "story/b.fountain")
    until(lambda: len(catalogue.drops) == 2)
    assert catalogue.paths == ["story/real.fountain", "story/b.fountain"]


def test_a_copy_in_pieces_is_taken_once_and_whole(start: Start, drop: Path, movie: bytes) -> None:
    catalogue = start()
    step = len(movie) // 4 + 1
    for at in range(0, len(movie), step):  # open and close per piece, pauses beyond the window
        with (drop / "a.mp4").open("ab") as file:
            file.write(movie[at : at + step])
        time.sleep(0.45)
    until(lambda: bool(catalogue.drops))
    assert [drop.size for drop in catalogue.drops] == [len(movie)]


def test_a_copy_into_reserved_space_is_taken_once_and_whole(
    start: Start, drop: Path, movie: bytes
) -> None:
    catalogue = start()
    with (drop / "a.mp4").open("wb") as file:
        file.truncate(len(movie))
    with (drop / "a.mp4").open("r+b") as file:
        file.write(movie[: len(movie) // 2])
    time.sleep(0.6)
    assert catalogue.drops == []
    with (drop / "a.mp4").open("r+b") as file:
        file.write(movie)
    until(lambda: bool(catalogue.drops))
    assert (drop / "a.mp4").read_bytes() == movie


def test_a_writer_that_stalls_with_an_open_file_is_waited_for(start: Start, drop: Path) -> None:
    catalogue = start()
    with (drop / "script.fountain").open("wb") as file:
        file.write(SCRIPT)
        file.flush()
        time.sleep(0.8)
        assert catalogue.drops == []
        file.write(SCRIPT)
    until(lambda: bool(catalogue.drops))
    assert catalogue.drops[0].size == 2 * len(SCRIPT)


def test_a_torn_file_is_taken_in_the_end(start: Start, drop: Path, movie: bytes) -> None:
    write(drop / "torn.mp4", movie[:-100])
    catalogue = start(torn=1)
    assert catalogue.drops == []
    until(lambda: catalogue.paths == ["torn.mp4"])


def test_a_changed_file_of_the_same_name_is_reported_again(start: Start, drop: Path) -> None:
    catalogue = start()
    write(drop / "a.fountain")
    until(lambda: len(catalogue.drops) == 1)
    write(drop / "a.fountain", SCRIPT * 2)
    until(lambda: len(catalogue.drops) == 2)
    os.utime(drop / "a.fountain", ns=(1, 1))
    until(lambda: len(catalogue.drops) == 3)
    once = len(SCRIPT)
    assert [drop.size for drop in catalogue.drops] == [once, 2 * once, 2 * once]


def test_a_vanished_file_does_no_harm(start: Start, drop: Path) -> None:
    catalogue = start()
    write(drop / "a.fountain").unlink()
    write(drop / "x/b.fountain")
    shutil.rmtree(drop / "x")
    write(drop / "c.fountain")
    until(lambda: catalogue.paths == ["c.fountain"])


def test_our_own_output_inside_the_folder_is_never_taken(start: Start, drop: Path) -> None:
    output = drop / "output"
    write(output / "story/cuts/a.fountain")
    catalogue = start(own=(output,))
    write(output / "story/cuts/b.fountain")
    write(drop / "story/c.fountain")
    write(drop / "output2/d.fountain")
    until(lambda: len(catalogue.drops) == 2)
    time.sleep(0.4)
    assert set(catalogue.paths) == {"story/c.fountain", "output2/d.fountain"}


@pytest.mark.parametrize("below", ["", "story"])
def test_watching_our_own_folder_is_refused_with_a_sentence(tmp_path: Path, below: str) -> None:
    output = tmp_path / "output"
    (output / "story").mkdir(parents=True)
    with pytest.raises(Misconfigured, match=r"inside .*output, where Stringout writes"):
        require_apart(output / below, (output,))


def test_watching_our_own_folder_is_refused_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "output").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "output")
    with pytest.raises(Misconfigured, match="where Stringout writes"):
        require_apart(tmp_path / "link", (tmp_path / "output",))


def test_a_folder_that_is_not_there_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="does not exist: create it"):
        require_there(tmp_path / "drop")


def test_a_folder_that_was_watched_before_is_waited_for(start: Start, drop: Path) -> None:
    drop.rmdir()
    catalogue = start()
    assert "is gone" in catalogue.told[-1][0]
    write(drop / "a.fountain")
    until(lambda: catalogue.paths == ["a.fountain"])


def test_links_and_pipes_are_left_alone(start: Start, drop: Path, tmp_path: Path) -> None:
    write(tmp_path / "elsewhere/secret.fountain")
    (drop / "folder").symlink_to(tmp_path / "elsewhere")
    catalogue = start(rescan=1)
    (drop / "link.fountain").symlink_to(tmp_path / "elsewhere/secret.fountain")
    (drop / "loop").symlink_to(drop)
    os.mkfifo(drop / "pipe.mov")
    write(tmp_path / "elsewhere/late.fountain")
    write(drop / "real.fountain")
    until(lambda: bool(catalogue.drops))
    time.sleep(1.2)
    assert catalogue.paths == ["real.fountain"]


HOSTILE = ["新闻 素材.fountain", "🎬.fountain", "two  spaces .fountain", "new\nline.fountain",
           "a:b.fountain", "-rf.fountain", "'\"$(x)`;.fountain", "e\u0301.fountain",
           "\u00e9.fountain", "x" * 246 + ".fountain", "%s%d.fountain",
           "back\\slash.fountain"]  # fmt: skip


def test_hostile_names_are_taken_as_they_are(start: Start, drop: Path) -> None:
    write(drop / "故事 🎬/there.fountain")
    catalogue = start()
    for name in HOSTILE:
        write(drop / "story" / name)
    until(lambda: len(catalogue.drops) == 1 + len(HOSTILE))
    assert set(catalogue.paths) == {f"story/{name}" for name in HOSTILE} | {
        "故事 🎬/there.fountain"
    }


def test_names_that_are_not_utf_8_are_taken_under_a_text_that_leads_back(
    start: Start, drop: Path
) -> None:
    (drop / os.fsdecode(b"b\xe4d")).mkdir()
    names = [b"b\xe4d/1.fountain", b"\xd0\xc2\xce\xc5.fountain", b"\xff.fountain"]
    write(drop / os.fsdecode(names[0]))
    catalogue = start()
    for name in names[1:]:
        write(drop / os.fsdecode(name))
    write(drop / "good.fountain")
    until(lambda: len(catalogue.drops) == 4)
    assert set(catalogue.paths) == {
        "good.fountain", "b\u201bE4d/1.fountain", "\u201bFF.fountain",
        "\u201bD0\u201bC2\u201bCE\u201bC5.fountain",
    }  # fmt: skip
    for path in catalogue.paths:
        path.encode()
        assert (drop / to_path(path)).read_bytes() == SCRIPT


def test_drawings_are_left_alone_and_that_is_said_once(
    start: Start, drop: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "stringout.watch")
    catalogue = start(rescan=1)
    write(drop / "still.svg")
    write(drop / "a.fountain")
    until(lambda: bool(catalogue.drops))
    time.sleep(1.2)
    assert [r.message for r in caplog.records if "still" in r.message] == [
        "'still.svg' is left alone, like any *.svg beside it: it is neither footage nor a script"
    ]


def test_what_a_text_is_depends_on_the_moment_it_is_taken(
    start: Start, drop: Path, movie: bytes
) -> None:
    catalogue = start()
    write(drop / "s/A.mp4", movie)
    for name in ("A.txt", "A.zh.srt", "B.txt", "cut.note.txt", "notes/shorter.md", "A.XML"):
        write(drop / "s" / name)
    until(lambda: len(catalogue.drops) == 7)
    assert catalogue.kinds() == {
        "s/A.mp4": Kind.FOOTAGE,
        "s/A.txt": Kind.SIDECAR,
        "s/A.zh.srt": Kind.SIDECAR,
        "s/A.XML": Kind.SIDECAR,
        "s/B.txt": Kind.SCRIPT,
        "s/cut.note.txt": Kind.NOTE,
        "s/notes/shorter.md": Kind.NOTE,
    }
