import json
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest

from indexers.engines.captions import (
    decode,
    named_language,
    named_speaker,
    read_plain,
    read_timed,
    timed_words,
)
from media.errors import Rejected

SRT = "1\n00:00:01,000 --> 00:00:02,500\n{}\n\n2\n00:00:03,000 --> 00:00:04,000\n{}\n"
CHINESE = SRT.format("我们走吧。", "你在说什么？")
ENGLISH = SRT.format("<i>Where</i> were you,\nlast night?", "[door slams] It’s me. ♪")


def saved(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030", "gbk"]
)
def test_chinese_subtitles_in_any_usual_encoding(tmp_path: Path, encoding: str) -> None:
    first, second = read_timed(saved(tmp_path, "a.srt", CHINESE, encoding))
    assert (first.text, second.text) == ("我们走吧。", "你在说什么？")
    assert (first.start, first.end) == (1, Fraction(5, 2))
    assert [word.text for word in first.words] == list("我们走吧")
    assert {first.language, second.language} == {"zh"}
    assert first.confidence == 1


def test_traditional_chinese_in_big5(tmp_path: Path) -> None:
    text = SRT.format("我們走吧。", "你在說什麼？")
    assert read_timed(saved(tmp_path, "a.srt", text, "big5"))[1].text == "你在說什麼？"


def test_tags_row_ends_and_sounds_are_not_said(tmp_path: Path) -> None:
    first, second = read_timed(saved(tmp_path, "a.srt", ENGLISH.replace("\n", "\r\n")))
    assert first.text == "Where were you, last night?"
    assert [word.text for word in first.words] == ["Where", "were", "you", "last", "night"]
    assert second.text == "It’s me."
    assert first.language == "en"


def test_words_share_the_time_by_length() -> None:
    words = timed_words("I understand, 好", Fraction(10), Fraction(12), 1.0)
    assert words[0].start == 10
    assert words[-1].end == 12
    assert all(a.end == b.start for a, b in pairwise(words))
    long = [word.end - word.start for word in words]
    assert long[1] > long[2] > long[0] > 0


def test_webvtt_says_who_speaks(tmp_path: Path) -> None:
    text = (
        "WEBVTT\n\nNOTE made by hand\n\n00:01.000 --> 00:02.000 align:start\n"
        "<v.loud Anna Li>Salt &amp; <c.red>pepper</c>\n\n00:02.000 --> 00:03.000\n你好\n"
    )
    first, second = read_timed(saved(tmp_path, "a.vtt", text))
    assert (first.text, first.speaker) == ("Salt & pepper", "Anna Li")
    assert (second.text, second.speaker) == ("你好", "")


def test_substation_alpha_without_its_overrides(tmp_path: Path) -> None:
    text = (
        "[Script Info]\nScriptType: v4.00+\n\n[Events]\n"
        "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
        r"Dialogue: 0,0:00:01.50,0:00:02.00,Default,李雷,0,0,0,,{\b1}你好\N韩梅梅"
        "\n"
    )
    (line,) = read_timed(saved(tmp_path, "a.ass", text))
    assert (line.text, line.speaker, line.start) == ("你好韩梅梅", "李雷", Fraction(3, 2))


def test_whispers_json_keeps_its_own_word_times(tmp_path: Path) -> None:
    segments = [
        {
            "start": 0.1, "end": 0.9, "text": " Come in.",
            "words": [
                {"word": " Come", "start": 0.1, "end": 0.32, "probability": 0.5},
                {"word": " in.", "start": 0.4, "end": 0.9, "probability": 0.7},
            ],
        },
        {"start": 1, "end": 2, "text": "Sit."},
    ]  # fmt: skip
    data = {"text": "…", "language": "en", "segments": segments}
    first, second = read_timed(saved(tmp_path, "a.json", json.dumps(data)))
    assert [(word.text, word.end) for word in first.words] == [
        ("Come", Fraction(32, 100)),
        ("in", Fraction(9, 10)),
    ]
    assert first.confidence == pytest.approx(0.6)
    assert (second.text, second.confidence) == ("Sit.", 1)


