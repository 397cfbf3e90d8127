"""Reading a timeline back with OpenTimelineIO, as any other program would."""

from collections.abc import Mapping
from collections.abc import Sequence as Many
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import opentimelineio as otio

from media.errors import Rejected
from media.timecode import exact_rate
from renderers.exports.delivery import Delivery
from renderers.exports.layout import lanes, over, pictures, sounds
from renderers.exports.proof import Found, Track
from renderers.sequence import Sequence, Source

_FINE = 10_000  # a double holds a ten-thousandth of a frame over 24 hours; thirds it rounds


def prove(delivery: Delivery, paths: Many[Path]) -> None:
    """Every track has the plan's spans. Raises Rejected."""
    (path,) = paths
    sequence = delivery.sequence
    timeline = otio.schema.Timeline.from_json_file(str(path))
    if timeline.global_start_time.value != sequence.start_frame:
        raise Rejected(f"{path.name}: its timecode starts elsewhere")
    above = [*over(sequence), *lanes(sequence)]
    planned = [pictures(sequence), *above, sounds(sequence)]
    if len(timeline.tracks) != len(planned):
        raise Rejected(f"{path.name}: {len(timeline.tracks)} tracks, planned {len(planned)}")

    def called(source: Source) -> str:
        return str(delivery.locate(source))

    media = {called(source): source for source in sequence.all_sources()}
    for clip in timeline.find_clips():
        _require_media(clip, media, path.name)
    for track, spans in zip(timeline.tracks, planned, strict=True):
        found = _found(track, sequence, path.name, delivery.named.name)
        Track(path.name, track.name, sequence, called).prove(spans, found)
    if len(timeline.tracks.markers) != len(sequence.events) + len(sequence.markers):
        raise Rejected(f"{path.name}: markers are missing")


def _require_media(clip: Any, media: Mapping[str, Source], file: str) -> None:
    """The file is one of the plan, and begins at its camera's timecode."""
    source, there = media.get(_path(clip)), clip.available_range()
    if source is None:
        raise Rejected(f"{file}: {clip.name} is no file of the plan")
    placed = (there.start_time.value, there.duration.value, exact_rate(there.start_time.rate))
    if placed != (source.start_frame, source.frames, exact_rate(source.rate)):
        raise Rejected(f"{file}: timecode or length of {clip.name} are lost")


def _path(clip: Any) -> str:
    return unquote(urlsplit(clip.media_reference.target_url).path)


def _found(track: Any, sequence: Sequence, file: str, named: str) -> list[Found]:
    rate = float(sequence.rate)
    found: list[Found] = []
    dissolve = 0
    for index, item in enumerate(track):
        if isinstance(item, otio.schema.Transition):
            if item.name != named:
                raise Rejected(f"{file}: a transition is a {item.name}")
            dissolve = round(item.duration().rescaled_to(rate).value)
            continue
        if isinstance(item, otio.schema.Clip):
            placed = track.range_of_child_at_index(index)
            begin = _fine(placed.start_time.rescaled_to(rate).value)
            length = _fine(placed.duration.rescaled_to(rate).value)
            if begin.denominator > 1 or length.denominator > 1:
                raise Rejected(f"{file}: {item.name} lies between two frames")
            found.append(_clip(item, begin, begin + length, dissolve))
        dissolve = 0
    return found


def _clip(item: Any, begin: Fraction, end: Fraction, dissolve: int) -> Found:
    media, used = item.available_range(), item.source_range
    warps = [effect for effect in item.effects if isinstance(effect, otio.schema.LinearTimeWarp)]
    speed = Fraction(warps[0].time_scalar).limit_denominator(_FINE) if warps else Fraction(1)
    first = _fine(used.start_time.value - media.start_time.value)
    last = first + 1 if speed == 0 else _fine(float(first + _fine(used.duration.value) * speed))
    if exact_rate(used.start_time.rate) != exact_rate(media.start_time.rate):
        raise Rejected(f"{item.name} is not counted at its own rate")
    return Found(
        name=_path(item),
        in_frame=first,
        out_frame=last,
        record_in=begin,
        record_out=end,
        dissolve=dissolve,
        enabled=item.enabled,
    )


def _fine(value: float) -> Fraction:
    """A double as the fraction that was meant: whole frames are whole again."""
    return Fraction(round(value * _FINE), _FINE)
