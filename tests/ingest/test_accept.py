import os
import pwd
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pytest
from sqlmodel import col, select

from catalog.database import Catalog
from catalog.drops import Drop
from catalog.models import Item, Kind, StageRun, Status, Story
from config.settings import Settings
from config.watching import Priority
from ingest.accept import FrontDoor
from media.errors import TryLater
from tasks.doorbell import Ring
from tasks.pipeline import STAGES, needs


@dataclass
class Bell:
    rung: list[Ring] = field(default_factory=list)

    def ring(self, rings: Iterable[Ring]) -> None:
        self.rung += rings


@pytest.fixture
def catalog(settings: Settings) -> Iterator[Catalog]:
    settings.folders.state.mkdir(parents=True)
    opened = Catalog(settings.database_url)
    opened.migrate()
    yield opened
    opened.close()


@pytest.fixture
def bell() -> Bell:
    return Bell()


@pytest.fixture
def door(settings: Settings, catalog: Catalog, bell: Bell) -> FrontDoor:
    return FrontDoor(settings, catalog, bell)


def drop(path: str, kind: Kind = Kind.FOOTAGE, size: int = 10, mtime_ns: int = 1) -> Drop:
    return Drop("drop", path, size, mtime_ns, kind)


def items(catalog: Catalog) -> list[Item]:
    with catalog.reading() as session:
        return list(session.exec(select(Item).order_by(col(Item.id))))


def statuses(catalog: Catalog, item_id: int | None) -> dict[str, Status]:
    with catalog.reading() as session:
        found = session.exec(select(StageRun).where(StageRun.item_id == item_id))
        return {run.stage: run.status for run in found}


def test_footage_gets_all_its_runs_and_the_first_is_rung_for(
    door: FrontDoor, catalog: Catalog, bell: Bell
) -> None:
    door.take([drop("story/a.mov")])
    [item] = items(catalog)
    assert (item.root, item.path, item.size, item.mtime_ns) == ("drop", "story/a.mov", 10, 1)
    found = statuses(catalog, item.id)
    assert set(found) == set(needs(Kind.FOOTAGE))
    assert {stage for stage, status in found.items() if status == Status.QUEUED} == {"checksum"}
    assert bell.rung == [Ring(item.id or 0, "checksum")]


def test_every_kind_begins_with_its_own_first_stage(door: FrontDoor, bell: Bell) -> None:
    door.take([drop("s/a.mov"), drop("s/b.fountain", Kind.SCRIPT), drop("s/a.srt", Kind.SIDECAR)])
    assert sorted(ring.stage for ring in bell.rung) == ["checksum", "parse"]


def test_the_same_drop_is_one_item_however_often_it_comes(
    door: FrontDoor, catalog: Catalog, bell: Bell
) -> None:
    for _ in range(3):
        door.take([drop("story/a.mov"), drop("story/a.mov")])
    assert len(items(catalog)) == 1
    assert len(bell.rung) == 1


def test_a_changed_file_is_a_new_item_and_the_old_one_stops(
    door: FrontDoor, catalog: Catalog
) -> None:
    door.take([drop("story/a.mov")])
    door.take([drop("story/a.mov", size=20)])
    old, new = items(catalog)
    assert old.replaced_at is not None
    assert new.replaced_at is None
    assert set(statuses(catalog, old.id).values()) == {Status.SKIPPED}
    assert door.known("drop", "story/") == {"story/a.mov": (20, 1)}


def test_what_is_known_is_known_per_watch_folder(
    settings: Settings, catalog: Catalog, bell: Bell
) -> None:
    other = settings.watch[0].model_copy(update={"name": "other"})
    both = settings.model_copy(update={"watch": (*settings.watch, other)})
    door = FrontDoor(both, catalog, bell)
    door.take([drop("a.mov"), Drop("other", "b.mov", 1, 2, Kind.FOOTAGE)])
    assert door.known("other", "") == {"b.mov": (1, 2)}
    assert door.known("nothing", "") == {}


def test_files_belong_to_the_story_of_their_folder(door: FrontDoor, catalog: Catalog) -> None:
    door.take([drop("早间新闻/a.mov"), drop("早间新闻/b/c.mov"), drop("loose.mov")])
    with catalog.reading() as session:
        stories = {story.id: story.name for story in session.exec(select(Story))}
    assert [stories[item.story_id] for item in items(catalog)] == ["早间新闻", "早间新闻", "drop"]


def test_many_files_are_taken_in_several_transactions_and_all_are_rung_for(
    door: FrontDoor, catalog: Catalog, bell: Bell
) -> None:
    door.take([drop(f"story/{number}.mov") for number in range(450)])
    assert len(items(catalog)) == 450
    assert len({ring.item_id for ring in bell.rung}) == 450


def test_a_sidecar_makes_the_transcript_of_its_footage_run_again(
    door: FrontDoor, catalog: Catalog, bell: Bell
) -> None:
    door.take([drop("s/A.mov"), drop("s/B.mov")])
    with catalog.writing() as session:
        for run in session.exec(select(StageRun)):
            run.status, run.started_at = Status.DONE, 1.0
            run.version = STAGES[run.stage].version
    bell.rung.clear()
    door.take([drop("s/A.zh.srt", Kind.SIDECAR)])
    a, b, _ = items(catalog)
    assert Ring(a.id or 0, "transcript") in bell.rung
    assert {ring.item_id for ring in bell.rung} == {a.id}
    assert statuses(catalog, a.id)["transcript"] == Status.QUEUED
    assert set(statuses(catalog, b.id).values()) == {Status.DONE}


def test_a_broken_catalog_is_asked_again_later_and_nothing_is_rung_for(
    door: FrontDoor, catalog: Catalog, bell: Bell, settings: Settings
) -> None:
    other = sqlite3.connect(settings.folders.state / "catalog.db", isolation_level=None)
    other.execute("DROP TABLE stagerun")
    other.close()
    with pytest.raises(TryLater, match="the catalog can't be used now"):
        door.take([drop("story/a.mov")])
    assert bell.rung == []
    assert items(catalog) == []


def test_a_note_says_that_it_is_not_carried_out(
    door: FrontDoor, caplog: pytest.LogCaptureFixture
) -> None:
    door.take([drop("s/cut.note.txt", Kind.NOTE)])
    assert "edit notes are not carried out yet" in caplog.text


def test_an_item_is_as_urgent_as_its_folder_and_knows_whose_file_it_was(
    settings: Settings, catalog: Catalog, bell: Bell
) -> None:
    folder = settings.watch[0].model_copy(update={"priority": Priority.BREAKING})
    (folder.path / "harbor").mkdir(parents=True)
    (folder.path / "harbor" / "a.mov").write_bytes(b"a")
    door = FrontDoor(settings.model_copy(update={"watch": (folder,)}), catalog, bell)
    door.take([drop("harbor/a.mov")])
    assert items(catalog)[0].priority == Priority.BREAKING
    assert items(catalog)[0].owner == pwd.getpwuid(os.getuid()).pw_name
