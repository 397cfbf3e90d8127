"""Scripts as other people write them: their headings, names, labels and encodings."""

import io
import re
import zipfile
from pathlib import Path

import pytest
from docx import Document
from docx.oxml import parse_xml
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from indexers.scripts.formats import read
from indexers.scripts.headings import Heading, is_heading, read_heading
from indexers.scripts.recognition import objection
from indexers.scripts.structure import structure
from indexers.scripts.typed import parse
from media.errors import Rejected

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def shown(text: str, *, fountain: bool = False) -> list[tuple[str, str, str]]:
    return [(unit.kind[0], unit.character, unit.text) for unit in parse(text, "x", fountain).units]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("第一場 內景 客廳 夜", Heading("一", "INT", "客廳", "夜")),
        ("1-2 夜 外 街道", Heading("1-2", "EXT", "街道", "夜")),
        ("场1-1 内 张家客厅 日", Heading("1-1", "INT", "张家客厅", "日")),
        ("天台 夜外", Heading("", "EXT", "天台", "夜")),
        ("Scene 12: INT. HALL - NIGHT", Heading("12", "INT", "HALL", "NIGHT")),
    ],
)
def test_headings_of_other_houses_are_read(text: str, expected: Heading) -> None:
    assert is_heading(text)
    assert read_heading(text) == expected


@pytest.mark.parametrize(
    "text", ["场景很美。", "内景很暗，外景很亮。", "Scene of the crime", "日 内"]
)
def test_a_sentence_about_a_scene_is_no_heading(text: str) -> None:
    assert not is_heading(text)


def test_names_are_found_however_they_are_marked() -> None:
    text = (
        "【张三】你好。\n李　四：再见。\n王五OS：走了。\n【同期】赵六：我在。\n철수: 네.\n"
        "ANNA:\nTwo\nlines.\n"
    )
    assert shown(text) == [
        ("d", "张三", "你好。"),
        ("d", "李四", "再见。"),
        ("d", "王五", "走了。"),
        ("d", "赵六", "我在。"),
        ("d", "철수", "네."),
        ("d", "ANNA", "Two lines."),
    ]


def test_nobody_says_labels_and_marked_actions() -> None:
    text = (
        "1-1 日 内 客厅\n人物：张三\n△张三坐着。\n张三：你来了。\n字幕：三年后\n"
        "张三：嗯。\n张三站起来。\n"
    )
    assert shown(text) == [
        ("h", "", "1-1 日 内 客厅"),
        ("d", "", "人物：张三"),
        ("a", "", "张三坐着。"),
        ("d", "张三", "你来了。"),
        ("a", "", "字幕：三年后"),
        ("d", "张三", "嗯。"),
        ("a", "", "张三站起来。"),
    ]


def test_a_printed_screenplay_is_read_without_what_printing_adds() -> None:
    text = f"""
{" " * 30}THE LAST TRAIN

{" " * 30}Written by
{" " * 30}Jane Doe

12   INT. TRAIN - NIGHT{" " * 30}12

{" " * 25}MR. O'HARA JR.
{" " * 15}(a long aside
{" " * 15}of two lines)
{" " * 10}Ticket?
{" " * 25}ANNA
{" " * 10}Here.
{" " * 25}(MORE)

{" " * 60}2.
"""
    screenplay = parse(text, "x", False)
    assert screenplay.title == "THE LAST TRAIN"
    assert [(u.text, u.character, u.parenthetical) for u in screenplay.units] == [
        ("12   INT. TRAIN - NIGHT", "", ""),
        ("Ticket?", "MR. O'HARA JR.", "a long aside of two lines"),
        ("Here.", "ANNA", ""),
    ]
    assert screenplay.units[0].scene_number == "12"


