"""Files that are worked on while they grow: one item from the first step to the last byte.

A step is taken only when the work on the one before has come to rest; the end is always taken.
"""

from collections.abc import Iterable

from sqlmodel import Session, col, select

from catalog.drops import Drop, current
from catalog.models import Item, StageRun, Status

_AT_REST = (Status.DONE, Status.SKIPPED, Status.FAILED, Status.CANCELLED)


def extend(session: Session, drops: Iterable[Drop]) -> tuple[list[Drop], list[Item]]:
    """Give items that grow their new size. Returns the drops that are about other items, and the
    items that have grown; a step that comes too early is neither.

    A file that became smaller was begun anew: it is another version.
    """
    others, grown = [], []
    for drop in drops:
        item = current(session, drop.root, drop.path)
        if item is None or not item.growing or drop.size < item.size or drop.kind != item.kind:
            others.append(drop)
        elif not drop.growing or _is_at_rest(session, item):
            item.size, item.mtime_ns, item.growing = drop.size, drop.mtime_ns, drop.growing
            item.inode = drop.inode
            grown.append(item)
    session.flush()
    return others, grown


def _is_at_rest(session: Session, item: Item) -> bool:
    busy = select(StageRun.stage).where(
        StageRun.item_id == item.id, col(StageRun.status).not_in(_AT_REST)
    )
    return session.exec(busy.limit(1)).first() is None
