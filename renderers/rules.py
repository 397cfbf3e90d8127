"""What must be true of a cut before anything is made of it.

Rules that every editing system has. A plan that breaks one makes no files at all: a list that
is one frame past its media is found in the suite otherwise, with the director present.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from media.errors import Rejected
from media.timecode import nominal
from renderers.sequence import Event, Sequence, Source, source_length

LONGEST_DISSOLVE = 255  # record frames: three digits and one byte in a list


def require(sequence: Sequence) -> None:
    """Raise Rejected with the first rule that the plan breaks."""
    for problem in problems(sequence):
        raise Rejected(f"the cut {sequence.title!r} can't be exported: {problem}")


def problems(sequence: Sequence) -> Iterator[str]:
    """Every broken rule, one sentence each."""
    if not sequence.events:
        yield "it has no events"
    if nominal(sequence.rate) > 100:
        yield f"a list can't number {sequence.rate} frames a second: set cut.rate to 60 or less"
    expected = 0
    for number, event in enumerate(sequence.events, 1):
        if event.number != number:
            yield f"event {event.number} stands where event {number} belongs"
        if event.record_in != expected:
            yield f"event {number} begins at record frame {event.record_in}, not at {expected}"
        if event.duration < 1:
            yield f"event {number} ends at record frame {event.record_out}, before it begins"
        expected = event.record_out
        yield from (f"event {number} {fault}" for fault in _source_faults(event, sequence))
        yield from (f"event {number} {fault}" for fault in _alternate_faults(event, sequence))
    for before, event in pairwise(sequence.events):
        faults = (
            *_dissolve_faults(before, event, sequence),
            *_split_faults(before, event, sequence),
        )
        yield from (f"event {event.number} {fault}" for fault in faults)
    yield from _edge_faults(sequence)
    yield from _track_faults(sequence)
    yield from _marker_faults(sequence)


def _source_faults(event: Event, sequence: Sequence) -> Iterator[str]:
    source = event.source
    if source is None:
        if event.in_frame or event.out_frame:
            yield "is a gap but has source frames"
        return
    if event.speed < 0:
        yield f"plays {source.name} at speed {event.speed}"
        return
    yield from _span_faults(source, event.in_frame, event.out_frame)
    if event.frozen:
        yield from _freeze_faults(source, event.out_frame - event.in_frame)
        return
    length = event.out_frame - event.in_frame
    if source.rate == sequence.rate and event.speed == 1 and length != event.duration:
        yield f"puts {length} source frames into {event.duration} record frames"
    # At another rate or speed a whole number of record frames is the nearest there is, or of source
    # frames: one of them, of which there is no less, may last several.
    lasts = 1 / source_length(event, sequence.rate, 1)
    nearest = max(Fraction(1), lasts / (1 if length == 1 else 2))
    if abs(length * lasts - event.duration) > nearest:
        span = f"{event.in_frame} to {event.out_frame} of {source.name}"
        yield f"plays frames {span} at a wrong speed: {event.duration} record frames"
    if source_length(event, sequence.rate, event.duration) > source.frames:
        yield f"lasts {event.duration} record frames, longer than all of {source.name}"


def _freeze_faults(source: Source, frames: int) -> Iterator[str]:
    if frames != 1:
        yield f"freezes {frames} frames of {source.name} (speed 0 is one frame)"
    if not source.has_picture:
        yield f"freezes {source.name}, which has no picture"
    if source.still:
        yield f"freezes {source.name}, which stands still by itself: give it speed 1"


def _span_faults(source: Source, first: int, end: int) -> Iterator[str]:
    if not 0 <= first < end <= source.frames:
        yield f"wants frames {first} to {end} of {source.name}, which has {source.frames}"
    if source.drop_frame and nominal(source.rate) % 30:
        yield f"numbers {source.name} in drop-frame, which {source.rate} frames a second lack"


def _alternate_faults(event: Event, sequence: Sequence) -> Iterator[str]:
    for other in event.alternates:
        faults = [*_span_faults(other.source, other.in_frame, other.out_frame)]
        length = (other.out_frame - other.in_frame) * sequence.rate / other.source.rate
        if other.length < 1 or abs(length - other.length) > 1:
            faults.append(f"puts {other.source.name} into {other.length} record frames")
        yield from (f"has an alternate that {fault}" for fault in faults)


def _dissolve_faults(before: Event, event: Event, sequence: Sequence) -> Iterator[str]:
    """A dissolve shows both sources for its whole length: each needs a handle."""
    if not event.dissolve:
        return
    if not 2 <= event.dissolve <= LONGEST_DISSOLVE:
        yield f"dissolves over {event.dissolve} frames (2 to {LONGEST_DISSOLVE})"
        return
    if not (
        before.source and before.source.has_picture and event.source and event.source.has_picture
    ):
        yield "dissolves where a picture is missing"
        return
    if before.dissolve_rest + event.dissolve_lead > before.duration:
        yield f"dissolves while event {before.number} still does"
    if event.in_frame < _whole(event, sequence, event.dissolve_lead):
        yield f"lacks the handle of {event.dissolve_lead} frames for its dissolve"
    if before.out_frame + _whole(before, sequence, event.dissolve_rest) > before.source.frames:
        yield f"needs {event.dissolve_rest} frames of event {before.number} for its dissolve"


def _whole(event: Event, sequence: Sequence, frames: int) -> int:
    """Source frames for `frames` record frames, the last one whole."""
    return -int(-source_length(event, sequence.rate, frames) // 1)


def _split_faults(before: Event, event: Event, sequence: Sequence) -> Iterator[str]:
    """A split edit takes its sound from the handle of one of the two events."""
    early, late = max(0, -event.split), max(0, event.split)
    ahead = max(0, before.split)
    if (
        early >= before.duration - ahead
        or late >= event.duration
        or not _sounds(before, sequence, early + ahead)
        or not _sounds(event, sequence, late)
    ):
        yield f"splits its sound by {event.split} frames, over a whole event"
        return
    if early and event.source and event.in_frame < _whole(event, sequence, early):
        yield f"has no sound {early} frames before its picture"
    if late and before.source:
        end = before.out_frame + _whole(before, sequence, late)
        if end > before.source.frames:
            yield f"lets event {before.number} sound on past the end of {before.source.name}"


def _sounds(event: Event, sequence: Sequence, taken: int) -> bool:
    """Whether a whole source frame is left to hear without `taken` record frames."""
    if event.source is None or event.frozen:
        return True
    length = event.out_frame - event.in_frame
    return length - source_length(event, sequence.rate, taken) >= 1


def _edge_faults(sequence: Sequence) -> Iterator[str]:
    for event in sequence.events[:1]:
        if event.dissolve or event.split:
            yield "event 1 has nothing before it to dissolve or split from"


def _track_faults(sequence: Sequence) -> Iterator[str]:
    names = [track.name for track in sequence.tracks]
    if names != [f"V{number}" for number in range(2, len(names) + 2)]:
        yield f"the tracks above V1 are called {', '.join(names)}"
    for track in sequence.tracks:
        end = 0
        for number, event in enumerate(track.events, 1):
            where = f"event {number} of {track.name}"
            if event.source is None or not event.source.has_picture:
                yield f"{where} has no picture"
                continue
            if not end <= event.record_in < event.record_out <= sequence.duration:
                yield f"{where} lies at {event.record_in} to {event.record_out}"
            if event.dissolve or event.split or event.alternates:
                yield f"{where} has transitions or alternates, which only V1 has"
            end = event.record_out
            yield from (f"{where} {fault}" for fault in _source_faults(event, sequence))


def _marker_faults(sequence: Sequence) -> Iterator[str]:
    for marker in sequence.markers:
        if not 0 <= marker.in_frame < marker.out_frame <= sequence.duration:
            yield f"the marker {marker.text!r} lies at {marker.in_frame} to {marker.out_frame}"