def test_a_text_is_laid_over_the_speech_and_doubted(tmp_path: Path) -> None:
    speech = [(Fraction(2), Fraction(4)), (Fraction(10), Fraction(12))]
    path = saved(tmp_path, "a.txt", "Come in now. Sit down now.")
    first, second = read_plain(path, speech)
    assert (first.text, second.text) == ("Come in now.", "Sit down now.")
    assert first.start == 2
    assert first.end <= 4
    assert second.end == 12
    for word in (*first.words, *second.words):
        assert any(start <= word.start and word.start < word.end for start, _ in speech)
    assert first.confidence < 1


def test_a_chinese_text_is_read_sentence_by_sentence(tmp_path: Path) -> None:
    path = saved(tmp_path, "a.txt", "我们走吧。你在说什么？\n\n再见", "gb18030")
    lines = read_plain(path, [(Fraction(0), Fraction(6))])
    assert [line.text for line in lines] == ["我们走吧。", "你在说什么？", "再见"]
    assert lines[-1].end == 6


def test_a_text_file_may_be_subtitles_after_all(tmp_path: Path) -> None:
    path = saved(tmp_path, "a.txt", CHINESE)
    assert read_plain(path, [(Fraction(0), Fraction(9))])[0].start == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.srt", b""),
        ("a.srt", b"this is no subtitle file"),
        ("a.srt", bytes(range(128, 256)) * 20),
        ("a.vtt", b"WEBVTT\n"),
        ("a.srt", b"1\n00:00:05,000 --> 00:00:01,000\nbackwards\n"),
        ("a.json", b'{"clip": "A001", "iso": 800}'),
        ("a.json", b"[1, 2"),
        ("a.json", b'{"segments": [{"start": NaN, "end": 2, "text": "x"}]}'),
    ],
)
def test_a_broken_file_is_rejected_by_name(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(Rejected, match=name):
        read_timed(path)


def test_an_empty_or_missing_text_is_rejected_by_name(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match=r"a\.txt holds no text"):
        read_plain(saved(tmp_path, "a.txt", " \n"), [(Fraction(0), Fraction(1))])
    with pytest.raises(Rejected, match=r"gone\.srt can't be read"):
        decode(tmp_path / "gone.srt")


@pytest.mark.parametrize(
    ("name", "language"),
    [("A001.zh.srt", "zh"), ("A001.en-GB.vtt", "en"), ("A001.srt", ""), ("scene.2.srt", "")],
)
def test_the_name_may_say_the_language(name: str, language: str) -> None:
    assert named_language(Path(name)) == language


TTML = (
    '<?xml version="1.0"?>{}<tt xmlns="http://www.w3.org/ns/ttml" xmlns:p="urn:p" '
    'p:frameRate="25" p:tickRate="100"><head><p:agent xml:id="a"><p:name>Anna</p:name></p:agent>'
    '</head><body><div begin="1s"><p begin="0f" end="00:00:01:12" p:agent="a">Come<br/> in.</p>'
    '<p begin="300t" dur="1500ms">MAYOR: <span>Sit.</span></p></div></body></tt>'
)


def test_ttml_is_read_and_entities_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "A001.ttml"
    path.write_text(TTML.format(""), encoding="utf-8")
    first, second = read_timed(path)
    assert (first.text, first.speaker) == ("Come in.", "Anna")
    assert (first.start, first.end) == (1, 1 + Fraction(37, 25))
    assert (second.text, second.speaker) == ("Sit.", "MAYOR")
    assert (second.start, second.end) == (4, Fraction(11, 2))
    path.write_text(TTML.format('<!DOCTYPE tt [<!ENTITY a "b">]>'), encoding="utf-8")
    with pytest.raises(Rejected, match="no sound TTML"):
        read_timed(path)


@pytest.mark.parametrize(
    ("text", "speaker", "said"),
    [
        ("MAYOR: Good evening.", "MAYOR", "Good evening."), (">> DR. LEE: Sit.", "DR. LEE", "Sit."),
        ("张三：你好。", "张三", "你好。"), (">> Who is it?", "", "Who is it?"),
        ("Note: it is late.", "", "Note: it is late."), ("At 9:30 we go.", "", "At 9:30 we go."),
        ("- No.", "", "No."), ("I said: go.", "", "I said: go."),
    ],
)  # fmt: skip
def test_captions_name_who_speaks(text: str, speaker: str, said: str) -> None:
    assert named_speaker(text) == (speaker, said)
