"""Reading an FCPXML back, and the rules that Final Cut Pro has beyond its DTD."""

from collections.abc import Sequence as Many
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element

from defusedxml import ElementTree as ET

from media.errors import Rejected
from renderers.exports.delivery import Delivery
from renderers.exports.layout import Span, lanes, over, pictures, sounds
from renderers.exports.proof import Found, Track
from renderers.sequence import Sequence

# Children of a clip in the order that the DTD wants; other elements are not ours.
_ORDER = ("conform-rate", "timeMap", "text", "text-style-def", "asset-clip", "title", "marker")
_CLIPS = ("asset-clip", "video")
_RANK = {tag: rank for rank, tag in enumerate(_ORDER)}
_RANK |= dict.fromkeys(("title", "video"), _RANK["asset-clip"])


@dataclass(frozen=True)
class _Asset:
    """A file as the resources describe it; times in seconds."""

    path: str
    start: Fraction
    duration: Fraction
    rate: Fraction
    picture: bool
    sound: bool


def prove(delivery: Delivery, paths: Many[Path]) -> None:
    """Everything on the timeline is where the plan has it. Raises Rejected."""
    (path,) = paths
    root = ET.parse(path).getroot()
    if root.tag != "fcpxml" or root.get("version") != delivery.fcpxml_version:
        raise Rejected(f"{path.name} is not FCPXML {delivery.fcpxml_version}")
    if delivery.fcpxml_dtds:
        _valid(path, Path(delivery.fcpxml_dtds).expanduser(), delivery.fcpxml_version)
    _Reader(path.name, root, delivery).prove()


def _valid(path: Path, folder: Path, version: str) -> None:
    """By Apple's own DTD. They come with Final Cut Pro alone and may not be given away: whoever
    has it names the folder. Raises Rejected with its words, or when it is not there."""
    from lxml import etree

    schema = folder / f"FCPXMLv{version.replace('.', '_')}.dtd"
    try:
        dtd = etree.DTD(str(schema))
    except (OSError, etree.DTDParseError) as error:
        raise Rejected(f"[export] fcpxml_dtds: {schema} can't be read: {error}") from error
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    if not dtd.validate(etree.parse(str(path), parser)):
        first = dtd.error_log[0]
        raise Rejected(f"{path.name}, line {first.line}: {first.message}")


