import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, delete, select

from catalog import audit, by_hand, recovery, runs
from catalog.models import Deed, Item, Kind, StageRun, Status, Story
from catalog.runs import Claim, Ending

CHAIN = {"a": (), "b": ("a",), "c": ("b",)}
DIAMOND = {"a": (), "b": ("a",), "c": ("a",), "d": ("b", "c")}
DONE = Ending(Status.DONE, "made it")

New = Callable[[runs.Needs], int]


@pytest.fixture
def new(session: Session) -> New:
    """An item with the runs of these stages."""

    def _new(needs: runs.Needs) -> int:
        story = session.exec(select(Story)).first() or Story(name="story", created_at=0)
        session.add(story)
        session.flush()
        number = len(session.exec(select(Item)).all())
        item = Item(
            root="drop", path=f"story/{number}.mov", size=1, mtime_ns=1, kind=Kind.FOOTAGE,
            story_id=story.id or 0, accepted_at=0,
        )  # fmt: skip
        session.add(item)
        session.flush()
        runs.plan(session, [item.id or 0], needs)
        return item.id or 0

    return _new


def get(session: Session, item: int, stage: str) -> StageRun:
    session.expire_all()
    return session.get_one(StageRun, (item, stage))


def claim(session: Session, item: int, stage: str, lease: float = 30) -> Claim:
    found = runs.claim(session, item, stage, "me", lease)
    assert found
    return found


def states(session: Session, item: int) -> str:
    """The first letter of each run's status, in order of the stages."""
    session.expire_all()
    found = session.exec(
        select(StageRun).where(StageRun.item_id == item).order_by(col(StageRun.stage))
    )
    return "".join(run.status[0] for run in found)


def finish(session: Session, item: int, stage: str, needs: runs.Needs) -> list[str]:
    assert runs.end(session, claim(session, item, stage), DONE)
    return runs.promote(session, item, needs)


def test_a_chain_is_queued_link_by_link(session: Session, new: New) -> None:
    item = new(CHAIN)
    assert runs.promote(session, item, CHAIN) == ["a"]
    assert runs.promote(session, item, CHAIN) == []
    assert finish(session, item, "a", CHAIN) == ["b"]
    assert finish(session, item, "b", CHAIN) == ["c"]
    assert finish(session, item, "c", CHAIN) == []
    assert states(session, item) == "ddd"


def test_a_join_waits_for_both_sides(session: Session, new: New) -> None:
    item = new(DIAMOND)
    runs.promote(session, item, DIAMOND)
    assert finish(session, item, "a", DIAMOND) == ["b", "c"]
    assert finish(session, item, "c", DIAMOND) == []
    assert finish(session, item, "b", DIAMOND) == ["d"]


def test_new_items_begin_together_with_what_needs_nothing(session: Session, new: New) -> None:
    first, second = new(CHAIN), new(CHAIN)
    assert runs.begin(session, [first, second], CHAIN) == ["a"]
    assert states(session, first) == states(session, second) == "qww"
    assert [run.item_id for run in runs.queued(session, time.time() + 1)] == [first, second]


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, tuple[str, ...]]:
    names = "abcdefg"[: draw(st.integers(1, 7))]
    return {
        name: tuple(draw(st.sets(st.sampled_from(names[:at])))) if at else ()
        for at, name in enumerate(names)
    }


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(needs=graphs(), data=st.data())
def test_any_pipeline_runs_every_stage_once_and_after_its_needs(
    session: Session, new: New, needs: dict[str, tuple[str, ...]], data: st.DataObject
) -> None:
    session.exec(delete(StageRun))
    item = new(needs)
    ran: list[str] = []
    ready = set(runs.promote(session, item, needs))
    while ready:
        stage = data.draw(st.sampled_from(sorted(ready)))
        assert set(needs[stage]) <= set(ran)
        ready = ready - {stage} | set(finish(session, item, stage, needs))
        ran.append(stage)
    assert sorted(ran) == sorted(needs)


def test_a_run_is_claimed_once(session: Session, new: New) -> None:
    item = new(CHAIN)
    assert runs.claim(session, item, "a", "me", 30) is None  # it is not queued yet
    runs.promote(session, item, CHAIN)
    assert claim(session, item, "a") == Claim(item, "a", 1, 1)
    assert runs.claim(session, item, "a", "you", 30) is None