@pytest.mark.parametrize(
    "text",
    [
        "第一场\n时间：夜\n地点：天台\n人物：张三、小王\n\n风很大。\n\n张三：你来了。\n",
        "INT. ROOM - DAY\n\nTIME: night\nPLACE: a roof\nCAST: Anna\n\nIt rains.\n\nANNA\nHello.\n",
    ],
)
def test_details_of_a_scene_are_neither_said_nor_seen(text: str) -> None:
    for is_fountain in (True, False):
        kinds = [unit.kind for unit in parse(text, "x", is_fountain).units]
        assert kinds == ["heading", "detail", "detail", "detail", "action", "dialogue"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("【叹气】我知道。", ("", "叹气", "我知道。")),
        ("（沉默）我知道。", ("", "沉默", "我知道。")),
        ("[sighs] I know.", ("", "sighs", "I know.")),
        ("【笑】张三：你好。", ("张三", "笑", "你好。")),
        ("【笑笑】你好。", ("笑笑", "", "你好。")),
    ],
)
def test_a_feeling_in_brackets_is_an_aside(line: str, said: tuple[str, str, str]) -> None:
    unit = parse(f"李四：走吧。\n\n{line}\n", "x", False).units[-1]
    assert (unit.character, unit.parenthetical, unit.text) == said


def test_chinese_speech_with_figures_is_no_list_of_fields() -> None:
    text = "主播：2026年，港口吞吐量增长了12%。\n记者：我等了3年！\n"
    assert not objection(parse(text, "x", False), "新闻.txt")
    fields = "帧率：25\n卡号：A001\n时长：12:30\n"
    assert "notes" in objection(parse(fields, "x", False), "新闻.txt")


def test_who_speaks_in_capitals_is_listed_once() -> None:
    found = structure(parse("INT. ROOM - DAY\nCAST: Anna, Ben\nANNA: Hello.\n", "x", False))
    assert [one["name"] for one in found["entities"] if one["kind"] == "person"] == ["ANNA", "Ben"]


def test_a_feeling_inside_a_speech_belongs_to_it() -> None:
    (unit,) = parse("李四：（小声）走吧。\n【叹气】我知道。\n", "x", False).units
    assert (unit.parenthetical, unit.text) == ("小声; 叹气", "走吧。我知道。")


def test_the_lines_below_a_heading_tell_who_is_where() -> None:
    text = "第一场\n时间：夜\n地点：天台\n人物：张三、小王\n张三：你来了。\n"
    found = structure(parse(text, "x", False))
    (scene,) = found["scenes"]
    assert (scene["place"], scene["time"], scene["people"]) == ("天台", "夜", ["张三", "小王"])
    assert scene["actions"] == []


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("张三：你好。\n李四：再见。\n", "gb18030"),
        ("張三：你好嗎？\n李四：我很好，謝謝。\n", "big5"),
        ("철수: 안녕하세요.\n영희: 오랜만이에요.\n", "euc_kr"),
        ("太郎：おはようございます。\n花子：今日は早いですね。\n", "shift_jis"),
        ("JOSÉ: ¿Dónde está el café?\nRENÉE: Là-bas, près de l’église.\n", "cp1252"),
    ],
)
def test_two_lines_are_enough_to_tell_an_encoding(tmp_path: Path, text: str, encoding: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode(encoding))
    said = "".join(unit.text for unit in read(path, "a").units)
    spoken = (re.sub("^.*?(：|: )", "", line) for line in text.split("\n"))
    assert said == "".join(spoken)


