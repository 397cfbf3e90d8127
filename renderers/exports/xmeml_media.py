"""What an xmeml says of files, rates and timecodes."""

from fractions import Fraction
from urllib.parse import quote
from xml.etree import ElementTree as ET

from media.timecode import Timecode, nominal
from renderers.exports.delivery import Delivery
from renderers.exports.fcpxml_resources import clean
from renderers.sequence import Source


class Files:
    """Describes each file where it is first used, and refers to it by its id afterwards."""

    def __init__(self, delivery: Delivery) -> None:
        self._delivery = delivery
        self._known: set[int] = set()
        self._counts: dict[str, int] = {}

    def next_id(self, kind: str) -> str:
        """`kind-1`, `kind-2` …: ids of one document are all different."""
        self._counts[kind] = self._counts.get(kind, 0) + 1
        return f"{kind}-{self._counts[kind]}"

    def add(self, clip: ET.Element, source: Source) -> None:
        """The file element of a clip."""
        made = ET.SubElement(clip, "file", id=f"file-{source.asset_id}")
        if source.asset_id in self._known:
            return
        self._known.add(source.asset_id)
        add(made, "name", clean(source.name))
        path = self._delivery.locate(source).as_posix()
        add(made, "pathurl", f"file://localhost{quote(path)}")
        add_rate(made, source.rate)
        add(made, "duration", source.frames)
        code = add_timecode(made, source.timecode(0))
        add(add(code, "reel"), "name", self._delivery.reels[source.asset_id])
        media = add(made, "media")
        if source.has_picture:
            shape = add(add(media, "video"), "samplecharacteristics")
            add_rate(shape, source.rate)
            add(shape, "width", source.width)
            add(shape, "height", source.height)
            add(shape, "pixelaspectratio", "square")
            add(shape, "fielddominance", "upper" if source.interlaced else "none")
        if source.has_sound:
            audio = add(media, "audio")
            shape = add(audio, "samplecharacteristics")
            add(shape, "depth", 16)
            add(shape, "samplerate", 48000)
            add(audio, "channelcount", source.channels)


def add(parent: ET.Element, tag: str, text: object = None) -> ET.Element:
    """A child element with a text."""
    made = ET.SubElement(parent, tag)
    if text is not None:
        made.text = str(text)
    return made


def add_rate(parent: ET.Element, rate: Fraction) -> None:
    """Whole frames a second, and whether a second is 1001/1000 of one (NTSC)."""
    made = add(parent, "rate")
    add(made, "timebase", nominal(rate))
    add(made, "ntsc", "FALSE" if rate.denominator == 1 else "TRUE")


def add_timecode(parent: ET.Element, start: Timecode) -> ET.Element:
    """The timecode of a first frame: label, count, numbering."""
    made = add(parent, "timecode")
    add_rate(made, start.rate)
    add(made, "string", str(start))
    add(made, "frame", start.frames)
    add(made, "displayformat", "DF" if start.drop_frame else "NDF")
    return made
