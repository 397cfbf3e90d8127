"""report.pdf and report.md: the same as the page, for paper and for chats."""

import subprocess
from pathlib import Path

from PIL import Image
from sqlmodel import select

from catalog.models import ScriptLine
from catalog.work import Work
from tests.renderers.page import HOSTILE, report
from tests.renderers.story_fixture import Names, story


def pdf_text(folder: Path) -> str:
    command = ["pdftotext", "-layout", str(folder / "report.pdf"), "-"]
    return subprocess.run(command, capture_output=True, check=True).stdout.decode("utf-8")


def test_the_pdf_tells_the_same_with_its_fonts_inside(tmp_path: Path) -> None:
    with story(tmp_path, Names(title="末班车 🎬", language="zh")) as made:
        report(made)
        text = pdf_text(made.scratch)
        path = str(made.scratch / "report.pdf")
        fonts = subprocess.run(["pdffonts", path], capture_output=True, check=True).stdout.decode()
    for part in ("末班车", "粗剪报告", "需要人来处理", "你听见了吗？有人在下面。", "A001C003",
                 "10:00:00;05", "Three years, two months and eleven days."):  # fmt: skip
        assert part in text
    rows = [row.split() for row in fonts.splitlines()[2:]]
    assert rows
    assert all(row[-5] == "yes" for row in rows), "every font is embedded"
    assert any("Emoji" in row[0] for row in rows), "no box stands for a 🎬"


def test_pages_of_the_pdf_show_pictures_and_the_curve(fresh: Work) -> None:
    report(fresh)
    command = ["pdftoppm", "-r", "40", "-png", str(fresh.scratch / "report.pdf")]
    subprocess.run([*command, str(fresh.scratch / "page")], check=True)
    pages = sorted(fresh.scratch.glob("page-*.png"))
    assert 2 <= len(pages) <= 5
    colours = {
        colour
        for page in pages
        for _, colour in Image.open(page).convert("RGB").getcolors(1 << 24) or ()
    }
    assert len(colours) > 2000  # photographs, not a page of text


def test_the_markdown_tells_the_same(fresh: Work) -> None:
    report(fresh)
    text = (fresh.scratch / "report.md").read_text(encoding="utf-8")
    assert text.startswith("# The Last Train\n")
    for part in ("9 of 11 lines found", "- [ ] Lines that nobody says: 2",
                 "**Three years, two months and eleven days.**", "### INT. PLATFORM 9 – NIGHT",
                 "| A001C003 | A001_C003_maya.mov | 29.97 DF |", "B002_jonas &amp; the crowd.mp4",
                 "(last_train.edl)"):  # fmt: skip
        assert part in text


def test_hostile_names_stay_text_on_paper_and_in_markdown(tmp_path: Path) -> None:
    with story(tmp_path, HOSTILE) as made:
        report(made)
        text = (made.scratch / "report.md").read_text(encoding="utf-8")
        assert "<script>" not in text
        assert "<img" not in text
        assert "alert(2)" in pdf_text(made.scratch)


def test_details_of_a_scene_stand_quietly_under_its_heading(fresh: Work) -> None:
    action = fresh.session.exec(select(ScriptLine).where(ScriptLine.kind == "action")).first()
    assert action
    action.kind, action.text = "detail", "人物：玛雅"
    page = report(fresh)[0]
    assert [one.text for one in page.all("p", "detail")] == ["人物：玛雅"]
    assert "<small>人物：玛雅</small>" in (fresh.scratch / "report.md").read_text(encoding="utf-8")
