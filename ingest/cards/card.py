"""What every kind of camera card can say about its files."""

from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Protocol

from catalog.models import Role


@dataclass(frozen=True)
class Member:
    """What a file is on its card. Paths are inside the card, with `/`.

    `clip` is the first file of its clip, by which the clip is called; `role` is what the file is
    to it, None for the first file itself.
    """

    clip: str
    role: Role | None = None


@dataclass(frozen=True)
class Clip:
    """One clip of a card. `parts`: the other files that must be whole before it is.

    `lacks`: what is known to be still missing besides them, as a phrase.
    """

    parts: tuple[str, ...] = ()
    lacks: str = ""
    # name, timecode, and the reel where the folder that the card is in does not say it
    about: dict[str, str] = field(default_factory=dict)


class CardKind(Protocol):
    """One way in which cameras lay out their files. `inside` is a path inside the card."""

    def top(self, parts: tuple[str, ...]) -> int | None:
        """How many parts of a path lead to the folder that the structure is in; None: another."""

    def wanted(self, inside: PurePosixPath) -> bool:
        """Whether the file belongs to a clip, by its name; False: an index, a thumbnail."""

    def member(self, card: Path, inside: PurePosixPath) -> Member:
        """What a wanted file is. May look at what lies beside it."""

    def clip(self, card: Path, inside: PurePosixPath) -> Clip:
        """The clip whose first file is `inside`, as far as it is there."""


def names(folder: Path) -> list[str]:
    """What lies in a folder, sorted; nothing where it is not there."""
    try:
        return sorted(each.name for each in folder.iterdir())
    except OSError:
        return []


def find(folder: Path, name: str) -> str | None:
    """How a name is written in a folder: cards come in capitals and in small letters."""
    return next((each for each in names(folder) if each.lower() == name.lower()), None)


def place(parts: tuple[str, ...], wanted: str) -> int | None:
    """Where a folder of this name is among the parts of a path, the file itself excluded."""
    folders = [part.upper() for part in parts[:-1]]
    return folders.index(wanted) if wanted in folders else None
