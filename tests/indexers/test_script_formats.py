"""Final Draft, Word, rundowns, MOS and tables: every format yields the same kinds of lines."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Inches
from openpyxl import Workbook

from indexers.scripts.formats import read
from indexers.scripts.screenplay import ACTION, DIALOGUE, HEADING, Screenplay
from media.errors import Rejected

FDX = """<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<FinalDraft DocumentType="Script" Template="No" Version="5">
<Content>
<Paragraph Number="7A" Type="Scene Heading">
  <SceneProperties Length="1/8" Page="1" Title="x">
    <Summary><Paragraph><Text>Not for the screen.</Text></Paragraph></Summary>
  </SceneProperties>
  <Text>INT. 车站 - NIGHT</Text></Paragraph>
<Paragraph Type="Action"><Text>Rain on the </Text><Text Style="Bold">roof</Text><Text>.</Text>
</Paragraph>
<Paragraph Type="Character"><Text>ANNA (V.O.)</Text></Paragraph>
<Paragraph Type="Parenthetical"><Text>(softly)</Text></Paragraph>
<Paragraph Type="Dialogue"><Text>You </Text><Text Style="Italic">never</Text><Text> came</Text>
  <ScriptNote><Paragraph><Text>check</Text></Paragraph></ScriptNote></Paragraph>
<Paragraph Type="Dialogue"><Text>back. </Text><Text Style="Strikeout">Ever.</Text></Paragraph>
<Paragraph>
  <DualDialogue>
    <Paragraph Type="Character"><Text>BEN</Text></Paragraph>
    <Paragraph Type="Dialogue"><Text>Wait!</Text></Paragraph>
    <Paragraph Type="Character"><Text>ANNA</Text></Paragraph>
    <Paragraph Type="Dialogue"><Text>No.</Text></Paragraph>
  </DualDialogue>
