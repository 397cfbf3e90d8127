"""Scenes, cast and relations that a script's own structure tells."""

import pytest

from indexers.scripts.fountain import parse
from indexers.scripts.headings import Heading, read_heading
from indexers.scripts.structure import structure

SCRIPT = """\
INT. RADIO ROOM - NIGHT #4#

The KEEPER, sixty, lights a lantern. Anna watches.

ANNA
Who is out there?

KEEPER (V.O.)
Nobody.

.外景 鱼市 - 清晨

@老陈
渔船回来了。

老陈放下鱼筐。
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("INT. RADIO ROOM - NIGHT", Heading("", "INT", "RADIO ROOM", "NIGHT")),
        ("12A. INT./EXT. CAR - EARLY MORNING", Heading("12A", "INT/EXT", "CAR", "EARLY MORNING")),
        ("EXT. PIER", Heading("", "EXT", "PIER", "")),
        ("第三场 内景 客厅 夜", Heading("三", "INT", "客厅", "夜")),
        ("12 客厅 夜 内", Heading("12", "INT", "客厅", "夜")),
        ("外景 鱼市 - 清晨", Heading("", "EXT", "鱼市", "清晨")),
        ("场景二 天台", Heading("二", "", "天台", "")),
        ("天台 日/外", Heading("", "EXT", "天台", "日")),
    ],
)
def test_a_heading_says_where_and_when(text: str, expected: Heading) -> None:
    assert read_heading(text) == expected


def test_scenes_have_their_place_and_their_cast() -> None:
    found = structure(parse(SCRIPT, "x"))
    assert [(s["number"], s["place"], s["cast"]) for s in found["scenes"]] == [
        ("4", "RADIO ROOM", ["ANNA", "KEEPER"]),
        ("", "鱼市", ["老陈"]),
    ]
    assert [(s["first"], s["last"]) for s in found["scenes"]] == [(0, 3), (4, 6)]


def test_the_cast_tells_who_is_only_heard() -> None:
    cast = {one["name"]: one for one in structure(parse(SCRIPT, "x"))["cast"]}
    assert {name: one["off"] for name, one in cast.items()} == {
        "ANNA": False, "KEEPER": True, "老陈": False,
    }  # fmt: skip
    assert (cast["老陈"]["lines"], cast["老陈"]["scenes"]) == (1, [1])


def test_relations_say_who_does_what_and_speaks_to_whom() -> None:
    found = structure(parse(SCRIPT, "x"))
    told = {(r["subject"], r["relation"], r["object"]) for r in found["relations"]}
    assert ("KEEPER", "speaks to", "ANNA") in told
    assert ("ANNA", "speaks in", "RADIO ROOM") in told
    assert ("ANNA", "does", "watches") in told
    assert ("老陈", "does", "放下鱼筐") in told
    assert ("Anna watches.", "happens in", "RADIO ROOM") not in told
    assert (
        "The KEEPER, sixty, lights a lantern. Anna watches.",
        "happens in",
        "RADIO ROOM",
    ) in told
    people = {e["name"]: e["lines"] for e in found["entities"] if e["kind"] == "person"}
    assert people["KEEPER"] == [1, 3]


ACTED = """\
内景 堂屋 - 夜

雨声里，小梅和老陈坐下，小梅递给老陈一碗汤。一个男孩看着。

旁白
这一夜很长。

@老陈
好喝。

@小梅
小心烫。
"""


def test_actions_say_who_does_what_together_to_whom_and_where() -> None:
    found = structure(parse(ACTED, "x"))
    told = {(r["subject"], r["relation"], r["object"]) for r in found["relations"]}
    assert {("小梅", "does", "坐下"), ("老陈", "does", "坐下")} <= told
    assert ("小梅", "does", "递给老陈一碗汤") in told
    assert ("小梅", "acts on", "老陈") in told
    assert ("小梅", "speaks to", "老陈") in told
    assert not [one for one in told if "旁白" in one], "a narrator is nowhere"
    assert found["scenes"][0]["people"] == ["老陈", "小梅"]
    assert found["scenes"][0]["cast"] == ["旁白", "老陈", "小梅"]


def test_who_is_named_in_an_action_is_there_without_a_word() -> None:
    found = structure(parse("INT. HALL - DAY\n\nTHE BOY (9) runs in.\n\nANNA\nStop!\n", "x"))
    told = {(r["subject"], r["relation"], r["object"]) for r in found["relations"]}
    assert ("THE BOY", "is in", "HALL") in told
    assert found["scenes"][0]["people"] == ["ANNA", "THE BOY"]
