"""The cut as CMX3600 edit decision lists: one for V1 with the sound, one per track above it.

Columns are the fixed ones of CMX3600 (event 3, reel 8 or 32 or 128, channels 4, transition,
four timecodes of 11). Source timecodes are the source's own: its rate, its start, its
numbering. `;` before the frames marks drop-frame, as Avid, Premiere and Resolve write it, so
a label needs no FCM line to be read; the one FCM line says how the record side is numbered,
because readers apply an FCM line to the record side too.

A gap on V1 is an event of the reserved reel BL: both readings of a list, by event and by
record time, then show it, and the missing line has an event to stand under. Where picture
and sound of an event begin or end apart (dissolves, split edits) each has an event.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from pathlib import Path

from media.files import write_text
from media.timecode import Timecode, nominal
from renderers.exports import notes
from renderers.exports.delivery import Delivery
from renderers.exports.layout import Span, over, pictures, sounds
from renderers.sequence import Sequence, Source, source_length

MOST_EVENTS = 999  # three digits
_TWO_DIGITS = 100  # frames a second that a label of eleven characters can count
_COUNTED = 60  # above that, labels count groups of frames, as SMPTE ST 12-3 does


@dataclass(frozen=True)
class Edit:
    """One numbered event: what is recorded where. `dissolve`: its frames, from `before`.

    A dissolve begins at the record in, so the span of both events is moved by its first half.
    """

    span: Span
    picture: bool
    sound: bool
    before: Span | None = None

    @property
    def dissolve(self) -> int:
        """Frames of the dissolve that it begins with."""
        return self.span.dissolve_in if self.before else 0


def write(delivery: Delivery, target: Path) -> list[Path]:
    """Write the lists; more than 999 events become `_01.edl`, `_02.edl` … Return the files."""
    written = []
    for name, edits in tracks(delivery.sequence):
        base = target.with_name(f"{target.stem}_{name}.edl") if name else target
        parts = text(delivery, edits)
        numbered = [base.with_name(f"{base.stem}_{n:02}.edl") for n in range(1, len(parts) + 1)]
        paths = numbered if len(parts) > 1 else [base]
        for path, part in zip(paths, parts, strict=True):
            write_text(path, part)
        written += paths
    return written


def tracks(sequence: Sequence) -> list[tuple[str, list[Edit]]]:
    """The events of each list: V1 (its name is ""), then the tracks above by name."""
    above = [
        (track.name, [Edit(span, picture=True, sound=False) for span in spans])
        for track, spans in zip(sequence.tracks, over(sequence), strict=True)
    ]
    return [("", list(_edits(sequence))), *above]


def text(delivery: Delivery, edits: list[Edit]) -> list[str]:
    """A list as the texts of one or more files, each with at most 999 events."""
    starts = range(0, max(1, len(edits)), MOST_EVENTS)
    return [
        "\n".join(_lines(delivery, edits[start : start + MOST_EVENTS])) + "\n" for start in starts
    ]


def source_labels(edit: Edit, sequence: Sequence) -> tuple[Timecode, Timecode]:
    """The source timecodes [in, out) that are printed for an event."""
    lead, tail = _moved(edit)
    rate, event = sequence.rate, edit.span.event
    if edit.span.source is None:
        zero = Timecode(0, rate, sequence.drop_frame)
        return zero, zero + (edit.span.duration + lead - tail)
    first = edit.span.in_frame - ceil(source_length(event, rate, lead))
    end = edit.span.out_frame - ceil(source_length(event, rate, tail))
    return grouped(edit.span.source, first, end)


def record_labels(edit: Edit, sequence: Sequence) -> tuple[Timecode, Timecode]:
    """The record timecodes [in, out) that are printed for an event."""
    lead, tail = _moved(edit)
    span = edit.span
    return sequence.timecode(span.record_in - lead), sequence.timecode(span.record_out - tail)


def grouped(source: Source, first: int, end: int) -> tuple[Timecode, Timecode]:
    """The labels of [first, end) of a source.

    Above 100 frames a second labels count groups of frames: in is the group that begins it,
    out the one after its end.
    """
    group = _group(source.rate)
    rate = source.rate / group
    start = (source.start_frame + first) // group
    stop = ceil(Fraction(source.start_frame + end, group))
    return Timecode(start, rate, source.drop_frame), Timecode(stop, rate, source.drop_frame)


def speed(edit: Edit, sequence: Sequence) -> str | None:
    """What the M2 line says, in frames a second; None when the source plays frame for frame, 0
    where one frame of it stands still.

    Source length = record length × speed / the sequence's whole frames a second. The ratio
    of the rates is what a camera at another rate means; where it, in as many digits, does
    not give the source length to the frame, the ratio of the lengths does.
    """
    start, end = source_labels(edit, sequence)
    first, last = record_labels(edit, sequence)
    length, duration = end.frames - start.frames, last.frames - first.frames
    fps = nominal(sequence.rate)
    if edit.span.frozen and edit.span.source:
        return "000.0"
    if edit.span.source is None or length == duration:
        return None
    true = start.rate / sequence.rate * fps * edit.span.speed
    fitted = Fraction(length * fps, duration)
    for value, digits in [(v, d) for d in (1, 2, 3, 4) for v in (true, fitted)]:
        shown = Fraction(round(value * 10**digits), 10**digits)
        if abs(duration * shown / fps - length) < Fraction(1, 2):
            break
    return f"{float(shown):0{digits + 4}.{digits}f}"


def channels(edit: Edit) -> tuple[str, str]:
    """The channels of an event, and the AUD line for those beyond two ("" for none).

    B is picture with one channel, AA/V with two; A and AA are sound alone.
    """
    count = edit.span.source.channels if edit.span.source and edit.sound else 0
    more = {0: "", 1: "", 2: "", 3: "AUD   3"}.get(count, "AUD   3    4")
    if not count:
        return "V", ""
    return (("B", "A")[not edit.picture] if count == 1 else ("AA/V", "AA")[not edit.picture]), more


def _edits(sequence: Sequence) -> Iterator[Edit]:
    """In order of record time; of two at once the picture first."""
    found: list[Edit] = []
    before: Span | None = None
    for picture, sound in zip(pictures(sequence), sounds(sequence), strict=True):
        seen, heard = picture.source is not None, sound.source is not None
        dissolves = before if picture.dissolve_in else None
        together = (picture.record_in, picture.record_out) == (sound.record_in, sound.record_out)
        if seen and heard and together and not picture.dissolve_in + picture.dissolve_out:
            found.append(Edit(picture, picture=True, sound=True))
        else:
            if seen or not heard:
                found.append(Edit(picture, picture=True, sound=False, before=dissolves))
            if heard:
                found.append(Edit(sound, picture=False, sound=True))
        before = picture
    yield from sorted(found, key=lambda edit: edit.span.record_in - _moved(edit)[0])


def _moved(edit: Edit) -> tuple[int, int]:
    """By how much a list has its record in and out earlier than the plan has its cuts."""
    if not edit.picture or edit.sound:
        return 0, 0
    return edit.span.dissolve_in // 2, edit.span.dissolve_out // 2


def _group(rate: Fraction) -> int:
    fps = nominal(rate)
    return ceil(fps / _COUNTED) if fps > _TWO_DIGITS else 1


def _lines(delivery: Delivery, edits: Iterable[Edit]) -> Iterator[str]:
    sequence = delivery.sequence
    yield f"TITLE: {notes.ascii_title(sequence.title)}"
    yield f"FCM: {'DROP FRAME' if sequence.drop_frame else 'NON-DROP FRAME'}"
    for number, edit in enumerate(edits, 1):
        if edit.before:
            yield _outgoing(delivery, edit, number)
        start, end = source_labels(edit, sequence)
        first, last = record_labels(edit, sequence)
        how = f"{delivery.named.edl:<4} {edit.dissolve:03}" if edit.before else "C       "
        carried, more = channels(edit)
        reel = _reel(delivery, edit.span)
        yield f"{number:03}  {reel} {carried:<4}  {how} {start} {end} {first} {last}"
        yield from [more] if more else []
        motion = speed(edit, sequence)
        if motion:
            yield f"M2   {reel}     {motion}                {start}"
        yield from notes.comments(delivery, edit.span, edit.before, picture=edit.picture)


def _outgoing(delivery: Delivery, edit: Edit, number: int) -> str:
    """The first of a dissolve's two lines: the source before, where it is when it begins."""
    assert edit.before is not None
    _, end = source_labels(Edit(edit.before, picture=True, sound=False), delivery.sequence)
    at, _ = record_labels(edit, delivery.sequence)
    return f"{number:03}  {_reel(delivery, edit.before)} V     C        {end} {end} {at} {at}"


def _reel(delivery: Delivery, span: Span) -> str:
    length = 8 if delivery.reel_length == "full" else delivery.reel_length
    reel = delivery.reels[span.source.asset_id] if span.source else "BL"
    return f"{reel:<{length}}"
