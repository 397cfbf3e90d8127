"""Known words get the times at which they are said; what is not said keeps what it has."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from benchmarks.listening.truth import spoken
from indexers.engines import vad
from indexers.engines.alignment import aligner
from indexers.engines.anchors import anchored
from indexers.engines.captions import read_plain, timed_words
from indexers.engines.speech import SAMPLE_RATE, Samples, Utterance
from indexers.engines.timed import timed, told
from tests.indexers.engines.sound import said, silence, write_wav

STORM = "The storm came in over the harbor just before midnight."
BOAT = "I told them not to take the boat out tonight."
FERRY = "If the ferry does not run we shall walk."
PLUMBER = "Nobody paid the plumber, so the pipes are frozen again."
CHINESE = "昨天晚上暴风雨来到港口"


def caption(text: str, start: float, end: float, language: str = "en") -> Utterance:
    span = Fraction(start).limit_denominator(1000), Fraction(end).limit_denominator(1000)
    return Utterance(text, timed_words(text, *span, 1.0), language, 1.0)


@pytest.fixture(scope="module")
def harbor(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Utterance], list[float]]:
    """Three lines with pauses, captions of them that are up to half a second off, and when their
    words begin (nan where nobody tells)."""
    parts: list[Samples] = []
    lines: list[Utterance] = []
    starts: list[float] = []
    at = 0.0
    for text, voice, off in ((STORM, "slt", -0.3), (BOAT, "awb", 0.4), (FERRY, "slt", 0.2)):
        line = spoken(text, voice)
        length = len(line.samples) / SAMPLE_RATE
        lines.append(caption(text, max(0.0, at + off), at + length + off))
        starts += [np.nan if start is None else at + start for start in line.starts]
        parts += [line.samples, silence(0.5)]
        at += length + 0.5
    return write_wav(tmp_path_factory.mktemp("timed") / "sound.wav", *parts), lines, starts


def off(lines: list[Utterance], starts: list[float]) -> float:
    """How far the words' starts are off, in seconds in the mean."""
    found = [float(word.start) for line in lines for word in line.words]
    return float(np.nanmean(np.abs(np.array(found) - starts)))


def test_words_of_captions_begin_when_they_are_said(
    harbor: tuple[Path, list[Utterance], list[float]],
) -> None:
    sound, lines, starts = harbor
    found = timed(sound, lines)
    assert found.kept == 0
    assert told(found) == ""
    assert off(found.lines, starts) < 0.03 < 0.1 < off(lines, starts)
    assert [line.text for line in found.lines] == [STORM, BOAT, FERRY]


def test_a_line_that_nobody_says_keeps_its_times_and_the_others_are_found(
    harbor: tuple[Path, list[Utterance], list[float]],
) -> None:
    sound, lines, _ = harbor
    wrong = caption(PLUMBER, float(lines[1].start), float(lines[1].end))
    found = timed(sound, [lines[0], wrong, lines[2]])
    assert (found.kept, found.lines[1]) == (1, wrong)
    assert "1 line keeps its own times" in told(found)
    right = timed(sound, lines).lines
    assert abs(found.lines[0].words[3].start - right[0].words[3].start) < Fraction(3, 100)
    assert abs(found.lines[2].words[3].start - right[2].words[3].start) < Fraction(3, 100)


def test_captions_in_another_language_keep_their_times(
    harbor: tuple[Path, list[Utterance], list[float]],
) -> None:
    sound, lines, _ = harbor
    chinese = [caption(CHINESE, float(line.start), float(line.end), "zh") for line in lines]
    french = replace(lines[0], language="fr")
    assert timed(sound, [*chinese, french]).lines == [*chinese, french]


def test_a_plain_transcript_finds_its_places_though_a_line_is_missing_in_it(
    harbor: tuple[Path, list[Utterance], list[float]], tmp_path: Path
) -> None:
    sound, lines, starts = harbor
    text = tmp_path / "A001.txt"
    text.write_text(f"{STORM} {FERRY}")
    speech = vad.speech_spans(sound)
    spans = [(Fraction(s.start, SAMPLE_RATE), Fraction(s.end, SAMPLE_RATE)) for s in speech]
    laid = read_plain(text, spans)
    found = anchored(sound, laid, speech)
    missing = len(lines[1].words)
    first = len(lines[0].words)
    assert off(found, [*starts[:first], *starts[first + missing :]]) < 0.03


def test_chinese_captions_are_timed_by_how_their_characters_sound(tmp_path: Path) -> None:
    """A voice that knows no Chinese says the syllables as an English speaker would."""
    greeting = said("knee how ma. woe hen how.")
    length = len(greeting) / SAMPLE_RATE
    sound = write_wav(tmp_path / "sound.wav", silence(1), greeting, silence(1))
    found = timed(sound, [caption("你好吗？我很好。", 0.6, 1.5 + length, "zh")])
    (line,) = found.lines
    assert found.kept == 0
    assert abs(line.start - 1) < Fraction(1, 10)
    assert abs(line.end - 1 - Fraction(length)) < Fraction(1, 10)
    assert [word.text for word in line.words] == list("你好吗我很好")
    assert line.words[3].start - line.words[2].end > Fraction(1, 10)  # the pause between


def test_numbers_abbreviations_and_unknown_names_are_said_as_people_say_them() -> None:
    words = ["In", "1813", "the", "BBC", "hired", "21", "Zebulons"]
    line = said("In eighteen thirteen the B B C hired twenty one Zebulons.")
    (found,) = aligner().place(np.concatenate([silence(0.3), line, silence(0.3)]), [words]) or []
    assert all(one.fit > -1.1 for one in found)
    assert all(one.start < one.end for one in found)
    assert not aligner().knows(["привет"])


def test_words_that_do_not_fit_in_are_no_alignment() -> None:
    assert aligner().place(silence(0.2), [STORM[:-1].split()] * 3) is None