def test_a_silent_worker_is_replaced_and_cannot_finish(session: Session, new: New) -> None:
    item = new(CHAIN)
    runs.promote(session, item, CHAIN)
    lost = claim(session, item, "a", lease=-1)
    assert [run.stage for run in recovery.queue_expired(session, time.time())] == ["a"]
    taken = claim(session, item, "a")
    assert (taken.token, taken.attempt) == (3, 1)
    assert not runs.end(session, lost, DONE)
    assert not runs.put_back(session, lost, 1, "later", counts=True)
    assert runs.end(session, taken, DONE)
    assert not runs.end(session, taken, DONE)


def test_a_beating_worker_keeps_its_runs(session: Session, new: New) -> None:
    item = new(CHAIN)
    runs.promote(session, item, CHAIN)
    mine = claim(session, item, "a", lease=-1)
    runs.beat(session, [replace(mine, token=mine.token - 1)], 30)
    assert runs.anything_due(session, time.time())
    runs.beat(session, [mine], 30)
    assert not runs.anything_due(session, time.time())
    assert recovery.queue_expired(session, time.time()) == []


def test_an_ending_is_written_down(session: Session, new: New) -> None:
    item = new(CHAIN)
    runs.promote(session, item, CHAIN)
    runs.end(session, claim(session, item, "a"), Ending(Status.DONE, "saw it", 3, "digest"))
    run = get(session, item, "a")
    assert (run.status, run.message, run.version, run.inputs) == (
        Status.DONE, "saw it", 3, "digest",
    )  # fmt: skip
    assert run.attempt == 0
    assert run.finished_at >= run.started_at > 0


def test_a_failure_keeps_its_attempts_and_stops_what_follows(session: Session, new: New) -> None:
    item = new(CHAIN)
    runs.promote(session, item, CHAIN)
    runs.end(session, claim(session, item, "a"), Ending(Status.FAILED, "it is broken"))
    assert runs.promote(session, item, CHAIN) == []
    assert states(session, item) == "fww"
    assert get(session, item, "a").attempt == 1


def test_skipped_counts_as_done_for_what_follows(session: Session, new: New) -> None:
    item = new(CHAIN)
    runs.promote(session, item, CHAIN)
    runs.end(session, claim(session, item, "a"), Ending(Status.SKIPPED, "nothing to do"))
    assert runs.promote(session, item, CHAIN) == ["b"]


@pytest.mark.parametrize(("counts", "attempt"), [(True, 1), (False, 0)])
def test_what_is_put_back_waits_for_its_moment(
    session: Session, new: New, counts: bool, attempt: int
) -> None:
    item = new(CHAIN)
    runs.promote(session, item, CHAIN)
    runs.put_back(session, claim(session, item, "a"), 100, "the disk is full", counts=counts)
    run = get(session, item, "a")
    assert (run.status, run.attempt, run.message) == (Status.WAITING, attempt, "the disk is full")
    assert runs.promote(session, item, CHAIN) == []
    assert not runs.anything_due(session, time.time())
    assert runs.queue_due(session, time.time()) == []
    assert runs.anything_due(session, time.time() + 101)
    assert [due.stage for due in runs.queue_due(session, time.time() + 101)] == ["a"]
    assert claim(session, item, "a").attempt == attempt + 1


def test_a_later_moment_can_be_brought_forward(session: Session, new: New) -> None:
    item = new(CHAIN)
    runs.promote(session, item, CHAIN)
    runs.put_back(session, claim(session, item, "a"), 100, "waits for footage", counts=False)
    assert runs.hasten(session, get(session, item, "a"))
    assert states(session, item) == "qww"
    assert not runs.hasten(session, get(session, item, "a"))
    assert not runs.hasten(session, get(session, item, "b"))


def test_running_again_takes_what_depends_on_it_along(session: Session, new: New) -> None:
    item = new(DIAMOND)
    runs.promote(session, item, DIAMOND)
    for stage in "abcd":
        finish(session, item, stage, DIAMOND)
    assert runs.again(session, item, "b", DIAMOND, "a sidecar came") == ["b"]
    assert states(session, item) == "dqdw"
    assert get(session, item, "b").message == "a sidecar came"
    assert finish(session, item, "b", DIAMOND) == ["d"]


def test_a_failed_run_and_its_followers_get_another_chance(session: Session, new: New) -> None:
    item = new(CHAIN)
    runs.promote(session, item, CHAIN)
    runs.end(session, claim(session, item, "a"), Ending(Status.FAILED, "no"))
    assert runs.again(session, item, "a", CHAIN, "changed") == ["a"]
    assert get(session, item, "a").attempt == 0


