"""What killed workers and services leave behind."""

from sqlmodel import Session

from catalog import by_hand, claims, recovery, runs
from catalog.models import Status
from tests.catalog.ledger import CHAIN, DONE, New, claim, get, outdate, states


def test_an_outdated_run_of_a_killed_service_waits_for_its_needs(
    session: Session, new: New
) -> None:
    item = new(CHAIN)
    outdate(session, item)
    assert recovery.requeue_orphans(session) == 1
    assert states(session, item) == "www"
    assert runs.promote(session, item, CHAIN) == ["a"]


def test_a_killed_service_leaves_no_run_behind_and_no_blame(session: Session, new: New) -> None:
    item, other = new(CHAIN), new(CHAIN)
    for each in (item, other):
        runs.promote(session, each, CHAIN)
    mine = claim(session, item, "a")
    assert claims.claim(session, other, "a", "another host", 30)
    assert recovery.requeue_orphans(session, "me") == 1
    assert states(session, item) == "qww"
    assert states(session, other) == "rww"
    assert not claims.end(session, mine, DONE)
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
    taken = [claim(session, item, "a", lease=-1) for _ in range(3)]
    assert [each.attempt for each in taken] == [1, 1, 1]
    assert get(session, item, "a").interruptions == 2
    assert claims.end(session, taken[-1], DONE)
    assert get(session, item, "a").interruptions == 0
