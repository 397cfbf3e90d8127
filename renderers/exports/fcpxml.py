"""The cut as a Final Cut Pro project: FCPXML 1.8 to 1.13.

One asset per file, one format per size and rate; V1 is the spine, everything else hangs on
it by lanes: slates of missing lines (1), tracks above V1 (2 and up), and, switched off,
alternates above them. A clip begins at its camera's timecode. Sources at another rate play
in real time (conform-rate without scaling). A still is a video element, its asset without
length: as an asset-clip it is refused. Times are exact fractions of seconds; what lies on the
timeline lies on the sequence's frames.
"""

from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree as ET

from media.files import write_text
from renderers.exports import notes
from renderers.exports.delivery import Delivery
from renderers.exports.fcpxml_resources import TITLE, Resources, clean, seconds, tc_format
from renderers.exports.layout import Span, lanes, over, pictures, sounds
from renderers.exports.timing import exact
from renderers.sequence import Event

_GAP_START = Fraction(3600)  # where a gap's own time begins, as Final Cut Pro writes it
_SLATE_LANE, _FIRST_TRACK = 1, 2


def write(delivery: Delivery, target: Path) -> list[Path]:
    """Write the project; return the one file."""
    root = ET.Element("fcpxml", version=delivery.fcpxml_version)
    resources = Resources(delivery, ET.SubElement(root, "resources"))
    title = clean(delivery.sequence.title)
    event = ET.SubElement(ET.SubElement(root, "library"), "event", name=title)
    _Project(delivery, resources).write(ET.SubElement(event, "project", name=title))
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    write_text(target, f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n\n{text}\n')
    return [target]


class _Project:
    """Writes the sequence of a project."""

    def __init__(self, delivery: Delivery, resources: Resources) -> None:
        self._sequence = delivery.sequence
        self._named = delivery.named
        self._rate = delivery.sequence.rate
        self._resources = resources
        self._styles = 0
        self._lanes = [*over(self._sequence), *lanes(self._sequence)]

    def write(self, project: ET.Element) -> None:
        sequence = self._sequence
        made = ET.SubElement(
            project,
            "sequence",
            format=self._resources.sequence_format,
            duration=self._time(sequence.duration),
            tcStart=self._time(sequence.start_frame),
            tcFormat=tc_format(sequence.drop_frame, sequence.rate),
            audioLayout="stereo",
            audioRate="48k",
        )
        spine = ET.SubElement(made, "spine")
        for picture, sound in zip(pictures(sequence), sounds(sequence), strict=True):
            if picture.dissolve_in:
                self._transition(spine, picture)
            if picture.event.source:
                self._clip(spine, picture, sound)
            else:
                self._gap(spine, picture)

    def _transition(self, spine: ET.Element, span: Span) -> None:
        made = ET.SubElement(
            spine,
            "transition",
            name=self._named.fcpxml_name,
            offset=self._at(span.record_in - span.event.dissolve_lead),
            duration=self._time(span.dissolve_in),
        )
        effect = self._resources.effect(*self._named.fcpxml)
        ET.SubElement(made, "filter-video", ref=effect, name=self._named.fcpxml[0])

    def _clip(self, spine: ET.Element, picture: Span, sound: Span) -> None:
        """V1's picture with its sound; a split edit is told by the sound's own span."""
        event = picture.event
        whole = _with(picture, event)
        made = self._asset_clip(spine, whole, offset=self._at(whole.record_in))
        start = self._start(whole)
        if made.tag == "asset-clip":  # a still has no sound
            self._heard(made, whole, sound)
        self._anchored(made, whole, start)
        self._markers(made, event, start)

    def _heard(self, clip: ET.Element, whole: Span, sound: Span) -> None:
        if whole.frozen:
            clip.set("srcEnable", "video")
            return
        clip.set("audioRole", _role(whole.event))
        if (sound.record_in, sound.record_out) != (whole.record_in, whole.record_out):
            shift = Fraction(sound.record_in - whole.record_in) / self._rate
            clip.set("audioStart", seconds(self._start(whole) + shift))
            clip.set("audioDuration", self._time(sound.duration))

    def _gap(self, spine: ET.Element, span: Span) -> None:
        made = ET.SubElement(
            spine,
            "gap",
            name=clean(notes.spoken(span.event)),
            offset=self._at(span.record_in),
            start=seconds(_GAP_START),
            duration=self._time(span.duration),
        )
        self._slate(made, span)
        self._anchored(made, span, _GAP_START)
        self._markers(made, span.event, _GAP_START)

    def _slate(self, gap: ET.Element, span: Span) -> None:
        """The missing line on the screen, as a title."""
        self._styles += 1
        style = f"ts{self._styles}"
        title = ET.SubElement(
            gap,
            "title",
            ref=self._resources.effect("Basic Title", TITLE),
            lane=str(_SLATE_LANE),
            name=clean(notes.spoken(span.event)),
            offset=seconds(_GAP_START),
            start=seconds(_GAP_START),
            duration=self._time(span.duration),
        )
        words = ET.SubElement(ET.SubElement(title, "text"), "text-style", ref=style)
        words.text = clean(notes.spoken(span.event))
        font = {"font": "Helvetica", "fontSize": "54", "fontColor": "1 0.7 0.2 1"}
        definition = ET.SubElement(title, "text-style-def", id=style)
        ET.SubElement(definition, "text-style", font, alignment="center")

    def _anchored(self, parent: ET.Element, of: Span, start: Fraction) -> None:
        """What hangs on an event: everything in the lanes that begins while it lasts."""
        for lane, spans in enumerate(self._lanes, _FIRST_TRACK):
            for span in spans:
                if of.record_in <= span.record_in < of.record_out:
                    offset = start + Fraction(span.record_in - of.record_in) / self._rate
                    made = self._asset_clip(parent, span, offset=seconds(offset), lane=str(lane))
                    if made.tag == "video":
                        made.set("role", "B-roll")
                    elif span.alternate:
                        made.set("enabled", "0")
                        made.set("audioRole", _role(of.event))
                    else:
                        made.set("srcEnable", "video")
                        made.set("videoRole", "B-roll")

    def _asset_clip(self, parent: ET.Element, span: Span, **where: str) -> ET.Element:
        source = span.source
        assert source is not None
        clock = {} if source.still else {"tcFormat": tc_format(source.drop_frame, source.rate)}
        made = ET.SubElement(
            parent,
            "video" if source.still else "asset-clip",
            {
                **where,
                "name": clean(source.name),
                "start": seconds(self._start(span)),
                "duration": self._time(span.duration),
                **clock,
            },
            ref=self._resources.asset(source),
        )
        if source.rate != self._rate and not source.still:
            conform = ET.SubElement(made, "conform-rate", scaleEnabled="0")
            named = self._resources.conformed(source.rate)
            if named:
                conform.set("srcFrameRate", named)
        if span.speed != 1:
            self._retimed(made, span)
        return made

    def _retimed(self, clip: ET.Element, span: Span) -> None:
        """A constant speed: time on the timeline against time in the media, both from its start;
        of a freeze frame one time in the media."""
        source = span.source
        assert source is not None
        begin, length = source.start_frame / source.rate, source.frames / source.rate
        if span.frozen:
            at = self._start(span)
            points = [(at, at), (at + span.duration / self._rate, at)]
        else:
            points = [(begin + on / span.speed, begin + on) for on in (Fraction(0), length)]
        made = ET.SubElement(clip, "timeMap")
        for time, value in points:
            ET.SubElement(made, "timept", time=seconds(time), value=seconds(value), interp="linear")

    def _markers(self, clip: ET.Element, event: Event, start: Fraction) -> None:
        found = [notes.of_event(event)]
        found += [
            note
            for note in notes.of_curve(self._sequence)
            if event.record_in <= note.record_in < event.record_out
        ]
        for note in found:
            at = start + Fraction(note.record_in - event.record_in) / self._rate
            line = note.colour in ("GREEN", "RED")
            ET.SubElement(
                clip,
                "marker",
                start=seconds(at),
                duration=self._time(1),
                value=clean(note.name if line else f"{note.name} {note.text}"),
                note=clean(note.text if line else ""),
            )

    def _start(self, span: Span) -> Fraction:
        """Where a clip begins in its media, in seconds of the camera's clock (retimed)."""
        source = span.source
        assert source is not None
        first, _ = exact(span, self._sequence)
        return source.start_frame / source.rate + first / source.rate / (span.speed or 1)

    def _at(self, frame: int) -> str:
        return self._time(self._sequence.start_frame + frame)

    def _time(self, frames: int) -> str:
        return seconds(frames / self._rate)


def _role(event: Event) -> str:
    """Of its sound: what nobody speaks over is the sound of an action."""
    return "dialogue" if event.character or event.heard else "effects"


def _with(picture: Span, event: Event) -> Span:
    """The picture's span, with its source though it may have sound only."""
    if picture.source:
        return picture
    values = {**vars(picture), "source": event.source}
    return Span(**values)
