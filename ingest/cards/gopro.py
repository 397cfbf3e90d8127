"""GoPro chapters: GH010123.MP4, GH020123.MP4 … are one recording; older ones GOPR0123, GP010123.

The two digits before the number count the chapters. The lowest that is there names the clip.
"""

import re
from pathlib import Path, PurePosixPath

from catalog.models import Role
from ingest.cards.card import Clip, Member, names

_CHAPTER = re.compile(
    r"G(?:(?P<codec>[HXL])(?P<chapter>\d\d)|P(?P<later>\d\d)|OPR)(?P<number>\d{4})"
)
_FOOTAGE = ".mp4"
_LITTER = {".thm", ".lrv", ".wav"}


class GoPro:
    """See the module."""

    def top(self, parts: tuple[str, ...]) -> int | None:
        """The folder that the chapters are in."""
        path = PurePosixPath(parts[-1])
        known = path.suffix.lower() in _LITTER | {_FOOTAGE}
        return len(parts) - 1 if known and _key(path) else None

    def wanted(self, inside: PurePosixPath) -> bool:
        """No thumbnails, no low-resolution copies."""
        return inside.suffix.lower() == _FOOTAGE

    def member(self, card: Path, inside: PurePosixPath) -> Member:
        """The lowest chapter that is there is the clip's first file."""
        first = _chapters(card, inside)[0]
        return Member(first, None if first == inside.name else Role.NEXT)

    def clip(self, card: Path, inside: PurePosixPath) -> Clip:
        """The chapters that are there: nothing says how many there will be."""
        others = tuple(name for name in _chapters(card, inside) if name != inside.name)
        return Clip(others, about={"reel": ""})  # its folder may be any


def _key(path: PurePosixPath) -> tuple[str, str, int] | None:
    """Which recording, and which chapter of it."""
    found = _CHAPTER.fullmatch(path.stem.upper())
    if found is None:
        return None
    return found["codec"] or "", found["number"], int(found["chapter"] or found["later"] or 0)


def _chapters(card: Path, inside: PurePosixPath) -> list[str]:
    mine = _key(inside)
    assert mine
    found = {
        key[2]: name
        for name in {*names(card), inside.name}
        if name.lower().endswith(_FOOTAGE)
        and (key := _key(PurePosixPath(name)))
        and key[:2] == mine[:2]
    }
    return [found[chapter] for chapter in sorted(found)]
