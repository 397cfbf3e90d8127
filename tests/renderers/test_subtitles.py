from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pysubs2

from renderers import gates, subtitles
from tests.renderers.plans import NTSC, gap, locate, sequence, source, use


def test_what_is_heard_stands_at_its_record_time() -> None:
    cut = sequence([use(source(1, NTSC), 600, 630), use(source(1, NTSC), 0, 60)], NTSC)
    first, second = subtitles.cues(cut)
    assert (first.start, first.end) == (0, Fraction(1001, 1000))
    assert (second.start, second.end) == (Fraction(1001, 1000), Fraction(3003, 1000))


def test_a_missing_line_is_shown_in_brackets_and_silence_has_no_subtitle() -> None:
    silent = use(source(), 0, 25, heard="")
    cut = sequence([silent, gap(25, "你在哪里？"), use(source(), 25, 50)])
    assert [cue.text for cue in subtitles.cues(cut)] == ["[你在哪里？]", "hello there"]


def test_the_file_is_read_by_others_at_the_same_times(tmp_path: Path) -> None:
    event = use(source(), 0, 50, heard="海上的雾很大。")
    cut = sequence([event, gap(25), replace(event, character="")])
    (path,) = subtitles.write(cut, tmp_path / "cut.srt", locate)
    gates.prove_srt(cut, [path])
    read = pysubs2.load(str(path), encoding="utf-8")
    assert [(line.start, line.end) for line in read] == [(0, 2000), (2000, 3000), (3000, 5000)]
    assert read[2].plaintext == "海上的雾很大。"