</Paragraph>
<Paragraph Type="Transition"><Text>CUT TO:</Text></Paragraph>
</Content>
<TitlePage><Content><Paragraph><Text>The Last Train</Text></Paragraph></Content></TitlePage>
</FinalDraft>"""


def reading(folder: Path, name: str, data: bytes | str) -> Screenplay:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return read(path, path.stem)


def said(screenplay: Screenplay) -> list[tuple[str, str, str]]:
    return [(unit.kind, unit.character, unit.text) for unit in screenplay.units]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "gb18030"])
def test_final_draft_keeps_all_runs_and_both_sides_of_a_dual_dialogue(
    tmp_path: Path, encoding: str
) -> None:
    screenplay = reading(tmp_path, "a.fdx", FDX.replace("UTF-8", encoding).encode(encoding))
    assert said(screenplay) == [
        (HEADING, "", "INT. 车站 - NIGHT"),
        (ACTION, "", "Rain on the roof."),
        (DIALOGUE, "ANNA", "You never came back."),
        (DIALOGUE, "BEN", "Wait!"),
        (DIALOGUE, "ANNA", "No."),
        (ACTION, "", "CUT TO:"),
    ]
    assert screenplay.title == "The Last Train"
    assert screenplay.units[0].scene_number == "7A"
    assert screenplay.units[2].parenthetical == "V.O.; softly"
    assert screenplay.units[3].scene == "INT. 车站 - NIGHT"


@pytest.mark.parametrize("name", ["a.fdx", "a.mos.xml"])
def test_xml_with_entities_is_refused(tmp_path: Path, name: str) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;">]><FinalDraft>&b;</FinalDraft>'
    with pytest.raises(Rejected, match="declares entities"):
        reading(tmp_path, name, bomb)


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("a.fdx", "<FinalDraft><Content>", "damaged XML"),
        ("a.fdx", "<Final/>", "is not a Final Draft script"),
        ("a.fdx", "<html><body/></html>", "is a web page under another name"),
        ("a.txt", "%PDF-1.4", "is a PDF under another name"),
        ("a.mos.xml", "<mos><heartbeat/></mos>", "neither roCreate nor roStorySend"),
        ("a.docx", "no archive", "damaged, or not what its name says"),
        ("a.xlsx", "no archive", "damaged, or not what its name says"),
        ("a.csv", "camera,iso\nFX6,800\n", "name no column for what is said or seen"),
        ("a.csv", "", "is empty"),
    ],
)
def test_what_is_no_script_is_rejected_with_a_sentence(
    tmp_path: Path, name: str, data: str, sentence: str
) -> None:
    with pytest.raises(Rejected, match=sentence):
        reading(tmp_path, name, data)


def document(fill: Callable[[Any], None]) -> bytes:
    made, target = Document(), io.BytesIO()
    fill(made)
    made.save(target)
    return target.getvalue()


def test_word_is_read_by_its_cues_with_insertions_and_without_deletions(tmp_path: Path) -> None:
    def fill(made: Any) -> None:
        made.add_paragraph("第一场 内景 客厅")
        made.add_paragraph("张三：你好")
        changed = made.add_paragraph("李四（笑）：我")._p
        for tag, text, mark in (("ins", "刚", "t"), ("del", "昨天", "delText")):
            changed.append(
                parse_xml(
                    f'<w:{tag} {nsdecls("w")} w:id="1" w:author="x"><w:r>'
                    f"<w:{mark}>{text}</w:{mark}></w:r></w:{tag}>"
                )
            )
        changed.append(parse_xml(f"<w:r {nsdecls('w')}><w:t>到。</w:t></w:r>"))

    screenplay = reading(tmp_path, "a.docx", document(fill))
    assert said(screenplay) == [
        (HEADING, "", "第一场 内景 客厅"),
        (DIALOGUE, "张三", "你好"),
        (DIALOGUE, "李四", "我刚到。"),
    ]
    assert [unit.source_line for unit in screenplay.units] == [1, 2, 3]


def test_a_table_of_picture_and_sound_in_word_gives_actions_and_dialogue(tmp_path: Path) -> None:
    def fill(made: Any) -> None:
        made.add_paragraph("Harbor film, draft 3")
        table = made.add_table(rows=0, cols=2)
        for cells in (
            ("VIDEO", "AUDIO"),
            ("Wide of the pier", "ANNA: The storm came\nBEN (V.O.): We lost the lights."),
            ("", "[music]"),
            ("渔船进港", "旁白：船回来了。"),
        ):
            for cell, text in zip(table.add_row().cells, cells, strict=True):
                cell.text = text

    screenplay = reading(tmp_path, "a.docx", document(fill))
    assert said(screenplay) == [
        (ACTION, "", "Wide of the pier"),
        (DIALOGUE, "ANNA", "The storm came"),
        (DIALOGUE, "BEN", "We lost the lights."),
        (ACTION, "", "music"),
        (ACTION, "", "渔船进港"),
        (DIALOGUE, "旁白", "船回来了。"),
    ]
    assert screenplay.units[0].source_line == screenplay.units[1].source_line == 3


def test_a_screenplay_in_word_is_read_by_indent_and_by_style(tmp_path: Path) -> None:
    lines = (("INT. HALL - DAY", 0.0), ("Anna waits.", 0.0), ("ANNA", 2.2), ("Come in.", 1.0),
             ("Ben comes in.", 0.0), ("BEN", 2.2), ("Here I am.", 1.0))  # fmt: skip
    styles = ("Scene Heading", "Action", "Character", "Dialogue", "Action", "Character", "Dialogue")

    def indented(made: Any) -> None:
        for text, inches in lines:
            made.add_paragraph(text).paragraph_format.left_indent = Inches(inches)

    def styled(made: Any) -> None:
        for style in dict.fromkeys(styles):
            made.styles.add_style(style, 1)
        for (text, _), style in zip(lines, styles, strict=True):
            made.add_paragraph(text, style=style)

    expected = [(HEADING, "", "INT. HALL - DAY"), (ACTION, "", "Anna waits."),
                (DIALOGUE, "ANNA", "Come in."), (ACTION, "", "Ben comes in."),
                (DIALOGUE, "BEN", "Here I am.")]  # fmt: skip
    for name, fill in (("indent.docx", indented), ("style.docx", styled)):
        assert said(reading(tmp_path, name, document(fill))) == expected


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_rundown_is_read_in_any_encoding_and_with_any_separator(
    tmp_path: Path, encoding: str, separator: str
) -> None:
    rows = (
        ("序号", "标题", "主播", "画面", "导语"),
        ("1", "暴雨", "王芳", "街道积水", "北京今天下了大雨。"),
        ("2", "暴雨", "记者", "", '"我在现场。\n这里水很深。"'),
        ("3", "体育", "王芳", "", "国足赢了。"),
    )
    text = "\n".join(separator.join(row) for row in rows)
    screenplay = reading(tmp_path, "rundown.csv", text.encode(encoding))
    assert said(screenplay) == [
        (HEADING, "", "暴雨"),
        (ACTION, "", "街道积水"),
        (DIALOGUE, "王芳", "北京今天下了大雨。"),
        (DIALOGUE, "记者", "我在现场。这里水很深。"),
        (HEADING, "", "体育"),
        (DIALOGUE, "王芳", "国足赢了。"),
    ]


def test_a_workbook_is_read_sheet_by_sheet_below_its_title(tmp_path: Path) -> None:
    book, target = Workbook(), io.BytesIO()
    for sheet, text in ((book.active, "Good evening."), (book.create_sheet(), "Good night.")):
        for row in (("Evening news", None, None), ("Slug", "Speaker", "Script"),
                    ("OPEN", "ANCHOR", text), (None, 2, None)):  # fmt: skip
            sheet.append(row)
    book.save(target)
    screenplay = reading(tmp_path, "a.xlsx", target.getvalue())
    assert said(screenplay) == [
        (HEADING, "", "OPEN"),
        (DIALOGUE, "ANCHOR", "Good evening."),
        (HEADING, "", "OPEN"),
        (DIALOGUE, "ANCHOR", "Good night."),
    ]


MOS = """<mos><mosID>m</mosID>{}</mos>"""
CREATE = """<roCreate><roID>R</roID><roSlug>6 PM News</roSlug>
<story><storyID>S1</storySlug></roCreate>""".replace(
    "</storySlug>",
    "</storyID><storySlug>FLOOD</storySlug><storyNum>A1</storyNum>"
    "<item><itemID>1</itemID><itemSlug>flood pictures</itemSlug></item></story>"
    "<story><storyID>S2</storyID><storySlug>SPORT</storySlug></story>",
)
SEND = """<roStorySend><roID>R</roID><storyID>S1</storyID><storySlug>FLOOD</storySlug>
<storyBody><storyPresenter>Anna</storyPresenter><p><pi>CAMERA 1</pi></p>
<p>The river has <em>risen</em> again.</p>
<storyItem><itemID>1</itemID><itemSlug>flood pictures</itemSlug></storyItem>
<p>(pause)</p><p>BEN: Stay at home.</p></storyBody></roStorySend>"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-be"])
def test_mos_gives_stories_as_headings_and_what_is_read_as_dialogue(
    tmp_path: Path, encoding: str
) -> None:
    data = MOS.format(CREATE + SEND).encode(encoding)
    screenplay = reading(tmp_path, "news.mos.xml", data)
    assert screenplay.title == "6 PM News"
    assert said(screenplay) == [
        (HEADING, "", "FLOOD"),
        (ACTION, "", "CAMERA 1"),
        (DIALOGUE, "Anna", "The river has risen again."),
        (ACTION, "", "flood pictures"),
        (ACTION, "", "pause"),
        (DIALOGUE, "BEN", "Stay at home."),
        (HEADING, "", "SPORT"),
    ]