def test_what_is_running_is_not_started_again(session: Session, new: New) -> None:
    item = new(CHAIN)
    runs.promote(session, item, CHAIN)
    claim(session, item, "a")
    assert runs.again(session, item, "a", CHAIN, "changed") == []
    assert states(session, item) == "rww"


def test_nothing_runs_again_under_the_hands_of_what_reads_it(session: Session, new: New) -> None:
    item = new(CHAIN)
    runs.promote(session, item, CHAIN)
    finish(session, item, "a", CHAIN)
    reader = claim(session, item, "b")
    assert runs.again(session, item, "a", CHAIN, "changed") == []
    assert states(session, item) == "wrw"
    runs.end(session, reader, DONE)
    assert runs.promote(session, item, CHAIN) == ["a"]
    assert finish(session, item, "a", CHAIN) == ["b"]
    assert finish(session, item, "b", CHAIN) == ["c"]


def outdate(session: Session, item: int) -> Claim:
    """`b` runs while `a`, which it reads, is to run again."""
    runs.promote(session, item, CHAIN)
    finish(session, item, "a", CHAIN)
    reader = claim(session, item, "b")
    runs.again(session, item, "a", CHAIN, "changed")
    return reader


def test_an_outdated_run_that_is_put_back_waits_for_its_needs(session: Session, new: New) -> None:
    item = new(CHAIN)
    assert runs.put_back(session, outdate(session, item), 100, "the disk is full", counts=True)
    assert runs.queue_due(session, time.time() + 101) == []
    assert runs.promote(session, item, CHAIN) == ["a"]


def test_an_outdated_run_of_a_killed_service_waits_for_its_needs(
    session: Session, new: New
) -> None:
    item = new(CHAIN)
    outdate(session, item)
    assert recovery.requeue_orphans(session) == 1
    assert states(session, item) == "www"
    assert runs.promote(session, item, CHAIN) == ["a"]


def test_an_outdated_run_stays_outdated_when_another_worker_takes_it(
    session: Session, new: New
) -> None:
    item = new(CHAIN)
    outdate(session, item)
    get(session, item, "b").lease_until = 0
    session.flush()
    assert runs.end(session, claim(session, item, "b"), DONE)
    assert states(session, item) == "www"


def test_dependents_are_found_through_others() -> None:
    assert runs.dependents("a", DIAMOND) == ["b", "c", "d"]
    assert runs.dependents("b", DIAMOND) == ["d"]
    assert runs.dependents("d", DIAMOND) == []


def test_skipping_ends_what_has_not_begun(session: Session, new: New) -> None:
    item, other = new(DIAMOND), new(CHAIN)
    runs.promote(session, item, DIAMOND)
    finish(session, item, "a", DIAMOND)
    running = claim(session, item, "b")
    runs.skip_waiting(session, item, "same content as another")
    assert states(session, item) == "drss"
    assert runs.claim(session, item, "c", "me", 30) is None
    assert runs.end(session, running, DONE)
    assert states(session, other) == "www"


def test_only_failed_runs_of_the_named_items_are_tried_again(session: Session, new: New) -> None:
    item, other = new(CHAIN), new(CHAIN)
    for each in (item, other):
        runs.promote(session, each, CHAIN)
        runs.end(session, claim(session, each, "a"), Ending(Status.FAILED, "no"))
    assert by_hand.retry(session, item, CHAIN) == 1
    assert [run.item_id for run in runs.queue_due(session, time.time())] == [item]
    assert get(session, other, "a").status == Status.FAILED


def test_a_cancelled_run_is_fenced_and_what_needs_it_waits(session: Session, new: New) -> None:
    item = new(CHAIN)
    runs.promote(session, item, CHAIN)
    running = claim(session, item, "a")
    assert recovery.lost(session, [running]) == []
    assert by_hand.cancel(session, session.get_one(Item, item), "a", "cancelled", "anna") == 1
    assert states(session, item) == "cww"
    assert [(e.who, e.stage) for e in audit.entries(session, deeds=[Deed.CANCELLED])] == [
        ("anna", "a")
    ]
    assert recovery.lost(session, [running]) == [running]
    assert not runs.end(session, running, DONE)
    assert not runs.put_back(session, running, 1, "no", counts=True)
    assert runs.promote(session, item, CHAIN) == []


