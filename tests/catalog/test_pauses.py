import pytest
from sqlmodel import Session

from catalog import claims, drops, pauses, runs
from catalog.drops import Drop
from catalog.models import Item, Kind, Scope
from config.watching import Priority

NEEDS = {"probe": ()}


@pytest.fixture
def item(session: Session) -> Item:
    drop = Drop("drop", "harbor/a.mov", 1, 1, Kind.FOOTAGE, Priority.BREAKING, owner="mei")
    item = drops.accept(session, drop, NEEDS)
    assert item
    assert item.id
    runs.promote(session, item.id, NEEDS)
    return item


def claimed(session: Session, item: Item) -> bool:
    return claims.claim(session, item.id or 0, "probe", "me", 30, "io") is not None


@pytest.mark.parametrize(
    ("scope", "name"), [(Scope.SERVICE, ""), (Scope.QUEUE, "io"), (Scope.STORY, "harbor")]
)
def test_nothing_is_claimed_under_a_pause_and_everything_after_it(session, item, scope, name):
    assert pauses.pause(session, scope, name, "mei", "the playout needs the NAS")
    assert not claimed(session, item)
    assert pauses.resume(session, scope, name, "mei")
    assert claimed(session, item)


@pytest.mark.parametrize(("scope", "name"), [(Scope.QUEUE, "gpu"), (Scope.STORY, "other")])
def test_a_pause_of_something_else_holds_nothing(session, item, scope, name):
    pauses.pause(session, scope, name, "mei", "a reason")
    assert claimed(session, item)


def test_what_two_hold_goes_on_when_both_have_let_go(session, item):
    pauses.pause(session, Scope.SERVICE, "", "mei", "lunch")
    pauses.pause(session, Scope.SERVICE, "", "disk guard", "full")
    assert not pauses.pause(session, Scope.SERVICE, "", "disk guard", "fuller")
    assert [each.reason for each in pauses.active(session)] == ["lunch", "fuller"]
    pauses.resume(session, Scope.SERVICE, "", "mei")
    assert not claimed(session, item)
    pauses.resume(session, Scope.SERVICE, "", "disk guard")
    assert claimed(session, item)


def test_the_ledger_knows_how_urgent_an_item_is_and_whose_it_was(session, item):
    assert runs.priorities(session, [item.id or 0]) == {item.id: Priority.BREAKING}
    assert item.owner == "mei"
