import pytest
from sqlmodel import Session, col, select

from catalog.drops import Drop, accept
from catalog.models import Item, Kind, StageRun, Status, Story
from catalog.places import asset_home

NEEDS = {"checksum": (), "probe": ("checksum",)}


def drop(path: str = "story/a.mov", size: int = 10, mtime_ns: int = 1) -> Drop:
    return Drop("drop", path, size, mtime_ns, Kind.FOOTAGE)


def test_a_drop_becomes_an_item_with_waiting_runs(session: Session) -> None:
    item = accept(session, drop(), NEEDS)
    assert item is not None
    assert (item.path, item.size, item.mtime_ns, item.replaced_at) == ("story/a.mov", 10, 1, None)
    runs = session.exec(select(StageRun)).all()
    assert {run.stage: run.status for run in runs} == dict.fromkeys(NEEDS, Status.WAITING)
    assert {(run.attempt, run.token, run.message) for run in runs} == {(0, 0, "")}


def test_a_kind_without_stages_is_an_item_too(session: Session) -> None:
    assert accept(session, Drop("drop", "s/a.srt", 1, 1, Kind.SIDECAR), {}) is not None
    assert session.exec(select(StageRun)).all() == []


def test_the_same_state_is_known(session: Session) -> None:
    assert accept(session, drop(), NEEDS)
    assert accept(session, drop(), NEEDS) is None


@pytest.mark.parametrize("changed", [drop(size=11), drop(mtime_ns=2)])
def test_another_size_or_time_replaces_the_item(session: Session, changed: Drop) -> None:
    old = accept(session, drop(), NEEDS)
    new = accept(session, changed, NEEDS)
    assert old
    assert new
    assert old.replaced_at is not None
    assert new.id != old.id
    assert accept(session, changed, NEEDS) is None


def test_a_file_that_goes_back_to_an_earlier_state_is_new_again(session: Session) -> None:
    accepted = [accept(session, drop(size=size), NEEDS) for size in (1, 2, 1)]
    assert all(accepted)
    current = session.exec(select(Item).where(col(Item.replaced_at).is_(None))).all()
    assert current == [accepted[2]]


def test_of_a_replaced_item_only_what_runs_goes_on(session: Session) -> None:
    needs = {"a": (), "b": (), "c": (), "d": ()}
    old = accept(session, drop(), needs)
    assert old
    runs = session.exec(select(StageRun).order_by(StageRun.stage)).all()
    states = (Status.WAITING, Status.QUEUED, Status.RUNNING, Status.DONE)
    for run, status in zip(runs, states, strict=True):
        run.status = status
    session.flush()
    accept(session, drop(size=11), needs)
    session.expire_all()
    left = session.exec(select(StageRun).where(StageRun.item_id == old.id)).all()
    assert {run.stage: run.status for run in left} == {
        "a": Status.SKIPPED, "b": Status.SKIPPED, "c": Status.RUNNING, "d": Status.DONE,
    }  # fmt: skip


def test_drops_of_one_folder_share_a_story(session: Session) -> None:
    for path in ("新闻/a.mov", "新闻/deep/b.mov", "loose.mov"):
        accept(session, drop(path), NEEDS)
    assert sorted(session.exec(select(Story.name)).all()) == ["drop", "新闻"]


def test_equal_paths_in_two_watch_folders_are_two_items(session: Session) -> None:
    for root in ("drop", "other"):
        assert accept(session, Drop(root, "s/a.mov", 1, 1, Kind.FOOTAGE), NEEDS)


def test_files_of_two_watch_folders_with_one_path_in_one_story_are_published_apart(
    session: Session,
) -> None:
    found = [("day", "harbor/a.mov"), ("night", "harbor/a.mov"), ("day", "b/a.mov")]
    items = [accept(session, Drop(root, path, 1, 1, Kind.FOOTAGE), {}) for root, path in found]
    assert all(items)
    story = session.get_one(Story, items[0].story_id)
    homes = {asset_home(item, story) for item in items[:2]}
    assert homes == {"harbor/assets/a.mov", "harbor/assets/night/harbor/a.mov"}
    assert items[2].published_as is None


def test_a_file_that_changes_keeps_its_folder(session: Session) -> None:
    first = accept(session, Drop("day", "harbor/a.txt", 1, 1, Kind.SCRIPT), {})
    accept(session, Drop("night", "harbor/a.txt", 1, 1, Kind.SCRIPT), {})
    changed = accept(session, Drop("day", "harbor/a.txt", 2, 2, Kind.SCRIPT), {})
    assert first
    assert changed
    story = session.get_one(Story, changed.story_id)
    assert asset_home(changed, story) == asset_home(first, story) == "harbor/assets/a.txt"
