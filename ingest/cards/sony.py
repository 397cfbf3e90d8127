"""Sony XDCAM (XDROOT), XAVC (M4ROOT) and XDCAM EX (BPAV).

    Clip/C0001.MXF or .MP4    the clip        CLPR/884_0001_01/884_0001_01.MP4
    Clip/C0001M01.XML         its metadata    CLPR/884_0001_01/884_0001_01M01.XML

Low-resolution copies (Sub), thumbnails and MEDIAPRO.XML are left alone.
"""

from pathlib import Path, PurePosixPath

from catalog.models import Role
from ingest.cards.card import Clip, Member, find, place
from media import nrt, xmlfile

_ROOTS = ("XDROOT", "M4ROOT", "BPAV")
_FOLDERS = {"CLIP", "CLPR"}
_FOOTAGE = {".mxf", ".mp4", ".mov"}
_METADATA = "M01"


class Sony:
    """See the module."""

    def top(self, parts: tuple[str, ...]) -> int | None:
        """The folder that XDROOT, M4ROOT or BPAV is in."""
        return next((at for root in _ROOTS if (at := place(parts, root)) is not None), None)

    def wanted(self, inside: PurePosixPath) -> bool:
        """Clips, and their metadata."""
        if len(inside.parts) < 3 or inside.parts[1].upper() not in _FOLDERS:
            return False
        metadata = inside.suffix.lower() == ".xml" and inside.stem.upper().endswith(_METADATA)
        return metadata or inside.suffix.lower() in _FOOTAGE

    def member(self, card: Path, inside: PurePosixPath) -> Member:
        """Metadata is called by its clip and M01."""
        if inside.suffix.lower() != ".xml":
            return Member(str(inside))
        stem, folder = inside.stem[: -len(_METADATA)], card / inside.parent
        found = (find(folder, f"{stem}{suffix}") for suffix in sorted(_FOOTAGE, reverse=True))
        name = next((each for each in found if each), f"{stem}.MXF")
        return Member(str(inside.with_name(name)), Role.ABOUT)

    def clip(self, card: Path, inside: PurePosixPath) -> Clip:
        """It is whole when its metadata is."""
        name = find(card / inside.parent, f"{inside.stem}{_METADATA}.XML")
        metadata = inside.with_name(name or f"{inside.stem}{_METADATA}.XML")
        if name is None or not xmlfile.is_whole(card / metadata):
            return Clip(lacks=f"{metadata.name} of its card is still missing")
        return Clip((str(metadata),), "", nrt.read(card / metadata))
