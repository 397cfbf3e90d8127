"""Canon XF and Cinema EOS: CONTENTS/CLIPS001, a folder or a file for each clip.

    CLIPS001/AA0001/AA000101.MXF, AA000102.MXF …   one clip, cut at 2 GB; AA000101.XML about it
    CLIPS001/A001C001_250101AB_CANON.MXF or .CRM   one clip

Proxies, .CIF and INDEX.MIF are left alone.
"""

import re
from pathlib import Path, PurePosixPath

from catalog.models import Role
from ingest.cards.card import Clip, Member, find, names, place

_FOOTAGE = {".mxf", ".mp4", ".mov", ".crm"}
_CLIPS = re.compile(r"CLIPS\d{3}", re.IGNORECASE)
_PROXY = re.compile(r"_?proxy", re.IGNORECASE)


class Canon:
    """See the module."""

    def top(self, parts: tuple[str, ...]) -> int | None:
        """The folder that CONTENTS is in."""
        at = place(parts, "CONTENTS")
        if at is None or len(parts) < at + 3:
            return None
        return at if _CLIPS.fullmatch(parts[at + 1]) else None

    def wanted(self, inside: PurePosixPath) -> bool:
        """Footage that is no proxy, and the XML that is called like it."""
        if any(map(_PROXY.search, inside.parts[2:])):
            return False
        return inside.suffix.lower() in _FOOTAGE | {".xml"}

    def member(self, card: Path, inside: PurePosixPath) -> Member:
        """Of the files of a clip's folder the first one names it."""
        first = _first(card, inside)
        if inside.suffix.lower() == ".xml":
            return Member(str(first), Role.ABOUT)
        return Member(str(first), None if first == inside else Role.NEXT)

    def clip(self, card: Path, inside: PurePosixPath) -> Clip:
        """All that is there: nothing on the card says how many files follow."""
        beside = names(card / inside.parent)
        parts = [inside.with_name(each) for each in beside if _of(each, inside)]
        return Clip(tuple(str(part) for part in parts if part != inside))


def _first(card: Path, inside: PurePosixPath) -> PurePosixPath:
    """AA000101.MXF for all of AA0001; a file that is in no folder of its own is its own first."""
    folder = inside.parent.name.lower()
    stem = f"{folder}01" if inside.stem.lower().startswith(folder) else inside.stem
    found = (find(card / inside.parent, f"{stem}{suffix}") for suffix in sorted(_FOOTAGE))
    return inside.with_name(next((each for each in found if each), inside.name))


def _of(name: str, first: PurePosixPath) -> bool:
    path, folder = PurePosixPath(name), first.parent.name.lower()
    if path.suffix.lower() not in _FOOTAGE | {".xml"} or _PROXY.search(name):
        return False
    same = path.stem.lower() == first.stem.lower()
    spanned = first.stem.lower() == f"{folder}01" and path.stem.lower()[:-2] == folder
    return same or spanned
