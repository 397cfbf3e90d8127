"""Fountain, English and Chinese."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexers.scripts.fountain import cue, parse
from indexers.scripts.screenplay import ACTION, DIALOGUE, HEADING, Unit

ENGLISH = """\
Title:
    _**THE LAST TRAIN**_
    A Short
Author: Somebody

EXT. STATION - NIGHT #12A#

Rain. A clock
strikes.

ANNA (V.O.)
(softly)
You *never*
came back. [[check this]]

/* old
BEN
Cut me.
*/

# Act two
= They meet.

BEN ^
I missed
<two spaces>
the train.

.SNIPER SCOPE POV

@McAvoy
~Singing in the rain

> FADE OUT.

===

CUT TO:

INT. CAFE - DAY
ANNA
Yes.
""".replace("<two spaces>", "  ")

CHINESE = """\
标题：末班车

第一场 内景 车站 夜

张三（画外音）
（小声）
你怎么
才来？

@李四
我没赶上。

客厅 夜 内

张三停下脚步，看着她。
她没有说话。
"""


def dialogue(text: str) -> list[tuple[str, str, str]]:
    units = parse(text, "name").dialogue
    return [(unit.character, unit.parenthetical, unit.text) for unit in units]


def test_every_cue_is_one_line_without_markers() -> None:
    assert dialogue(ENGLISH) == [
        ("ANNA", "V.O.; softly", "You never came back."),
        ("BEN", "", "I missed the train."),
        ("McAvoy", "", "Singing in the rain"),
        ("ANNA", "", "Yes."),
    ]


def test_the_title_page_gives_the_title_and_is_no_action() -> None:
    screenplay = parse(ENGLISH, "name")
    assert screenplay.title == "THE LAST TRAIN A Short"
    assert screenplay.units[0].kind == HEADING


def test_headings_open_scenes_and_lose_their_numbers() -> None:
    screenplay = parse(ENGLISH, "name")
    headings = [unit.text for unit in screenplay.units if unit.kind == HEADING]
    assert headings == ["EXT. STATION - NIGHT", "SNIPER SCOPE POV", "INT. CAFE - DAY"]
    assert screenplay.units[0].scene_number == "12A"
    assert screenplay.dialogue[0].scene == "EXT. STATION - NIGHT"
    assert screenplay.dialogue[-1].scene == "INT. CAFE - DAY"


def test_lines_are_found_again_in_the_file() -> None:
    lines = ENGLISH.splitlines()
    for unit in parse(ENGLISH, "name").dialogue:
        assert unit.character in lines[unit.source_line - 1]


def test_what_is_written_for_the_writer_is_left_out() -> None:
    text = " ".join(unit.text for unit in parse(ENGLISH, "name").units)
    for hidden in ("check this", "Cut me", "Act two", "They meet", "==="):
        assert hidden not in text
    assert "Rain. A clock strikes." in text
    assert "CUT TO:" in text


def test_chinese_names_and_headings_need_no_marks() -> None:
    screenplay = parse(CHINESE, "name")
    assert screenplay.title == "末班车"
    assert dialogue(CHINESE) == [
        ("张三", "画外音; 小声", "你怎么才来？"),
        ("李四", "", "我没赶上。"),
    ]
    assert screenplay.dialogue[0].scene == "第一场 内景 车站 夜"
    assert screenplay.units[-1] == Unit(
        ACTION, "张三停下脚步，看着她。她没有说话。", 15, scene="客厅 夜 内"
    )


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("STEEL", ("STEEL", "")),
        ("STEEL (CONT'D)", ("STEEL", "")),
        ("DR. JOSÉ 2 (O.S.) ^", ("DR. JOSÉ 2", "O.S.")),
        ("@张三（旁白）", ("张三", "旁白")),
        ("Steel", None),
        ("BOOM!", None),
        ("!BOOM", None),
        ("12", None),
        ("他走进来，坐下。", None),
    ],
)
def test_a_cue_is_told_from_other_lines(line: str, expected: tuple[str, str] | None) -> None:
    assert cue(line) == expected


def test_dialogue_goes_on_after_a_note_on_a_line_of_its_own() -> None:
    assert dialogue("ANNA\n[[slower]]\nCome in.") == [("ANNA", "", "Come in.")]


def test_chinese_scenes_and_names_can_be_forced() -> None:
    screenplay = parse(".场景二 天台 #2#\n\n@欧阳娜娜 (O.S.)\n等一下！\n\n!张三\n走了。\n", "x")
    assert screenplay.units == (
        Unit(HEADING, "场景二 天台", 1, scene="场景二 天台", scene_number="2"),
        Unit(DIALOGUE, "等一下！", 3, "欧阳娜娜", "O.S.", "场景二 天台"),
        Unit(ACTION, "张三走了。", 6, scene="场景二 天台"),
    )


def test_fade_in_at_the_start_is_no_title_page() -> None:
    assert parse("FADE IN:\n\nINT. HALL - DAY\n\nANNA\nHello.", "hall").title == "hall"


def test_stars_that_mark_nothing_stay() -> None:
    text = "He dialed *69 and then *23.\n\nThen **\\*9765\\***."
    assert [unit.text for unit in parse(text, "x").units] == [
        "He dialed *69 and then *23.",
        "Then *9765*.",
    ]


@given(st.lists(st.text("abAB张三。. *_#=>@!.~()[]/\t", max_size=30), max_size=20).map("\n".join))
def test_any_text_is_read_and_lines_stay_in_order(text: str) -> None:
    units = parse(text, "x").units
    numbers = [unit.source_line for unit in units]
    assert numbers == sorted(numbers)
    assert all(unit.text and unit.kind in (HEADING, ACTION, DIALOGUE) for unit in units)
