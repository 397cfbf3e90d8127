"""People, places and warnings in the report, in the language of the script."""

import pytest

from indexers.scripts.fountain import parse
from indexers.scripts.structure import structure
from renderers.page.cautions import told
from renderers.page.phrases import Phrases
from renderers.page.world import people, places, scenes

SCRIPT = """\
INT. RADIO ROOM - NIGHT

The KEEPER, soaked, comes in.

ANNA
Who is there?

KEEPER
Only me.

ANNA
Close the door.

EXT. PIER - DAWN

ANNA
It is over.
"""


def test_people_are_told_with_whom_they_speak_and_places_with_who_is_there() -> None:
    found = structure(parse(SCRIPT, "x"))
    say = Phrases("en")
    anna, keeper = sorted(people(found, say), key=lambda one: one.name)
    assert (anna.name, anna.lines) == ("ANNA", "3 lines")
    assert "speaks to KEEPER" in anna.told
    assert keeper.lines == "1 line"
    assert [(p.name, p.lines, p.told) for p in places(found, say)] == [
        ("RADIO ROOM", "1 scene", "ANNA, KEEPER"),
        ("PIER", "1 scene", "ANNA"),
    ]
    assert people({}, say) == places({}, say) == scenes({}, say) == ()


def test_a_scene_tells_who_is_there_and_who_does_what() -> None:
    found = structure(
        parse(SCRIPT.replace("comes in.", "comes in. Anna and the Keeper wait."), "x")
    )
    assert [(scene.name, scene.lines, scene.told) for scene in scenes(found, Phrases("en"))] == [
        (
            "INT. RADIO ROOM - NIGHT",
            "ANNA, KEEPER",
            "KEEPER soaked, comes in · ANNA, KEEPER wait",
        ),
        ("EXT. PIER - DAWN", "ANNA", ""),
    ]


@pytest.mark.parametrize(
    ("warning", "chinese"),
    [
        ("damaged in 2 places: look at the proxy", "有 2 处损坏：请查看代理画面"),
        ("embedded timecode ignored: 25:00", "内嵌时码无法使用：25:00"),
        ("something that nobody translated", "something that nobody translated"),
    ],
)
def test_warnings_speak_the_language_of_the_script(warning: str, chinese: str) -> None:
    assert told(warning, "zh") == chinese
    assert told(warning, "en") == warning
