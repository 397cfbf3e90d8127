"""Captions that somebody already made, as spoken lines: .srt .vtt .ttml .ass .ssa, .scc and .stl,
Whisper's .json, .txt.

Captions say when a line is shown, not when each word is said: words get their share of the
time by their length. A .txt has no times at all and is laid over the speech that is heard.
"""

import html
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path, PurePath
from typing import Any

import charset_normalizer
import pysubs2

from catalog.words import is_chinese
from indexers.engines import exchanged, ttml
from indexers.engines.speech import Utterance, Word, mean_confidence, word_texts
from media.errors import Rejected

TIMED = (
    ".srt", ".vtt", ".ttml", ".dfxp", ".itt", ".ass", ".ssa", *exchanged.SUFFIXES, ".json"
)  # fmt: skip
PLAIN = ".txt"
SUFFIXES = (*TIMED, PLAIN)

# Captions come from these; a guess among all encodings takes short Chinese for Korean.
_ENCODINGS = ["utf_8", "gb18030", "big5", "cp1252", "utf_16", "utf_16_le", "utf_16_be"]
_VOICE = re.compile(r"<v(?:\.\S+)?\s+([^>]+)>")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<\d[\d:.]*>|\{[^{}]*\}")
_NOT_SAID = re.compile(r"\[[^\]]*\]|[♪♫♬]")  # [door slams], ♪
_SENTENCE = re.compile(r"[^.!?。！？…\n]*(?:[.!?。！？…]+[\"'”’」』)）]*|$)", re.MULTILINE)
_HEADS = {"WEBVTT": "vtt", "[Script Info]": "ass"}  # the suffix is often wrong
_CHANGE = re.compile(r"^\s*(?:>>+|[-–—])\s*(?=\S)")  # another one speaks
_NAMED = re.compile(
    r"\s*(?:>>+|[-–—])?\s*("
    r"[A-Z][A-Z0-9.'’ -]{1,30}(?:\([A-Z .'-]+\))?(?=:\s)|"
    r"[\u4e00-\u9fff·]{2,8}(?=：))[:：]\s*(?=\S)"
)
_PLAIN_CONFIDENCE = 0.5  # of words whose times are laid out, not known
_FILE_LANGUAGE = re.compile(r"\.([a-z]{2})(?:-\w+)?$", re.IGNORECASE)

Stretch = tuple[Fraction, Fraction]  # seconds [start, end) in which somebody speaks


def is_transcript(path: Path) -> bool:
    """Whether a file beside footage means to be captions: a `.json` may describe it instead.

    What can't be read is taken for captions, so that its trouble is told.
    """
    if path.suffix.lower() != ".json":
        return True
    try:
        data = json.loads(decode(path))
    except (ValueError, Rejected):
        return True
    return not isinstance(data, dict) or "segments" in data


def read_timed(path: Path, language: str = "auto") -> list[Utterance]:
    """The captions of a file, in order of time.

    `language`: ISO 639-1 of the footage, or "auto". A name such as `A001.zh.srt` says it
    itself, otherwise the characters decide between Chinese and English. Raises Rejected
    when there are no captions in the file.
    """
    suffix = path.suffix.lower()
    text = "" if suffix in exchanged.SUFFIXES else decode(path)
    if suffix in exchanged.SUFFIXES:
        shown, told = exchanged.subtitles(path)
        found = _from_events(shown, path, told or language)
    elif suffix == ".json":
        found = _from_json(text, path, language)
    elif ttml.is_ttml(text):
        found = _from_ttml(text, path, language)
    else:
        found = _from_subtitles(text, path, language)
    if not found:
        raise Rejected(f"{path.name} holds no captions: check that it is a whole caption file")
    return sorted(found, key=lambda utterance: utterance.start)


def read_plain(path: Path, speech: Sequence[Stretch], language: str = "auto") -> list[Utterance]:
    """The sentences of a text file laid over `speech` (at least one stretch), by length.

    Raises Rejected when there is no text in it.
    """
    text = decode(path)
    if "-->" in text:
        return read_timed(path, language)
    sentences = [found.strip() for found in _SENTENCE.findall(text) if word_texts(found)]
    if not sentences:
        raise Rejected(f"{path.name} holds no text: check that it is the transcript")
    clock = _Clock(speech)
    shares = _shares(sentences, Fraction(0), clock.length)
    spoken = language_of(path, text, language)
    lines = []
    for sentence, (start, end) in zip(sentences, shares, strict=True):
        words = tuple(
            replace(word, start=clock.time(word.start), end=clock.time(word.end, end=True))
            for word in timed_words(sentence, start, end, _PLAIN_CONFIDENCE)
        )
        lines.append(Utterance(sentence, words, spoken, _PLAIN_CONFIDENCE))
    return lines


def decode(path: Path) -> str:
    """The text of a file in UTF-8, UTF-16, GB18030, Big5 or Latin. Raises Rejected."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Rejected(f"{path.name} can't be read: {error.strerror}") from error
    best = charset_normalizer.from_bytes(data, cp_isolation=_ENCODINGS).best()
    if best is None:
        raise Rejected(f"{path.name} is no text in a known encoding: save it as UTF-8")
    return str(best).removeprefix("\ufeff").replace("\r\n", "\n")


def language_of(path: Path, text: str, language: str) -> str:
    """What the file's name says, else what the settings say, else what the text looks like."""
    if language == "auto":
        language = "zh" if is_chinese(text) else "en"
    return named_language(path) or language


