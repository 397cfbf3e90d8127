"""A sequence of files instead of clips: cameras write a long clip as several files.

Editing systems link to files. An event that runs over the end of one becomes two, cut frame to
frame in record and source; each file is a source with its own name, length and timecode.
"""

import math
from collections.abc import Container, Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from renderers import rules
from renderers.exports.delivery import Delivery
from renderers.exports.logged import LoggedClip
from renderers.sequence import Alternate, Event, Part, Sequence, Source, Track

_APART = 1_000_000_000  # between the ids of a clip's files: more than there are assets
_Span = tuple[
    Source, int, int, int
]  # file, its frames [in, out), of the clip's frame where it begins


def filed(delivery: Delivery) -> Delivery:
    """The delivery as editing systems see it: its sequence and its clips by file."""
    sequence = by_file(delivery.sequence)
    if sequence is not delivery.sequence:
        rules.require(sequence)
    return replace(delivery, sequence=sequence, clips=clips_by_file(delivery.clips))


def by_file(sequence: Sequence) -> Sequence:
    """The same cut with every source one file; itself where all are."""
    if not any(source.parts for source in sequence.all_sources()):
        return sequence
    events = _numbered(one for event in sequence.events for one in _filled(event, sequence.rate))
    tracks = tuple(
        Track(track.name, _numbered(one for e in track.events for one in _filled(e, sequence.rate)))
        for track in sequence.tracks
    )
    whole = {(event.record_in, event.record_out) for event in sequence.events}
    return _handled(replace(sequence, events=_roomy(events, whole), tracks=tracks))


def clips_by_file(clips: Iterable[LoggedClip]) -> tuple[LoggedClip, ...]:
    """The same clips, each inside one file."""
    return tuple(
        replace(clip, source=source, in_frame=first, out_frame=end)
        for clip in clips
        for source, first, end, _ in _spans(clip.source, clip.in_frame, clip.out_frame)
    )


def _spans(source: Source, in_frame: int, out_frame: int) -> Iterator[_Span]:
    """The files that [in, out) of a clip lies in."""
    if not source.parts:
        yield source, in_frame, out_frame, 0
    for number, part in enumerate(source.parts):
        first, end = max(in_frame, part.in_frame), min(out_frame, part.in_frame + part.frames)
        if first < end:
            file = _file(source, part, number)
            yield file, first - part.in_frame, end - part.in_frame, part.in_frame


def _file(source: Source, part: Part, number: int) -> Source:
    return replace(
        source,
        asset_id=source.asset_id + number * _APART,
        name=part.name,
        path=part.path,
        frames=part.frames,
        start_frame=part.start_frame,
        parts=(),
    )


def _filled(event: Event, rate: Fraction) -> list[Event]:
    """The event, or its pieces, none longer than its file: what the last file is too short for, the
    file before plays, and begins so much earlier."""
    pieces = list(_events(event, rate))
    if event.source is None or event.frozen:
        return pieces
    scale = rate / event.source.rate / event.speed  # record frames of a source frame
    for at in range(len(pieces) - 1, -1, -1):
        piece = pieces[at]
        assert piece.source is not None
        short = piece.duration - int(piece.source.frames * scale)
        file = _before(event.source, piece.source) if short > 0 and at == 0 else None
        if file:
            whole = replace(piece, source=file, record_out=piece.record_in + short)
            rest = replace(piece, record_in=whole.record_out, dissolve=0, split=0, alternates=())
            pieces[:1] = [_ending(whole, scale), rest]
        elif short > 0 and at:
            pieces[at] = replace(piece, record_in=piece.record_in + short)
            longer = replace(pieces[at - 1], record_out=pieces[at].record_in)
            pieces[at - 1] = _ending(longer, scale)
        elif short > 0:
            pieces[0] = _slowed(piece, rate)
    return [piece for piece in pieces if piece.duration]


