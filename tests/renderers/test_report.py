"""report.html, read by a real HTML parser and by a real browser."""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
from sqlmodel import col, delete, select

from catalog.models import (
    CHINESE,
    Cut,
    Label,
    Rendition,
    Script,
    ScriptLine,
    Take,
)
from catalog.work import Work
from media.errors import Rejected
from renderers.export import SUMMARY
from renderers.report import Report
from renderers.sequence import Marker, MarkerKind, from_json, to_json
from tests.renderers.page import HOSTILE, Element, report
from tests.renderers.story_content import SHOOTINGS
from tests.renderers.story_fixture import Names, story


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Work]:
    with story(tmp_path_factory.mktemp("report"), movie=True) as made:
        yield made


@pytest.fixture(scope="module")
def page(work: Work) -> Element:
    return report(work)[0]


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
    assert ids[:3] == ["needs", "missing", "changes"]


def test_changes_since_the_version_before_are_told(page: Element) -> None:
    changes = page.by_id("changes")
    assert "since version 1" in changes.text
    told = changes.all("li")
    assert len(told) == 2
    line = told[0].all("a")[0]
    assert line.text == "JONAS: You kept it for three years?"
    assert line.text.endswith(page.by_id(line.attrs["href"][1:]).all("p", "said")[0].text)
    assert told[0].text.endswith("now A001_C003_maya.mov 10:00:05;05 (was a gap)")
    assert told[1].text == "the cut now runs at 25 fps (was 24)"


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


def test_what_needs_a_person_comes_first_and_leads_to_its_place(page: Element) -> None:
    asked = page.by_id("needs").all("li")
    assert "Lines that nobody says: 2" in asked[0].text
    assert "gap" in page.by_id(asked[0].all("a")[0].attrs["href"][1:]).attrs["class"]
    assert "No timecode in 采访_李雷.mp4" in asked[1].text
    assert all(page.by_id(link.attrs["href"][1:]) for need in asked for link in need.all("a"))


def test_sources_are_told_with_reel_rate_and_timecode(page: Element) -> None:
    rows = [[cell.text for cell in row.all("td")] for row in page.by_id("sources").all("tr")[1:]]
    assert [row[0] for row in rows] == ["A001C003", "B002", "CAIFANGL"]
    assert rows[0][2:5] == ["29.97 DF", "10:00:00;00", "10:00:30;00"]
    assert rows[2][1:4] == ["采访_李雷.mp4", "23.976", "00:00:00:00 (none)"]
    assert [row[-1] for row in rows] == ["–", "–", "说话人1 50%, 说话人2 50%"]


def test_the_strip_has_a_frame_per_event_that_leads_to_its_line(page: Element) -> None:
    frames = page.all("a", "frame")
    assert len(frames) == 11
    assert sum(bool(frame.all("img")) for frame in frames) == 9
    assert all(page.by_id(frame.attrs["href"][1:]) for frame in frames)
    assert frames[2].all("span", "hole")


def rewritten(work: Work, **values: object) -> None:
    """The cut of the story with other values."""
    cut = work.session.exec(select(Cut).where(Cut.version == 2)).one()
    cut.sequence = to_json(replace(from_json(cut.sequence), **values))  # type: ignore[arg-type]
    work.session.add(cut)
    work.session.commit()


def test_suggestions_are_told_under_the_curve_and_as_a_list(fresh: Work) -> None:
    rewritten(
        fresh,
        markers=(
            Marker(MarkerKind.MUSIC, 0, 300, "cello and pad", "sadness", (60, 80)),
            Marker(MarkerKind.TRANSITION, 300, 312, "cut to anger", "anger"),
        ),
    )
    root = report(fresh)[0]
    told = [mood.text for mood in root.all("ul", "moods")[0].all("li")]
    assert told[0].endswith("Sadness 悲伤 cello and pad")
    assert told[1].endswith("Anger 愤怒 cut to anger")
    assert len(root.all("g", "music")) == 2  # wide and narrow


