"""What the header of a film frame says of time: DPX (SMPTE ST 268-1) and OpenEXR.

ffmpeg reads neither rate nor timecode of them.
"""

import struct
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from media.timecode import exact_rate

_DPX_LENGTH = 2048
_PICTURE, _FILM_RATE, _TIMECODE, _TELEVISION_RATE = 4, 1724, 1920, 1940  # bytes in
_UNSET = 0xFFFFFFFF
_EXR_HEADER = 65_536  # bytes in which the attributes are looked for
_FASTEST = 240


@dataclass(frozen=True)
class FilmHeader:
    """`rate` in frames a second, `timecode` as a label; None and "" where it says nothing."""

    rate: Fraction | None = None
    timecode: str = ""


def read(path: Path) -> FilmHeader:
    """Of the frame at `path`; empty for other pictures. Raises OSError."""
    with path.open("rb") as file:
        head = file.read(_EXR_HEADER)
    if head[:4] in (b"SDPX", b"XPDS") and len(head) >= _DPX_LENGTH:
        return _dpx(head, ">" if head[:1] == b"S" else "<")
    return _exr(head) if head.startswith(b"v/1\x01") else FilmHeader()


def _dpx(head: bytes, order: str) -> FilmHeader:
    if struct.unpack_from(f"{order}I", head, _PICTURE)[0] < _DPX_LENGTH:
        return FilmHeader()  # the picture begins where the headers of film and television would be
    (label,) = struct.unpack_from(f"{order}I", head, _TIMECODE)
    rates = (struct.unpack_from(f"{order}f", head, at)[0] for at in (_FILM_RATE, _TELEVISION_RATE))
    return FilmHeader(next((rate for each in rates if (rate := _rate(each))), None), _label(label))


def _rate(value: float) -> Fraction | None:
    """Cameras leave it out as 0, as all bits set (not a number), or as something absurd."""
    return exact_rate(value) if 1 <= value <= _FASTEST else None


def _label(packed: int) -> str:
    """Eight decimal digits of four bits each (SMPTE ST 12-1); "" when it was left out."""
    digits = f"{packed:08x}"
    if packed in (0, _UNSET) or not digits.isdecimal():
        return ""
    return ":".join(digits[at : at + 2] for at in (0, 2, 4, 6))


def _exr(head: bytes) -> FilmHeader:
    """Attributes are name, type, length and value, one after another (OpenEXR, File Layout)."""
    position, rate, label = 8, None, ""
    try:
        while head[position]:
            name, position = _word(head, position)
            _type, position = _word(head, position)
            (length,) = struct.unpack_from("<I", head, position)
            position += 4
            if name == b"framesPerSecond":
                over, under = struct.unpack_from("<iI", head, position)
                rate = _rate(over / under) if under else None
            elif name == b"timeCode":
                label = _exr_label(struct.unpack_from("<I", head, position)[0])
            position += length
    except (IndexError, ValueError, struct.error):
        pass  # it goes on behind what was read, or is none
    return FilmHeader(rate, label)


def _word(head: bytes, position: int) -> tuple[bytes, int]:
    end = head.index(0, position)
    return head[position:end], end + 1


def _exr_label(packed: int) -> str:
    """As DPX, with flags between the digits: bit 6 is drop-frame, 7, 15, 23, 30, 31 are others."""
    plain = packed & 0x3F7F7F3F
    label = _label(plain)
    return label[:8] + ";" + label[9:] if label and packed & 0x40 else label
