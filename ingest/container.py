"""Telling a finished media file from one that is still being copied, by its own structure.

A copy that pauses looks finished to any clock. Containers say how long they are: the boxes
of an MP4 or MOV (ISO/IEC 14496-12), the chunks of WAV and AVI (RIFF), the footer partition
of an MXF (SMPTE ST 377-1), the segment of a Matroska file. What has no such structure
(MPEG streams, MP3) must open in ffprobe.
"""

import struct
from pathlib import Path
from typing import BinaryIO

from media import ffmpeg
from media.errors import Rejected, TryLater

_ISO = {".mp4", ".mov", ".m4v", ".m4a", ".3gp", ".crm", ".braw", ".insv"}
_RIFF = {".wav", ".avi", ".bwf"}
_MATROSKA = {".mkv", ".webm", ".mka"}
# SMPTE ST 377-1, 7.1 and 12: keys of the random index pack and of a footer partition pack.
_MXF_RANDOM_INDEX = bytes.fromhex("060e2b34020501010d01020101110100")
_MXF_FOOTER = bytes.fromhex("060e2b34020501010d0102010104")
_MXF_TAIL = 1 << 16


def missing(path: Path) -> str:
    """What the file still lacks, as a phrase; "" when it is complete. Raises OSError."""
    size = path.stat().st_size
    if size == 0:
        return "it is empty"
    suffix = path.suffix.lower()
    with path.open("rb") as file:
        if suffix in _ISO:
            return _iso(file, size)
        if suffix in _RIFF:
            return _riff(file, size)
        if suffix == ".mxf":
            return _mxf(file, size)
        if suffix in _MATROSKA:
            return _matroska(file, size)
    return _opens(path)


def _iso(file: BinaryIO, size: int) -> str:
    """Every top-level box must end inside the file, and one of them must be moov."""
    position, found = 0, set()
    while position + 8 <= size:
        file.seek(position)
        length, name = struct.unpack(">I4s", file.read(8))
        if length == 1:
            wide = file.read(8)
            if len(wide) < 8:
                break
            length = struct.unpack(">Q", wide)[0]
        elif length == 0:
            length = size - position
        if length < 8:
            return "its boxes are not those of an MP4 or MOV"
        found.add(name)
        position += length
    if position > size:
        return f"{position - size} bytes of it are still missing"
    return "" if b"moov" in found else "its index (moov) is still missing"


def _riff(file: BinaryIO, size: int) -> str:
    """The RIFF chunk's length, or the ds64 chunk's in an RF64 file, must be inside the file.

    Recorders write 0 or 0xFFFFFFFF while they record.
    """
    header = file.read(28)
    if len(header) < 12:
        return "its header is incomplete"
    name, length = struct.unpack("<4sI", header[:8])
    if name in (b"RF64", b"BW64") and len(header) == 28:
        length = struct.unpack("<Q", header[20:28])[0]
    elif name != b"RIFF":
        return "it is not a RIFF file"
    elif length in (0, 0xFFFFFFFF):
        return "its length is not written yet"
    lacking = length + 8 - size
    return f"{lacking} bytes of it are still missing" if lacking > 0 else ""


def _mxf(file: BinaryIO, size: int) -> str:
    """A finished MXF ends with a random index pack; or its header says where its footer is."""
    file.seek(max(0, size - _MXF_TAIL))
    tail = file.read()
    if _MXF_RANDOM_INDEX in tail or _MXF_FOOTER in tail:
        return ""
    file.seek(16)
    first = file.read(1)
    width = first[0] & 0x7F if first and first[0] & 0x80 else 0  # of a long BER length
    file.seek(17 + width + 24)  # versions, KAG size, this and previous partition
    place = int.from_bytes(file.read(8), "big")
    file.seek(place)
    return "" if place and file.read(14) == _MXF_FOOTER else "its footer is still missing"


def _matroska(file: BinaryIO, size: int) -> str:
    """The segment's length, where it is known (RFC 8794, 6), must be inside the file."""
    head = file.read(4096)
    at = head.find(b"\x18\x53\x80\x67")
    if at < 0 or at + 5 > len(head):
        return "its header is incomplete"
    first = head[at + 4]
    width = 9 - first.bit_length()
    if width > 8:
        return "its header is damaged"
    value = int.from_bytes(head[at + 4 : at + 4 + width], "big") & ((1 << 7 * width) - 1)
    if value == (1 << 7 * width) - 1:
        return ""  # a live stream does not know its length: only time tells
    lacking = at + 4 + width + value - size
    return f"{lacking} bytes of it are still missing" if lacking > 0 else ""


def _opens(path: Path) -> str:
    try:
        ffmpeg.probe(path, "-show_format", limit=20)
    except (Rejected, TryLater):
        return "ffprobe can't open it"
    return ""
