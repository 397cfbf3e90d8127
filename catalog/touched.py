"""Which stories look different than before, asked for every few seconds: it must be cheap.

Entries of the audit log tell what ended; the few runs that run now tell what is going on.
"""

from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from catalog.models import Arrival, AuditEntry, Item, Root, StageRun, Status, Story
from catalog.places import story_name


def _having(*statuses: Status) -> SelectOfScalar[str]:
    """The stories that have a run of one of these."""
    return (
        select(Story.name)
        .join(Item, col(Item.story_id) == Story.id)
        .join(StageRun, col(StageRun.item_id) == Item.id)
        .where(col(StageRun.status).in_(statuses), col(Item.replaced_at).is_(None))
        .distinct()
    )


# Composed once: a service at rest spends more on composing these every second than on asking.
_NEWEST = select(func.max(AuditEntry.id))
_ARRIVING = select(Arrival.root, Arrival.path)
_RUNNING = _having(Status.RUNNING)
_UNFINISHED = _having(Status.WAITING, Status.QUEUED, Status.RUNNING)
_TROUBLES = select(Root.name, Root.trouble)


def newest(session: Session) -> int:
    """The number of the last audit entry; 0 when there is none."""
    return session.exec(_NEWEST).one() or 0


def since(session: Session, entry: int) -> set[str]:
    """The stories of the entries after this one; "" is among them when all may be concerned."""
    found = session.exec(select(AuditEntry.story).where(col(AuditEntry.id) > entry).distinct())
    return set(found)


def running(session: Session) -> set[str]:
    """The stories that something runs for, or that a file arrives for, now."""
    arriving = session.exec(_ARRIVING).all()
    return set(session.exec(_RUNNING)) | {story_name(path, root) for root, path in arriving}


def unfinished(session: Session) -> set[str]:
    """The stories that anything is left to do for."""
    return set(session.exec(_UNFINISHED))


def troubles(session: Session) -> dict[str, str]:
    """What is wrong with each watch folder that was ever watched; "": nothing."""
    return dict(session.exec(_TROUBLES).all())


def everything(session: Session) -> list[str]:
    """All stories, those that were made last first."""
    return list(session.exec(select(Story.name).order_by(col(Story.id).desc())))
