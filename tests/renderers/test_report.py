"""report.html, read by a real HTML parser and by a real browser."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import col, delete

from catalog.models import CHINESE, Cut, Label, Rendition, Script, ScriptLine, Take
from catalog.work import Work
from media.errors import Rejected
from renderers.page.album import nearest
from renderers.page.lines import grouped, marked
from renderers.page.notices import rate_label
from renderers.page.phrases import CHINESE as CHINESE_PHRASES
from renderers.page.phrases import ENGLISH, Phrases
from renderers.page.view import readable
from renderers.report import Report
from renderers.sequence import from_json, to_json
from tests.renderers.page import HOSTILE, Element, report
from tests.renderers.story_fixture import Names, story


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Work]:
    with story(tmp_path_factory.mktemp("report"), movie=True) as made:
        yield made


@pytest.fixture(scope="module")
def page(work: Work) -> Element:
    return report(work)[0]


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Work]:
    with story(tmp_path) as made:
        yield made


def test_the_head_says_what_a_producer_asks_first(page: Element) -> None:
    header = page.all("header")[0].text
    for part in (
        "The Last Train",
        "station",
        "Version 2",
        "9 of 11 lines found",
        "2 missing",
        "0:46 running time",
        "3 files used",
    ):
        assert part in header
    description = next(m for m in page.all("meta") if m.attrs.get("name") == "description")
    assert description.attrs["content"] == ("9 of 11 lines found · 2 missing · runs 0:46 · 3 files")


def test_what_is_missing_comes_before_everything_else(page: Element) -> None:
    losses = page.by_id("missing").all("li")
    assert [loss.all("q")[0].text for loss in losses] == [
        "Three years, two months and eleven days.",
        "Put him down before he falls on somebody.",
    ]
    assert "MAYA" in losses[0].text
    assert "INT. PLATFORM 9 – NIGHT" in losses[0].text
    link = losses[0].all("a")[0].attrs["href"]
    assert "gap" in page.by_id(link.removeprefix("#")).attrs["class"]
    ids = [one.attrs["id"] for one in page.all("section") if "id" in one.attrs]
    assert ids[:2] == ["missing", "changes"]


def test_changes_since_the_version_before_are_told(page: Element) -> None:
    changes = page.by_id("changes")
    assert "since version 1" in changes.text
    assert len(changes.all("li")) == 2


def test_lines_keep_the_order_of_the_script_under_their_scenes(page: Element) -> None:
    scenes = page.all("section", "scene")
    assert [scene.all("h3")[0].text for scene in scenes] == [
        "INT. PLATFORM 9 – NIGHT 4 of 5 found",
        "EXT. STATION HALL – DAY 3 of 4 found",
        "内景 隧道 夜 2 of 2 found",
    ]
    assert [row.attrs["id"] for row in page.all("article", "row")] == [
        f"line-{n}" for n in (2, 3, 4, 5, 6, 9, 10, 11, 12, 15, 16)
    ]
    assert scenes[0].all("p", "action")[0].text.startswith("Rain on the glass roof")


def test_a_line_shows_its_clip_with_the_sources_own_timecode(page: Element) -> None:
    row = page.by_id("line-2")
    assert row.all("p", "file")[0].text == "A001_C003_maya.mov"
    facts = row.all("p", "facts")[0].text
    assert "10:00:00;05 – 10:00:04;20" in facts
    assert "4.5 s" in facts
    assert "A001C003" in facts
    assert row.all("span", "feeling")[0].text == f"Sadness {CHINESE[Label.SADNESS]}"
    judged = row.all("p", "judged")[0]
    assert judged.text.startswith("0.97")
    assert "says 9 of 9 words" in judged.text
    assert judged.all("i")[0].attrs["style"] == "width:97%"
    assert row.all("img")[0].attrs["src"].startswith("data:image/jpeg;base64,")


def test_heard_words_are_marked_and_others_are_not(page: Element) -> None:
    said = page.by_id("line-5").all("p", "said")[0]
    assert said.text == "The train is late again. It's always late."
    assert [mark.text for mark in said.all("mark")] == ["The train is late again", "always late"]
    chinese = page.by_id("line-15").all("mark")
    assert [mark.text for mark in chinese] == ["你听见了吗？有人在下面"]


def test_other_takes_say_why_they_were_not_chosen(page: Element) -> None:
    others = page.by_id("line-2").all("div", "others")[0].all("li")
    assert len(others) == 1
    assert "10:00:10;10 – 10:00:14;15" in others[0].text
    assert "0.81" in others[0].text
    assert re.search(r"says \d+ of \d+ words", others[0].text)
    assert "as good" not in others[0].text


def test_a_gap_is_a_row_of_its_own(page: Element) -> None:
    row = page.by_id("line-4")
    assert "Missing" in row.text
    assert "3.2 s" in row.text
    assert not row.all("div", "take")


def test_clicking_a_line_finds_its_middle_of_the_first_frame(page: Element, work: Work) -> None:
    cut = work.session.get_one(Cut, 2)
    for event in from_json(cut.sequence).events:
        row = page.by_id(f"line-{event.line}")
        seek = row.all("button", "when")[0].attrs["data-seek"]
        assert int(float(seek) * 25) == event.record_in
        assert float(row.attrs["data-until"]) * 25 == pytest.approx(event.record_out + 0.5)


def test_unused_footage_and_unasked_speech_are_told(page: Element) -> None:
    unused = page.by_id("unused").text
    assert "C010_platform_wide.mxf" in unused
    assert "no speech" in unused
    assert "Can somebody check the boom, please?" in unused
    assert "I kept that ticket" not in unused, "another take was asked for"


def test_warnings_name_what_to_check(page: Element) -> None:
    warned = page.by_id("warnings").text
    assert "采访_李雷.mp4 has no embedded timecode" in warned
    assert "variable frame rate" in warned
    assert warned.count("timecode") == 1, "what probe says of it is not repeated"
    assert "采访_李雷.mp4: the last packet is damaged" in warned
    assert "23.976, 25, 29.97" in warned
    assert "CAIFANGL is 采访_李雷.mp4" in warned


def test_the_page_says_who_made_it(page: Element) -> None:
    how = page.by_id("how").text
    for engine in ("pocketsphinx 5.1", "captions", "text lexicon 1", "ffmpeg 5.1 libx264 · v1"):
        assert engine in how


def test_files_beside_it_are_linked_by_relative_addresses(page: Element, work: Work) -> None:
    links = [link.attrs["href"] for link in page.by_id("files").all("a")]
    assert links == [f"last_train.{kind}" for kind in ("edl", "mp4", "otio", "srt")]
    assert all((work.home / link).is_file() for link in links)
    assert page.all("video")[0].attrs["src"] == "last_train.mp4"


def test_nothing_is_loaded_from_elsewhere(work: Work) -> None:
    root, text = report(work)
    addresses = [v for one in root.all() for k, v in one.attrs.items() if k in ("src", "href")]
    assert addresses
    assert not [address for address in addresses if re.match(r"\w+://|//", address)]
    assert "url(http" not in text
    assert "@import" not in text


def test_the_same_cut_gives_the_same_page(work: Work) -> None:
    assert report(work)[1] == report(work)[1]


def test_a_chinese_script_gets_a_chinese_page(tmp_path: Path) -> None:
    with story(tmp_path, Names(language="zh")) as made:
        root, text = report(made)
    assert root.all("html")[0].attrs["lang"] == "zh"
    assert "缺失的台词" in text
    assert "What is missing" not in text


def test_hostile_names_are_shown_and_do_nothing(tmp_path: Path) -> None:
    with story(tmp_path, HOSTILE) as made:
        root, _ = report(made)
    assert len(root.all("script")) == 1
    assert root.all("h1")[0].text == HOSTILE.title
    assert root.by_id("line-2").all("p", "said")[0].text == HOSTILE.line
    assert root.by_id("line-2").all("p", "file")[0].text == HOSTILE.file
    assert not [one for one in root.all() if "onerror" in one.attrs]


def test_a_report_of_the_same_cut_is_not_made_twice(fresh: Work) -> None:
    facts = Report().run(fresh)
    assert facts.message == "reported on version 2: 9 of 11 lines found"
    (fresh.scratch / "report.html").rename(fresh.home / "report.html")
    path = (fresh.home / "report.html").relative_to(fresh.output).as_posix()
    fresh.session.add(
        Rendition(
            path=path, item_id=20, stage="report", kind="report", size=1, checksum="",
            created_at=0,
            provenance={"version": Report().version, "settings": dict(facts.settings)},
        )
    )  # fmt: skip
    fresh.session.flush()
    assert Report().run(fresh).skipped
    (fresh.home / "report.html").unlink()
    assert not Report().run(fresh).skipped


def test_a_complete_first_version_without_a_movie_says_so(fresh: Work) -> None:
    session = fresh.session
    session.exec(delete(Cut).where(col(Cut.version) == 2))
    cut = session.get_one(Cut, 1)
    sequence = from_json(cut.sequence)
    cut.sequence = to_json(
        replace(sequence, events=tuple(event for event in sequence.events if event.source))
    )
    session.exec(delete(ScriptLine).where(col(ScriptLine.number).in_([4, 11])))
    session.flush()
    text = report(fresh)[0].text
    assert "Every line of the script was found." in text
    assert "This is the first version." in text
    assert "There is no movie of this version." in text


def test_a_line_that_the_cut_has_no_event_for_is_missing_too(fresh: Work) -> None:
    fresh.session.add(
        ScriptLine(
            item_id=20, number=40, kind="dialogue", scene="EXT. NOWHERE", character="MAYA",
            parenthetical="", text="And then?", source_line=99,
        )
    )  # fmt: skip
    fresh.session.flush()
    root, _ = report(fresh)
    assert "And then?" in root.by_id("missing").text
    assert "holds no place" in root.by_id("line-40").text
    assert "EXT. NOWHERE" in root.all("section", "scene")[-1].all("h3")[0].text


def test_sound_without_pictures_and_lost_thumbnails_leave_no_broken_image(fresh: Work) -> None:
    shutil.rmtree(fresh.output / "station" / "assets")
    root, _ = report(fresh)
    assert not root.all("img")
    assert root.by_id("line-2").all("span", "nopicture")


def test_an_empty_script_still_gets_its_report(fresh: Work) -> None:
    for table in (ScriptLine, Take):
        fresh.session.exec(delete(table))
    cut = fresh.session.get_one(Cut, 2)
    cut.sequence = {**cut.sequence, "events": []}
    fresh.session.flush()
    root, _ = report(fresh)
    assert root.all("ul", "numbers")[0].text.startswith("0")


def test_a_script_without_a_cut_is_named(fresh: Work) -> None:
    fresh.session.exec(delete(Cut))
    with pytest.raises(Rejected, match=r"last_train\.fountain"):
        Report().run(fresh)


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


def test_scripts_without_a_title_are_called_by_their_file(fresh: Work) -> None:
    fresh.session.get_one(Script, 20).title = ""
    fresh.session.flush()
    assert report(fresh)[0].all("h1")[0].text == "last_train"
