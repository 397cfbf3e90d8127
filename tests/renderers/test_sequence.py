"""The one truth behind every export: it survives the catalog, and so do those of old versions."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings

from renderers.sequence import Alternate, Marker, MarkerKind, Sequence, Track, from_json, to_json
from tests.renderers.plans import FILM, NTSC, cuts, gap, sequence, source, use


@settings(max_examples=50, deadline=None)
@given(cuts())
def test_a_cut_comes_back_from_the_catalog_as_it_was(cut: Sequence) -> None:
    assert from_json(to_json(cut)) == cut


def test_everything_that_a_cut_can_say_comes_back() -> None:
    other = Alternate(source(3, FILM), 5, 29, 25, "你好", "joy", 0.5, ("says 2 of 3 words",), "k")
    first = use(source(), 0, 50, gain=-3.5, alternates=(other,), scene="内景 天台")
    second = use(source(2), 50, 100, dissolve=13, split=-4, speed=Fraction(1, 2))
    over = Track("V2", (replace(gap(10), record_in=5, record_out=15),))
    mark = Marker(MarkerKind.MUSIC, 0, 90, "bright piano", "joy", (120, 140))
    cut = sequence([first, second], NTSC, tracks=(over,), markers=(mark,))
    assert from_json(to_json(cut)) == cut


def old(data: dict[str, Any]) -> dict[str, Any]:
    """As the first version stored a cut."""
    for name in ("tracks", "markers"):
        del data[name]
    for event in data["events"]:
        for name in ("scene", "dissolve", "split", "speed", "gain", "alternates"):
            del event[name]
        if event["source"]:
            del event["source"]["interlaced"]
            event["source"]["has_sound"] = event["source"].pop("channels") > 0
    return data


def test_a_cut_that_the_first_version_stored_is_read() -> None:
    cut = sequence([use(source(), 0, 50), gap(20), use(source(2, channels=0), 0, 9)])
    assert from_json(old(to_json(cut))) == cut


def test_a_cut_that_lacks_what_cannot_be_guessed_is_refused() -> None:
    data = to_json(sequence([gap(20)]))
    del data["events"][0]["record_out"]
    with pytest.raises(ValueError, match="record_out"):
        from_json(data)


def test_a_dissolve_is_centred_and_an_odd_one_is_longer_after_the_cut() -> None:
    event = use(source(), 0, 50, dissolve=25)
    assert (event.dissolve_lead, event.dissolve_rest) == (12, 13)


def test_sources_of_alternates_are_told_apart_from_those_that_are_seen() -> None:
    other = Alternate(source(3), 0, 25, 25)
    over = Track("V2", (use(source(2), 0, 10, record_out=10),))
    cut = sequence([use(source(1), 0, 50, alternates=(other,))], tracks=(over,))
    assert [of.asset_id for of in cut.sources()] == [1, 2]
    assert [of.asset_id for of in cut.all_sources()] == [1, 2, 3]
