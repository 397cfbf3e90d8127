"""Telling a finished media file from one that is still being copied, by its own structure.

A copy that pauses looks finished to any clock. Containers say how long they are: the boxes
of an MP4 or MOV (ISO/IEC 14496-12), the chunks of WAV, AVI and AIFF (RIFF, EBU Tech 3306),
the footer and random index pack of an MXF (SMPTE ST 377-1), the segment of a Matroska file
(RFC 8794), the ends of pictures (media/imagefiles.py). The first bytes tell which it is. What has
no such structure (MPEG streams, MP3) must open in ffprobe.
"""

import errno
import os
import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from media import ffmpeg, imagefiles
from media.errors import Rejected, TryLater

_ISO_FIRST = {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}
_RIFF_FIRST = {b"RIFF", b"RF64", b"BW64", b"FORM"}
_MATROSKA_FIRST = b"\x1a\x45\xdf\xa3"
_MATROSKA_SEGMENT = b"\x18\x53\x80\x67"
_MXF_FIRST = bytes.fromhex("060e2b34020501010d010201")
_MXF_RANDOM_INDEX = bytes.fromhex("060e2b34020501010d01020101110100")
_MXF_FOOTER = bytes.fromhex("060e2b34020501010d0102010104")
_BOX_NAME = re.compile(rb"[ -~\xa9]{4}")


def missing(path: Path) -> str:
    """What the file still lacks, as a phrase; "" when it is complete. Raises OSError."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size == 0:
            return "it is empty"
        first = file.read(16)
        if first[4:8] in _ISO_FIRST:
            lacks = _iso(file, size)
        elif first[:4] in _RIFF_FIRST:
            lacks = _riff(file, size)
        elif first.startswith(_MXF_FIRST):
            lacks = _mxf(file, size)
        elif first.startswith(_MATROSKA_FIRST):
            lacks = _matroska(file, size)
        elif (lacking := imagefiles.missing(file, first, size)) is not None:
            lacks = lacking
        else:
            lacks = _unopened(path)
        return lacks or _unwritten(file, size)


def proves(path: Path) -> bool:
    """Whether the file's kind has a structure by which `missing` knows it to be whole."""
    try:
        with path.open("rb") as file:
            first = file.read(16)
    except OSError:
        return False
    return (
        first[4:8] in _ISO_FIRST
        or first[:4] in _RIFF_FIRST
        or first.startswith((_MXF_FIRST, _MATROSKA_FIRST, *imagefiles.WITH_AN_END))
    )


def certain(path: Path) -> bool:
    """Whether a file that lacks nothing can't be the first part of a longer one either.

    It says how long it is as a whole, as fragments of MP4 and live Matroska do not, and no part
    of it is a hole: servers may write the end before the middle.
    """
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        first = file.read(16)
        if first[4:8] in _ISO_FIRST:
            known = all(name not in (b"moof", b"sidx", b"styp") for name, _ in _boxes(file, size))
        elif first.startswith(_MATROSKA_FIRST):
            known = _matroska_length(file) not in (0, None)
        else:
            known = first[:4] in _RIFF_FIRST or first.startswith(_MXF_FIRST)
        return known and _first_hole(file) >= size


def _first_hole(file: BinaryIO) -> int:
    """Where the first hole begins; the end of the file counts as one."""
    try:
        return os.lseek(file.fileno(), 0, os.SEEK_HOLE)
    except OSError:
        return 0  # this file system can't tell


def _lacking(end: int, size: int) -> str:
    return f"{end - size} bytes of it are still missing" if end > size else ""


def _iso(file: BinaryIO, size: int) -> str:
    """Every top-level box must end inside the file; moov and mdat must be among them.

    Some cameras append a trailer that is no box; a copy into space that was reserved before
    has zeros where the next box will be.
    """
    boxes = list(_boxes(file, size))
    found, end = {name for name, _ in boxes}, max((end for _, end in boxes), default=0)
    if end > size:
        return _lacking(end, size)
    if b"moov" not in found:
        return "its index (moov) is still missing"
    return "" if b"mdat" in found else "its pictures and sound (mdat) are still missing"


