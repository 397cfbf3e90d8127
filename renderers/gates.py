"""What must be true of a cut and of its exports before they are published.

`require` holds the plan against rules that every editing system has; `prove_edl`,
`prove_otio` and `prove_srt` read the written file back with a reader of their own and hold
it against the plan (how a span is labelled at mixed rates they take from the writer). A
failing gate blocks the file and names the event: a list that is one frame past its media is
found in the suite otherwise, with the director present.
"""

import re
from collections.abc import Iterator
from collections.abc import Sequence as Many
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import opentimelineio as otio

from media.errors import Rejected
from media.timecode import Timecode, nominal
from renderers.edl import channels, record_span, source_span
from renderers.reels import LENGTH, reel_names
from renderers.sequence import Event, Sequence

_EVENT = re.compile(
    r"^(\d{3}) {2}(\S{1,8}) +(V|AA|AA/V) +C +"
    r"(\d\d:\d\d:\d\d[:;]\d\d) (\d\d:\d\d:\d\d[:;]\d\d) "
    r"(\d\d:\d\d:\d\d[:;]\d\d) (\d\d:\d\d:\d\d[:;]\d\d)$"
)
_MOTION = re.compile(r"^M2 +(\S+) +(-?\d+\.\d+) +(\S+)$")
_ARROW = re.compile(r"^(\d\d+):(\d\d):(\d\d),(\d{3}) --> (\d\d+):(\d\d):(\d\d),(\d{3})$", re.M)


@dataclass(frozen=True)
class Entry:
    """One event as it stands in a list. `speed`: of its M2 line, frames a second."""

    number: int
    reel: str
    channels: str
    labels: tuple[str, str, str, str]  # source in, out, record in, out
    clip: str = ""
    speed: Fraction | None = None


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
    yield from _reel_faults(sequence)


def _source_faults(event: Event, sequence: Sequence) -> Iterator[str]:
    source = event.source
    if source is None:
        if event.in_frame or event.out_frame:
            yield "is a gap but has source frames"
        return
    span = f"{event.in_frame} to {event.out_frame} of {source.name}"
    if not 0 <= event.in_frame < event.out_frame <= source.frames:
        yield f"wants frames {span}, which has {source.frames}"
        return
    length = event.out_frame - event.in_frame
    if source.rate == sequence.rate and length != event.duration:
        yield f"puts {length} source frames into {event.duration} record frames"
    # At another rate a whole number of record frames is the nearest there is.
    if abs(length * sequence.rate / source.rate - event.duration) > 1:
        yield f"plays frames {span} at a wrong speed: {event.duration} record frames"
    if source.drop_frame and nominal(source.rate) % 30:
        yield f"numbers {source.name} in drop-frame, which {source.rate} frames a second lack"


def _reel_faults(sequence: Sequence) -> Iterator[str]:
    reels = reel_names(sequence.all_sources())
    if len(set(reels.values())) < len(reels):
        yield "two sources have the same reel"
    for reel in reels.values():
        if not re.fullmatch(rf"[A-Z0-9_]{{1,{LENGTH}}}", reel):
            yield f"{reel!r} is not a reel of {LENGTH} letters and digits"


def read_edl(path: Path) -> tuple[bool, list[Entry]]:
    """Whether the record side is drop-frame, and the events. Raises Rejected on odd lines."""
    lines = path.read_text(encoding="utf-8").splitlines()
    if len(lines) < 2 or not re.fullmatch(r"TITLE: [ -~]{1,70}", lines[0]):
        raise Rejected(f"{path.name}: the first line is not a title of 70 ASCII characters")
    entries: list[Entry] = []
    for number, line in enumerate(lines[2:], 3):
        found, motion = _EVENT.match(line), _MOTION.match(line)
        if found:
            labels = (found[4], found[5], found[6], found[7])
            entries.append(Entry(int(found[1]), found[2], found[3], labels))
        elif motion and entries and motion[1] == entries[-1].reel:
            entries[-1] = replace(entries[-1], speed=Fraction(motion[2]))
        elif line.startswith("* FROM CLIP NAME: ") and entries:
            entries[-1] = replace(entries[-1], clip=line.removeprefix("* FROM CLIP NAME: "))
        elif not (line.startswith("* ") and entries):
            raise Rejected(f"{path.name}, line {number}: {line!r} is not a CMX3600 statement")
    return lines[1] == "FCM: DROP FRAME", entries