@pytest.mark.parametrize(
    ("head", "row", "expected"),
    [
        ("No.;Talent;Script text;Shot description", "1;Anna;Hello, all;Sea", ["Sea", "Hello, all"]),
        ("Segment #,Slug,Script/Copy,Graphic text", "1,OPEN,Hello.,Logo", ["OPEN", "Hello."]),
        ("鏡號,畫面內容,台詞（對白）,備註", "1,海邊,張三：走吧。,無", ["海邊", "走吧。"]),
    ],
)  # fmt: skip
def test_columns_are_known_by_parts_of_their_names(
    tmp_path: Path, head: str, row: str, expected: list[str]
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{head}\n{row}\n", encoding="utf-8")
    assert [unit.text for unit in read(path, "a").units] == expected


def test_mos_is_read_with_namespaces_several_messages_and_loose_text(tmp_path: Path) -> None:
    first = "<storyBody>Loose.<p>In <em>a</em> paragraph.</p>After.</storyBody>"
    other = "<storyBody><![CDATA[<p>Escaped.</p>]]></storyBody>"
    path = tmp_path / "a.mos"
    path.write_text(
        f'<?xml version="1.0"?><!DOCTYPE mos SYSTEM "mos.dtd"><mos xmlns="http://x/y"><roStorySend>'
        f"<storyID>1</storyID>{first}</roStorySend></mos>\n"
        f'<?xml version="1.0"?><mos><roStorySend><storyID>2</storyID>{other}</roStorySend></mos>'
    )
    said = [unit.text for unit in read(path, "a").units]
    assert said == ["Loose.", "In a paragraph.", "After.", "Escaped."]


def test_word_gives_text_boxes_and_inner_tables_and_not_what_is_struck_out(tmp_path: Path) -> None:
    made = Document()
    line = made.add_paragraph("ANNA: Come in.")
    line.add_run(" hidden").font.hidden = True
    line.add_run(" struck").font.strike = True
    line._p.append(parse_xml(
        f"<w:r {_W}><w:pict><w:txbxContent><w:p><w:r><w:t>BEN: In the box.</w:t></w:r></w:p>"
        "</w:txbxContent></w:pict></w:r>"
    ))  # fmt: skip
    table = made.add_table(rows=3, cols=2)
    for cell, text in zip(table._cells, ("Video", "Audio", "Boat", "", "SCENE 2", ""), strict=True):
        cell.text = text
    inner = table.cell(1, 1).add_table(rows=1, cols=2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "CARL", "Nested."
    made.save(str(tmp_path / "a.docx"))
    assert [(u.kind[0], u.character, u.text) for u in read(tmp_path / "a.docx", "a").units] == [
        ("d", "ANNA", "Come in."),
        ("d", "BEN", "In the box."),
        ("a", "", "Boat"),
        ("d", "CARL", "Nested."),
        ("h", "", "SCENE 2"),
    ]


def test_hidden_sheets_are_not_the_rundown_and_numbers_are_as_people_see_them(
    tmp_path: Path,
) -> None:
    book = Workbook()
    book.active.append(["Scene", "Audio"])
    book.active.append([2.0, "Hello."])
    hidden = book.create_sheet("old")
    hidden.append(["Audio", "Video"])
    hidden.append(["Old text", "x"])
    hidden.sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    assert [unit.text for unit in read(tmp_path / "a.xlsx", "a").units] == ["2", "Hello."]


@pytest.mark.parametrize("name", ["a.docx", "a.xlsx"])
def test_an_office_file_of_damaged_xml_is_rejected(tmp_path: Path, name: str) -> None:
    source, made = io.BytesIO(), Document() if name == "a.docx" else Workbook()
    made.save(source)
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(tmp_path / name, "w") as new:
        for entry in old.namelist():
            part = old.read(entry)
            whole = entry.endswith((".rels", "[Content_Types].xml"))
            new.writestr(entry, part if whole else part[: len(part) // 2])
    with pytest.raises(Rejected, match="can be read: save it again as"):
        read(tmp_path / name, "a")


def test_xml_nested_too_deep_is_rejected(tmp_path: Path) -> None:
    deep = "<Paragraph><DualDialogue>" * 3000 + "</DualDialogue></Paragraph>" * 3000
    (tmp_path / "a.fdx").write_text(f"<FinalDraft><Content>{deep}</Content></FinalDraft>")
    with pytest.raises(Rejected, match="nests its elements deeper"):
        read(tmp_path / "a.fdx", "a")


_WORDS = st.lists(
    st.sampled_from(["harbor", "night", "灯塔", "没有人", "and", "waits"]), min_size=1, max_size=6
)
_NAMES = st.sampled_from(["ANNA", "BEN", "张三", "李四"])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(_NAMES, _WORDS, _WORDS), min_size=2, max_size=6))
def test_no_word_is_lost_or_doubled_in_any_form(
    speeches: list[tuple[str, list[str], list[str]]],
) -> None:
    forms = {
        "fountain": "INT. A - DAY\n\n"
        + "\n\n".join(f"{n}\n({' '.join(a)})\n{' '.join(w)}" for n, a, w in speeches),
        "text": "\n".join(f"{n} ({' '.join(a)}): {' '.join(w)}." for n, a, w in speeches),
        "chinese": "\n".join(f"{n}（{' '.join(a)}）：{' '.join(w)}。" for n, a, w in speeches),
    }
    for form, text in forms.items():
        units = parse(text, "x", form == "fountain").dialogue
        assert [u.character for u in units] == [name for name, _, _ in speeches]
        assert [u.text.rstrip(".。").split() for u in units] == [words for _, _, words in speeches]
        assert [u.parenthetical.split() for u in units] == [asides for _, asides, _ in speeches]
