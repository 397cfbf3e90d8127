"""Which files an item's original is made of."""

from collections.abc import Sequence
from pathlib import Path

from sqlmodel import Session, col, select

from catalog.models import Item, Role
from media.errors import TryLater
from media.names import to_path
from media.numbered import ImageSequence, find, numbering
from media.original import Original


def parts(session: Session, item: Item) -> list[Item]:
    """The accepted parts of a clip, in order of their paths; none for a clip of one file."""
    return list(
        session.exec(
            select(Item)
            .where(
                Item.clip_path == item.path,
                Item.root == item.root,
                col(Item.replaced_at).is_(None),
            )
            .order_by(col(Item.path))
        )
    )


def following(session: Session, item: Item) -> list[Item]:
    """The files in which a clip goes on, in order."""
    return [part for part in parts(session, item) if part.role == Role.NEXT]


def original(source: Path, root: Path, item: Item, parts: Sequence[Item]) -> Original:
    """How the files of an item are joined: `source` and, below `root`, its parts."""

    def of(role: Role) -> tuple[Path, ...]:
        return tuple(root / to_path(part.path) for part in parts if part.role == role)

    size = item.size if item.growing else None
    return Original(source, of(Role.NEXT), of(Role.BESIDE), size, image_sequence(source, item))


def image_sequence(source: Path, item: Item) -> ImageSequence | None:
    """The files that are there now of an image sequence; None for everything else.

    Raises TryLater when its folder can't be read.
    """
    known = numbering(source.name) if item.sequence_files else None
    if known is None:
        return None
    try:
        return find(source.parent, known)
    except OSError as error:
        raise TryLater(f"{source.parent} can't be read now ({error.strerror})") from error
