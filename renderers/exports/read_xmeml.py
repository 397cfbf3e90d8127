"""Reading an xmeml back, and the rules that Premiere has beyond the format."""

from collections.abc import Sequence as Many
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element

from defusedxml import ElementTree as ET

from media.errors import Rejected
from media.timecode import Timecode, nominal
from renderers.exports.delivery import Delivery
from renderers.exports.layout import Span, lanes, over, pictures, sounds, widest
from renderers.exports.proof import Found, Track
from renderers.exports.xmeml import MOST_CHANNELS
from renderers.sequence import Source


@dataclass(frozen=True)
class _File:
    """A file as it is described; `zero` is the frame of its timecode."""

    path: str
    rate: Fraction
    frames: int
    zero: int
    drop_frame: bool


def prove(delivery: Delivery, paths: Many[Path]) -> None:
    """Everything on the timeline is where the plan has it. Raises Rejected."""
    (path,) = paths
    _Reader(path.name, ET.parse(path).getroot(), delivery).prove()


class _Reader:
    """From clipitems to frames of the plan."""

    def __init__(self, file: str, root: Element, delivery: Delivery) -> None:
        self._file = file
        self._root = root
        self._delivery = delivery
        self._sequence = delivery.sequence
        self._files: dict[str, _File] = {}

    def prove(self) -> None:
        sequence = self._root.find("sequence")
        if self._root.tag != "xmeml" or sequence is None:
            raise self._wrong("the sequence does not stand under xmeml")
        start = self._timecode(sequence)
        planned = self._sequence.timecode(0)
        if start != planned or _number(sequence, "duration") != self._sequence.duration:
            raise self._wrong("start or length of the sequence differ from the plan")
        if _number(sequence, "media/video/format/samplecharacteristics/width") < 1:
            raise self._wrong("the sequence has no size")
        self._ids()
        self._described()
        self._video(sequence.findall("media/video/track"))
        self._audio(sequence.findall("media/audio/track"))
        markers = len(sequence.findall("marker"))
        if markers != len(self._sequence.events) + len(self._sequence.markers):
            raise self._wrong(f"it has {markers} markers")

    def _ids(self) -> None:
        ids = [clip.attrib["id"] for clip in self._root.iter("clipitem")]
        known = set(ids)
        if len(known) < len(ids):
            raise self._wrong("two clips have the same id")
        for link in self._root.iter("linkclipref"):
            if link.text not in known:
                raise self._wrong(f"a link names {link.text}, which is not there")

    def _described(self) -> None:
        """Each file once, in full, before it is referred to; with the camera's timecode."""
        for element in self._root.iter("file"):
            name = element.attrib["id"]
            if len(element) == 0 and name in self._files:
                continue
            if name in self._files or element.find("pathurl") is None:
                raise self._wrong(f"{name} is described twice or never")
            url = urlsplit(_text(element, "pathurl"))
            code = self._timecode(element)
            self._files[name] = _File(
                unquote(url.path), code.rate, _number(element, "duration"), code.frames,
                code.drop_frame,
            )  # fmt: skip
            if url.scheme != "file" or url.netloc != "localhost":
                raise self._wrong(f"{name} is not at file://localhost/")
        planned = {self._path(source): source for source in self._used()}
        for found in self._files.values():
            source = planned.get(found.path)
            if source is None or found != _File(
                found.path, source.rate, source.frames, source.start_frame, source.drop_frame
            ):
                raise self._wrong(f"{found.path} is described with another rate or timecode")

    def _used(self) -> tuple[Source, ...]:
        return self._sequence.all_sources()

    def _video(self, tracks: Many[Element]) -> None:
        planned = [pictures(self._sequence), *over(self._sequence), *lanes(self._sequence)]
        if len(tracks) != len(planned):
            raise self._wrong(f"it has {len(tracks)} picture tracks, planned {len(planned)}")
        for number, (track, spans) in enumerate(zip(tracks, planned, strict=True), 1):
            seen = [span for span in spans if span.source and span.source.has_picture]
            self._compare(f"V{number}", seen, self._clips(track))

    def _audio(self, tracks: Many[Element]) -> None:
        planned: list[list[Span]] = []
        for spans in (sounds(self._sequence), *lanes(self._sequence)):
            for channel in range(1, min(MOST_CHANNELS, widest(spans)) + 1):
                planned.append(
                    [span for span in spans if span.source and span.source.channels >= channel]
                )
        if len(tracks) != len(planned):
            raise self._wrong(f"it has {len(tracks)} sound tracks, planned {len(planned)}")
        for number, (track, spans) in enumerate(zip(tracks, planned, strict=True), 1):
            self._compare(f"A{number}", spans, self._clips(track))

    def _compare(self, name: str, spans: Many[Span], found: Many[Found]) -> None:
        Track(self._file, name, self._sequence, self._path).prove(spans, found)

    def _path(self, source: Source) -> str:
        return str(self._delivery.locate(source))

    def _clips(self, track: Element) -> list[Found]:
        """The clips of a track with their cuts in the middle of its transitions."""
        items = list(track)
        found = []
        for index, item in enumerate(items):
            if item.tag != "clipitem":
                continue
            before = (
                items[index - 1] if index and items[index - 1].tag == "transitionitem" else None
            )
            after = items[index + 1] if index + 1 < len(items) else None
            after = after if after is not None and after.tag == "transitionitem" else None
            found.append(self._clip(item, before, after))
        return found

    def _clip(self, clip: Element, before: Element | None, after: Element | None) -> Found:
        file = self._files[_required(clip, "file").attrib["id"]]
        begin, end = _number(clip, "start"), _number(clip, "end")
        first, last = _number(clip, "in"), _number(clip, "out")
        dissolve = 0
        if (begin == -1) != (before is not None) or (end == -1) != (after is not None):
            raise self._wrong(f"{clip.attrib['id']} and its transitions don't fit together")
        if before is not None:
            self._transition(before)
            dissolve = _number(before, "end") - _number(before, "start")
            begin = _number(before, "start") + dissolve // 2
            first += dissolve // 2
        if after is not None:
            length = _number(after, "end") - _number(after, "start")
            end = _number(after, "start") + length // 2
            last -= length - length // 2
        if last - first != end - begin:
            raise self._wrong(f"{clip.attrib['id']} takes {last - first} frames for {end - begin}")
        speed = _speed(clip)
        ratio = file.rate * speed / self._sequence.rate
        span = (first * ratio, last * ratio)
        if clip.findtext("stillframe") == "TRUE":
            frozen = Fraction(_number(clip, "stillframeoffset"))
            span = (frozen, frozen + 1)
        return Found(
            name=file.path,
            in_frame=span[0],
            out_frame=span[1],
            record_in=Fraction(begin),
            record_out=Fraction(end),
            dissolve=dissolve,
            enabled=_text(clip, "enabled") == "TRUE",
        )

    def _transition(self, item: Element) -> None:
        named, effect = self._delivery.named, _required(item, "effect")
        told = (effect.findtext("wipecode"), effect.findtext("parameter/value/red"))
        planned = tuple(None if n is None else str(n) for n in (named.wipe, named.dip))
        if (_text(effect, "effectid"), told) != (named.xmeml[0], planned):
            raise self._wrong(f"a transition is a {_text(effect, 'effectid')}")

    def _timecode(self, element: Element) -> Timecode:
        """Label, count and numbering agree."""
        code = _required(element, "timecode")
        base, ntsc = _number(code, "rate/timebase"), _text(code, "rate/ntsc") == "TRUE"
        rate = Fraction(base * 1000, 1001) if ntsc else Fraction(base)
        read = Timecode(_number(code, "frame"), rate, _text(code, "displayformat") == "DF")
        if str(read) != _text(code, "string") or nominal(rate) != base:
            raise self._wrong(f"{_text(code, 'string')} is not frame {read.frames}")
        return read

    def _wrong(self, words: str) -> Rejected:
        return Rejected(f"{self._file}: {words}")


def _speed(clip: Element) -> Fraction:
    for parameter in clip.iter("parameter"):
        if _text(parameter, "parameterid") == "speed":
            return Fraction(_text(parameter, "value")) / 100
    return Fraction(1)


def _required(element: Element, path: str) -> Element:
    found = element.find(path)
    if found is None:
        raise Rejected(f"{element.tag} has no {path}")
    return found


def _text(element: Element, path: str) -> str:
    return _required(element, path).text or ""


def _number(element: Element, path: str) -> int:
    return int(_text(element, path))
