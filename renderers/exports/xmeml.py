"""The cut as Final Cut Pro 7 XML (xmeml version 5), which Premiere and Resolve import.

The rules of the importers, where they are stricter than the format: the sequence stands
directly under xmeml; a file is described once and referred to by its id afterwards; in and
out of a clip count on the sequence's grid, at whatever rate the media runs; a file's own
timecode keeps its own rate and numbering; every channel of sound has a track of its own, and
picture and sound of an event are linked.
"""

from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree as ET

from media.errors import Rejected
from media.files import write_text
from renderers.exports import notes
from renderers.exports.delivery import Delivery
from renderers.exports.fcpxml_resources import clean
from renderers.exports.layout import Span, lanes, over, pictures, sounds, widest
from renderers.exports.xmeml_media import Files, add, add_rate, add_timecode

MOST_CHANNELS = 8  # tracks of sound that an event may take


def write(delivery: Delivery, target: Path) -> list[Path]:
    """Write the sequence; return the one file."""
    root = ET.Element("xmeml", version="5")
    _Timeline(delivery).write(root)
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    write_text(target, f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE xmeml>\n{text}\n')
    return [target]


def on_grid(span: Span, rate: Fraction) -> tuple[int, int]:
    """In and out of a span counted at the sequence's rate, without dissolves, inside the media; of
    a freeze frame inside as many pictures as it needs. Raises Rejected."""
    source = span.source
    assert source is not None
    if span.frozen:
        if source.rate != rate:
            raise Rejected(
                f"event {span.event.number} freezes a frame of {source.name}, which runs at "
                f"{source.rate} frames a second: xmeml counts it at {rate}, the sequence's"
            )
        return span.dissolve_in // 2, span.dissolve_in // 2 + span.duration
    scale = rate / source.rate / span.speed
    longest = int(source.frames * scale)
    first = min(int(span.in_frame * scale + Fraction(1, 2)), longest - span.duration)
    return first, first + span.duration


class _Timeline:
    """Writes the sequence track by track; clips of one group are linked at the end."""

    def __init__(self, delivery: Delivery) -> None:
        self._sequence = delivery.sequence
        self._named = delivery.named
        self._rate = delivery.sequence.rate
        self._files = Files(delivery)
        self._groups: dict[tuple[object, ...], list[tuple[ET.Element, str, int, int]]] = {}

    def write(self, root: ET.Element) -> None:
        sequence = self._sequence
        made = ET.SubElement(root, "sequence", id="sequence-1")
        add(made, "name", clean(sequence.title))
        add(made, "duration", sequence.duration)
        add_rate(made, self._rate)
        add_timecode(made, sequence.timecode(0))
        media = add(made, "media")
        self._video(add(media, "video"))
        self._audio(add(media, "audio"))
        self._link()
        for note in notes.markers(sequence):
            marker = add(made, "marker")
            line = note.colour in ("GREEN", "RED")
            add(marker, "name", clean(note.name if line else f"{note.name} {note.text}"))
            add(marker, "comment", clean(note.text))
            add(marker, "in", note.record_in)
            add(marker, "out", note.record_out)

    def _video(self, video: ET.Element) -> None:
        shape = add(add(video, "format"), "samplecharacteristics")
        add_rate(shape, self._rate)
        add(shape, "width", self._sequence.width or 1920)
        add(shape, "height", self._sequence.height or 1080)
        add(shape, "pixelaspectratio", "square")
        add(shape, "fielddominance", "none")
        tracks = [pictures(self._sequence), *over(self._sequence), *lanes(self._sequence)]
        for number, spans in enumerate(tracks, 1):
            track = add(video, "track")
            clips = 0
            for span in spans:
                if span.source is None or not span.source.has_picture:
                    continue
                if span.dissolve_in:
                    self._transition(track, span)
                clips += 1
                clip = self._clip(track, span)
                self._groups.setdefault(_group(span), []).append((clip, "video", number, clips))

    def _audio(self, audio: ET.Element) -> None:
        add(audio, "numOutputChannels", 2)
        shape = add(add(audio, "format"), "samplecharacteristics")
        add(shape, "depth", 16)
        add(shape, "samplerate", 48000)
        number = 0
        for spans in (sounds(self._sequence), *lanes(self._sequence)):
            for channel in range(1, min(MOST_CHANNELS, widest(spans)) + 1):
                number += 1
                self._channel(add(audio, "track"), spans, channel, number)

    def _channel(self, track: ET.Element, spans: list[Span], channel: int, number: int) -> None:
        clips = 0
        for span in spans:
            if span.source is None or span.source.channels < channel:
                continue
            clips += 1
            clip = self._clip(track, span, channel)
            self._groups.setdefault(_group(span), []).append((clip, "audio", number, clips))

    def _clip(self, track: ET.Element, span: Span, channel: int = 0) -> ET.Element:
        """A clipitem; `channel`: of the sound, 0 for the picture."""
        source = span.source
        assert source is not None
        clip = ET.SubElement(track, "clipitem", id=self._files.next_id("clipitem"))
        first, end = on_grid(span, self._rate)
        add(clip, "name", clean(source.name))
        add(clip, "enabled", "FALSE" if span.alternate else "TRUE")
        add(clip, "duration", _length(span, self._rate))
        add_rate(clip, self._rate)
        # At a dissolve the clip runs on to its far end, and -1 says so.
        add(clip, "start", -1 if span.dissolve_in else span.record_in)
        add(clip, "end", -1 if span.dissolve_out else span.record_out)
        add(clip, "in", first - span.dissolve_in // 2)
        add(clip, "out", end + span.dissolve_out - span.dissolve_out // 2)
        self._files.add(clip, source)
        if channel:
            kind = add(clip, "sourcetrack")
            add(kind, "mediatype", "audio")
            add(kind, "trackindex", channel)
        if span.frozen:
            add(clip, "stillframe", "TRUE")
            add(clip, "stillframeoffset", span.in_frame)
        elif span.speed != 1:
            _retime(clip, span.speed)
        return clip

    def _transition(self, track: ET.Element, span: Span) -> None:
        made = add(track, "transitionitem")
        begin = span.record_in - span.dissolve_in // 2
        add(made, "start", begin)
        add(made, "end", begin + span.dissolve_in)
        add(made, "alignment", "center")
        add_rate(made, self._rate)
        effect = add(made, "effect")
        name, category = self._named.xmeml
        for key, value in (
            ("name", name), ("effectid", name), ("effectcategory", category),
            ("effecttype", "transition"), ("mediatype", "video"),
        ):  # fmt: skip
            add(effect, key, value)
        if self._named.wipe is not None:
            _wipe(effect, self._named.wipe)
        if self._named.dip is not None:
            _dip(effect, self._named.dip)

    def _link(self) -> None:
        """Every clip of a group names all of them, itself too."""
        for number, clips in enumerate(self._groups.values(), 1):
            for clip, *_ in clips if len(clips) > 1 else []:
                for other, kind, track, index in clips:
                    link = add(clip, "link")
                    add(link, "linkclipref", other.attrib["id"])
                    add(link, "mediatype", kind)
                    add(link, "trackindex", track)
                    add(link, "clipindex", index)
                    add(link, "groupindex", number)


def _group(span: Span) -> tuple[object, ...]:
    """Picture and sound of one event, or of one alternate."""
    overlaid = span.event.record_in if span.alternate is None else None
    return span.event.number, overlaid, span.source, span.alternate


def _length(span: Span, rate: Fraction) -> int:
    """Frames that there are, counted at the sequence's rate."""
    assert span.source is not None
    if span.frozen:
        return span.duration + span.dissolve_in // 2 + span.dissolve_out - span.dissolve_out // 2
    return int(span.source.frames * rate / span.source.rate / span.speed)


def _wipe(effect: ET.Element, code: int) -> None:
    for key, value in (
        ("wipecode", code), ("wipeaccuracy", 100), ("startratio", 0), ("endratio", 1),
        ("reverse", "FALSE"),
    ):  # fmt: skip
        add(effect, key, value)


def _dip(effect: ET.Element, level: int) -> None:
    parameter = add(effect, "parameter")
    add(parameter, "parameterid", "dipcolor")
    add(parameter, "name", "Color")
    colour = add(parameter, "value")
    for channel, value in (("alpha", 255), ("red", level), ("green", level), ("blue", level)):
        add(colour, channel, value)


def _retime(clip: ET.Element, speed: Fraction) -> None:
    effect = add(add(clip, "filter"), "effect")
    for name, value in (
        ("name", "Time Remap"), ("effectid", "timeremap"), ("effectcategory", "motion"),
        ("effecttype", "motion"), ("mediatype", "video"),
    ):  # fmt: skip
        add(effect, name, value)
    for name, setting in (
        ("variablespeed", "0"), ("speed", f"{float(100 * speed):.6g}"), ("reverse", "FALSE"),
        ("frameblending", "FALSE"),
    ):  # fmt: skip
        parameter = add(effect, "parameter")
        add(parameter, "parameterid", name)
        add(parameter, "name", name)
        add(parameter, "value", setting)
