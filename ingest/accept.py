"""Taking complete files into the catalog: one transaction for many, then the doorbells."""

import logging
from dataclasses import dataclass

from sqlmodel import Session, col, select

from catalog.database import Catalog
from catalog.drops import Drop, accept
from catalog.models import Item, Kind
from config.settings import Settings
from tasks import changes
from tasks.doorbell import Doorbell, Ring
from tasks.pipeline import needs

_log = logging.getLogger("stringout.accept")


@dataclass(frozen=True)
class FrontDoor:
    """Accepts drops. The same drop any number of times is one item."""

    settings: Settings
    catalog: Catalog
    doorbell: Doorbell

    def take(self, drops: list[Drop]) -> None:
        """Write the items that are new, start their first stages, and say so."""
        rings: list[Ring] = []
        with self.catalog.writing() as session:
            items = [item for drop in drops if (item := accept(session, drop, needs(drop.kind)))]
            for item in items:
                rings += self._follow(session, item)
        for item in items:
            _say(item)
        self.doorbell.ring(rings)

    def known(self, root: str) -> dict[str, tuple[int, int]]:
        """Path → (size, mtime_ns) of what was accepted in a watch folder."""
        with self.catalog.reading() as session:
            rows = session.exec(
                select(Item.path, Item.size, Item.mtime_ns).where(
                    Item.root == root, col(Item.replaced_at).is_(None)
                )
            )
            return {path: (size, mtime_ns) for path, size, mtime_ns in rows}

    def _follow(self, session: Session, item: Item) -> list[Ring]:
        if item.kind == Kind.SIDECAR:
            return changes.sidecar_came(session, self.settings, item)
        return changes.check(session, self.settings, [item])


def _say(item: Item) -> None:
    extra = {"story": item.path, "item": item.id}
    if item.kind == Kind.NOTE:
        _log.warning("noted, but edit notes are not carried out yet", extra=extra)
    else:
        _log.info("taken as %s (%s)", item.kind, _size(item.size), extra=extra)


def _size(count: int) -> str:
    """A byte count as people read it."""
    return f"{count / 1e6:.1f} MB" if count >= 1e5 else f"{count} bytes"
