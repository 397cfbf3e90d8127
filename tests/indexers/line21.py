"""H.264 with CEA-608 captions in its pictures, as broadcasters send them (A53 in SEI)."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

Pair = tuple[int, int]

ANALOGUE, DIGITAL = 0xFC, 0xFF  # of a pair: field 1 of line 21, or the start of a CEA-708 packet
_NAL = b"\0\0\0\1"
_DELIMITER = _NAL + b"\x09"
_SLICES = (b"\0\0\1\x65", b"\0\0\1\x41", b"\0\0\1\x61")


def popped(text: str) -> list[Pair]:
    """A caption that appears at once: load, erase, row 15, the text, end of caption."""
    return [
        *_twice(0x14, 0x20), *_twice(0x14, 0x2E), *_twice(0x14, 0x70), *_letters(text),
        *_twice(0x14, 0x2F),
    ]  # fmt: skip


def rolled(text: str) -> list[Pair]:
    """A row of live captions: two rows roll up, carriage return, the text."""
    return [*_twice(0x14, 0x25), *_twice(0x14, 0x2D), *_twice(0x14, 0x70), *_letters(text)]


ERASE: list[Pair] = [(0x14, 0x2C), (0x14, 0x2C)]


def captioned(
    target: Path,
    captions: Mapping[int, Sequence[Pair]],
    sound: Path | None,
    kind: int = ANALOGUE,
) -> Path:
    """Three seconds at 29.97 fps; from each of these frames on one pair of a kind is sent a frame,
    and padding in the others."""
    command = (
        "ffmpeg -v error -f lavfi -i testsrc2=s=320x180:r=30000/1001 -frames:v 90 -c:v libx264 "
        "-preset ultrafast -bf 0 -x264-params aud=1 -f h264 -"
    )
    raw = subprocess.run(command.split(), check=True, capture_output=True).stdout
    sent = {
        first + n: pair for first, pairs in captions.items() for n, pair in enumerate(pairs)
    }  # fmt: skip
    head, *pictures = raw.split(_DELIMITER)
    data = head + b"".join(
        _DELIMITER + _with(picture, _message(sent.get(number), kind))
        for number, picture in enumerate(pictures)
    )
    stream = target.with_suffix(".264")
    stream.write_bytes(data)
    heard = ["-i", str(sound), "-c:a", "aac"] if sound else []
    muxed = ["ffmpeg", "-v", "error", "-y", "-r", "30000/1001", "-i", str(stream), *heard]
    subprocess.run([*muxed, "-c:v", "copy", str(target)], check=True)
    stream.unlink()
    return target


def scenarist(captions: Mapping[str, Sequence[Pair]]) -> bytes:
    """An SCC file that sends these pairs from these timecodes on."""
    sent = "".join(
        f"{at}\t{' '.join(f'{_odd(a):02x}{_odd(b):02x}' for a, b in pairs)}\r\n\r\n"
        for at, pairs in captions.items()
    )
    return f"Scenarist_SCC V1.0\r\n\r\n{sent}".encode()


def _twice(first: int, second: int) -> list[Pair]:
    return [(first, second)] * 2


def _letters(text: str) -> list[Pair]:
    even = text + " " * (len(text) % 2)
    return [(ord(a), ord(b)) for a, b in zip(even[::2], even[1::2], strict=True)]


def _with(picture: bytes, message: bytes) -> bytes:
    at = min(place for mark in _SLICES if (place := picture.find(mark)) >= 0)
    at -= picture[at - 1 : at] == b"\0"
    return picture[:at] + message + picture[at:]


def _message(pair: Pair | None, kind: int) -> bytes:
    """SEI of type 4: one pair, as A/53 part 4 has it."""
    if pair is None or kind == ANALOGUE:
        kind, pair = ANALOGUE, (_odd(pair[0]), _odd(pair[1])) if pair else (0x80, 0x80)
    user = b"\xb5\x00\x31GA94\x03" + bytes([0xC1, 0xFF, kind, *pair, 0xFF])
    return _NAL + b"\x06" + _escaped(bytes([4, len(user)]) + user + b"\x80")


def _odd(value: int) -> int:
    """With odd parity in its highest bit."""
    return value | (0x80 if value.bit_count() % 2 == 0 else 0)


def _escaped(data: bytes) -> bytes:
    out = bytearray()
    for byte in data:
        if byte <= 3 and out[-2:] == b"\0\0":
            out.append(3)
        out.append(byte)
    return bytes(out)
