"""An MPEG transport stream with teletext subtitles, as European broadcasters send them.

EN 300 472 (teletext in DVB) and ETS 300 706 (teletext), as far as one page of subtitles needs.
"""

import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

_HAMMING = b"\x15\x02\x49\x5e\x64\x73\x38\x2f\xd0\xc7\x8c\x9b\xa1\xb6\xfd\xea"  # 8/4, by nibble
_PMT, _PID = 0x100, 0x101
_CLOCK = 90_000  # of presentation times
_ROW = 22  # where subtitles stand
_BOX, _END_BOX = "\x0b\x0b", "\x0a\x0a"


def subtitled(target: Path, pages: Mapping[int, Mapping[float, str]], languages: str) -> Path:
    """Five seconds of picture with subtitles. `pages`: page such as 0x888 → second → text shown
    from then on, "" takes it away. `languages`: three letters for each page."""
    stream = target.with_suffix(".teletext.ts")
    shown = sorted((at, page, text) for page, rows in pages.items() for at, text in rows.items())
    packets = [_table(0, 0, _programs()), _table(_PMT, 2, _streams(list(pages), languages))]
    for number, (at, page, text) in enumerate(shown):
        packets += _transport(_pes(round(at * _CLOCK), page, text), number)
    stream.write_bytes(b"".join(packets))
    picture = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=5"]
    maps = ["-map", "0:v", "-map", "1:s", "-c:v", "mpeg2video", "-c:s", "copy", "-copyts"]
    command = [
        "ffmpeg",
        "-v",
        "error",
        "-y",
        *picture,
        "-fix_teletext_pts",
        "0",
        "-i",
        stream,
        *maps,
        target,
    ]
    subprocess.run(command, check=True)
    stream.unlink()
    return target


def _pes(time: int, page: int, text: str) -> bytes:
    magazine = page >> 8
    rows = [_header(page)]
    if text:
        rows.append(_packet(magazine, _ROW, (_BOX + text + _END_BOX).ljust(40).encode("ascii")))
    rows.append(_header(magazine << 8 | 0xFF))  # the next page: this one is whole
    rows += [b"\xff\x2c" + b"\xff" * 44] * (-(len(rows) + 1) % 4)
    data = b"\x10" + b"".join(rows)
    stamp = [0x21 | time >> 29 & 0xE, time >> 22 & 0xFF, 0x01 | time >> 14 & 0xFE,
             time >> 7 & 0xFF, 0x01 | time << 1 & 0xFE]  # fmt: skip
    head = bytes([0x84, 0x80, 36, *stamp]) + b"\xff" * 31  # 45 bytes with what is before it
    return b"\0\0\1\xbd" + (len(head) + len(data)).to_bytes(2) + head + data


def _header(page: int) -> bytes:
    """Of a page of subtitles that takes the place of what it showed."""
    erase, subtitle = 8, 8  # C4 with S2, C6 with S4
    nibbles = [page & 15, page >> 4 & 15, 0, erase, 0, subtitle, 0, 0]
    return _packet(page >> 8, 0, b" " * 32, nibbles)


def _packet(magazine: int, row: int, text: bytes, nibbles: Iterable[int] = ()) -> bytes:
    address = (magazine & 7 | row << 3) & 0xFF
    coded = [_HAMMING[n] for n in (address & 15, address >> 4, *nibbles)]
    data = [*coded, *map(_odd, text)]
    return b"\x03\x2c\xef\xe4" + bytes(int(f"{byte:08b}"[::-1], 2) for byte in data)


def _odd(value: int) -> int:
    return value | (0x80 if value.bit_count() % 2 == 0 else 0)


def _programs() -> bytes:
    return (1).to_bytes(2) + (0xE000 | _PMT).to_bytes(2)


def _streams(pages: list[int], languages: str) -> bytes:
    named = b"".join(
        languages[3 * n : 3 * n + 3].encode() + bytes([2 << 3 | page >> 8 & 7, page & 0xFF])
        for n, page in enumerate(pages)
    )
    descriptor = bytes([0x56, len(named)]) + named
    return (
        (0xE000 | _PID).to_bytes(2) + b"\xf0\0\x06" + (0xE000 | _PID).to_bytes(2)
        + (0xF000 | len(descriptor)).to_bytes(2) + descriptor
    )  # fmt: skip


def _table(pid: int, kind: int, body: bytes) -> bytes:
    """A section of program-specific information in one transport packet."""
    section = bytes([kind]) + (0xB000 | len(body) + 9).to_bytes(2) + b"\0\1\xc1\0\0" + body
    whole = b"\0" + section + _crc(section).to_bytes(4)
    return b"\x47" + (0x4000 | pid).to_bytes(2) + b"\x10" + whole.ljust(184, b"\xff")


def _transport(pes: bytes, counter: int) -> Iterable[bytes]:
    """PES packets are multiples of 184 bytes long: no stuffing."""
    for at in range(0, len(pes), 184):
        pid = _PID | (0x4000 if at == 0 else 0)
        yield b"\x47" + pid.to_bytes(2) + bytes([0x10 | counter & 15]) + pes[at : at + 184]


def _crc(data: bytes) -> int:
    """CRC-32 of MPEG-2: not reflected, not inverted."""
    value = 0xFFFFFFFF
    for byte in data:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1 ^ (0x04C11DB7 if value >> 31 else 0)) & 0xFFFFFFFF
    return value
