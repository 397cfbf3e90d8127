"""Camera cards: which files of a copied card are one clip, and what is only its index.

One file per kind of card; to add one, write it and add a line to `KINDS`.
"""

from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from ingest.cards.arri import Arri
from ingest.cards.avchd import Avchd
from ingest.cards.canon import Canon
from ingest.cards.card import CardKind, Clip, Member
from ingest.cards.dcim import Dcim
from ingest.cards.gopro import GoPro
from ingest.cards.p2 import P2
from ingest.cards.red import Red
from ingest.cards.sony import Sony

__all__ = ["Clip", "Member", "OnCard", "find"]

KINDS: tuple[CardKind, ...] = (
    P2(), Canon(), Sony(), Avchd(), Red(), GoPro(), Arri(), Dcim(),
)  # fmt: skip
# No camera writes them: somebody added them.
_CAPTIONS = {".srt", ".vtt", ".ttml", ".dfxp", ".itt", ".ass", ".ssa", ".scc", ".stl", ".json"}
# Folders that stand between a card's name and its structure.
_BETWEEN = {"PRIVATE", "AVCHD", "SONY", "PANA_GRP", "DCIM"}


@dataclass(frozen=True)
class OnCard:
    """A file on a card. `folder` is the card's, relative to the watch folder; "" is that itself."""

    kind: CardKind
    folder: str
    inside: PurePosixPath

    @property
    def wanted(self) -> bool:
        """Whether it belongs to a clip; otherwise it is an index, and nothing is said of it."""
        return self.kind.wanted(self.inside)

    @property
    def _reel(self) -> str:
        """What the card was called where it was copied to: the folder that it is in; "" when that
        is the story's."""
        above = PurePosixPath(self.folder).parts[1:]
        return next((part for part in reversed(above) if part.upper() not in _BETWEEN), "")

    def member(self, root: Path) -> Member:
        """What it is on its card; `root` is the watch folder. Paths as in `path`."""
        found = self.kind.member(root / self.folder, self.inside)
        return Member(self.path(found.clip), found.role)

    def clip(self, root: Path) -> Clip:
        """Its clip, when it is the first file of one, with its reel. Paths as in `path`."""
        found = self.kind.clip(root / self.folder, self.inside)
        parts = tuple(self.path(part) for part in found.parts)
        return replace(found, parts=parts, about={"reel": self._reel} | found.about)

    def path(self, inside: str) -> str:
        """A path inside the card, seen from the watch folder."""
        return f"{self.folder}/{inside}" if self.folder else inside


def find(relative: PurePosixPath) -> OnCard | None:
    """Whether a file of the watch folder lies on a card, by its path alone."""
    if relative.suffix.lower() in _CAPTIONS:
        return None
    for kind in KINDS:
        top = kind.top(relative.parts)
        if top is not None:
            inside = PurePosixPath(*relative.parts[top:])
            return OnCard(kind, "/".join(relative.parts[:top]), inside)
    return None
