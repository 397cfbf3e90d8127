"""The cut as an OpenTimelineIO timeline, written with OTIO's own core library.

Media are referenced by absolute file URL; their available range begins at the camera's
timecode, which is what editing systems relink by. A clip's source range is counted at the
source's rate and is exactly as long in time as its record frames, so that the items of a
track meet: at another rate than the sequence's that length may be a fraction of a frame.
Alternates are disabled clips on tracks of their own.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import opentimelineio as otio
from opentimelineio.opentime import RationalTime, TimeRange

from config.cutting import Transition
from renderers.exports import notes
from renderers.exports.delivery import Delivery
from renderers.exports.layout import Span, lanes, over, pictures, sounds
from renderers.exports.timing import exact
from renderers.sequence import Event, Sequence, Source

_KEY = "stringout"  # of our metadata
_COLOURS = otio.schema.MarkerColor


def write(delivery: Delivery, target: Path) -> list[Path]:
    """Write the timeline; return the one file."""
    if not timeline(delivery).to_json_file(str(target), indent=2):
        raise OSError(f"{target} can't be written")
    return [target]


def timeline(delivery: Delivery) -> Any:
    """A Timeline: V1, the tracks above it, alternates, then the sound; a marker per line."""
    sequence = delivery.sequence
    start = RationalTime(sequence.start_frame, float(sequence.rate))
    made = otio.schema.Timeline(name=sequence.title, global_start_time=start)
    made.metadata[_KEY] = {
        "rate": str(sequence.rate),
        "drop_frame": sequence.drop_frame,
        "size": [sequence.width, sequence.height],
    }
    video, audio = otio.schema.TrackKind.Video, otio.schema.TrackKind.Audio
    writer = _Writer(delivery)
    made.tracks.append(writer.track("V1", video, pictures(sequence)))
    for track, spans in zip(sequence.tracks, over(sequence), strict=True):
        made.tracks.append(writer.track(track.name, video, spans))
    for number, spans in enumerate(lanes(sequence), 1):
        made.tracks.append(writer.track(f"alternates {number}", video, spans))
    made.tracks.append(writer.track("A1", audio, sounds(sequence)))
    made.tracks.markers.extend(_marker(note, sequence) for note in notes.markers(sequence))
    return made


class _Writer:
    """Turns spans into items."""

    def __init__(self, delivery: Delivery) -> None:
        self._delivery = delivery
        self._sequence = delivery.sequence
        self._rate = float(delivery.sequence.rate)

    def track(self, name: str, kind: str, spans: Iterable[Span]) -> Any:
        made, at = otio.schema.Track(name, kind=kind), 0
        for span in spans:
            if span.record_in > at:
                made.append(self._gap(span.record_in - at))
            if span.dissolve_in:
                made.append(self._dissolve(span.event))
            made.append(self._item(span))
            at = span.record_out
        return made

    def _item(self, span: Span) -> Any:
        if span.source is None:
            item = self._gap(span.duration)
            item.name = "" if span.event.source else notes.spoken(span.event)
        else:
            item = otio.schema.Clip(
                name=span.source.name,
                media_reference=self._reference(span.source),
                source_range=self._range(span, span.source),
            )
            item.enabled = span.alternate is None
            item.metadata["cmx_3600"] = {"reel": self._delivery.reels[span.source.asset_id]}
            if span.frozen:
                item.effects.append(otio.schema.FreezeFrame())
            elif span.speed != 1:
                item.effects.append(otio.schema.LinearTimeWarp(time_scalar=float(span.speed)))
        item.metadata[_KEY] = _facts(span)
        return item

    def _gap(self, frames: int) -> Any:
        length = RationalTime(frames, self._rate)
        return otio.schema.Gap(source_range=TimeRange(RationalTime(0, self._rate), length))

    def _dissolve(self, event: Event) -> Any:
        kinds, named = otio.schema.TransitionTypes, self._delivery.named
        is_dissolve = self._delivery.transition is Transition.DISSOLVE
        made = otio.schema.Transition(
            name=named.name,
            transition_type=kinds.SMPTE_Dissolve if is_dissolve else kinds.Custom,
            in_offset=RationalTime(event.dissolve_lead, self._rate),
            out_offset=RationalTime(event.dissolve_rest, self._rate),
        )
        if not is_dissolve:
            made.metadata["cmx_3600"] = {"transition": named.edl}
        return made

    def _reference(self, source: Source) -> Any:
        rate = float(source.rate)
        reference = otio.schema.ExternalReference(
            target_url=self._delivery.locate(source).as_uri(),
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
            "channels": source.channels,
        }
        return reference

    def _range(self, span: Span, source: Source) -> Any:
        """Begins at its source frame, lasts as long as its record frames: a time warp changes
        what is played in that time, not how long it is."""
        first, _ = exact(span, self._sequence)
        length = span.duration * source.rate / self._sequence.rate
        rate = float(source.rate)
        return TimeRange(
            RationalTime(float(source.start_frame + first), rate),
            RationalTime(float(length), rate),
        )


def _marker(note: notes.Note, sequence: Sequence) -> Any:
    rate = float(sequence.rate)
    length = RationalTime(note.record_out - note.record_in, rate)
    marker = otio.schema.Marker(
        name=note.name,
        marked_range=TimeRange(RationalTime(note.record_in, rate), length),
        color=getattr(_COLOURS, note.colour),
    )
    marker.metadata[_KEY] = {"note": note.text}
    return marker


def _facts(span: Span) -> dict[str, Any]:
    """Why it is there, and its spans as the whole frames of the plan."""
    event, told = span.event, span.alternate or span.event
    return {
        "event": event.number,
        "script_line": event.line,
        "scene": event.scene,
        "character": event.character,
        "text": event.text,
        "heard": told.heard,
        "emotion": told.emotion,
        "score": told.score,
        "reasons": list(told.reasons),
        "clip_key": told.clip_key,
        "source_frames": [span.in_frame, span.out_frame],
        "record_frames": [span.record_in, span.record_out],
    }