def _before(source: Source, file: Source) -> Source | None:
    """The file of a source before one of its files."""
    number = next((n for n, part in enumerate(source.parts) if part.path == file.path), 0)
    return _file(source, source.parts[number - 1], number - 1) if number else None


def _slowed(piece: Event, rate: Fraction) -> Event:
    """All of its file, slower by less than a record frame: nothing before it could fill that."""
    assert piece.source is not None
    speed = piece.source.frames * rate / (piece.duration * piece.source.rate)
    return replace(piece, in_frame=0, out_frame=piece.source.frames, speed=speed)


def _ending(piece: Event, scale: Fraction) -> Event:
    """The last frames of its file, as many as it plays."""
    assert piece.source is not None
    end = piece.source.frames
    return replace(
        piece, in_frame=max(0, end - max(1, round(piece.duration / scale))), out_frame=end
    )


def _events(event: Event, rate: Fraction) -> Iterator[Event]:
    """The event, or its pieces. A piece of less than a record frame goes to its neighbour."""
    alternates = tuple(_alternate(other) for other in event.alternates)
    if event.source is None or not event.source.parts:
        yield replace(event, alternates=alternates)
        return
    if event.frozen:
        [(source, first, end, _)] = _spans(event.source, event.in_frame, event.out_frame)
        yield replace(event, source=source, in_frame=first, out_frame=end, alternates=alternates)
        return
    scale = rate / event.source.rate / event.speed  # record frames of a source frame
    record = event.record_in
    # What is played, to the end of its last record frame: it may begin another file.
    played = event.in_frame + math.ceil((event.record_out - event.record_in) / scale)
    out_frame = min(max(event.out_frame, played), event.source.frames)
    for source, first, end, begin in _spans(event.source, event.in_frame, out_frame):
        last = begin + end == out_frame
        # Whole record frames that the file fills: the rest of one is begun by the next file.
        until = int(event.record_in + (begin + end - event.in_frame) * scale)
        until = event.record_out if last else min(until, event.record_out)
        if until > record:
            whole = record == event.record_in
            filled = max(1, round((until - record) / scale))
            yield replace(
                event,
                source=source,
                in_frame=first,
                out_frame=end if scale == 1 else min(first + filled, source.frames),
                record_in=record,
                record_out=until,
                dissolve=event.dissolve if whole else 0,
                split=event.split if whole else 0,
                alternates=alternates if whole else (),
            )
        record = max(record, until)


def _alternate(other: Alternate) -> Alternate:
    """An alternate is one span: of several files it has the one with most of it."""
    source, first, end, _ = max(
        _spans(other.source, other.in_frame, other.out_frame), key=lambda span: span[2] - span[1]
    )
    length = other.length * (end - first) // (other.out_frame - other.in_frame)
    return replace(other, source=source, in_frame=first, out_frame=end, length=max(1, length))


def _numbered(events: Iterable[Event]) -> tuple[Event, ...]:
    return tuple(replace(event, number=number) for number, event in enumerate(events, 1))


def _roomy(events: tuple[Event, ...], whole: Container[tuple[int, int]]) -> tuple[Event, ...]:
    """Without the dissolves that take more than a third of a piece: too little of it is left for
    its labels to tell how fast it plays."""
    short = [
        (event.record_in, event.record_out) not in whole and event.duration for event in events
    ]
    rooms = [None, *(min(filter(None, pair), default=None) for pair in pairwise(short))]
    return tuple(
        event if room is None or room >= 3 * event.dissolve else replace(event, dissolve=0)
        for event, room in zip(events, rooms, strict=False)
    )


def _handled(sequence: Sequence) -> Sequence:
    """Without the dissolves and split edits whose handle lies in another file."""
    broken = {problem.split()[1] for problem in rules.problems(sequence) if problem[:6] == "event "}
    events = tuple(
        replace(event, dissolve=0, split=0) if str(event.number) in broken else event
        for event in sequence.events
    )
    return replace(sequence, events=events)