def prove_edl(sequence: Sequence, paths: Many[Path]) -> None:
    """Read the list back: every reel, channel and timecode equals the plan."""
    reels = reel_names(sequence.all_sources())
    entries: list[Entry] = []
    for path in paths:
        drop, found = read_edl(path)
        entries += found
        if drop != sequence.drop_frame or [e.number for e in found] != _counted(found):
            raise Rejected(f"{path.name}: its numbering differs from the plan")
    if len(entries) != len(sequence.events):
        raise Rejected(f"{paths[0].name}: {len(entries)} events, planned {len(sequence.events)}")
    for entry, event in zip(entries, sequence.events, strict=True):
        reel = reels[event.source.asset_id] if event.source else "BL"
        if (entry.reel, entry.channels) != (reel, channels(event.source)):
            raise Rejected(
                f"{paths[0].name}: event {event.number} names the wrong reel or channels"
            )
        for fault in _label_faults(entry, event, sequence):
            raise Rejected(f"{paths[0].name}: event {event.number} {fault}")


def _counted(entries: Many[Entry]) -> list[int]:
    return list(range(1, len(entries) + 1))


def _label_faults(entry: Entry, event: Event, sequence: Sequence) -> Iterator[str]:
    planned = [*source_span(event, sequence), *record_span(event, sequence)]
    for label, timecode in zip(entry.labels, planned, strict=True):
        if not _is_label_of(label, timecode):
            yield f"says {label}, planned {timecode}"
    length = planned[1].frames - planned[0].frames
    fps = Fraction(nominal(sequence.rate))
    played = event.duration * (entry.speed or fps) / fps
    if abs(played - length) >= 1:
        yield f"takes {float(played):.2f} frames from its source, planned {length}"


def _is_label_of(label: str, timecode: Timecode) -> bool:
    """Whether the label, read by itself, is that frame of the day in that numbering."""
    try:
        read = Timecode.parse(label, timecode.rate)
    except ValueError:
        return False
    fps = nominal(timecode.rate)
    day = 24 * 3600 * fps
    if timecode.drop_frame:
        # Two labels (four at 60) are left out in 1,440 − 144 minutes of a day.
        day -= fps // 15 * (1440 - 144)
    return read.drop_frame == timecode.drop_frame and read.frames == timecode.frames % day


def prove_otio(sequence: Sequence, paths: Many[Path]) -> None:
    """Read the timeline back with OpenTimelineIO: every track has the plan's spans."""
    (path,) = paths
    timeline = otio.schema.Timeline.from_json_file(str(path))
    for track in timeline.tracks:
        spans = [track.range_of_child_at_index(i) for i in range(len(track))]
        if len(spans) != len(sequence.events):
            raise Rejected(f"{path.name}: {len(spans)} items, planned {len(sequence.events)}")
        for item, span, event in zip(track, spans, sequence.events, strict=True):
            for fault in _item_faults(item, span, event, sequence):
                raise Rejected(f"{path.name}: event {event.number} {fault}")


def _item_faults(
    item: otio.core.Item, span: otio.opentime.TimeRange, event: Event, sequence: Sequence
) -> Iterator[str]:
    rate = float(sequence.rate)
    placed = [span.start_time.rescaled_to(rate).value, span.duration.rescaled_to(rate).value]
    # Doubles: a ten-thousandth of a frame is far above their error and far below a frame.
    if any(
        abs(a - b) > 1e-4 for a, b in zip(placed, (event.record_in, event.duration), strict=True)
    ):
        yield f"lies at {placed}, planned {[event.record_in, event.duration]}"
    if isinstance(item, otio.schema.Clip) and event.source:
        media, used = item.available_range(), item.source_range
        # At another rate a clip may begin up to a record frame early (renderers/otio.py).
        leeway = float(event.source.rate / sequence.rate)
        planned = event.source.start_frame + event.in_frame
        if event.source.rate == sequence.rate:
            leeway = 0.0
        if not -leeway - 1e-4 <= used.start_time.value - planned <= 1e-4:
            yield f"begins at source frame {used.start_time.value}"
        if used.start_time < media.start_time or not _ends_inside(used, media):
            yield f"runs past {event.source.name}"


def _ends_inside(used: otio.opentime.TimeRange, media: otio.opentime.TimeRange) -> bool:
    return bool(used.end_time_exclusive().value <= media.end_time_exclusive().value + 1e-4)


def prove_srt(sequence: Sequence, paths: Many[Path]) -> None:
    """Read the subtitles back: in order, without overlap, inside the movie."""
    (path,) = paths
    times = [
        (_seconds(match.groups()[:4]), _seconds(match.groups()[4:]))
        for match in _ARROW.finditer(path.read_text(encoding="utf-8"))
    ]
    end = sequence.duration / sequence.rate + Fraction(1, 1000)
    if any(first >= last or last > end for first, last in times):
        raise Rejected(f"{path.name}: a subtitle is empty or ends after the movie")
    if any(before[1] > after[0] for before, after in pairwise(times)):
        raise Rejected(f"{path.name}: two subtitles overlap")


def _seconds(parts: Many[str]) -> Fraction:
    hours, minutes, seconds, thousandths = (int(part) for part in parts)
    return hours * 3600 + minutes * 60 + seconds + Fraction(thousandths, 1000)
