"""Which files can be read while they are still being written, by their first bytes.

Transport streams, MXF, Matroska and fragmented MP4 say at their beginning all that is needed to
decode what follows. A plain MP4 has its index at its end, or was written there before its
pictures: no part of it can be read before it is complete.
"""

import struct
from pathlib import Path
from typing import BinaryIO

_MATROSKA = b"\x1a\x45\xdf\xa3"
_MXF = bytes.fromhex("060e2b34020501010d010201")
_PROGRAM_STREAM = b"\x00\x00\x01\xba"
_WAVE = (b"RIFF", b"RF64", b"BW64")
_SYNC = 0x47
_PACKETS = ((0, 188), (4, 192))  # where the sync byte is, and how long a packet
_LONGEST_INDEX = 64 * 1024 * 1024  # bytes of a moov box that are searched


def unreadable(path: Path) -> str:
    """Why the beginning of a file can't be read yet; "" when it can. Raises OSError."""
    with path.open("rb") as file:
        first = file.read(512)
        if first.startswith((_MATROSKA, _MXF, _PROGRAM_STREAM)) or _is_transport(first):
            return ""
        if first[:4] in _WAVE and first[8:12] == b"WAVE":
            return ""
        if first[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"):
            return _iso(file)
    return "it grows, and its kind can only be read when it is complete"


def _is_transport(first: bytes) -> bool:
    return any(
        len(first) > at + length and first[at] == _SYNC == first[at + length]
        for at, length in _PACKETS
    )


def _iso(file: BinaryIO) -> str:
    """Fragments follow a moov box that holds an mvex box (ISO/IEC 14496-12, 8.8.1)."""
    position = 0
    while True:
        file.seek(position)
        head = file.read(16)
        if len(head) < 16:
            break
        length, name = struct.unpack(">I4s", head[:8])
        if length == 1:
            length = struct.unpack(">Q", head[8:])[0]
        if name == b"moov":
            file.seek(position)
            if b"mvex" in file.read(min(length, _LONGEST_INDEX)):
                return ""
            return "it is a copy of a finished MP4, which is taken when it is complete"
        if length < 8:
            break
        position += length
    return (
        "it grows, but a plain MP4 can't be read before its index (moov) is written at its end: "
        "record fragmented MP4, MPEG-TS or MXF to edit while it is recorded"
    )