def test_a_cancelled_item_comes_back_in_the_order_of_its_stages(session: Session, new: New) -> None:
    item = new(CHAIN)
    runs.promote(session, item, CHAIN)
    runs.end(session, claim(session, item, "a"), DONE)
    assert by_hand.cancel(session, session.get_one(Item, item), None, "cancelled", "anna") == 2
    assert states(session, item) == "dcc"
    assert runs.again(session, item, "a", CHAIN, "newer version") == ["a"]
    assert states(session, item) == "qcc"
    runs.end(session, claim(session, item, "a"), DONE)
    assert runs.promote(session, item, CHAIN) == []
    assert by_hand.retry(session, item, CHAIN) == 2
    assert [run.stage for run in runs.queue_due(session, time.time())] == ["b"]
    runs.promote(session, item, CHAIN)
    assert states(session, item) == "dqw"


def test_a_killed_service_leaves_no_run_behind_and_no_blame(session: Session, new: New) -> None:
    item, other = new(CHAIN), new(CHAIN)
    for each in (item, other):
        runs.promote(session, each, CHAIN)
    mine = claim(session, item, "a")
    assert runs.claim(session, other, "a", "another host", 30)
    assert recovery.requeue_orphans(session, "me") == 1
    assert states(session, item) == "qww"
    assert states(session, other) == "rww"
    assert not runs.end(session, mine, DONE)
    assert recovery.requeue_orphans(session) == 1
    assert claim(session, item, "a").attempt == 1
    assert get(session, item, "a").interruptions == 0  # a stop is not even an interruption
    assert get(session, other, "a").interruptions == 1


def _poison(session: Session) -> list[int]:
    return [run.item_id for run in recovery.stop_poison(session, deaths=3, interruptions=20)]


def test_a_service_that_is_killed_time_and_again_blames_nobody(session: Session, new: New) -> None:
    item = new(CHAIN)
    runs.promote(session, item, CHAIN)
    for _ in range(19):
        claim(session, item, "a")
        recovery.requeue_orphans(session)
        assert _poison(session) == []
    claim(session, item, "a")
    recovery.requeue_orphans(session)
    assert _poison(session) == [item]
    assert "killed the worker 20 times" in get(session, item, "a").message


def test_a_run_with_which_the_service_crashed_three_times_is_stopped(
    session: Session, new: New
) -> None:
    item, other = new(CHAIN), new(CHAIN)
    runs.promote(session, item, CHAIN)
    runs.promote(session, other, CHAIN)
    for _ in range(3):
        assert _poison(session) == []
        claim(session, item, "a")
        recovery.requeue_orphans(session, crashed=True)
    assert _poison(session) == [item]
    run = get(session, item, "a")
    assert run.status == Status.FAILED
    assert run.message.startswith("killed the worker three times")
    by_hand.retry(session, item, CHAIN)
    assert get(session, item, "a").deaths == 0


def test_workers_that_are_lost_are_counted_and_the_attempt_is_not(
    session: Session, new: New
) -> None:
    item = new(CHAIN)
    runs.promote(session, item, CHAIN)
    claims = [claim(session, item, "a", lease=-1) for _ in range(3)]
    assert [each.attempt for each in claims] == [1, 1, 1]
    assert get(session, item, "a").interruptions == 2
    assert runs.end(session, claims[-1], DONE)
    assert get(session, item, "a").interruptions == 0


def test_runs_that_were_queued_long_ago_are_found(session: Session, new: New) -> None:
    item = new(CHAIN)
    runs.promote(session, item, CHAIN)
    assert runs.queued(session, time.time() - 60) == []
    get(session, item, "a").queued_at = 1.0
    session.flush()
    assert [run.stage for run in runs.queued(session, time.time() - 60)] == ["a"]


def test_a_pipeline_that_got_another_stage_gives_it_to_known_items(
    session: Session, new: New
) -> None:
    item = new({"a": (), "b": ("a",)})
    runs.promote(session, item, {"a": (), "b": ("a",)})
    runs.end(session, claim(session, item, "a"), runs.Ending(Status.DONE, ""))
    other = {"a": (), "c": ("a",)}  # c is new; b, of a version beside this one, stays its
    runs.align(session, Kind.FOOTAGE, other)
    assert runs.promote(session, item, other) == ["c"]
    assert session.get_one(StageRun, (item, "b")).status == Status.WAITING