class _Reader:
    """From seconds to frames of the plan."""

    def __init__(self, file: str, root: Element, delivery: Delivery) -> None:
        self._file = file
        self._root = root
        self._delivery = delivery
        self._sequence: Sequence = delivery.sequence
        self._assets: dict[str, _Asset] = {}
        self._tracks: dict[str, list[Found]] = {}

    def prove(self) -> None:
        self._resources()
        made = self._only("sequence")
        sequence = self._sequence
        if self._frames(made, "tcStart") != sequence.start_frame:
            raise self._wrong("its timecode starts elsewhere")
        if self._frames(made, "duration") != sequence.duration:
            raise self._wrong("its length differs from the plan")
        self._spine(self._only("spine"))
        self._compare("V1", pictures(sequence), self._tracks.get("V1", []))
        self._compare("A1", sounds(sequence), self._tracks.get("A1", []))
        above = [*over(sequence), *lanes(sequence)]
        for number, spans in enumerate(above, 2):
            self._compare(f"lane {number}", spans, self._tracks.get(f"lane {number}", []))
        if len(self._root.findall(".//marker")) != len(sequence.events) + len(sequence.markers):
            raise self._wrong("markers are missing")

    def _compare(self, name: str, spans: Many[Span], found: Many[Found]) -> None:
        def path(source: object) -> str:
            return str(self._delivery.locate(source))  # type: ignore[arg-type]

        Track(self._file, name, self._sequence, path).prove(spans, found)

    def _resources(self) -> None:
        resources = self._only("resources")
        ids = [element.attrib["id"] for element in resources]
        ids += [element.attrib["id"] for element in self._root.iter("text-style-def")]
        if len(set(ids)) < len(ids):
            raise self._wrong("two elements have the same id")
        for element in self._root.iter():
            ref = element.get("ref")
            if ref and ref not in ids:
                raise self._wrong(f"{element.tag} refers to {ref}, which is not there")
        formats = {one.attrib["id"]: one for one in resources.iter("format")}
        for element in resources.iter("asset"):
            self._assets[element.attrib["id"]] = self._asset(element, formats)
        planned = {source.asset_id: source for source in self._sequence.all_sources()}
        if len(self._assets) != len(planned):
            raise self._wrong(f"{len(self._assets)} assets for {len(planned)} files")
        files = {str(self._delivery.locate(source)): source for source in planned.values()}
        for asset in self._assets.values():
            source = files.get(asset.path)
            if source is None:
                raise self._wrong(f"{asset.path} is no file of the plan")
            if asset.start != source.start_frame / source.rate:
                raise self._wrong(f"the timecode of {source.name} is lost")
            if asset.duration != Fraction(0 if source.still else source.frames) / source.rate:
                raise self._wrong(f"{source.name} has another length")

    def _asset(self, element: Element, formats: dict[str, Element]) -> _Asset:
        shape = formats.get(element.get("format", ""))
        inner = element.find("media-rep")
        url = (inner if inner is not None else element).get("src", "")
        if not url.startswith("file:///") or (
            (inner is None) != (self._delivery.fcpxml_version == "1.8")
        ):
            raise self._wrong(f"{element.get('name')} does not say where its file is")
        path = unquote(urlsplit(url).path)
        start, duration = _time(element.attrib["start"]), _time(element.attrib["duration"])
        if shape is not None and "frameDuration" in shape.attrib:
            rate = 1 / _time(shape.attrib["frameDuration"])
        else:  # sound alone, or a still, is counted at the rate of its source
            rate = next(
                source.rate
                for source in self._sequence.all_sources()
                if str(self._delivery.locate(source)) == path
            )
        return _Asset(path, start, duration, rate, "hasVideo" in element.attrib,
                      "hasAudio" in element.attrib)  # fmt: skip

    def _spine(self, spine: Element) -> None:
        """The spine has no holes: each element begins where the one before ends."""
        at, dissolve, cut = self._sequence.start_frame, 0, 0
        for element in spine:
            begin, length = self._frames(element, "offset"), self._frames(element, "duration")
            if element.tag == "transition":
                dissolve, cut = length, begin + length // 2
                if element.get("name") != self._delivery.named.fcpxml_name:
                    raise self._wrong(f"a transition is a {element.get('name')}")
                continue
            if begin != at or (dissolve and cut != at):
                raise self._wrong(f"an element begins at frame {begin}, not at {at}")
            at += length
            self._ordered(element)
            record = begin - self._sequence.start_frame
            if element.tag in _CLIPS:
                self._clip(element, record, dissolve)
            start = _time(element.attrib["start"])
            for child in element:
                if child.tag in _CLIPS:
                    self._child(child, record, start)
            for marker in element.findall("marker"):
                passed = _time(marker.attrib["start"]) - start
                if not 0 <= passed * self._sequence.rate < length:
                    raise self._wrong(f"the marker {marker.get('value')!r} lies outside its clip")
            dissolve = 0

    def _clip(self, element: Element, record: int, dissolve: int) -> None:
        asset = self._assets[element.attrib["ref"]]
        start, duration = _time(element.attrib["start"]), _time(element.attrib["duration"])
        begin = Fraction(record)
        if asset.picture:
            found = self._found(element, start, duration, begin, dissolve=dissolve)
            self._tracks.setdefault("V1", []).append(found)
        if asset.sound and element.get("srcEnable") != "video":
            heard = _time(element.get("audioStart", element.attrib["start"]))
            lasts = _time(element.get("audioDuration", element.attrib["duration"]))
            begin += (heard - start) * self._sequence.rate
            found = self._found(element, heard, lasts, begin)
            self._tracks.setdefault("A1", []).append(found)

    def _child(self, element: Element, record: int, parent: Fraction) -> None:
        self._ordered(element)
        offset = (_time(element.attrib["offset"]) - parent) * self._sequence.rate
        start, duration = _time(element.attrib["start"]), _time(element.attrib["duration"])
        found = self._found(element, start, duration, record + offset)
        lane = f"lane {element.attrib['lane']}"
        self._tracks.setdefault(lane, []).append(found)

    def _found(
        self,
        element: Element,
        start: Fraction,
        duration: Fraction,
        record: Fraction,
        dissolve: int = 0,
    ) -> Found:
        asset = self._assets[element.attrib["ref"]]
        if (element.tag == "video") != (asset.duration == 0):
            raise self._wrong(f"{element.get('name')} is no picture, or one that is cut as a clip")
        first = (_mapped(element, start) - asset.start) * asset.rate
        end = (_mapped(element, start + duration) - asset.start) * asset.rate
        if end == first:  # it stands still
            end += 1
        length = duration * self._sequence.rate
        if record.denominator > 1 or length.denominator > 1:
            raise self._wrong(f"{element.get('name')} lies between two frames")
        enabled = element.get("enabled") != "0"
        return Found(asset.path, first, end, record, record + length, dissolve, enabled)

    def _ordered(self, element: Element) -> None:
        ranks = [_RANK[child.tag] for child in element]
        if ranks != sorted(ranks):
            raise self._wrong(f"the children of {element.get('name')} are in the wrong order")

    def _frames(self, element: Element, attribute: str) -> int:
        frames = _time(element.attrib[attribute]) * self._sequence.rate
        if frames.denominator > 1:
            raise self._wrong(f"{attribute} of {element.tag} lies between two frames")
        return int(frames)

    def _only(self, tag: str) -> Element:
        found = list(self._root.iter(tag))
        if len(found) != 1:
            raise self._wrong(f"it has {len(found)} elements called {tag}")
        return found[0]

    def _wrong(self, words: str) -> Rejected:
        return Rejected(f"{self._file}: {words}")


def _mapped(element: Element, time: Fraction) -> Fraction:
    """Time of the clip as time of its media: the same, unless a timeMap says otherwise."""
    points = [
        (_time(point.attrib["time"]), _time(point.attrib["value"]))
        for point in element.findall("timeMap/timept")
    ]
    if not points:
        return time
    (from_time, from_value), (to_time, to_value) = points
    return from_value + (time - from_time) * (to_value - from_value) / (to_time - from_time)


def _time(value: str) -> Fraction:
    return Fraction(value.removesuffix("s"))
