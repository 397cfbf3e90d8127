"""What an FCPXML refers to: formats, assets, effects; and how it writes values."""

import re
from fractions import Fraction
from xml.etree import ElementTree as ET

from config.exporting import FCPXML_VERSIONS
from renderers.exports.delivery import Delivery
from renderers.sequence import Source

# Final Cut Pro's own title is known by this name in every version.
TITLE = ".../Titles.localized/Bumper:Opener.localized/Basic Title.localized/Basic Title.moti"
STILL = "FFVideoFormatRateUndefined"  # what it calls the format of a picture
_LAST_WITH_SRC = "1.8"  # later ones name the file in a media-rep element
_DROPPING = (Fraction(30000, 1001), Fraction(60000, 1001))
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# The rates that conform-rate can name; others it leaves to the asset's format.
_CONFORMED = {
    Fraction(24000, 1001): "23.98", Fraction(24): "24", Fraction(25): "25",
    Fraction(30000, 1001): "29.97", Fraction(30): "30", Fraction(48000, 1001): "47.95",
    Fraction(48): "48", Fraction(50): "50", Fraction(60000, 1001): "59.94",
    Fraction(60): "60", Fraction(90): "90", Fraction(100): "100",
    Fraction(120000, 1001): "119.88", Fraction(120): "120",
}  # fmt: skip


class Resources:
    """Writes each resource when it is first referred to, and knows its id afterwards."""

    def __init__(self, delivery: Delivery, element: ET.Element) -> None:
        self._delivery = delivery
        self._element = element
        self._ids: dict[object, str] = {}
        sequence = delivery.sequence
        self.sequence_format = self._format(
            sequence.rate, sequence.width, sequence.height, interlaced=False
        )
        for source in sequence.all_sources():
            self.asset(source)

    def asset(self, source: Source) -> str:
        """The id of a source's asset: its file, where its timecode starts, how long it is."""
        if source.asset_id not in self._ids:
            self._ids[source.asset_id] = self._asset(source)
        return self._ids[source.asset_id]

    def effect(self, name: str, uid: str) -> str:
        """The id of one of Final Cut Pro's effects."""
        if uid not in self._ids:
            self._ids[uid] = self._next()
            ET.SubElement(self._element, "effect", id=self._ids[uid], name=name, uid=uid)
        return self._ids[uid]

    def conformed(self, rate: Fraction) -> str:
        """What conform-rate calls a rate; "" when it has no name for it."""
        return _CONFORMED.get(rate, "")

    def _asset(self, source: Source) -> str:
        kind: dict[str, str] = {}
        if source.has_picture:
            kind |= {"hasVideo": "1", "videoSources": "1"}
            kind["format"] = (
                self._still(source.width, source.height)
                if source.still
                else self._format(
                    source.rate, source.width, source.height, interlaced=source.interlaced
                )
            )
        if source.has_sound:
            kind |= {"hasAudio": "1", "audioSources": "1"}
            kind |= {"audioChannels": str(source.channels), "audioRate": "48000"}
        url = self._delivery.locate(source).as_uri()
        versions = FCPXML_VERSIONS.index
        old = versions(self._delivery.fcpxml_version) <= versions(_LAST_WITH_SRC)
        made = ET.SubElement(
            self._element,
            "asset",
            {
                "id": self._next(),
                "name": clean(source.name),
                **({"src": url} if old else {}),
                "start": seconds(source.start_frame / source.rate),
                # A picture has no length in Final Cut Pro, which otherwise takes it for a video.
                "duration": seconds(Fraction(0 if source.still else source.frames) / source.rate),
                **kind,
            },
        )
        if not old:
            ET.SubElement(made, "media-rep", kind="original-media", src=url)
        return made.attrib["id"]

    def _format(self, rate: Fraction, width: int, height: int, *, interlaced: bool) -> str:
        key = ("format", rate, width, height, interlaced)
        if key not in self._ids:
            self._ids[key] = self._next()
            made = ET.SubElement(
                self._element, "format", id=self._ids[key], frameDuration=seconds(1 / rate)
            )
            if width and height:
                made.set("width", str(width))
                made.set("height", str(height))
            if interlaced:
                made.set("fieldOrder", "upper first")
        return self._ids[key]

    def _still(self, width: int, height: int) -> str:
        key = ("still", width, height)
        if key not in self._ids:
            self._ids[key] = self._next()
            shape = {"id": self._ids[key], "name": STILL}
            ET.SubElement(
                self._element, "format", {**shape, "width": str(width), "height": str(height)}
            )
        return self._ids[key]

    def _next(self) -> str:
        return f"r{len(self._element) + 1}"


def seconds(time: Fraction) -> str:
    """A time as FCPXML writes it: 1001/30000s, 5s."""
    return f"{time}s"


def clean(text: str) -> str:
    """Without the characters that XML 1.0 can't hold."""
    return _NOT_XML.sub(" ", text)


def tc_format(drop_frame: bool, rate: Fraction) -> str:
    """Final Cut Pro counts drop-frame at 29.97 and 59.94 only."""
    return "DF" if drop_frame and rate in _DROPPING else "NDF"
