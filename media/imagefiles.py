"""Files that hold one picture: what kind they are by their first bytes, and whether they are whole.

JPEG ends with a marker (ITU-T T.81, EOI) that cannot occur inside of its data; PNG with an IEND
chunk (ISO/IEC 15948); a DPX (SMPTE ST 268-1) and a BMP say in their headers how long they are.
"""

import struct
from pathlib import Path
from typing import BinaryIO

NUMBERED = {".dpx", ".exr"}  # nobody takes photographs with these: one file is one frame
SUFFIXES = NUMBERED | {
    ".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".bmp", ".jp2", ".j2k",
    ".heic", ".heif", ".avif",
}  # fmt: skip
_DEMUXERS = (  # ffmpeg's, by what a file begins with
    (b"\xff\xd8\xff", "jpeg_pipe"), (b"\x89PNG\r\n\x1a\n", "png_pipe"), (b"II*\0", "tiff_pipe"),
    (b"MM\0*", "tiff_pipe"), (b"SDPX", "dpx_pipe"), (b"XPDS", "dpx_pipe"),
    (b"v/1\x01", "exr_pipe"), (b"BM", "bmp_pipe"),
    (b"\0\0\0\x0cjP  ", "j2k_pipe"), (b"\xff\x4f\xff\x51", "j2k_pipe"),
)  # fmt: skip
WITH_AN_END = (b"\xff\xd8\xff", b"\x89PNG", b"SDPX", b"XPDS", b"BM")  # `missing` knows of these
_END = 65_536  # bytes in which a JPEG's end is looked for first
_CHUNK = 4 * 1024 * 1024


def demuxer(path: Path) -> str:
    """What ffmpeg calls this kind of picture; "" when it is none. Raises OSError."""
    with path.open("rb") as file:
        first = file.read(16)
    if first[:4] == b"RIFF" and first[8:12] == b"WEBP":
        return "webp_pipe"
    return next((name for magic, name in _DEMUXERS if first.startswith(magic)), "")


def missing(file: BinaryIO, first: bytes, size: int) -> str | None:
    """What a picture that begins with `first` lacks of its end, as a phrase; "" when it is whole;
    None where it does not say how long it is."""
    if first.startswith(b"\xff\xd8\xff"):
        return "" if _has_end(file, size) else "the end of its picture is still missing"
    if first.startswith(b"\x89PNG"):
        return _png(file, size)
    if first.startswith((b"SDPX", b"XPDS")):
        file.seek(16)
        return _lacking(file.read(4), ">I" if first[:1] == b"S" else "<I", size)
    if first.startswith(b"BM"):
        return _lacking(first[2:6], "<I", size)
    return None


def _lacking(length: bytes, form: str, size: int) -> str:
    if len(length) < 4:
        return "its header is still incomplete"
    (end,) = struct.unpack(form, length)
    return f"{end - size} bytes of it are still missing" if end > size else ""


def _has_end(file: BinaryIO, size: int) -> bool:
    """Whether a JPEG's end is there: last of all, or before what telephones put behind it."""
    file.seek(max(0, size - _END))
    if b"\xff\xd9" in file.read():
        return True
    file.seek(_scan(file))
    before = b""
    while chunk := file.read(_CHUNK):
        if b"\xff\xd9" in before + chunk:
            return True
        before = chunk[-1:]
    return False


def _scan(file: BinaryIO) -> int:
    """Where the picture's own data begins: a small picture in its header has an end as well."""
    position = 2
    while True:
        file.seek(position)
        head = file.read(4)
        if len(head) < 4 or head[0] != 0xFF or head[1] == 0xDA:
            return position
        position += 2 + int.from_bytes(head[2:4], "big")


def _png(file: BinaryIO, size: int) -> str:
    position = 8
    while position + 12 <= size:
        file.seek(position)
        length, name = struct.unpack(">I4s", file.read(8))
        position += 12 + length
        if name == b"IEND":
            return f"{position - size} bytes of it are still missing" if position > size else ""
    return "its end (IEND) is still missing"
