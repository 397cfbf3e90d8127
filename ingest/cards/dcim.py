"""DCIM: photo cameras, drones, phones; a film or photograph is one file (DCF, JEITA CP-3461)."""

from pathlib import Path, PurePosixPath

from ingest.cards.card import Clip, Member, place

_FOOTAGE = {
    ".mp4", ".mov", ".avi", ".mts", ".m4v", ".mpg", ".insv", ".wav", ".jpg", ".jpeg", ".heic",
    ".png",
}  # fmt: skip


class Dcim:
    """See the module."""

    def top(self, parts: tuple[str, ...]) -> int | None:
        """The folder that DCIM is in."""
        return place(parts, "DCIM")

    def wanted(self, inside: PurePosixPath) -> bool:
        """Films, sound and photographs; thumbnails and raw photographs are left alone."""
        return inside.suffix.lower() in _FOOTAGE

    def member(self, card: Path, inside: PurePosixPath) -> Member:
        """Each is a clip."""
        return Member(str(inside))

    def clip(self, card: Path, inside: PurePosixPath) -> Clip:
        """Nothing else is needed."""
        return Clip()
