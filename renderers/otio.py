"""The cut as an OpenTimelineIO timeline, written with OTIO's own core library.

Media are referenced by absolute file URL; their available range begins at the camera's
timecode, which is what editing systems relink by. A clip's source range is counted at the
source's rate and is exactly as long in time as its record frames, so that the items of a
track meet: at another rate than the sequence's that length may be a fraction of a frame.
"""

from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
from opentimelineio.opentime import RationalTime, TimeRange

from renderers.cuts import Locate
from renderers.reels import reel_names
from renderers.sequence import Event, Sequence, Source

_KEY = "stringout"  # of our metadata


def write(sequence: Sequence, target: Path, locate: Locate) -> list[Path]:
    """Write the timeline; return the one file."""
    if not timeline(sequence, locate).to_json_file(str(target), indent=2):
        raise OSError(f"{target} can't be written")
    return [target]


def timeline(sequence: Sequence, locate: Locate) -> Any:
    """A Timeline with a picture and a sound track of one item per event, and a marker per line."""
    rate = float(sequence.rate)
    made = otio.schema.Timeline(
        name=sequence.title, global_start_time=RationalTime(sequence.start_frame, rate)
    )
    made.metadata[_KEY] = {
        "rate": str(sequence.rate),
        "drop_frame": sequence.drop_frame,
        "size": [sequence.width, sequence.height],
    }
    picture = otio.schema.Track("V1", kind=otio.schema.TrackKind.Video)
    sound = otio.schema.Track("A1", kind=otio.schema.TrackKind.Audio)
    reels = reel_names(sequence.all_sources())
    for event in sequence.events:
        source = event.source
        reel = reels[source.asset_id] if source else ""
        picture.append(_item(event, sequence, locate, reel, bool(source and source.has_picture)))
        sound.append(_item(event, sequence, locate, reel, bool(source and source.has_sound)))
    made.tracks.extend([picture, sound])
    made.tracks.markers.extend(_marker(event, sequence) for event in sequence.events)
    return made


def _item(event: Event, sequence: Sequence, locate: Locate, reel: str, present: bool) -> Any:
    if event.source is None or not present:
        length = RationalTime(event.duration, float(sequence.rate))
        item = otio.schema.Gap(source_range=TimeRange(RationalTime(0, length.rate), length))
        item.name = "" if event.source else f"MISSING: {event.text}"
    else:
        item = otio.schema.Clip(
            name=event.source.name,
            media_reference=_reference(event.source, locate),
            source_range=_range(event, event.source, sequence),
        )
        item.metadata["cmx_3600"] = {"reel": reel}
    item.metadata[_KEY] = _facts(event)
    return item


def _reference(source: Source, locate: Locate) -> Any:
    rate = float(source.rate)
    reference = otio.schema.ExternalReference(
        target_url=locate(source).as_uri(),
        available_range=TimeRange(
            RationalTime(source.start_frame, rate), RationalTime(source.frames, rate)
        ),
    )
    reference.name = source.name
    reference.metadata[_KEY] = {
        "reel": source.reel,
        "rate": str(source.rate),
        "drop_frame": source.drop_frame,
        "size": [source.width, source.height],
    }
    return reference


def _range(event: Event, source: Source, sequence: Sequence) -> Any:
    """What is used of the source: begins at its frame, lasts as long as the record frames.

    Where that would run past the end of the media, by less than a record frame and only at
    another rate, it begins so much earlier: a clip outside its media can't be relinked.
    """
    length = event.duration * source.rate / sequence.rate
    first = min(Fraction(event.in_frame), source.frames - length)
    rate = float(source.rate)
    return TimeRange(
        RationalTime(float(source.start_frame + first), rate), RationalTime(float(length), rate)
    )


def _marker(event: Event, sequence: Sequence) -> Any:
    rate = float(sequence.rate)
    color = otio.schema.MarkerColor.GREEN if event.source else otio.schema.MarkerColor.RED
    place = TimeRange(RationalTime(event.record_in, rate), RationalTime(event.duration, rate))
    speaker = f"{event.character}: " if event.character else ""
    marker = otio.schema.Marker(
        name=f"{event.line + 1} {speaker}{event.text}", marked_range=place, color=color
    )
    marker.metadata[_KEY] = {"script_line": event.line}
    return marker


def _facts(event: Event) -> dict[str, Any]:
    """Why the event is there, and its spans as the whole frames of the plan."""
    return {
        "event": event.number,
        "script_line": event.line,
        "character": event.character,
        "text": event.text,
        "heard": event.heard,
        "emotion": event.emotion,
        "score": event.score,
        "reasons": list(event.reasons),
        "clip_key": event.clip_key,
        "source_frames": [event.in_frame, event.out_frame],
        "record_frames": [event.record_in, event.record_out],
    }
