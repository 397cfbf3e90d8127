"""What runs there are, and which of them can start."""

import time

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, delete

from catalog import audit, by_hand, claims, recovery, runs
from catalog.claims import Ending
from catalog.models import Deed, Item, Kind, StageRun, Status
from tests.catalog.ledger import CHAIN, DIAMOND, DONE, New, claim, finish, get, states


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


def test_skipped_counts_as_done_for_what_follows(session: Session, new: New) -> None:
    item = new(CHAIN)
    runs.promote(session, item, CHAIN)
    claims.end(session, claim(session, item, "a"), Ending(Status.SKIPPED, "nothing to do"))
    assert runs.promote(session, item, CHAIN) == ["b"]


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
    claims.end(session, claim(session, item, "a"), Ending(Status.FAILED, "no"))
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
    claims.end(session, reader, DONE)
    assert runs.promote(session, item, CHAIN) == ["a"]
    assert finish(session, item, "a", CHAIN) == ["b"]
    assert finish(session, item, "b", CHAIN) == ["c"]


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
    assert claims.claim(session, item, "c", "me", 30) is None
    assert claims.end(session, running, DONE)
    assert states(session, other) == "www"


def test_only_failed_runs_of_the_named_items_are_tried_again(session: Session, new: New) -> None:
    item, other = new(CHAIN), new(CHAIN)
    for each in (item, other):
        runs.promote(session, each, CHAIN)
        claims.end(session, claim(session, each, "a"), Ending(Status.FAILED, "no"))
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
    assert not claims.end(session, running, DONE)
    assert not claims.put_back(session, running, 1, "no", counts=True)
    assert runs.promote(session, item, CHAIN) == []


def test_a_cancelled_item_comes_back_in_the_order_of_its_stages(session: Session, new: New) -> None:
    item = new(CHAIN)
    runs.promote(session, item, CHAIN)
    claims.end(session, claim(session, item, "a"), DONE)
    assert by_hand.cancel(session, session.get_one(Item, item), None, "cancelled", "anna") == 2
    assert states(session, item) == "dcc"
    assert runs.again(session, item, "a", CHAIN, "newer version") == ["a"]
    assert states(session, item) == "qcc"
    claims.end(session, claim(session, item, "a"), DONE)
    assert runs.promote(session, item, CHAIN) == []
    assert by_hand.retry(session, item, CHAIN) == 2
    assert [run.stage for run in runs.queue_due(session, time.time())] == ["b"]
    runs.promote(session, item, CHAIN)
    assert states(session, item) == "dqw"


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
    claims.end(session, claim(session, item, "a"), claims.Ending(Status.DONE, ""))
    other = {"a": (), "c": ("a",)}  # c is new; b, of a version beside this one, stays its
    runs.align(session, Kind.FOOTAGE, other)
    assert runs.promote(session, item, other) == ["c"]
    assert session.get_one(StageRun, (item, "b")).status == Status.WAITING