def _boxes(file: BinaryIO, size: int) -> Iterator[tuple[bytes, int]]:
    """Name and end of each top-level box; what is no box ends them."""
    position = 0
    while position + 8 <= size:
        file.seek(position)
        head = file.read(16)
        length, name = struct.unpack(">I4s", head[:8])
        if length == 1 and len(head) == 16:
            length = struct.unpack(">Q", head[8:])[0]
        elif length == 0:  # the last box, to the end of the file
            length = size - position
        if length < 8 or not _BOX_NAME.fullmatch(name):
            return
        position += length
        yield name, position


def _riff(file: BinaryIO, size: int) -> str:
    """The outermost chunks must end inside the file; a long AVI has several in a row.

    Recorders write 0 or 0xFFFFFFFF as their length while they record.
    """
    position = 0
    while True:
        file.seek(position)
        head = file.read(28)
        if position and (not head or head[:4] != b"RIFF"[: len(head)]):
            return ""  # the end, or something after it that is no part of the recording
        if len(head) < 28:
            return "its header is still incomplete"
        length = _riff_length(head)
        if length in (0, 0xFFFFFFFF):
            return "its length is not written yet"
        position += 8 + length
        if position > size:
            return _lacking(position, size)
        position += length % 2


def _riff_length(head: bytes) -> int:
    if head[:4] in (b"RF64", b"BW64"):  # in the ds64 chunk, which comes first
        return int.from_bytes(head[20:28], "little")
    return int.from_bytes(head[4:8], "big" if head[:4] == b"FORM" else "little")


def _mxf(file: BinaryIO, size: int) -> str:
    """A finished MXF ends with a random index pack whose last four bytes are its length, or,
    without one, with what belongs to the footer partition that its header points to.
    """
    file.seek(max(0, size - 4))
    pack = int.from_bytes(file.read(4), "big")
    if 20 <= pack <= size:
        file.seek(size - pack)
        if file.read(16) == _MXF_RANDOM_INDEX:
            return ""
    # In a partition pack, the footer's place is 24 bytes in, the counts of bytes of metadata
    # and of index are 32 and 40 bytes in.
    file.seek(_mxf_value(file, 0)[0] + 24)
    place = int.from_bytes(file.read(8), "big")
    file.seek(place)
    if not place or file.read(14) != _MXF_FOOTER:
        return "its footer is still missing"
    value, _ = _mxf_value(file, place)
    file.seek(value + 32)
    counts = struct.unpack(">QQ", file.read(16).ljust(16, b"\xff"))
    position = place
    while position < size:
        value, length = _mxf_value(file, position)
        position = value + length
    return _lacking(max(position, place + sum(counts)), size)


def _mxf_value(file: BinaryIO, position: int) -> tuple[int, int]:
    """Where the value of the key-length-value triplet at `position` begins, and its length."""
    file.seek(position + 16)
    head = file.read(9).ljust(9, b"\x00")
    width = head[0] & 0x7F if head[0] & 0x80 else 0
    length = int.from_bytes(head[1 : 1 + width], "big") if width else head[0]
    return position + 17 + width, length


def _matroska(file: BinaryIO, size: int) -> str:
    """The segment's length must be inside the file, where it is known.

    A recording made live does not know its length: only time tells.
    """
    end = _matroska_length(file)
    if end == 0:
        return "its header is still incomplete"
    return "" if end is None else _lacking(end, size)


def _matroska_length(file: BinaryIO) -> int | None:
    """Where the segment ends; None when the file does not say, 0 when it can't yet."""
    file.seek(0)
    head = file.read(4096)
    at = head.find(_MATROSKA_SEGMENT) + 4
    if at < 4 or at + 8 > len(head) or not head[at]:
        return 0
    width = 9 - head[at].bit_length()
    unknown = (1 << 7 * width) - 1
    length = int.from_bytes(head[at : at + width], "big") & unknown
    return None if length == unknown else at + width + length


def _unopened(path: Path) -> str:
    try:
        ffmpeg.probe(path, "-show_format", limit=20)
    except (Rejected, TryLater):
        return "ffprobe can't open it"
    return ""


def _unwritten(file: BinaryIO, size: int) -> str:
    """Windows reserves a file's whole size before it copies: the end is a hole until then.

    Zeros that were written are data. File systems that keep no account of holes say nothing.
    """
    try:
        os.lseek(file.fileno(), size - 1, os.SEEK_DATA)
    except OSError as error:
        return "its end is not written yet" if error.errno == errno.ENXIO else ""
    return ""