def test_a_running_order_without_texts_gives_its_items(tmp_path: Path) -> None:
    assert said(reading(tmp_path, "news.mos.xml", MOS.format(CREATE))) == [
        (HEADING, "", "FLOOD"),
        (ACTION, "", "flood pictures"),
        (HEADING, "", "SPORT"),
    ]


def test_a_table_in_markdown_is_a_script(tmp_path: Path) -> None:
    text = (
        "# Harbor\n\nSome words before.\n\n| Video | Audio |\n|---|---|\n"
        "| Pier, wide | **ANNA:** Come in.<br>BEN: No. |\n"
    )
    assert said(reading(tmp_path, "a.md", text)) == [
        (HEADING, "", "Harbor"),
        (ACTION, "", "Pier, wide"),
        (DIALOGUE, "ANNA", "Come in."),
        (DIALOGUE, "BEN", "No."),
    ]


NOTES = {
    "README.md": "# Harbor\n\nThis folder holds the footage of the harbor story.\nDo not rename.\n",
    "notes.txt": "Bring more batteries\nAnna was tired after lunch\n",
    "tuesday.txt": "A001_C003 out of focus\nTake 2 best\nCard B: interview with Anna\nwind noise\n",
    "settings.txt": "Camera: FX6\nLens: 50mm\nISO: 800\nFPS: 25\n",
    "场记.txt": "今天拍了三条\n第二条最好\n",
    "files.txt": "A001.mov 3f2a\nB001.mov 99ab\n",
}
SCRIPTS = {
    "narration.txt": "The storm came in over the harbor.\nNobody was ready.\n",
    "story.txt": "He was born in 1959.\nShe left the next day.\n",
    "notes.txt": "INT. HALL - DAY\n\nANNA\nCome in.\n\nBEN\nNo.\n",
    "readme.txt": "ANNA: Come in.\nBEN: Not now.\n",
    "解说.txt": "暴雨持续了三天。\n没有人准备好。\n",
    "one.txt": "ANNA: Come in.\n",
}


@pytest.mark.parametrize(("name", "text"), NOTES.items())
def test_readmes_and_shot_notes_are_not_taken_for_scripts(
    tmp_path: Path, name: str, text: str
) -> None:
    with pytest.raises(Rejected, match="If it is a script, begin its lines with NAME:"):
        reading(tmp_path, name, text)


@pytest.mark.parametrize(("name", "text"), SCRIPTS.items())
def test_no_script_is_lost_to_that_rule(tmp_path: Path, name: str, text: str) -> None:
    assert reading(tmp_path, name, text).dialogue
