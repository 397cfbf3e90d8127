"""What a person changes in the ledger: cancelling runs, and bringing them back."""

from sqlalchemy import update
from sqlmodel import Session, col, select

from catalog import audit, clock
from catalog.audit import About
from catalog.clock import Now
from catalog.models import Deed, Item, StageRun, Status
from catalog.runs import SETTLED, STARTED, STOPPED, Needs


def retry(session: Session, item_id: int, needs: Needs) -> int:
    """Bring the failed and cancelled runs of an item back; how many there were.

    Those whose needs are settled are due now, so that the next sweep finds them.
    """
    runs = {
        run.stage: run for run in session.exec(select(StageRun).where(StageRun.item_id == item_id))
    }
    stopped = [run for run in runs.values() if run.status in STOPPED]
    now = clock.read(session)
    for run in stopped:
        ready = all(runs[need].status in SETTLED for need in needs.get(run.stage, ()))
        run.status, run.next_try_at = Status.WAITING, now if ready else None
        run.attempt = run.deaths = run.interruptions = 0
        run.message = "to be tried again"
    if stopped:
        stages = ", ".join(run.stage for run in stopped)
        item = session.get_one(Item, item_id)
        audit.record(session, Deed.RETRIED, stages, About(item), "operator")
    session.flush()
    return len(stopped)


def cancel(session: Session, item: Item, stage: str | None, reason: str, who: str) -> int:
    """End what has not ended of an item, or one stage of it; how many runs there were.

    The token fences what is running: its worker notices (catalog/recovery.py), and its results
    are discarded.
    """
    chosen = update(StageRun).where(
        col(StageRun.item_id) == item.id,
        col(StageRun.status).in_((Status.WAITING, *STARTED)),
    )
    if stage is not None:
        chosen = chosen.where(col(StageRun.stage) == stage)
    result = session.exec(
        chosen.values(
            status=Status.CANCELLED,
            token=StageRun.token + 1,
            message=reason,
            next_try_at=None,
            finished_at=Now(),
        )
    )
    if result.rowcount:
        audit.record(session, Deed.CANCELLED, reason, About(item, stage or ""), who)
    return result.rowcount
