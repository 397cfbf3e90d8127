"""Making the ledger fit other settings of the watch folders, while the service runs."""

from sqlmodel import Session, col, select, update

from catalog import clock
from catalog.models import Item, StageRun, Status
from config.settings import Settings
from config.watching import WatchFolder
from tasks import profiles
from tasks.doorbell import Ring


def refit(session: Session, now: Settings, new: Settings) -> list[Ring]:
    """What is due because of the change. Raises Misconfigured when files are known of a watch
    folder that `new` does not name."""
    for root in session.exec(select(Item.root).distinct()):
        new.folder(root)
    before = {folder.name: folder for folder in now.watch}
    rings = []
    for folder in new.watch:
        old = before.get(folder.name)
        if old and old != folder:
            rings += _refit(session, old, folder)
    return rings


def _refit(session: Session, old: WatchFolder, folder: WatchFolder) -> list[Ring]:
    if old.priority != folder.priority:
        session.exec(
            update(Item).where(col(Item.root) == folder.name).values(priority=folder.priority)
        )
    _end_holds(session, folder)
    rings = profiles.apply(session, folder)
    queued = (
        select(StageRun)
        .join(Item)
        .where(Item.root == folder.name, StageRun.status == Status.QUEUED)
    )  # their messages are still sent with the old priority: more of them do no harm
    return rings + [Ring(run.item_id, run.stage) for run in session.exec(queued)]


def _end_holds(session: Session, folder: WatchFolder) -> None:
    """Whatever waits for its hours is asked again by the sweep: they may be others now."""
    items, now = select(Item.id).where(Item.root == folder.name), clock.read(session)
    session.exec(
        update(StageRun)
        .where(
            col(StageRun.item_id).in_(items),
            col(StageRun.status) == Status.WAITING,
            col(StageRun.next_try_at) > now,
        )
        .values(next_try_at=now)
    )
