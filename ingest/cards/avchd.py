"""AVCHD: BDMV/STREAM holds transport streams, BDMV/PLAYLIST says which of them are one clip.

The file system of a card ends a file at 2 or 4 GB; the camera goes on in the next one in the
middle of a packet. In the playlist such a follower is connected seamlessly.
"""

import struct
from pathlib import Path, PurePosixPath

from catalog.models import Role
from ingest.cards.card import Clip, Member, find, names, place

_STREAMS = {".mts", ".m2ts"}
_SEAMLESS = (5, 6)  # connection_condition of a play item (Blu-ray BD-ROM part 3, 5.3.4)


class Avchd:
    """See the module."""

    def top(self, parts: tuple[str, ...]) -> int | None:
        """The folder that BDMV is in."""
        return place(parts, "BDMV")

    def wanted(self, inside: PurePosixPath) -> bool:
        """The streams alone."""
        streams = len(inside.parts) == 3 and inside.parts[1].upper() == "STREAM"
        return streams and inside.suffix.lower() in _STREAMS

    def member(self, card: Path, inside: PurePosixPath) -> Member:
        """Of the streams of a clip the first one names it."""
        row = _row(card, inside)
        if not row or row[0] == inside.stem.lower():
            return Member(str(inside))
        return Member(str(inside.with_name(_file(card, inside, row[0]))), Role.NEXT)

    def clip(self, card: Path, inside: PurePosixPath) -> Clip:
        """It is whole when a playlist names it, and all that follow it are there."""
        row = _row(card, inside)
        if not row:
            return Clip(lacks="the playlist of its card is still missing")
        return Clip(tuple(str(inside.with_name(_file(card, inside, stem))) for stem in row[1:]))


def rows(playlist: bytes) -> list[list[str]]:
    """The stems of streams that are one clip, in order. Raises ValueError for half a playlist."""
    try:
        (start,) = struct.unpack_from(">I", playlist, 8)
        (count,) = struct.unpack_from(">H", playlist, start + 6)
        at, found = start + 10, list[list[str]]()
        for _ in range(count):
            length, name, _codec, flags = struct.unpack_from(">H5s4sH", playlist, at)
            if found and flags & 0xF in _SEAMLESS:
                found[-1].append(name.decode("ascii").lower())
            else:
                found.append([name.decode("ascii").lower()])
            at += 2 + length
    except (struct.error, UnicodeDecodeError) as error:
        raise ValueError("it is no whole playlist") from error
    if not playlist.startswith(b"MPLS") or at > len(playlist):
        raise ValueError("it is no whole playlist")
    return found


def _row(card: Path, inside: PurePosixPath) -> list[str]:
    """The streams of the clip that this one belongs to; none when no playlist names it yet."""
    root = inside.parts[0]
    folder = card / root / (find(card / root, "PLAYLIST") or "PLAYLIST")
    for name in names(folder):
        if not name.lower().endswith((".mpl", ".mpls")):
            continue
        try:
            found = rows((folder / name).read_bytes())
        except (OSError, ValueError):
            continue
        for row in found:
            if inside.stem.lower() in row:
                return row
    return []


def _file(card: Path, inside: PurePosixPath, stem: str) -> str:
    name = f"{stem}{inside.suffix}"
    return find(card / inside.parent, name) or name.upper()
