"""What the report is put together from: phrases, marked words, pictures, scenes, sizes."""

import re

import pytest

from catalog.models import ScriptLine
from renderers.page import history
from renderers.page.album import nearest
from renderers.page.beside import readable
from renderers.page.lines import grouped, marked
from renderers.page.notices import rate_label
from renderers.page.phrases import CHINESE as CHINESE_PHRASES
from renderers.page.phrases import ENGLISH, Phrases
from renderers.sequence import from_json


def test_all_phrases_exist_in_both_languages_with_the_same_blanks() -> None:
    assert ENGLISH.keys() == CHINESE_PHRASES.keys()
    english = ENGLISH
    blanks = {blank for name in english for blank in re.findall(r"{(\w+)}", english[name])}
    values = dict.fromkeys(blanks, "?")
    for name in english:
        assert Phrases("zh")(name, **values).count("?") == english[name].count("{")


def test_marking_keeps_every_character() -> None:
    text = "Don't — “go”, 1,000 times! 你好吗？🎬"
    spans = marked(text, ["dont", "1000", "你", "好"])
    assert "".join(span.text for span in spans) == text
    assert [span.text for span in spans if span.heard] == ["Don't", "1,000", "你好"]


def test_the_picture_of_a_span_lies_in_it_when_one_does() -> None:
    thumbs = [(0, "a"), (100, "b"), (140, "c"), (300, "d")]
    assert nearest(thumbs, 90, 200) == "c"
    assert nearest(thumbs, 150, 290) == "c"
    assert nearest(thumbs, 100, 101) == "b"
    assert nearest([(50, "z")], 0, 10) == "z"
    assert nearest([], 0, 10) == ""


def test_a_rundown_is_grouped_by_its_scenes() -> None:
    def line(number: int, kind: str, scene: str) -> ScriptLine:
        return ScriptLine(
            item_id=1, number=number, kind=kind, scene=scene, character="", parenthetical="",
            text=f"{kind} {number}", source_line=number,
        )  # fmt: skip

    rundown = [line(0, "dialogue", "A"), line(1, "dialogue", "A"), line(2, "dialogue", "B")]
    assert [(name, len(rows)) for name, rows in grouped(rundown)] == [("A", 2), ("B", 1)]
    scripted = [line(0, "heading", ""), line(1, "action", "S"), line(2, "dialogue", "S")]
    assert [(name, len(rows)) for name, rows in grouped(scripted)] == [("heading 0", 2)]


def test_sizes_and_rates_read_well() -> None:
    assert [readable(n) for n in (0, 940, 4200, 12_345, 3_400_000, 5_000_000_000)] == [
        "0 B", "940 B", "4.2 kB", "12 kB", "3.4 MB", "5.0 GB",
    ]  # fmt: skip
    assert rate_label(from_json({
        "title": "", "rate": "24000/1001", "drop_frame": False, "start_frame": 0, "width": 1,
        "height": 1, "events": [],
    }).rate) == "23.976"  # fmt: skip


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("first version: 3 of 4 lines found", "第一版：4 句中找到 3 句"),
        (
            "line 5: now a gap (was A001.mov 00:00:01:00)",
            "第 5 句：现为空缺（原为 A001.mov 00:00:01:00）",
        ),
        ("line 2: another take: A002.mov 00:00:01:00", "第 2 句：另有一条：A002.mov 00:00:01:00"),
        ("line 2 of the version before is gone: 你好", "上一版第 2 句已删去：你好"),
        ("something new", "something new"),
    ],
)
def test_changes_are_told_in_chinese(change: str, told: str) -> None:
    assert history.told(change, "zh") == told
    assert history.told(change, "en") == change
