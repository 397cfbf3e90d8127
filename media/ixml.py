"""What a sound recorder wrote into a WAV beside the samples: the iXML chunk (iXML 3.0).

<BWFXML><SCENE>12A</SCENE><TAKE>3</TAKE><TRACK_LIST><TRACK>
  <INTERLEAVE_INDEX>1</INTERLEAVE_INDEX><NAME>Boom</NAME></TRACK>…
"""

import struct
from pathlib import Path
from typing import BinaryIO
from xml.etree import ElementTree

_WAVES = (b"RIFF", b"RF64", b"BW64")
_LARGEST = 1_000_000  # bytes; they have a few thousand
_MOST_CHUNKS = 1000
_SIZES = 16  # bytes of a ds64 chunk that hold the sizes of RIFF and of the samples
_LATER = 0xFFFFFFFF  # a size that stands in the ds64 chunk (EBU Tech 3306)
_SHOWN = 60  # characters of a name


def read(path: Path) -> dict[str, str]:
    """`scene`, `take`, and `channels`: the names of the tracks in the order of the channels.

    Only what it says; {} for other files, and for what can't be read. Raises OSError.
    """
    with path.open("rb") as file:
        try:
            root = ElementTree.fromstring(_chunk(file).strip(b"\0 \r\n"))  # noqa: S314 - as xmlfile
        except (ElementTree.ParseError, ValueError, LookupError):
            return {}
    tracks = [(_number(track), _text(track, "NAME")) for track in root.iter("TRACK")]
    names = [name for _, name in sorted(tracks, key=lambda track: track[0])]
    found = {"scene": _text(root, "SCENE"), "take": _text(root, "TAKE")}
    found["channels"] = ", ".join(name or "?" for name in names) if any(names) else ""
    return {key: value for key, value in found.items() if value}


def _chunk(file: BinaryIO) -> bytes:
    """The iXML chunk, which may lie behind the samples; b"" where there is none."""
    head = file.read(12)
    if head[:4] not in _WAVES or head[8:] != b"WAVE":
        return b""
    samples = 0
    for _ in range(_MOST_CHUNKS):
        header = file.read(8)
        if len(header) < 8:
            return b""
        name, size = header[:4], struct.unpack("<I", header[4:])[0]
        if name == b"iXML":
            return file.read(min(size, _LARGEST))
        if name == b"ds64":
            sizes = file.read(min(size, _SIZES))
            samples = struct.unpack_from("<Q", sizes, 8)[0] if len(sizes) == _SIZES else 0
            size -= len(sizes)
        elif name == b"data" and size == _LATER:
            size = samples
        file.seek(size + size % 2, 1)
    return b""


def _number(track: ElementTree.Element) -> int:
    said = _text(track, "INTERLEAVE_INDEX") or _text(track, "CHANNEL_INDEX")
    return int(said) if said.isdecimal() else 0


def _text(element: ElementTree.Element, name: str) -> str:
    return " ".join((element.findtext(name) or "").split())[:_SHOWN]
