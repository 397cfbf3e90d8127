"""Scripts as people type them."""

from pathlib import Path

import pytest

from indexers.scripts.formats import read
from indexers.scripts.plaintext import cue, parse
from indexers.scripts.screenplay import ACTION, DIALOGUE, HEADING
from media.errors import Rejected


def units(text: str) -> list[tuple[str, str, str]]:
    return [(unit.kind, unit.character, unit.text) for unit in parse(text, "name").units]


def test_names_before_colons_speak() -> None:
    assert units("ANNA: Come in.\nBen (whispers): Not now.\n\nThey wait.\n") == [
        (DIALOGUE, "ANNA", "Come in."),
        (DIALOGUE, "Ben", "Not now."),
        (ACTION, "", "They wait."),
    ]


def test_chinese_names_before_full_width_colons_speak() -> None:
    assert units(
        "第一场 内景 客厅\n张三：你好。\n李四（笑）：（站起来）你来了！\n（两人坐下）\n"
    ) == [
        (HEADING, "", "第一场 内景 客厅"),
        (DIALOGUE, "张三", "你好。"),
        (DIALOGUE, "李四", "你来了！"),
        (ACTION, "", "两人坐下"),
    ]
    assert parse("李四（笑）：（站起来）你来了！", "x").dialogue[0].parenthetical == "笑; 站起来"


def test_a_dot_makes_a_heading_as_in_fountain() -> None:
    units = parse(".场景二 天台 - 夜\n\n张三：进来。\n\n.ROOFTOP\n\n李四：……走吧。", "x").units
    assert [(unit.kind, unit.text) for unit in units] == [
        (HEADING, "场景二 天台 - 夜"),
        (DIALOGUE, "进来。"),
        (HEADING, "ROOFTOP"),
        (DIALOGUE, "……走吧。"),
    ]


def test_a_speech_goes_on_under_its_cue() -> None:
    assert units("ANNA: Come in,\nplease sit down.\nBEN: Thanks.\n")[0][2] == (
        "Come in, please sit down."
    )


def test_markdown_is_taken_for_what_it_means() -> None:
    text = (
        "# The Train\n\n**Scene 1**\n\n- **ANNA:** Come in.\n- **BEN:** *Now?*\n---\n> BEN: Oh.\n"
    )
    assert units(text) == [
        (HEADING, "", "The Train"),
        (HEADING, "", "Scene 1"),
        (DIALOGUE, "ANNA", "Come in."),
        (DIALOGUE, "BEN", "Now?"),
        (DIALOGUE, "BEN", "Oh."),
    ]
    assert parse(text, "name").title == "The Train"


def test_without_cues_every_line_is_to_be_found() -> None:
    text = (
        "INT. STUDIO\n\nGood evening.\nThe river has risen\nover its banks again.\n\n"
        "[music]\n1. Stay at home.\n"
    )
    assert units(text) == [
        (HEADING, "", "INT. STUDIO"),
        (DIALOGUE, "", "Good evening."),
        (DIALOGUE, "", "The river has risen over its banks again."),
        (ACTION, "", "music"),
        (DIALOGUE, "", "Stay at home."),
    ]


def test_a_list_in_small_letters_stays_a_list() -> None:
    lines = ["in eighteen thirteen", "he was not an ill disposed young man", "unless to be cold"]
    assert [text for *_, text in units("\n".join(lines))] == lines
    assert units("\n".join([*lines[:2], "so it ends."]))[0][2] == lines[0]


def test_chinese_lines_without_names_are_to_be_found() -> None:
    assert units("今天天气很好。\n\n我们去公园吧。") == [
        (DIALOGUE, "", "今天天气很好。"),
        (DIALOGUE, "", "我们去公园吧。"),
    ]


def test_front_matter_gives_the_title_and_lines_keep_their_numbers() -> None:
    screenplay = parse('---\ntitle: "Flood"\n---\nANNA: Run.\n', "name")
    assert screenplay.title == "Flood"
    assert screenplay.dialogue[0].source_line == 4


@pytest.mark.parametrize(
    "line", ["Note: bring keys", "It ends at 10:30 today", "字幕：三年后", "https://example.org"]
)
def test_a_colon_alone_makes_no_speaker(line: str) -> None:
    assert cue(line) is None


@pytest.mark.parametrize(
    "text",
    [
        "Put the mayor first\n",
        "Remove all sad clips and end on the pier.\n",
        "Make it shorter, two minutes at most.\nNo music under the interview.\n",
        "删除所有悲伤情绪片段\n",
        "把市长放在最前面，时长控制在两分钟以内。\n",
    ],
)
def test_an_edit_note_is_no_script_and_its_writer_is_told_what_to_do(
    text: str, tmp_path: Path
) -> None:
    path = tmp_path / "change of mind.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Rejected, match=r"edit note.*note\.txt"):
        read(path, path.stem)


@pytest.mark.parametrize(
    "text",
    [
        "We lost the lights, and then we lost the radio.\nMake him an offer he can't refuse.\n",
        "Keep your promise.\nI was there when the bells rang.\n",
        "我们明天再来。\n不要忘记把钥匙还给邻居。\n",
        "MAYOR: Put the children first.\nANNA: Start with the music.\n",
    ],
)
def test_what_somebody_says_stays_a_script(text: str, tmp_path: Path) -> None:
    path = tmp_path / "lines.txt"
    path.write_text(text, encoding="utf-8")
    assert read(path, path.stem).dialogue


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("标题：台风之夜\n编剧：李雷\n\n市长：大家不要出门。\n", "台风之夜"),
        ("\nTitle: The Flood\nWritten by: Mei\nMAYOR: Stay at home.\n", "The Flood"),
        ("Title: The Flood\n\nStay at home, all of you.\n", "The Flood"),
    ],
)
def test_a_title_line_is_the_title_and_nobody_says_it(text: str, title: str) -> None:
    screenplay = parse(text, "name")
    assert screenplay.title == title
    (said,) = screenplay.units
    assert (said.kind, text.split("\n")[said.source_line - 1][-5:]) == (DIALOGUE, said.text[-5:])
