import pytest
from sqlmodel import Session

from catalog import overview
from catalog.models import Cut, Item, Kind, StageRun, Status, Story
from catalog.overview import State

ORDER = ("checksum", "probe", "scan", "index")


@pytest.fixture
def story(session: Session) -> Story:
    story = Story(name="新闻", created_at=0)
    session.add(story)
    session.flush()
    return story


def add(session: Session, story: Story, path: str, *runs: StageRun) -> Item:
    item = Item(
        root="drop", path=path, size=1, mtime_ns=1, kind=Kind.FOOTAGE, story_id=story.id or 0,
        accepted_at=0,
    )  # fmt: skip
    session.add(item)
    session.flush()
    for run in runs:
        run.item_id = item.id or 0
        session.add(run)
    session.flush()
    return item


def run(stage: str, status: Status, message: str = "", later: float | None = None) -> StageRun:
    return StageRun(item_id=0, stage=stage, status=status, message=message, next_try_at=later)


def state(session: Session) -> tuple[State, str]:
    [story] = overview.stories(session, ORDER)
    [item] = story.items
    return item.state, item.message


def test_an_item_that_has_failed_says_where_and_why(session: Session, story: Story) -> None:
    add(
        session, story, "新闻/a.mov",
        run("checksum", Status.DONE), run("probe", Status.FAILED, "a.mov is not footage"),
        run("scan", Status.WAITING),
    )  # fmt: skip
    assert state(session) == (State.FAILED, "probe: a.mov is not footage")


def test_a_cancelled_item_says_what_was_cancelled(session: Session, story: Story) -> None:
    add(
        session, story, "a.mov", run("probe", Status.DONE), run("scan", Status.CANCELLED, "by anna")
    )
    assert state(session) == (State.CANCELLED, "scan: by anna")


def test_an_item_in_work_says_what_is_being_done(session: Session, story: Story) -> None:
    add(session, story, "新闻/a.mov", run("scan", Status.RUNNING), run("probe", Status.QUEUED))
    assert state(session) == (State.WORKING, "scan running, probe queued")


def test_an_item_between_two_stages_is_in_work(session: Session, story: Story) -> None:
    add(session, story, "新闻/a.mov", run("checksum", Status.DONE), run("probe", Status.WAITING))
    assert state(session)[0] == State.WORKING


def test_an_item_that_waits_for_its_moment_says_for_what(session: Session, story: Story) -> None:
    add(session, story, "新闻/a.mov", run("scan", Status.WAITING, "the disk is full", later=1e12))
    assert state(session) == (State.WAITING, "scan: the disk is full")


def test_a_done_item_shows_its_last_message(session: Session, story: Story) -> None:
    add(
        session, story, "新闻/a.mov",
        run("index", Status.DONE, "3 clips"), run("checksum", Status.SKIPPED, "known"),
    )  # fmt: skip
    assert state(session) == (State.DONE, "3 clips")


def test_an_item_without_stages_is_done(session: Session, story: Story) -> None:
    add(session, story, "新闻/a.srt")
    assert state(session) == (State.DONE, "")


def test_runs_come_in_order_of_the_pipeline_with_their_times(
    session: Session, story: Story
) -> None:
    done = run("checksum", Status.DONE)
    done.started_at, done.finished_at = 10.0, 12.5
    again = run("probe", Status.RUNNING)
    again.started_at, again.finished_at = 20.0, 15.0
    add(session, story, "新闻/a.mov", run("scan", Status.WAITING), again, done)
    [found] = overview.stories(session, ORDER)
    [item] = found.items
    assert [each.stage for each in item.runs] == ["checksum", "probe", "scan"]
    assert [each.seconds for each in item.runs] == [2.5, 0, 0]
    assert item.settled == 1


def test_stories_are_counted_sorted_and_found_by_name(session: Session, story: Story) -> None:
    other = Story(name="another", created_at=0)
    session.add(other)
    session.flush()
    add(session, story, "新闻/b.mov", run("index", Status.DONE))
    add(session, story, "新闻/a.mov", run("index", Status.FAILED))
    assert [each.name for each in overview.stories(session, ORDER)] == ["another", "新闻"]
    [found] = overview.stories(session, ORDER, "新闻")
    assert [item.path for item in found.items] == ["新闻/a.mov", "新闻/b.mov"]
    assert [found.count(each) for each in State] == [0, 0, 1, 1, 0]
    assert overview.stories(session, ORDER, "unheard of") == []


def test_replaced_items_are_not_shown(session: Session, story: Story) -> None:
    add(session, story, "新闻/a.mov", run("index", Status.FAILED)).replaced_at = 1.0
    add(session, story, "新闻/a.mov", run("index", Status.DONE))
    assert state(session)[0] == State.DONE


def test_the_newest_version_of_every_cut_is_shown(session: Session, story: Story) -> None:
    script = add(session, story, "新闻/script.fountain")
    for name, version in (("script", 1), ("script", 2), ("script", 10), ("other", 1)):
        session.add(
            Cut(
                story_id=story.id or 0, item_id=script.id or 0, name=name, version=version,
                digest="", sequence={}, changes=[], created_at=0,
            )
        )  # fmt: skip
    session.flush()
    [found] = overview.stories(session, ORDER)
    assert sorted(found.cuts) == ["新闻/cuts/other/v001", "新闻/cuts/script/v010"]
