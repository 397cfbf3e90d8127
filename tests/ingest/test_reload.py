"""The configuration read anew by a running service: a real process, its file, its signals."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select

from catalog import audit, drops
from catalog.database import Catalog
from catalog.models import Deed, Item, Kind, StageRun, Status
from config import live
from config.settings import Settings, load
from config.watching import Priority
from media.errors import Misconfigured
from tasks import refit
from tests.ingest.conftest import until

_DEADLINE = 120.0


class Service:
    def __init__(self, home: Path) -> None:
        self.home, self.file = home, home / "stringout.toml"
        for folder in ("drop", "news"):
            (home / folder).mkdir()
        self.configure('[[watch]]\nname = "drop"\npath = "drop"\n')
        with (home / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "ingest", "run", "--config", str(self.file)],
                cwd=home, stderr=log, stdin=subprocess.DEVNULL,
            )  # fmt: skip

    def configure(self, watch: str, more: str = "") -> None:
        self.file.write_text(f"{watch}{more}\n[intake]\nquiet_seconds = 0.2\n", encoding="utf-8")

    def said(self, words: str) -> bool:
        assert self.process.poll() is None, (self.home / "log").read_text()
        return words in (self.home / "log").read_text()

    def items(self) -> dict[str, Item]:
        catalog = Catalog(f"sqlite:///{self.home / 'state' / 'catalog.db'}")
        with catalog.reading() as session:
            found = {item.path: item for item in session.exec(select(Item))}
        catalog.close()
        return found


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    started = Service(tmp_path)
    until(lambda: started.said("watching"), _DEADLINE)
    yield started
    started.process.terminate()
    started.process.wait(60)


def test_a_running_service_takes_over_what_is_right_and_says_why_it_does_not(service):
    folder = '[[watch]]\nname = "drop"\npath = "drop"\npriority = "{}"\n'
    service.configure(folder.format("urgent"))
    until(lambda: service.said("the configuration stays as it was"), _DEADLINE)
    assert service.said("watch.0.priority")
    news = '[[watch]]\nname = "news"\npath = "news"\n'
    service.configure(folder.format("breaking") + news, "[lanes]\ncpu = 2\n")
    until(lambda: service.said("the configuration was read anew"), _DEADLINE)
    assert service.said("[lanes] takes effect at the next start")
    for root in ("drop", "news"):
        (service.home / root / "harbor").mkdir()
        (service.home / root / "harbor" / f"{root}.fountain").write_text("INT. HOUSE - DAY\n")
    until(lambda: len(service.items()) == 2, _DEADLINE)
    assert service.items()["harbor/drop.fountain"].priority == Priority.BREAKING
    service.configure(news)
    until(lambda: service.said("no longer names"), _DEADLINE)
    count = (service.home / "log").read_text().count("no longer names")
    service.process.send_signal(signal.SIGHUP)
    log = service.home / "log"
    until(lambda: log.read_text().count("no longer names") > count, _DEADLINE)
    service.configure(folder.format("bulk") + news, "[lanes]\ncpu = 2\n")
    until(lambda: service.items()["harbor/drop.fountain"].priority == Priority.BULK, _DEADLINE)


def test_what_needs_a_start_is_named_and_stays_and_all_else_is_taken_over(settings: Settings):
    folder = settings.watch[0].model_copy(update={"kinds": ("script",), "output": Path("/else")})
    changed = load(
        watch=[folder.model_dump(exclude_none=True)],
        folders={"output": "/other", "state": "/other", "free_floor_gb": 7},
        lanes={"cpu": 5},
        match={"threshold": 0.9},
    )
    merged = live.merge(settings, changed)
    assert set(merged.later) == {"folders", "lanes", "watch drop: output"}
    assert merged.settings.watch[0].kinds == ("script",)
    assert merged.settings.watch[0].output is None
    assert merged.settings.folders.output == settings.folders.output
    assert merged.settings.folders.free_floor_gb == 7
    assert merged.settings.match.threshold == 0.9
    assert merged.settings.lanes == settings.lanes
    assert live.merge(settings, settings) == live.Merged(settings, ())


@pytest.fixture
def catalog(settings: Settings) -> Iterator[Catalog]:
    settings.folders.state.mkdir(parents=True)
    opened = Catalog(settings.database_url)
    opened.migrate()
    yield opened
    opened.close()


def test_other_settings_change_the_ledger_of_their_folder_alone(settings, catalog):
    with catalog.writing() as session:
        drop = drops.Drop("drop", "harbor/a.mov", 1, 1, Kind.FOOTAGE)
        item = drops.accept(session, drop, {"probe": (), "scan": ("probe",)})
        scan = session.get_one(StageRun, (item.id, "scan"))
        scan.next_try_at = 4e9  # waits for its hours
        session.get_one(StageRun, (item.id, "probe")).status = Status.QUEUED
    folder = settings.watch[0].model_copy(update={"priority": Priority.BREAKING})
    new = settings.model_copy(update={"watch": (folder,)})
    with catalog.writing() as session:
        rings = refit.refit(session, settings, new)
        assert [ring.stage for ring in rings] == ["probe"]
        assert session.get_one(Item, item.id).priority == Priority.BREAKING
        assert session.get_one(StageRun, (item.id, "scan")).next_try_at < 4e9
        assert refit.refit(session, new, new) == []
    gone = settings.model_copy(update={"watch": (folder.model_copy(update={"name": "another"}),)})
    with catalog.writing() as session, pytest.raises(Misconfigured, match="'drop'"):
        refit.refit(session, new, gone)
    with catalog.reading() as session:
        assert audit.entries(session, deeds=[Deed.RELOADED]) == []
