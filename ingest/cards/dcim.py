"""DCIM: photo cameras, drones and phones; each film is one file (DCF, JEITA CP-3461)."""

from pathlib import Path, PurePosixPath

from ingest.cards.card import Clip, Member, place

_FOOTAGE = {".mp4", ".mov", ".avi", ".mts", ".m4v", ".mpg", ".insv", ".wav"}


class Dcim:
    """See the module."""

    def top(self, parts: tuple[str, ...]) -> int | None:
        """The folder that DCIM is in."""
        return place(parts, "DCIM")

    def wanted(self, inside: PurePosixPath) -> bool:
        """Films and sound; photographs and thumbnails are left alone."""
        return inside.suffix.lower() in _FOOTAGE

    def member(self, card: Path, inside: PurePosixPath) -> Member:
        """Each is a clip."""
        return Member(str(inside))

    def clip(self, card: Path, inside: PurePosixPath) -> Clip:
        """Nothing else is needed."""
        return Clip()