def named_language(path: PurePath) -> str:
    """The ISO 639-1 code in a name such as `A001.zh.srt` or `A001.zh-Hans.srt`, or ""."""
    named = _FILE_LANGUAGE.search(path.stem)
    return named[1].lower() if named else ""


def named_speaker(text: str) -> tuple[str, str]:
    """Who speaks by the caption, and what: `MAYOR: Good evening.`, `>> ANNA: …`, `张三：你好。`

    In capitals, or Chinese before a wide colon: "Note: …" is said. "" when nobody is named.
    """
    found = _NAMED.match(text)
    return (found[1].strip(), text[found.end() :]) if found else ("", _CHANGE.sub("", text))


def timed_words(text: str, start: Fraction, end: Fraction, confidence: float) -> tuple[Word, ...]:
    """The words of `text`, each with the share of [start, end) that its length suggests."""
    texts = word_texts(text)
    return tuple(
        Word(word, *share, confidence)
        for word, share in zip(texts, _shares(texts, start, end), strict=True)
    )


def _from_subtitles(text: str, path: Path, language: str) -> list[Utterance]:
    kind = next((kind for head, kind in _HEADS.items() if text.lstrip().startswith(head)), "srt")
    try:
        read = pysubs2.SSAFile.from_string(text, format_=kind, keep_html_tags=kind == "vtt")
    except (pysubs2.Pysubs2Error, ValueError, IndexError) as error:
        raise Rejected(f"{path.name} is no valid {kind} file ({error})") from error
    return _from_events(read, path, language)


def _from_events(read: pysubs2.SSAFile, path: Path, language: str) -> list[Utterance]:
    shown = [event for event in read if event.is_text and 0 <= event.start < event.end]
    spoken = language_of(path, "\n".join(event.plaintext for event in shown), language)
    lines = []
    for event in shown:
        voice = _VOICE.search(event.text)
        speaker = html.unescape(voice[1]).strip() if voice else event.name
        span = (Fraction(event.start, 1000), Fraction(event.end, 1000))
        named, said = named_speaker(_said(event.plaintext))
        lines += _line(said, span, spoken, speaker or named)
    return lines


def _from_ttml(text: str, path: Path, language: str) -> list[Utterance]:
    try:
        shown = ttml.read(text)
    except ValueError as error:
        raise Rejected(f"{path.name} is no sound TTML ({error}): export it again") from error
    spoken = language_of(path, "\n".join(one.text for one in shown), language)
    lines = []
    for one in shown:
        named, said = named_speaker(_said(one.text))
        lines += _line(said, (one.start, one.end), spoken, one.speaker or named)
    return lines


def _from_json(text: str, path: Path, language: str) -> list[Utterance]:
    """Whisper's form: {"language", "segments": [{"start", "end", "text", "words"}]}."""
    try:
        data = json.loads(text, parse_float=Fraction)
        spoken = language_of(path, "", data.get("language") or language)
        return [line for segment in data["segments"] for line in _segment(segment, spoken)]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Rejected(f"{path.name} is no transcript in Whisper's JSON form") from error


def _segment(segment: dict[str, Any], language: str) -> list[Utterance]:
    text, span = _said(segment["text"]), (Fraction(segment["start"]), Fraction(segment["end"]))
    speaker = str(segment.get("speaker") or "")
    words = tuple(
        word
        for entry in segment.get("words") or ()
        for word in timed_words(
            entry["word"],
            Fraction(entry["start"]),
            Fraction(entry["end"]),
            float(entry.get("probability", 1)),
        )
    )
    if not words:
        return _line(text, span, language, speaker)
    return [Utterance(text, words, language, mean_confidence(words), speaker)]


def _line(text: str, span: Stretch, language: str, speaker: str) -> list[Utterance]:
    words = timed_words(text, *span, 1.0)
    return [Utterance(text, words, language, 1.0, speaker)] if words and span[0] < span[1] else []


def _said(text: str) -> str:
    """Without tags, sound descriptions and row ends."""
    said = html.unescape(_TAG.sub("", _NOT_SAID.sub(" ", text)))
    between = "" if is_chinese(said) else " "
    return between.join(row for row in map(_single_spaced, said.splitlines()) if row)


def _single_spaced(text: str) -> str:
    return " ".join(text.split())


def _shares(texts: Iterable[str], start: Fraction, end: Fraction) -> list[Stretch]:
    """[start, end) divided among `texts` by how long each takes to say."""
    marks = [0]
    for text in texts:
        # A Chinese syllable takes about as long as three English letters.
        marks.append(marks[-1] + sum(3 if ord(char) > 0x2E7F else 1 for char in text) + 1)
    length = end - start
    return [
        (start + length * before / marks[-1], start + length * after / marks[-1])
        for before, after in pairwise(marks)
    ]


class _Clock:
    """Speech without the pauses: 0 to `length` seconds, and where that lies in the file."""

    def __init__(self, speech: Sequence[Stretch]) -> None:
        self._speech = speech
        self.length = sum((end - start for start, end in speech), Fraction(0))

    def time(self, spoken: Fraction, end: bool = False) -> Fraction:
        """The time in the file; at a pause its beginning for an `end`, its end otherwise."""
        left = spoken
        for start, stop in self._speech:
            if left < stop - start or (end and left == stop - start):
                return start + left
            left -= stop - start
        return self._speech[-1][1]