def test_a_cut_of_an_older_version_tells_what_its_emotions_suggest_now(page: Element) -> None:
    told = [mood.text for mood in page.all("ul", "moods")[0].all("li")]
    assert any("BPM" in mood for mood in told)
    assert any("ends: cut to" in mood or "ends: dissolve into" in mood for mood in told)


def test_takes_are_played_from_their_proxies_by_relative_links(fresh: Work) -> None:
    proxy = fresh.output / "station/assets" / SHOOTINGS[0].name / "proxy.mp4"
    proxy.write_bytes(b"a proxy")
    root = report(fresh)[0]
    links = [link.attrs["href"] for link in root.by_id("line-2").all("a", "play")]
    address = f"../../../assets/{SHOOTINGS[0].name}/proxy.mp4#t="
    assert len(links) == 2
    assert all(link.startswith(address) for link in links)
    assert (fresh.home / unquote(links[0].split("#")[0])).resolve() == proxy.resolve()
    assert links[1].removeprefix(address) == "10.344,14.514"


def test_a_format_that_was_held_back_is_told_with_its_reason(fresh: Work) -> None:
    told = {"held_back": [{"format": "edl", "reason": "event 3 lies elsewhere"}], "reels": []}
    (fresh.home / SUMMARY).write_text(json.dumps(told), encoding="utf-8")
    first = report(fresh)[0].by_id("needs").all("li")[0]
    assert first.text == "edl was held back: event 3 lies elsewhere"


def test_the_page_says_who_made_it(page: Element) -> None:
    how = page.by_id("how").text
    for engine in ("pocketsphinx 5.1", "captions", "text lexicon 1", "ffmpeg 5.1 libx264 · v1"):
        assert engine in how


def test_files_beside_it_are_linked_by_relative_addresses(page: Element, work: Work) -> None:
    links = [link.attrs["href"] for link in page.by_id("files").all("a")]
    assert links == [f"last_train.{kind}" for kind in ("mp4", "edl", "otio", "srt")]
    assert all((work.home / link).is_file() for link in links)
    assert page.all("video")[0].attrs["src"] == "last_train.mp4"


def test_a_master_that_is_made_after_the_report_is_linked_by_the_next_one(fresh: Work) -> None:
    before = Report().inputs(fresh)
    name = "last_train.master.mov"
    home = fresh.home.relative_to(fresh.output).as_posix()
    fresh.session.add(
        Rendition(
            path=f"{home}/{name}", item_id=20, stage="master", kind="master", size=4_000_000,
            checksum="m", created_at=0, provenance={},
        )
    )  # fmt: skip
    fresh.session.flush()
    assert Report().inputs(fresh) != before
    row = next(row for row in report(fresh)[0].by_id("files").all("tr") if name in row.text)
    assert row.all("a")[0].attrs["href"] == name
    assert row.text == f"{name} the cut, from the originals4.0 MB"


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


def test_scripts_without_a_title_are_called_by_their_file(fresh: Work) -> None:
    fresh.session.get_one(Script, 20).title = ""
    fresh.session.flush()
    assert report(fresh)[0].all("h1")[0].text == "last_train"


def test_the_emotion_curve_of_cut_and_story_is_data_too(work: Work, page: Element) -> None:
    told = json.loads((work.scratch / "emotions.json").read_text(encoding="utf-8"))
    assert page.all("svg")
    assert told["cut"]["dominant"] in set(Label)
    assert len(told["cut"]["points"]) > 3
    assert {SHOOTINGS[0].name} <= told["story"].keys()


def test_a_line_tells_why_it_feels_so_in_the_pages_language(page: Element, tmp_path: Path) -> None:
    told = page.by_id("line-2").all("span", "felt")[0].text
    assert told == "(its words: i; louder than this speaker's other lines by 7.0 dB)"
    with story(tmp_path, Names(language="zh")) as chinese:
        root = report(chinese)[0]
    assert "用词：i；比该说话人其他台词响 7.0 dB" in root.by_id("line-2").text
