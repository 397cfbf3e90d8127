"""Renamed, moved, removed and restored files: the item follows, and no stage runs again."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from catalog import originals, overview, stories
from catalog.database import Catalog
from catalog.drops import Drop
from catalog.models import Asset, Item, Kind, Role, StageRun, Status, Story
from catalog.places import asset_home, script_name
from config.settings import Settings
from ingest.absence import Absence
from ingest.accept import FrontDoor
from ingest.kinds import kind_of
from tasks import changes
from tasks.doorbell import Ring
from tasks.pipeline import STAGES


@dataclass
class Bell:
    rung: list[Ring] = field(default_factory=list)

    def ring(self, rings: list[Ring]) -> None:
        self.rung += rings


@dataclass
class House:
    """A watch folder with a front door: what the watcher would bring, brought by the test."""

    settings: Settings
    catalog: Catalog
    bell: Bell

    @property
    def root(self) -> Path:
        return self.settings.watch[0].path

    def write(self, path: str, data: bytes = b"bytes") -> Path:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        return target

    def take(self, *paths: str) -> None:
        door = FrontDoor(self.settings, self.catalog, self.bell)
        door.take([self._drop(path) for path in paths])

    def take_part(self, path: str, clip: str) -> None:
        drop = replace(self._drop(path), kind=Kind.PART, clip_path=clip, role=Role.NEXT)
        FrontDoor(self.settings, self.catalog, self.bell).take([drop])

    def lose(self, *paths: str) -> None:
        FrontDoor(self.settings, self.catalog, self.bell).lost("drop", list(paths))

    def known(self) -> set[str]:
        door = FrontDoor(self.settings, self.catalog, self.bell)
        return {
            path
            for top in ("", "story/", "morning/", "evening/")
            for path in door.known("drop", top)
        }

    def items(self) -> list[Item]:
        with self.catalog.reading() as session:
            return list(
                session.exec(
                    select(Item).where(col(Item.replaced_at).is_(None)).order_by(col(Item.id))
                )
            )

    def finish(self) -> None:
        with self.catalog.writing() as session:
            for run in session.exec(select(StageRun)):
                run.status, run.started_at, run.finished_at = Status.DONE, 1.0, 2.0
                run.version = STAGES[run.stage].version
                session.flush()
            for run in session.exec(select(StageRun)):
                run.inputs = changes.inputs(session, self.settings, run.item_id, run.stage)
        self.bell.rung.clear()

    def _drop(self, path: str) -> Drop:
        found = (self.root / path).stat()
        kind = kind_of(Path(path))
        assert kind
        return Drop("drop", path, found.st_size, found.st_mtime_ns, kind)


@pytest.fixture
def house(settings: Settings) -> Iterator[House]:
    settings.folders.state.mkdir(parents=True)
    settings.watch[0].path.mkdir(parents=True, exist_ok=True)
    catalog = Catalog(settings.database_url)
    catalog.migrate()
    yield House(settings, catalog, Bell())
    catalog.close()


def home(session: Session, item: Item) -> str:
    return asset_home(item, session.get_one(Story, item.story_id))


def test_a_renamed_file_is_the_same_item_and_nothing_is_done_again(house: House) -> None:
    old = house.write("story/a.mov")
    house.take("story/a.mov")
    house.finish()
    old.rename(house.root / "story/b.mov")
    house.take("story/b.mov")
    [item] = house.items()
    assert item.path == "story/b.mov"
    assert house.bell.rung == []
    assert house.known() == {"story/b.mov"}


def test_what_was_published_stays_where_it_is(house: House) -> None:
    old = house.write("morning/a.mov")
    house.take("morning/a.mov")
    (house.root / "evening").mkdir()
    old.rename(house.root / "evening/b.mov")
    house.take("evening/b.mov")
    [item] = house.items()
    with house.catalog.reading() as session:
        assert home(session, item) == "morning/assets/a.mov"
        assert session.get_one(Story, item.story_id).name == "evening"


def test_a_new_file_in_the_old_place_is_published_in_a_folder_of_its_own(house: House) -> None:
    house.write("story/a.mov")
    house.take("story/a.mov")
    (house.root / "story/a.mov").rename(house.root / "story/b.mov")
    house.take("story/b.mov")
    house.write("story/a.mov", b"other")
    house.take("story/a.mov")
    with house.catalog.reading() as session:
        homes = [home(session, item) for item in house.items()]
    assert len(set(homes)) == 2


def test_a_whole_folder_moves_with_its_footage_captions_and_script(house: House) -> None:
    for name in ("a.mov", "a.srt", "s.fountain"):
        house.write(f"story/day1/{name}", name.encode())
    house.take("story/day1/a.mov", "story/day1/a.srt", "story/day1/s.fountain")
    before = [item.id for item in house.items()]
    house.finish()
    (house.root / "story/day1").rename(house.root / "story/day2")
    house.take("story/day2/s.fountain", "story/day2/a.mov", "story/day2/a.srt")
    items = house.items()
    assert [item.id for item in items] == before
    assert all(item.path.startswith("story/day2/") for item in items)
    assert house.bell.rung == []
    with house.catalog.reading() as session:
        assert [s.path for s in stories.sidecars(session, items[0])] == ["story/day2/a.srt"]
    assert script_name(items[2]) == "day1/s.fountain"  # its cuts go on being called so


def test_a_script_that_is_moved_to_another_story_is_new_there(house: House) -> None:
    old = house.write("morning/s.fountain")
    house.take("morning/s.fountain")
    (house.root / "evening").mkdir()
    old.rename(house.root / "evening/s.fountain")
    house.take("evening/s.fountain")
    assert [item.path for item in house.items()] == ["morning/s.fountain", "evening/s.fountain"]


def test_a_hard_link_or_a_copy_is_a_second_item(house: House) -> None:
    first = house.write("story/a.mov")
    house.take("story/a.mov")
    os.link(first, house.root / "story/b.mov")
    shutil.copy2(first, house.root / "story/c.mov")
    house.take("story/b.mov", "story/c.mov")
    assert len(house.items()) == 3


def test_a_file_moved_over_another_replaces_that_one(house: House) -> None:
    first = house.write("story/a.mov")
    house.write("story/b.mov", b"other bytes")
    house.take("story/a.mov", "story/b.mov")
    moved = house.items()[0].id
    first.rename(house.root / "story/b.mov")
    house.take("story/b.mov")
    assert [(item.id, item.path) for item in house.items()] == [(moved, "story/b.mov")]


def test_a_run_that_waits_for_the_moved_file_goes_on_at_once(house: House) -> None:
    old = house.write("story/a.mov")
    house.take("story/a.mov")
    [item] = house.items()
    with house.catalog.writing() as session:
        run = session.get_one(StageRun, (item.id, "checksum"))
        run.status, run.next_try_at = Status.WAITING, 1e12
    house.bell.rung.clear()
    old.rename(house.root / "story/b.mov")
    house.take("story/b.mov")
    assert house.bell.rung == [Ring(item.id or 0, "checksum")]


def test_a_removed_file_is_offline_and_everything_about_it_is_kept(house: House) -> None:
    path = house.write("story/a.mov")
    house.take("story/a.mov")
    house.finish()
    path.unlink()
    house.lose("story/a.mov")
    [item] = house.items()
    assert item.offline_since
    assert house.known() == set()
    with house.catalog.reading() as session:
        assert all(run.status == Status.DONE for run in session.exec(select(StageRun)))


def test_a_restored_file_is_online_again_without_work(house: House, tmp_path: Path) -> None:
    path = house.write("story/a.mov")
    house.take("story/a.mov")
    house.finish()
    shutil.move(path, tmp_path / "away.mov")
    house.lose("story/a.mov")
    shutil.copy2(tmp_path / "away.mov", path)
    house.take("story/a.mov")
    [item] = house.items()
    assert item.offline_since is None
    assert house.known() == {"story/a.mov"}
    assert house.bell.rung == []


def test_a_script_does_not_wait_for_footage_that_is_offline(house: House) -> None:
    house.write("story/a.mov").unlink()
    house.write("story/a.mov")
    house.take("story/a.mov")
    [item] = house.items()
    match = house.settings.match.model_copy(update={"quiet_seconds": 0.0})
    with house.catalog.reading() as session:
        hold = stories.hold(session, item.story_id, match)
        assert hold
        assert "a.mov" in hold.reason
    house.lose("story/a.mov")
    with house.catalog.reading() as session:
        hold = stories.hold(session, item.story_id, match)
        assert hold
        assert "a.mov" not in hold.reason


def test_a_file_is_gone_only_when_it_is_missing_for_a_while(tmp_path: Path) -> None:
    now = [0.0]
    absence = Absence(2.0, lambda: now[0])
    here, away, brief = (tmp_path / name for name in ("here", "away", "brief"))
    here.touch()
    for path in (here, away, brief):
        absence.miss(path)
    assert absence.gone() == []
    brief.touch()
    now[0] = 11.0
    assert absence.gone() == [away]
    assert absence.gone() == []


def test_what_was_missed_while_the_folder_was_away_says_nothing(tmp_path: Path) -> None:
    now = [0.0]
    absence = Absence(2.0, lambda: now[0])
    absence.miss(tmp_path / "away")
    absence.forget()
    now[0] = 100.0
    assert absence.gone() == []


def test_kinds_of_moved_files_must_agree(house: House) -> None:
    old = house.write("story/a.mov")
    house.take("story/a.mov")
    old.rename(house.root / "story/a.txt")
    house.take("story/a.txt")
    assert [item.kind for item in house.items()] == [Kind.FOOTAGE, Kind.SCRIPT]


def test_footage_is_offline_only_when_all_its_places_are(house: House) -> None:
    for name in ("a.mov", "b.mov"):
        house.write(f"story/{name}")
    house.take("story/a.mov", "story/b.mov")
    with house.catalog.writing() as session:
        asset = Asset(checksum="c" * 32, item_id=1)
        session.add(asset)
        session.flush()
        for item in session.exec(select(Item)):
            item.asset_id = asset.id
    story = house.items()[0].story_id
    house.lose("story/a.mov")
    with house.catalog.reading() as session:
        assert stories.offline(session, story) == []
    house.lose("story/b.mov")
    with house.catalog.reading() as session:
        assert stories.offline(session, story) == ["story/a.mov", "story/b.mov"]
        [told] = overview.stories(session, STAGES)
        assert all("offline" in item.message for item in told.items)


def test_a_text_that_came_before_its_footage_is_its_sidecar_when_that_comes(house: House) -> None:
    house.write("story/take 1.txt", b"What is said in it.")
    house.write("story/other.txt", b"INT. HOUSE - DAY")
    house.take("story/take 1.txt", "story/other.txt")
    assert [item.kind for item in house.items()] == [Kind.SCRIPT, Kind.SCRIPT]
    house.write("story/Take 1.MOV")
    house.take("story/Take 1.MOV")
    text, other, footage = house.items()
    assert (text.kind, other.kind) == (Kind.SIDECAR, Kind.SCRIPT)
    with house.catalog.reading() as session:
        assert [each.id for each in stories.sidecars(session, footage)] == [text.id]
        assert session.get(StageRun, (text.id, "parse")) is None


@pytest.mark.parametrize("sidecar", ["Cafe\u0301.srt", "caf\u00e9.SRT", "CAF\u00c9.zh.srt"])
def test_sidecars_belong_however_their_names_are_composed(house: House, sidecar: str) -> None:
    house.write("story/Caf\u00e9.mov")
    house.write(f"story/{sidecar}")
    house.take("story/Caf\u00e9.mov", f"story/{sidecar}")
    with house.catalog.reading() as session:
        [found] = stories.sidecars(session, house.items()[0])
    assert found.path == f"story/{sidecar}"


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_a_clip_keeps_its_parts_while_its_card_moves(house: House, order: tuple[int, ...]) -> None:
    names = [f"story/{{}}/GH0{chapter}0123.MP4" for chapter in (1, 2, 3)]
    for name in names:
        house.write(name.format("a"), name.encode())
    first = names[0].format("a")
    house.take(first)
    for name in names[1:]:
        house.take_part(name.format("a"), first)
    clip = house.items()[0]
    (house.root / "story/a").rename(house.root / "story/b")
    for number in order:
        name = names[number].format("b")
        house.take_part(name, names[0].format("b")) if number else house.take(name)
        with house.catalog.reading() as session:
            clip = session.get_one(Item, clip.id)
            assert len(originals.parts(session, clip)) == 2
    assert [item.path for item in house.items()] == [name.format("b") for name in names]
