from catalog import audit, drops, pauses
from catalog.audit import About
from catalog.drops import Drop
from catalog.models import Deed, Kind, Scope


def test_a_drop_is_told_with_its_owner_its_place_and_its_story(session):
    item = drops.accept(session, Drop("drop", "harbor/a.mov", 7, 1, Kind.FOOTAGE, owner="mei"), {})
    drops.accept(session, Drop("drop", "harbor/a.mov", 7, 1, Kind.FOOTAGE, owner="mei"), {})
    (entry,) = audit.entries(session, "harbor")
    assert (entry.deed, entry.who, entry.path) == (Deed.DROPPED, "mei", "drop/harbor/a.mov")
    assert (entry.item_id, entry.details["size"]) == (item.id, 7)


def test_a_pause_and_its_end_are_told_with_who_it_was(session):
    pauses.pause(session, Scope.STORY, "harbor", "mei", "wait for the lawyers")
    pauses.resume(session, Scope.STORY, "harbor", "mei")
    told = [(entry.deed, entry.who) for entry in audit.entries(session, "harbor")]
    assert told == [(Deed.PAUSED, "mei"), (Deed.RESUMED, "mei")]


def test_entries_are_the_last_ones_in_order_and_of_the_deeds_asked_for(session):
    for number in range(4):
        deed = Deed.MADE if number % 2 else Deed.DONE
        audit.record(session, deed, str(number), About(story="harbor"))
    assert [entry.message for entry in audit.entries(session, limit=2)] == ["2", "3"]
    assert [e.message for e in audit.entries(session, deeds=[Deed.DONE])] == ["0", "2"]
    assert audit.entries(session, "another") == []


def test_equal_settings_have_equal_digests_whatever_their_order():
    assert audit.digest({"a": 1, "b": 2}) == audit.digest({"b": 2, "a": 1})
    assert audit.digest({"a": 1}) != audit.digest({"a": 2})
