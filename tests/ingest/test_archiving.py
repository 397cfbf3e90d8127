"""The archive: whole, verified copies of originals, and a list that we and others can read."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pytest
import xxhash
from sqlmodel import Session
from typer.testing import CliRunner

from catalog import audit
from catalog.database import Catalog
from catalog.models import Asset, Deed, Item, Kind, StageRun, Status, Story
from config.settings import Settings, load
from ingest import manifests
from ingest.archiving import archive
from ingest.cli import app
from media.errors import Misconfigured, Rejected

CONTENT = bytes(range(256)) * 4000


@dataclass(frozen=True)
class Place:
    session: Session
    settings: Settings
    watched: Path
    archive: Path


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    watched, target = tmp_path / "drop", tmp_path / "archive 档案"
    (watched / "ferry" / "card").mkdir(parents=True)
    target.mkdir()
    settings = load(
        watch=[{"name": "drop", "path": str(watched)}],
        folders={"state": tmp_path, "output": tmp_path / "out"},
        archive={"root": str(target)},
    )
    catalog = Catalog(settings.database_url)
    catalog.migrate()
    with Session(catalog.engine) as session:
        story = Story(name="ferry", created_at=0)
        session.add(story)
        session.flush()
        for number, name in enumerate(("card/A001 夜.mov", "script.fountain")):
            path = watched / "ferry" / name
            path.write_bytes(CONTENT + name.encode())
            item = Item(
                root="drop", path=f"ferry/{name}", size=path.stat().st_size, accepted_at=0,
                mtime_ns=path.stat().st_mtime_ns, story_id=story.id or 0,
                kind=(Kind.FOOTAGE, Kind.SCRIPT)[number],
            )  # fmt: skip
            session.add(item)
            session.flush()
            if item.kind == Kind.FOOTAGE:
                digest = xxhash.xxh3_128_hexdigest(path.read_bytes())
                asset = Asset(checksum=digest, item_id=item.id or 0)
                session.add(asset)
                session.flush()
                item.asset_id = asset.id
        session.commit()
        yield Place(session, settings, watched, target)
    catalog.close()


def files(folder: Path) -> dict[str, bytes]:
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def test_originals_are_copied_listed_and_untouched(place: Place) -> None:
    before = files(place.watched)
    done = list(archive(place.session, place.settings, "ferry"))
    assert [each.copied for each in done] == [True, True]
    there = files(place.archive)
    listed = manifests.read(place.archive / "ferry.xxh128", PurePosixPath("ferry.xxh128"))
    assert {each.path: each.sums for each in listed} == {
        path: (("xxh128", xxhash.xxh3_128_hexdigest(data)),) for path, data in before.items()
    }
    assert {path: data for path, data in there.items() if path != "ferry.xxh128"} == before
    assert files(place.watched) == before
    again = list(archive(place.session, place.settings, "ferry"))
    assert [each.copied for each in again] == [False, False]
    assert files(place.archive) == there


def sequence(place: Place, count: int = 10) -> list[Path]:
    folder = place.watched / "ferry/plate"
    folder.mkdir()
    frames = [folder / f"s.{number:04}.dpx" for number in range(1, count + 1)]
    for number, path in enumerate(frames):
        path.write_bytes(bytes([number]) * 9)
    place.session.add(Item(
        root="drop", path="ferry/plate/s.0001.dpx", size=9 * count, kind=Kind.FOOTAGE, story_id=1,
        mtime_ns=max(path.stat().st_mtime_ns for path in frames), accepted_at=0,
        sequence_files=count,
    ))  # fmt: skip
    place.session.commit()
    return frames


def test_all_frames_of_a_sequence_are_archived(place: Place) -> None:
    frames = sequence(place)
    done = list(archive(place.session, place.settings, "ferry"))
    assert len(done) == 12
    assert [(place.archive / "ferry/plate" / path.name).read_bytes() for path in frames] == [
        path.read_bytes() for path in frames
    ]
    frames[3].write_bytes(b"others")
    with pytest.raises(Rejected, match="not what was accepted any more"):
        list(archive(place.session, place.settings, "ferry"))


def test_moving_a_sequence_goes_on_where_it_was_killed(place: Place) -> None:
    frames = sequence(place)
    before = files(place.watched)
    killed = archive(place.session, place.settings, "ferry", move=True)
    for _ in range(5):
        next(killed)
    killed.close()
    assert 0 < sum(path.exists() for path in frames) < 10
    done = list(archive(place.session, place.settings, "ferry", move=True))
    assert len(done) == 12
    assert files(place.watched) == {}
    assert before.items() <= files(place.archive).items()


def test_a_move_that_is_killed_at_any_moment_loses_nothing_and_is_finished_by_the_next(
    place: Place,
) -> None:
    frames = sequence(place, 120)
    before = files(place.watched)
    config = place.archive.with_name("stringout.toml")
    config.write_text(toml(place, config))
    program = (  # a line a file, so long that the pipe holds no more than 60 of them
        "import sys; from pathlib import Path; from sqlmodel import Session\n"
        "from catalog.database import Catalog; from config.settings import load\n"
        "from ingest.archiving import archive\n"
        "settings = load(Path(sys.argv[1]))\n"
        "with Session(Catalog(settings.database_url).engine) as session:\n"
        "    for each in archive(session, settings, 'ferry', move=True):\n"
        "        print(each.path.ljust(1100), flush=True)\n"
    )
    left = len(frames)
    for lines in (3, 20):  # each call begins with what the one before has moved
        command = [sys.executable, "-c", program, str(config)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as moving:
            assert moving.stdout
            told = [moving.stdout.readline() for _ in range(lines)]
            moving.kill()
        assert all(told)
        assert moving.returncode == -signal.SIGKILL
        for path, data in before.items():  # each is whole in one place at least
            there = [folder / path for folder in (place.watched, place.archive)]
            assert {one.read_bytes() for one in there if one.exists()} == {data}
        left = sum(path.exists() for path in frames)
        assert left > 0
    assert left < len(frames)
    done = list(archive(place.session, place.settings, "ferry", move=True))
    assert len(done) == len(before)
    assert files(place.watched) == {}
    assert {path: data for path, data in files(place.archive).items() if path in before} == before


def toml(place: Place, config: Path) -> str:
    return (
        f'[[watch]]\nname = "drop"\npath = "{place.watched}"\n'
        f'[folders]\nstate = "{config.parent}"\noutput = "{config.parent / "out"}"\n'
        f'[archive]\nroot = "{place.archive}"\n'
    )


def test_a_frame_that_is_nowhere_is_not_taken_for_one_that_was_moved(place: Place) -> None:
    frames = sequence(place)
    killed = archive(place.session, place.settings, "ferry", move=True)
    for _ in range(5):
        next(killed)
    killed.close()
    moved = next(path for path in frames if not path.exists())
    (place.archive / "ferry/plate" / moved.name).unlink()
    with pytest.raises(Rejected, match="not what was accepted any more"):
        list(archive(place.session, place.settings, "ferry", move=True))
    assert sum(path.exists() for path in frames) < 10


def test_moving_removes_originals_after_their_copies_were_read_back(place: Place) -> None:
    before = files(place.watched)
    list(archive(place.session, place.settings, "ferry", move=True))
    assert files(place.watched) == {}
    assert before.items() <= files(place.archive).items()
    (place.archive / "ferry.xxh128").unlink()  # as if killed before it was written
    list(archive(place.session, place.settings, "ferry", move=True))
    assert (place.archive / "ferry.xxh128").read_text().count("XXH128") == 2


def test_what_is_not_what_was_accepted_stays_and_is_not_archived(place: Place) -> None:
    path = place.watched / "ferry" / "card" / "A001 夜.mov"
    path.write_bytes(b"something else")
    with pytest.raises(Rejected, match="not what was accepted"):
        list(archive(place.session, place.settings, "ferry", move=True))
    assert path.exists()
    assert files(place.archive) == {}


def test_another_file_in_the_archive_is_never_overwritten(place: Place) -> None:
    there = place.archive / "ferry" / "script.fountain"
    there.parent.mkdir()
    there.write_text("an older script")
    with pytest.raises(Rejected, match="another file of this name"):
        list(archive(place.session, place.settings, "ferry", move=True))
    assert there.read_text() == "an older script"
    assert (place.watched / "ferry" / "script.fountain").exists()


def test_a_story_that_is_worked_on_and_a_missing_archive_are_said(place: Place) -> None:
    nowhere = place.settings.model_copy(
        update={"archive": place.settings.archive.model_copy(update={"root": "/nowhere/at all"})}
    )
    with pytest.raises(Misconfigured, match="is not there"):
        list(archive(place.session, nowhere, "ferry"))
    place.session.add(StageRun(item_id=1, stage="scan", status=Status.RUNNING))
    place.session.commit()
    with pytest.raises(Misconfigured, match="still being worked on"):
        list(archive(place.session, place.settings, "ferry"))


def test_a_killed_copy_leaves_no_half_file_under_its_name(place: Place) -> None:
    pipe = place.watched / "pipe"
    os.mkfifo(pipe)
    target = place.archive / "big.mov"
    program = (
        "import sys; from pathlib import Path; from media.files import replacing\n"
        "from ingest import archiving\n"
        "with replacing(Path(sys.argv[2])) as partial:\n"
        "    archiving._copy(Path(sys.argv[1]), partial)\n"
    )
    copying = subprocess.Popen([sys.executable, "-c", program, str(pipe), str(target)])
    with pipe.open("wb") as writing:
        writing.write(CONTENT * 8)
        writing.flush()
        copying.send_signal(signal.SIGKILL)
        copying.wait()
    assert not target.exists()


def test_the_audit_log_says_what_went_to_the_archive_and_what_was_removed(place: Place) -> None:
    config = place.archive.with_name("stringout.toml")
    config.write_text(toml(place, config))
    for options in ([], [], ["--move"]):
        told = CliRunner().invoke(app, ["archive", "ferry", "--config", str(config), *options])
        assert told.exit_code == 0, told.output
    found = [each for each in audit.entries(place.session, "ferry") if each.deed == Deed.ARCHIVED]
    assert sorted(each.details["moved"] for each in found) == [False, False, True, True]
    assert {each.details["file"] for each in found} == {
        "ferry/card/A001 夜.mov", "ferry/script.fountain"
    }  # fmt: skip
