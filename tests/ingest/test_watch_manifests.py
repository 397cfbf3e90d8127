"""Markers and manifests beside the files decide; what is held is shown with its reason."""

import hashlib
from pathlib import Path

from catalog.arrivals import Waiting, hold
from catalog.database import Catalog
from catalog.models import Kind
from catalog.overview import arriving
from config.settings import Settings
from tests.ingest.conftest import SCRIPT, Start, until, write

_LISTED = '<hashlist version="1.1"><hash><file>{}</file><size>{}</size></hash></hashlist>'


def test_a_file_waits_until_all_bytes_that_a_manifest_names_are_there(
    start: Start, drop: Path
) -> None:
    write(drop / "story/card.mhl", _LISTED.format("a.fountain", 2 * len(SCRIPT)).encode())
    catalogue = start(rescan=1)
    path = write(drop / "story/a.fountain")
    until(lambda: "story/a.fountain" in catalogue.held)
    reason = catalogue.held["story/a.fountain"]
    assert reason == f"{len(SCRIPT)} bytes of it are still missing, says card.mhl"
    assert catalogue.kinds() == {"story/card.mhl": Kind.MANIFEST}
    with path.open("ab") as file:
        file.write(SCRIPT)
    until(lambda: "story/a.fountain" in catalogue.paths)
    until(lambda: not catalogue.held)


def test_half_a_manifest_is_not_taken(start: Start, drop: Path) -> None:
    catalogue = start()
    digest = hashlib.md5(SCRIPT, usedforsecurity=False).hexdigest()
    path = write(drop / "story/card.md5", digest[:20].encode())
    until(lambda: "story/card.md5" in catalogue.held)
    assert "no whole list" in catalogue.held["story/card.md5"]
    write(path, f"{digest}  a.fountain\n".encode())
    until(lambda: catalogue.paths == ["story/card.md5"])


def test_a_marker_spares_a_file_its_quiet_time(start: Start, drop: Path) -> None:
    (drop / "story").mkdir()
    catalogue = start(quiet=1000)
    write(drop / "story/a.fountain")
    write(drop / "story/b.fountain")
    write(drop / "story/a.fountain.done", b"")
    until(lambda: catalogue.paths == ["story/a.fountain"], 60)


def test_where_markers_are_wanted_nothing_is_taken_without_one(start: Start, drop: Path) -> None:
    catalogue = start(torn=0.1, marker=".fertig")
    path = write(drop / "story/a.fountain")
    until(lambda: "story/a.fountain" in catalogue.held)
    assert catalogue.held["story/a.fountain"] == "its marker a.fountain.fertig is still missing"
    assert catalogue.drops == []
    write(path.with_suffix(".fertig"), b"")
    until(lambda: catalogue.paths == ["story/a.fountain"])


def test_what_is_held_is_kept_per_watch_folder(settings: Settings) -> None:
    settings.folders.state.mkdir(parents=True)
    catalog = Catalog(settings.database_url)
    catalog.migrate()
    with catalog.writing() as session:
        hold(session, "drop", [Waiting("news/a.mov", 5, 2.0, "it is arriving")])
        hold(session, "other", [Waiting("b.mov", 6, 1.0, "it is locked")])
        hold(session, "drop", [Waiting("news/c.mov", 7, 3.0, "it is arriving")])
    with catalog.reading() as session:
        assert [each.path for each in arriving(session)] == ["news/c.mov", "b.mov"]
    catalog.close()
