import time
from pathlib import PurePosixPath
from typing import TypeVar

import pytest
from sqlmodel import Session, SQLModel

from catalog import stories
from catalog.models import Asset, Cut, Footage, Item, Kind, StageRun, Status, Story
from config.settings import load

Row = TypeVar("Row", bound=SQLModel)
MATCH = load().match.model_copy(update={"wait_seconds": 900.0, "quiet_seconds": 4.0})


class Library:
    """Rows as the front door and the runner write them."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.stories: dict[str, Story] = {}

    def story(self, name: str) -> Story:
        if name not in self.stories:
            self.stories[name] = self._add(Story(name=name, created_at=0))
        return self.stories[name]

    def item(self, path: str, kind: Kind = Kind.FOOTAGE, accepted: float = 0) -> Item:
        folder, *inside = PurePosixPath(path).parts
        story = self.story(folder if inside else "drop")  # a loose file is the watch folder's
        return self._add(
            Item(
                root="drop", path=path, size=1, mtime_ns=1, kind=kind, story_id=story.id or 0,
                accepted_at=accepted,
            )
        )  # fmt: skip

    def asset(self, item: Item) -> int:
        asset = self._add(Asset(checksum=f"{item.id:032x}", item_id=item.id or 0))
        item.asset_id = asset.id
        self._add(
            Footage(
                asset_id=asset.id or 0, rate_num=25, rate_den=1, drop_frame=False, start_frame=0,
                has_timecode=True, frames=100, picture_offset=0, variable_rate=False,
                has_picture=True, has_sound=True, width=16, height=9, interlaced=False,
                video_codec="h264", audio_codec="aac", audio_channels=1, reel="A", warnings=[],
            )
        )  # fmt: skip
        return asset.id or 0

    def run(self, item: Item, stage: str, status: Status) -> None:
        self._add(StageRun(item_id=item.id or 0, stage=stage, status=status))

    def footage(self, path: str, index: Status = Status.DONE) -> Item:
        item = self.item(path)
        self.asset(item)
        self.run(item, "index", index)
        return item

    def _add(self, row: Row) -> Row:
        self.session.add(row)
        self.session.flush()
        return row


@pytest.fixture
def library(session: Session) -> Library:
    return Library(session)


def id_of(library: Library, name: str) -> int:
    return library.story(name).id or 0


def test_indexed_footage_comes_in_order_of_its_paths(library: Library) -> None:
    for path in ("s/b.mov", "s/a.mov", "other/c.mov"):
        library.footage(path)
    library.footage("s/0.mov", Status.WAITING)
    found = stories.indexed(library.session, id_of(library, "s"))
    assert [each.item.path for each in found] == ["s/a.mov", "s/b.mov"]
    assert found[0].home == "s/assets/a.mov"


def test_a_file_of_two_stories_is_indexed_in_both_and_lives_in_the_first(library: Library) -> None:
    first = library.footage("one/a.mov")
    again = library.item("two/copy.mov")
    again.asset_id = first.asset_id
    library.run(again, "index", Status.SKIPPED)
    [found] = stories.indexed(library.session, id_of(library, "two"))
    assert (found.item.path, found.home) == ("one/a.mov", "one/assets/a.mov")
    assert sorted(stories.of_asset(library.session, first.asset_id or 0)) == sorted(
        [id_of(library, "one"), id_of(library, "two")]
    )


def test_replaced_footage_belongs_to_no_story(library: Library) -> None:
    item = library.footage("s/a.mov")
    item.replaced_at = 1.0
    library.session.flush()
    assert stories.indexed(library.session, id_of(library, "s")) == []
    assert stories.current(library.session, id_of(library, "s"), Kind.FOOTAGE) == []


def test_sidecars_lie_beside_their_footage_and_begin_with_its_stem(library: Library) -> None:
    item = library.item("s/A_1%.mov")
    theirs = ["s/A_1%.srt", "s/a_1%.srt", "s/A_1%.zh.srt", "s/A_1%.mov.xml"]
    others = ["s/A_1%2.srt", "s/AB1%.srt", "s/deep/A_1%.srt", "t/A_1%.srt"]
    for path in theirs + others:
        library.item(path, Kind.SIDECAR)
    found = stories.sidecars(library.session, item)
    assert [each.path for each in found] == sorted(theirs)


def test_sidecars_of_a_loose_file_are_found(library: Library) -> None:
    library.item("a.srt", Kind.SIDECAR)
    assert len(stories.sidecars(library.session, library.item("a.mov"))) == 1


@pytest.mark.parametrize(
    ("sidecar", "footage", "expected"),
    [
        ("s/A.srt", "s/A.mov", True),
        ("s/A.zh.srt", "s/A.mov", True),
        ("s/A.mov.srt", "s/A.mov", True),
        ("s/AB.srt", "s/A.mov", False),
        ("t/A.srt", "s/A.mov", False),
        ("新闻/素材.srt", "新闻/素材.mp4", True),
    ],
)
def test_a_companion_is_known_by_its_name(sidecar: str, footage: str, expected: bool) -> None:
    assert stories.belongs(sidecar, PurePosixPath(footage)) is expected


def held(library: Library, name: str = "s") -> str:
    hold = stories.hold(library.session, id_of(library, name), MATCH)
    return hold.reason if hold else ""


def test_a_script_waits_for_the_first_footage(library: Library) -> None:
    assert held(library) == "waits for footage: none of this story is indexed yet"


def test_a_script_waits_until_no_more_footage_comes(library: Library) -> None:
    library.footage("s/a.mov").accepted_at = time.time()
    library.session.flush()
    hold = stories.hold(library.session, id_of(library, "s"), MATCH)
    assert hold
    assert hold.reason == "waits until no more footage comes"
    assert 0 < hold.seconds <= MATCH.quiet_seconds


def test_a_script_waits_for_footage_that_is_being_worked_on(library: Library) -> None:
    library.footage("s/a.mov")
    late = library.footage("s/b.mov", Status.WAITING)
    late.accepted_at = time.time() - 10
    library.session.flush()
    assert held(library) == "waits for 1 file of the story (b.mov)"


def test_a_script_does_not_wait_for_ever(library: Library) -> None:
    library.footage("s/a.mov")
    library.footage("s/b.mov", Status.WAITING).accepted_at = time.time() - 901
    library.session.flush()
    assert held(library) == ""


def test_a_script_waits_for_known_footage_that_is_worked_on_again(library: Library) -> None:
    """Else a cut would lose it, and the next version would find it again."""
    library.footage("s/a.mov")
    old = library.footage("s/b.mov", Status.WAITING)
    old.accepted_at = time.time() - 90_000
    library.session.get_one(StageRun, (old.id, "index")).finished_at = time.time() - 80_000
    library.session.flush()
    assert held(library) == "waits for 1 file of the story (b.mov)"


def test_a_script_does_not_wait_for_what_has_failed_or_is_known(library: Library) -> None:
    library.footage("s/a.mov")
    failed = library.footage("s/b.mov", Status.WAITING)
    library.run(failed, "probe", Status.FAILED)
    library.footage("s/c.mov", Status.SKIPPED)
    for item in stories.current(library.session, id_of(library, "s"), Kind.FOOTAGE):
        item.accepted_at = time.time() - 10
    library.session.flush()
    assert held(library) == ""


def test_the_footage_of_another_story_holds_nothing_up(library: Library) -> None:
    library.footage("s/a.mov")
    library.footage("other/b.mov", Status.WAITING).accepted_at = time.time()
    library.session.flush()
    assert held(library) == ""


def test_versions_of_a_cut_are_counted_by_name(library: Library) -> None:
    script = library.item("s/script.fountain", Kind.SCRIPT)
    story = id_of(library, "s")
    assert stories.cut_version(library.session, story, "script") == 1
    for version in (1, 2):
        library.session.add(
            Cut(
                story_id=story, item_id=script.id or 0, name="script", version=version,
                digest=str(version), sequence={}, changes=[], created_at=0,
            )
        )  # fmt: skip
    library.session.flush()
    assert stories.cut_version(library.session, story, "script") == 2
    assert stories.cut_version(library.session, story, "other") == 1


def test_unreadable_footage_is_told_with_its_reason(library: Library) -> None:
    library.footage("s/a.mov")
    broken = library.footage("s/b.mov", Status.WAITING)
    library.run(broken, "probe", Status.FAILED)
    library.session.get_one(StageRun, (broken.id, "probe")).message = "b.mov is torn"
    library.session.flush()
    told = stories.unreadable(library.session, id_of(library, "s"))
    assert told == [("s/b.mov", "b.mov is torn")]
