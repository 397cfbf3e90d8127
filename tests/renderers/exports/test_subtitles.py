from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pysubs2
import pytest

from media.errors import Rejected
from renderers.exports import subtitles
from renderers.exports.registry import chosen
from tests.renderers.plans import NTSC, delivery, gap, sequence, source, use


def test_what_is_heard_stands_at_its_record_time() -> None:
    cut = sequence([use(source(1, NTSC), 600, 630), use(source(1, NTSC), 0, 60)], NTSC)
    first, second = subtitles.cues(cut)
    assert (first.start, first.end) == (0, Fraction(1001, 1000))
    assert (second.start, second.end) == (Fraction(1001, 1000), Fraction(3003, 1000))


def test_a_missing_line_is_shown_in_brackets_and_silence_has_no_subtitle() -> None:
    silent = use(source(), 0, 25, heard="")
    cut = sequence([silent, gap(25, "你在哪里？"), use(source(), 25, 50)])
    assert [cue.text for cue in subtitles.cues(cut)] == ["[你在哪里？]", "Hello there."]


def test_the_file_is_read_by_others_at_the_same_times(tmp_path: Path) -> None:
    event = use(source(), 0, 50, heard="海上的雾很大。")
    cut = sequence([event, gap(25), replace(event, character="")])
    (path,) = subtitles.write_subrip(delivery(cut), tmp_path / "cut.srt")
    subtitles.prove(delivery(cut), [path])
    read = pysubs2.load(str(path), encoding="utf-8")
    assert [(line.start, line.end) for line in read] == [(0, 2000), (2000, 3000), (3000, 5000)]
    assert read[2].plaintext == "海上的雾很大。"


def test_the_scripts_spelling_is_shown_where_its_words_are_heard() -> None:
    same = use(source(), 0, 50, text="Hello, there!", heard="hello there")
    other = use(source(), 50, 99, text="Hello, there!", heard="hello hm there")
    cut = sequence([same, other])
    assert [cue.text for cue in subtitles.cues(cut)] == ["Hello, there!", "hello hm there"]


def test_a_short_line_stays_until_it_is_read_if_nothing_follows() -> None:
    quick = use(source(), 0, 10, text="天气很好，我们走吧。", heard="天气很好我们走吧")
    silent = use(source(), 50, 150, heard="", text="")
    (cue,) = subtitles.cues(sequence([quick, silent]))
    assert cue.end == Fraction(10, 9)
    (last,) = subtitles.cues(sequence([quick]))
    assert last.end == Fraction(10, 25)  # the movie ends


def test_lines_that_are_too_fast_to_read_are_known() -> None:
    slow, quick = use(source(), 0, 50), use(source(), 0, 20, text="x" * 60, heard="x" * 60)
    assert [event.number for event in subtitles.hurried(sequence([slow, quick]))] == [2]


def test_long_lines_become_pages_of_two_rows_in_both_languages(tmp_path: Path) -> None:
    english = use(source(), 0, 500, heard="word " * 60, text="")
    chinese = use(source(), 500, 1000, heard="雾" * 90, text="")
    cut = sequence([english, chinese])
    for write, name in ((subtitles.write_subrip, "a.srt"), (subtitles.write_webvtt, "a.vtt")):
        (path,) = write(delivery(cut), tmp_path / name)
        subtitles.prove(delivery(cut), [path])
        rows = [line.plaintext.splitlines() for line in pysubs2.load(str(path))]
        assert max(len(found) for found in rows) == 2
        assert max(len(row) for found in rows for row in found if "雾" in row) <= 18
        assert max(len(row) for found in rows for row in found if "word" in row) <= 42


def test_subtitles_past_the_end_or_without_a_line_are_refused(tmp_path: Path) -> None:
    cut = sequence([use(source(), 0, 50), use(source(), 50, 99, heard="and so on")])
    paths = subtitles.write_subrip(delivery(cut), tmp_path / "cut.srt")
    with pytest.raises(Rejected, match="after the movie"):
        subtitles.prove(delivery(replace(cut, events=cut.events[:1])), paths)
    other = replace(cut, events=(cut.events[0], replace(cut.events[1], heard="something else")))
    with pytest.raises(Rejected, match="event 2 is not shown"):
        subtitles.prove(delivery(other), paths)


@pytest.mark.parametrize("name", ["srt", "vtt"])
def test_no_sign_is_taken_for_a_style(name: str, tmp_path: Path) -> None:
    text = '他说："<再见>" & {谢谢} &lt; 🎬 100% --> <i>now</i> مرحبا ' + "verylongword" * 14
    made = delivery(sequence([use(source(), 0, 250, text=text, heard=text), gap(75, text)]))
    (form,) = chosen([name])
    form.prove(made, form.write(made, tmp_path / f"cut.{name}"))
    shown = (tmp_path / f"cut.{name}").read_text(encoding="utf-8")
    assert ("‹再见›" if name == "srt" else "&lt;再见&gt;") in shown


def test_a_cut_in_which_nobody_speaks_has_no_cues() -> None:
    assert subtitles.cues(sequence([use(source(), 0, 25, heard="")])) == []
