"""The parse stage: files in any encoding, and what can't be read."""

from pathlib import Path

import pytest
from sqlmodel import Session, SQLModel

from catalog.database import Catalog
from catalog.models import Item, Kind, Script, ScriptLine
from catalog.work import Work
from config.settings import load
from indexers.script import Parse
from indexers.scripts.formats import read
from media.errors import Rejected

CHINESE = "张三：你好，今天的新闻说什么？\n李四：没什么，明天可能会下雨。\n"


def write(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk"]
)
def test_chinese_is_read_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path, "script.txt", CHINESE.encode(encoding))
    first, second = read(path, "script").dialogue
    assert (first.character, first.text) == ("张三", "你好，今天的新闻说什么？")
    assert second.source_line == 2


def test_windows_english_is_read(tmp_path: Path) -> None:
    text = "JOSÉ: Café – déjà vu, she said.\r\nBOB: “Hi”\r\n"
    path = write(tmp_path, "script.txt", text.encode("cp1252"))
    assert [unit.text for unit in read(path, "s").dialogue] == [
        "Café – déjà vu, she said.",
        "“Hi”",
    ]


@pytest.mark.parametrize("data", [b"", b" \n\n", " \n".encode("utf-16")])
def test_an_empty_file_is_rejected(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(Rejected, match=r"script\.fountain is empty"):
        read(write(tmp_path, "script.fountain", data), "script")


@pytest.mark.parametrize("data", [bytes(range(256)) * 8, b"\0" * 64, b"MZ\x90" + bytes(99)])
def test_a_binary_file_is_rejected(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(Rejected, match="is not text"):
        read(write(tmp_path, "script.txt", data), "script")


@pytest.mark.parametrize("name", ["a.pdf", "a.rtf", "a.doc", "a.xls"])
def test_other_formats_say_what_to_do(tmp_path: Path, name: str) -> None:
    with pytest.raises(Rejected, match="is not read: save it as"):
        read(write(tmp_path, name, b"x"), "a")


def test_a_screenplay_saved_as_text_is_read_as_one(tmp_path: Path) -> None:
    text = "INT. HALL - DAY\n\nAnna waits.\n\n    ANNA\n  Where is he?\n\n    BEN\n  Here.\n"
    screenplay = read(write(tmp_path, "hall.txt", text.encode()), "hall")
    assert screenplay.format == "fountain"
    assert [unit.character for unit in screenplay.dialogue] == ["ANNA", "BEN"]


def test_cues_with_colons_in_a_fountain_file_are_read_with_a_warning(tmp_path: Path) -> None:
    screenplay = read(write(tmp_path, "hall.fountain", CHINESE.encode()), "hall")
    assert len(screenplay.dialogue) == 2
    assert "NAME: words" in screenplay.warnings[0]


@pytest.mark.parametrize(("text", "language"), [(CHINESE, "zh"), ("ANNA: Hi.\nBEN: Ho.", "en")])
def test_the_stage_makes_a_script_and_its_lines(tmp_path: Path, text: str, language: str) -> None:
    path = write(tmp_path, "news.txt", text.encode())
    catalog = Catalog(f"sqlite:///{tmp_path / 'catalog.db'}")
    SQLModel.metadata.create_all(catalog.engine)
    item = Item(
        id=3, root="drop", path="a/news.txt", size=1, mtime_ns=1, kind=Kind.SCRIPT,
        story_id=1, accepted_at=0,
    )  # fmt: skip
    settings = load()
    with Session(catalog.engine) as session:
        work = Work(item, path, tmp_path, tmp_path, tmp_path, settings, session)
        facts = Parse().run(work)
    script, *lines = facts.rows
    assert isinstance(script, Script)
    assert (script.title, script.language, script.item_id) == ("news", language, 3)
    assert [line.number for line in lines if isinstance(line, ScriptLine)] == [0, 1]
    assert facts.message == "2 dialogue lines, 2 characters, 0 headings"
    catalog.close()


def test_a_script_of_headings_alone_is_rejected_at_once(tmp_path: Path) -> None:
    path = write(tmp_path, "plan.fountain", b"INT. HALL - DAY\n\nEXT. PIER - NIGHT\n")
    with pytest.raises(Rejected, match="has no lines in it"):
        read(path, "plan")
