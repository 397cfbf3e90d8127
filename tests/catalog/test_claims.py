"""Who works on a run, and how that ends."""

import time
from dataclasses import replace

import pytest
from sqlmodel import Session

from catalog import claims, recovery, runs
from catalog.claims import Claim, Ending
from catalog.models import Status
from tests.catalog.ledger import CHAIN, DONE, New, claim, get, outdate, states


def test_a_run_is_claimed_once(session: Session, new: New) -> None:
    item = new(CHAIN)
    assert claims.claim(session, item, "a", "me", 30) is None  # it is not queued yet
    runs.promote(session, item, CHAIN)
    assert claim(session, item, "a") == Claim(item, "a", 1, 1)
    assert claims.claim(session, item, "a", "you", 30) is None


def test_a_silent_worker_is_replaced_and_cannot_finish(session: Session, new: New) -> None:
    item = new(CHAIN)
    runs.promote(session, item, CHAIN)
    lost = claim(session, item, "a", lease=-1)
    assert [run.stage for run in recovery.queue_expired(session, time.time())] == ["a"]
    taken = claim(session, item, "a")
    assert (taken.token, taken.attempt) == (3, 1)
    assert not claims.end(session, lost, DONE)
    assert not claims.put_back(session, lost, 1, "later", counts=True)
    assert claims.end(session, taken, DONE)
    assert not claims.end(session, taken, DONE)


def test_a_beating_worker_keeps_its_runs(session: Session, new: New) -> None:
    item = new(CHAIN)
    runs.promote(session, item, CHAIN)
    mine = claim(session, item, "a", lease=-1)
    claims.beat(session, [replace(mine, token=mine.token - 1)], 30)
    assert runs.anything_due(session, time.time())
    claims.beat(session, [mine], 30)
    assert not runs.anything_due(session, time.time())
    assert recovery.queue_expired(session, time.time()) == []


def test_an_ending_is_written_down(session: Session, new: New) -> None:
    item = new(CHAIN)
    runs.promote(session, item, CHAIN)
    claims.end(session, claim(session, item, "a"), Ending(Status.DONE, "saw it", 3, "digest"))
    run = get(session, item, "a")
    assert (run.status, run.message, run.version, run.inputs) == (
        Status.DONE, "saw it", 3, "digest",
    )  # fmt: skip
    assert run.attempt == 0
    assert run.finished_at >= run.started_at > 0


def test_a_failure_keeps_its_attempts_and_stops_what_follows(session: Session, new: New) -> None:
    item = new(CHAIN)
    runs.promote(session, item, CHAIN)
    claims.end(session, claim(session, item, "a"), Ending(Status.FAILED, "it is broken"))
    assert runs.promote(session, item, CHAIN) == []
    assert states(session, item) == "fww"
    assert get(session, item, "a").attempt == 1


@pytest.mark.parametrize(("counts", "attempt"), [(True, 1), (False, 0)])
def test_what_is_put_back_waits_for_its_moment(
    session: Session, new: New, counts: bool, attempt: int
) -> None:
    item = new(CHAIN)
    runs.promote(session, item, CHAIN)
    claims.put_back(session, claim(session, item, "a"), 100, "the disk is full", counts=counts)
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
    claims.put_back(session, claim(session, item, "a"), 100, "waits for footage", counts=False)
    assert runs.hasten(session, get(session, item, "a"))
    assert states(session, item) == "qww"
    assert not runs.hasten(session, get(session, item, "a"))
    assert not runs.hasten(session, get(session, item, "b"))


def test_an_outdated_run_that_is_put_back_waits_for_its_needs(session: Session, new: New) -> None:
    item = new(CHAIN)
    assert claims.put_back(session, outdate(session, item), 100, "the disk is full", counts=True)
    assert runs.queue_due(session, time.time() + 101) == []
    assert runs.promote(session, item, CHAIN) == ["a"]


def test_an_outdated_run_stays_outdated_when_another_worker_takes_it(
    session: Session, new: New
) -> None:
    item = new(CHAIN)
    outdate(session, item)
    get(session, item, "b").lease_until = 0
    session.flush()
    assert claims.end(session, claim(session, item, "b"), DONE)
    assert states(session, item) == "www"
