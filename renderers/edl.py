"""The cut as a CMX3600 edit decision list: one picture track, cuts, sound with the picture.

Columns are the fixed ones of CMX3600 (event 3, reel 8, channels 4, transition, four
timecodes of 11). Source timecodes are the source's own: its rate, its start, its numbering.
`;` before the frames marks drop-frame, as Avid, Premiere and Resolve write it, so a label
needs no FCM line to be read; the one FCM line says how the record side is numbered, because
readers apply an FCM line to the record side too.

A gap is an event of the reserved reel BL: both readings of a list, by event and by record
time, then show it, and the missing line has an event to stand under.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import ceil
from pathlib import Path

from media.files import write_text
from media.timecode import Timecode, nominal
from renderers.cuts import Locate
from renderers.reels import reel_names
from renderers.sequence import Event, Sequence, Source

MOST_EVENTS = 999  # three digits
_TITLE_LENGTH = 70
_TWO_DIGITS = 100  # frames a second that a label of eleven characters can count
_COUNTED = 60  # above that, labels count groups of frames, as SMPTE ST 12-3 does
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def write(sequence: Sequence, target: Path, locate: Locate) -> list[Path]:
    """Write the list; more than 999 events become `_01.edl`, `_02.edl` … Return the files."""
    parts = text(sequence, locate)
    numbered = [target.with_name(f"{target.stem}_{n:02}.edl") for n in range(1, len(parts) + 1)]
    paths = numbered if len(parts) > 1 else [target]
    for path, part in zip(paths, parts, strict=True):
        write_text(path, part)
    return paths


def text(sequence: Sequence, locate: Locate) -> list[str]:
    """The list as the texts of one or more files, each with at most 999 events."""
    reels = reel_names(sequence.all_sources())
    events = sequence.events
    starts = range(0, max(1, len(events)), MOST_EVENTS)
    return [
        "\n".join(_lines(sequence, events[start : start + MOST_EVENTS], reels, locate)) + "\n"
        for start in starts
    ]


def source_span(event: Event, sequence: Sequence) -> tuple[Timecode, Timecode]:
    """The source timecodes [in, out) that are printed for an event.

    A gap has no source and counts from zero like the record side. Above 100 frames a second
    labels count groups of frames: in is the group that begins it, out the one after its end.
    """
    source = event.source
    if source is None:
        zero = Timecode(0, sequence.rate, sequence.drop_frame)
        return zero, zero + event.duration
    group = _group(source.rate)
    rate = source.rate / group
    first = (source.start_frame + event.in_frame) // group
    end = ceil(Fraction(source.start_frame + event.out_frame, group))
    return Timecode(first, rate, source.drop_frame), Timecode(end, rate, source.drop_frame)


def record_span(event: Event, sequence: Sequence) -> tuple[Timecode, Timecode]:
    """The record timecodes [in, out) that are printed for an event."""
    return sequence.timecode(event.record_in), sequence.timecode(event.record_out)


def speed(event: Event, sequence: Sequence) -> str | None:
    """What the M2 line says, in frames a second; None when the source plays frame for frame.

    Source length = record length × speed / the sequence's whole frames a second. The ratio
    of the rates is what a camera at another rate means; where it, in as many digits, does
    not give the source length to the frame, the ratio of the lengths does.
    """
    start, end = source_span(event, sequence)
    length, fps = end.frames - start.frames, nominal(sequence.rate)
    if event.source is None or length == event.duration:
        return None
    true = start.rate / sequence.rate * fps
    fitted = Fraction(length * fps, event.duration)
    tries = [(value, digits) for digits in (1, 2, 3, 4) for value in (true, fitted)]
    for value, digits in tries:
        shown = Fraction(round(value * 10**digits), 10**digits)
        if abs(event.duration * shown / fps - length) < Fraction(1, 2):
            break
    return f"{float(shown):0{digits + 4}.{digits}f}"


def channels(source: Source | None) -> str:
    """V for picture, AA for sound on tracks 1 and 2, AA/V for both; V for a gap."""
    if source is None or not source.has_sound:
        return "V"
    return "AA/V" if source.has_picture else "AA"


def _group(rate: Fraction) -> int:
    fps = nominal(rate)
    return ceil(fps / _COUNTED) if fps > _TWO_DIGITS else 1


def _lines(
    sequence: Sequence, events: tuple[Event, ...], reels: Mapping[int, str], locate: Locate
) -> Iterator[str]:
    yield f"TITLE: {_title(sequence.title)}"
    yield f"FCM: {'DROP FRAME' if sequence.drop_frame else 'NON-DROP FRAME'}"
    for number, event in enumerate(events, 1):
        source = event.source
        reel = reels[source.asset_id] if source else "BL"
        start, end = source_span(event, sequence)
        first, last = record_span(event, sequence)
        yield (
            f"{number:03}  {reel:<8} {channels(source):<4}  C        {start} {end} {first} {last}"
        )
        motion = speed(event, sequence)
        if motion:
            yield f"M2   {reel:<8}     {motion}                {start}"
        yield from _comments(event, sequence, locate)


def _comments(event: Event, sequence: Sequence, locate: Locate) -> Iterator[str]:
    source = event.source
    if source:
        yield f"* FROM CLIP NAME: {_line(source.name)}"
        yield f"* SOURCE FILE: {_line(str(locate(source)))}"
    colour, mark = ("GREEN", "") if source else ("RED", "MISSING ")
    speaker = f"{event.character}: " if event.character else ""
    line = _flat(f"{mark}{speaker}{event.text}")
    yield f"* LOC: {sequence.timecode(event.record_in)} {colour:<7} {line}"
    yield f"* COMMENT: {_reason(event)}"
    if source and source.rate != sequence.rate:
        yield f"* COMMENT: SOURCE RATE {source.rate} FPS IN A SEQUENCE OF {sequence.rate} FPS"


def _reason(event: Event) -> str:
    words = [f"SCRIPT LINE {event.line + 1}"]
    if event.source:
        words += [f"SCORE {event.score:.2f}"]
        words += [f"EMOTION {event.emotion.upper()}"] if event.emotion else []
    return ", ".join(words)


def _title(title: str) -> str:
    """ASCII, at most 70 characters: older systems refuse the list otherwise."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    return _flat(plain)[:_TITLE_LENGTH].strip() or "STRINGOUT"


def _line(value: str) -> str:
    """Without line breaks and control characters, which would begin another statement."""
    return _BREAKS.sub(" ", value)


def _flat(value: str) -> str:
    """The same with single spaces: for text, not for names of files."""
    return " ".join(_line(value).split())
