"""RED: A001_0101AB.RDM / A001_C001_0101AB.RDC / A001_C001_0101AB_001.R3D, _002.R3D …

ffmpeg can't decode what these cameras write, so a clip is one item that is refused with a
sentence: it is seen, and nobody waits for it.
"""

import re
from pathlib import Path, PurePosixPath

from catalog.models import Role
from ingest.cards.card import Clip, Member, names

_SEGMENT = re.compile(r"(.+)_(\d{3})")


class Red:
    """See the module."""

    def top(self, parts: tuple[str, ...]) -> int | None:
        """The folder of the magazine, or of the clip where that was copied alone."""
        folders = [PurePosixPath(part).suffix.lower() for part in parts[:-1]]
        return next((at for at, suffix in enumerate(folders) if suffix in (".rdm", ".rdc")), None)

    def wanted(self, inside: PurePosixPath) -> bool:
        """The segments alone."""
        return inside.suffix.lower() == ".r3d"

    def member(self, card: Path, inside: PurePosixPath) -> Member:
        """The first segment that is there names the clip."""
        first = _segments(card, inside)[0]
        return Member(str(first), None if first == inside else Role.NEXT)

    def clip(self, card: Path, inside: PurePosixPath) -> Clip:
        """The segments that are there."""
        return Clip(tuple(str(each) for each in _segments(card, inside) if each != inside))


def _segments(card: Path, inside: PurePosixPath) -> list[PurePosixPath]:
    def clip(name: str) -> str:
        found = _SEGMENT.fullmatch(PurePosixPath(name).stem)
        return found[1].lower() if found else PurePosixPath(name).stem.lower()

    beside = {*names(card / inside.parent), inside.name}
    same = (each for each in beside if each.lower().endswith(".r3d"))
    return sorted(inside.with_name(each) for each in same if clip(each) == clip(inside.name))
