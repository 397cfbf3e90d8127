"""What lists and timelines say in words: comments, markers, titles."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from anyascii import anyascii

from config.cutting import Transition
from renderers.exports.delivery import Delivery
from renderers.exports.layout import Span
from renderers.sequence import Event, MarkerKind, Sequence
from renderers.stringout import CHOSEN

_TITLE_LENGTH = 70
_SHOWN = {
    MarkerKind.MUSIC: ("MUSIC", "PURPLE"),
    MarkerKind.TRANSITION: ("TURNING POINT", "CYAN"),
    MarkerKind.PEAK: ("PEAK", "YELLOW"),
}
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True)
class Note:
    """A marker as editing systems show it. `colour`: GREEN, RED, PURPLE, CYAN, YELLOW."""

    record_in: int
    record_out: int
    name: str
    text: str
    colour: str


def markers(sequence: Sequence) -> list[Note]:
    """One per event with its script line, emotion and score, then what the emotion curve says,
    all in record order."""
    found = [of_event(event) for event in sequence.events] + of_curve(sequence)
    return sorted(found, key=lambda note: note.record_in)


def of_curve(sequence: Sequence) -> list[Note]:
    """Music, turning points and peaks (renderers/mood.py)."""
    return [
        Note(marker.in_frame, marker.out_frame, name, one_line(marker.text), colour)
        for marker in sequence.markers
        for name, colour in [_SHOWN[marker.kind]]
    ]


def of_event(event: Event) -> Note:
    """Its script line; red where nobody says it."""
    colour = "GREEN" if event.source else "RED"
    return Note(event.record_in, event.record_out, spoken(event), facts(event), colour)


def spoken(event: Event) -> str:
    """The script line of an event: who says what."""
    speaker = f"{event.character}: " if event.character else ""
    return one_line(f"{'' if event.source else 'MISSING '}{speaker}{event.text}")


def facts(event: Event) -> str:
    """Line of the script, score and emotion, in capitals."""
    words = [f"SCRIPT LINE {event.line + 1}"]
    if event.source:
        words += [f"SCORE {event.score:.2f}"]
        words += [f"EMOTION {event.emotion.upper()}"] if event.emotion else []
        words += ["CHOSEN"] if CHOSEN in event.reasons else []
    return ", ".join(words)


def comments(
    delivery: Delivery, span: Span, before: Span | None, *, picture: bool
) -> Iterator[str]:
    """The comment lines of one event of a CMX3600 list. `before`: what it dissolves from.

    Of an event whose sound has an event of its own only the picture tells about the line.
    """
    sequence, source, event = delivery.sequence, span.source, span.event
    if before and before.source:
        yield f"* FROM CLIP NAME: {unbroken(before.source.name)}"
    if before and delivery.transition is not Transition.DISSOLVE:
        yield f"* EFFECT NAME: {delivery.named.name.upper()}"
    if source:
        yield f"* {'TO' if before else 'FROM'} CLIP NAME: {unbroken(source.name)}"
        yield f"* SOURCE FILE: {unbroken(str(delivery.locate(source)))}"
    if source and source.rate != sequence.rate:
        yield f"* COMMENT: SOURCE RATE {source.rate} FPS IN A SEQUENCE OF {sequence.rate} FPS"
    if not picture and event.source and event.source.has_picture:
        return
    yield from _located(sequence, event)
    yield f"* COMMENT: {facts(event)}"
    for other in event.alternates:
        first, last = other.source.timecode(other.in_frame), other.source.timecode(other.out_frame)
        reel = delivery.reels[other.source.asset_id]
        yield f"* COMMENT: ALTERNATE {reel} {first} {last} SCORE {other.score:.2f}"


def ascii_title(title: str) -> str:
    """ASCII, at most 70 characters: older systems refuse the list otherwise. Other scripts are
    spelled in Latin letters (渡轮 is DuLun)."""
    plain = anyascii(unicodedata.normalize("NFKC", title))
    return one_line(plain)[:_TITLE_LENGTH].strip() or "STRINGOUT"


def unbroken(value: str) -> str:
    """Without line breaks and control characters, which would begin another statement."""
    return _BREAKS.sub(" ", value)


def one_line(value: str) -> str:
    """The same with single spaces: for text, not for names of files."""
    return " ".join(unbroken(value).split())


def _located(sequence: Sequence, event: Event) -> Iterator[str]:
    """LOC comments of what begins in an event: its line, then what the emotion curve says."""
    line = of_event(event)
    yield _loc(sequence, line, line.name)
    for note in of_curve(sequence):
        if event.record_in <= note.record_in < event.record_out:
            yield _loc(sequence, note, f"{note.name} {note.text}")


def _loc(sequence: Sequence, note: Note, text: str) -> str:
    return f"* LOC: {sequence.timecode(note.record_in)} {note.colour:<7} {text}"
