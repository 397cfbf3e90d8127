"""What people on the share see: status.html in a real browser, and notes of rejected files."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalog import by_hand, claims, drops, pauses, roots, runs
from catalog.approvals import HELD
from catalog.database import Catalog
from catalog.drops import Drop
from catalog.models import Arrival, Item, Kind, Scope, Script, Status
from config.settings import Settings
from ingest import board
from ingest.board import Board
from tasks.pipeline import needs
from tests.ingest.conftest import until

WHY = "torn.mov is not whole: copy it again from the card"


@pytest.fixture(autouse=True)
def _brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in (("_TICK", 0.05), ("_PACE", 0.1), ("_AWAY", 0.2), ("_ALL", 0.3)):
        monkeypatch.setattr(board, name, seconds)


@pytest.fixture
def catalog(settings: Settings) -> Iterator[Catalog]:
    settings.folders.state.mkdir(parents=True)
    settings.folders.output.mkdir()
    opened = Catalog(settings.database_url)
    opened.migrate()
    yield opened
    opened.close()


@pytest.fixture
def started(settings: Settings, catalog: Catalog) -> Iterator[Board]:
    each = Board(settings, catalog)
    each.start()
    yield each
    each.stop()
    each.check()


def take(catalog: Catalog, path: str, kind: Kind = Kind.FOOTAGE, mtime_ns: int = 1) -> int:
    drop = Drop("drop", path, 1, mtime_ns, kind, owner="mei")
    with catalog.writing() as session:
        item = drops.accept(session, drop, needs(kind))
        assert item
        assert item.id
        runs.promote(session, item.id, needs(kind))
        return item.id


def end(catalog: Catalog, item_id: int, stage: str, status: Status, message: str = "") -> None:
    with catalog.writing() as session:
        claim = claims.claim(session, item_id, stage, "test", 30)
        assert claim
        claims.end(session, claim, claims.Ending(status, message))
        kind = session.get_one(Item, item_id).kind
        runs.promote(session, item_id, needs(kind))


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def test_a_rejected_file_has_a_note_that_goes_when_a_whole_copy_is_taken(
    settings: Settings, catalog: Catalog, started: Board
) -> None:
    folder = settings.folders.output / "harbor"
    note = folder / "rejected" / "card" / "torn.mov.txt"
    item = take(catalog, "harbor/card/torn.mov")
    end(catalog, item, "checksum", Status.FAILED, WHY)
    until(lambda: WHY in text(note), 60)
    assert f"{settings.watch[0].path}/harbor/card/torn.mov" in text(note)
    until(lambda: WHY in text(folder / "status.html"), 60)
    take(catalog, "harbor/card/torn.mov", mtime_ns=2)
    until(lambda: not note.exists(), 60)
    until(lambda: not (folder / "rejected").exists(), 60)
    until(lambda: WHY not in text(folder / "status.html"), 60)


def test_a_note_goes_when_a_retry_has_worked(
    settings: Settings, catalog: Catalog, started: Board
) -> None:
    note = settings.folders.output / "harbor" / "rejected" / "a.fountain.txt"
    item = take(catalog, "harbor/a.fountain", Kind.SCRIPT)
    end(catalog, item, "parse", Status.FAILED, "a.fountain is empty")
    until(note.exists, 60)
    with catalog.writing() as session:
        by_hand.retry(session, item, needs(Kind.SCRIPT))
        runs.queue_due(session, time.time() + 1)
    until(lambda: not note.exists(), 60)


def test_nothing_is_written_while_nothing_changes_nor_by_the_next_service(
    settings: Settings, catalog: Catalog
) -> None:
    item = take(catalog, "harbor/a.mov")
    end(catalog, item, "checksum", Status.FAILED, WHY)
    page = settings.folders.output / "harbor" / "status.html"
    note = settings.folders.output / "harbor" / "rejected" / "a.mov.txt"
    written = []
    for _ in range(2):
        each = Board(settings, catalog)
        each.start()
        until(lambda: page.is_file() and note.is_file(), 60)
        until(lambda each=each: "harbor" in each._seen and not each._due, 60)
        written.append((page.stat().st_mtime_ns, note.stat().st_mtime_ns))
        first = each._seen["harbor"].look_at
        until(lambda each=each, first=first: each._seen["harbor"].look_at > first, 60)
        written.append((page.stat().st_mtime_ns, note.stat().st_mtime_ns))
        each.stop()
    assert len(set(written)) == 1


def test_the_page_tells_of_pauses_and_of_what_still_arrives(
    settings: Settings, catalog: Catalog, started: Board
) -> None:
    page = settings.folders.output / "harbor" / "status.html"
    take(catalog, "harbor/a.mov")
    until(lambda: "a.mov" in text(page), 60)
    with catalog.writing() as session:
        pauses.pause(session, Scope.SERVICE, "", "disk guard", "the disk is full")
        session.add(Arrival(root="drop", path="harbor/b.mov", size=9, since=1, reason="no moov"))
    until(lambda: "the disk is full" in text(page) and "no moov" in text(page), 60)
    with catalog.writing() as session:
        pauses.resume(session, Scope.SERVICE, "", "disk guard")
        session.delete(session.get_one(Arrival, ("drop", "harbor/b.mov")))
    until(lambda: "the disk is full" not in text(page) and "no moov" not in text(page), 60)


def test_the_page_tells_of_a_watch_folder_that_is_away_though_all_is_done(
    settings: Settings, catalog: Catalog, started: Board
) -> None:
    page = settings.folders.output / "harbor" / "status.html"
    item = take(catalog, "harbor/a.srt", Kind.SIDECAR)
    assert item
    until(lambda: "a.srt" in text(page), 60)
    with catalog.writing() as session:
        roots.tell(session, "drop", "/mnt/nas is gone (Host is down): waiting for it", "")
    until(lambda: "Host is down" in text(page), 60)
    with catalog.writing() as session:
        roots.tell(session, "drop", "", "")
    until(lambda: "Host is down" not in text(page), 60)


def test_the_page_says_that_a_cut_waits_for_a_person_though_all_is_done(
    settings: Settings, catalog: Catalog, started: Board
) -> None:
    page = settings.folders.output / "harbor" / "status.html"
    item = take(catalog, "harbor/a.fountain", Kind.SCRIPT)
    why = f"{HELD}1 sensitive word (violence): the report shows them, `approve` lets them out"
    with catalog.writing() as session:
        for run in runs.of_item(session, item):
            run.status, run.message = Status.SKIPPED, why if run.stage == "export" else ""
    until(lambda: "Waiting for a person to look at it: 1." in text(page), 60)
    assert "1 sensitive word (violence)" in text(page)


def test_what_a_killed_service_was_writing_is_removed(settings: Settings, catalog: Catalog) -> None:
    take(catalog, "harbor/A001.mov")
    folder = settings.folders.output / "harbor"
    (folder / "rejected").mkdir(parents=True)
    left = [folder / ".status.html.77.part", folder / "rejected" / ".b.mov.txt.77.part"]
    for path in left:
        path.write_text("half")
    each = Board(settings, catalog)
    each.start()
    until(lambda: "A001.mov" in text(folder / "status.html"))
    each.stop()
    assert not any(path.exists() for path in left)


def test_what_happens_just_before_a_stop_is_on_the_page(
    settings: Settings, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board, "_PACE", 1000)
    item = take(catalog, "harbor/A001.mov")
    page = settings.folders.output / "harbor" / "status.html"
    each = Board(settings, catalog)
    each.start()
    until(lambda: "A001.mov" in text(page))
    end(catalog, item, "checksum", Status.FAILED, WHY)
    each.stop()
    assert WHY in text(page)


def test_a_chinese_story_has_a_chinese_page(
    settings: Settings, catalog: Catalog, started: Board
) -> None:
    item = take(catalog, "harbor/a.fountain", Kind.SCRIPT)
    with catalog.writing() as session:
        session.add(Script(item_id=item, title="", format="fountain", language="zh", warnings=[]))
    end(catalog, item, "parse", Status.DONE)
    page = settings.folders.output / "harbor" / "status.html"
    until(lambda: '<html lang="zh">' in text(page), 60)
    assert "剧本" in text(page)


def test_a_share_that_is_away_is_written_when_it_is_back(
    settings: Settings, catalog: Catalog, started: Board
) -> None:
    (settings.folders.output / "harbor").write_text("in the way")
    take(catalog, "harbor/a.mov")
    until(lambda: "harbor" in started._seen and started._seen["harbor"].said, 60)
    (settings.folders.output / "harbor").unlink()
    until((settings.folders.output / "harbor" / "status.html").is_file, 60)


HOSTILE = "<script>document.title='owned'</script>.mov"


def test_a_browser_shows_the_page_and_runs_nothing_that_a_name_brings(
    settings: Settings, catalog: Catalog, started: Board, tmp_path: Path
) -> None:
    page = settings.folders.output / "harbor" / "status.html"
    take(catalog, f"harbor/{HOSTILE.replace('/', '∕')}")
    until(lambda: "owned" in text(page), 60)
    old = tmp_path / "old.html"  # as one that nobody has renewed for a day
    old.write_text(text(page).replace("Date.now()", "(Date.now() + 86400000)"), encoding="utf-8")
    fresh = _dom(page, tmp_path)
    assert "<title>harbor" in fresh
    assert 'id="stale" hidden' in fresh
    assert 'id="stale" hidden' not in _dom(old, tmp_path)


def _dom(path: Path, tmp_path: Path) -> str:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    assert chromium, "chromium is installed by the set-up"
    command = [
        chromium, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", path.as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, timeout=120, check=True)
    return done.stdout.decode("utf-8")
