"""What runs there are, and which of them can start: the ledger's writers besides claims.py.

    waiting → queued → running → done | skipped | failed | cancelled
       ↑________↑_________|  put back: a later try, a stop, a lost worker

Who calls these functions holds the transaction (Catalog.writing) and rings the doorbells after it
has been committed.
"""

from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy import ColumnElement, delete, insert, update
from sqlmodel import Session, col, select

from catalog import clock
from catalog.clock import Now
from catalog.models import Asset, Item, Kind, StageRun, Status
from config.watching import Priority

Needs = Mapping[str, tuple[str, ...]]
SETTLED = (Status.DONE, Status.SKIPPED)
STARTED = (Status.QUEUED, Status.RUNNING)
_NAMED = 1000  # ids in one statement; SQLite allows 32,766 values
STOPPED = (Status.FAILED, Status.CANCELLED)  # until `stringout retry`
REPLACED = "the file was replaced by a newer one"
UNTRIED = {"attempt": 0, "deaths": 0, "interruptions": 0}
_LOCKED = "locked items"  # in a session: of which transaction, and the items
_OUTDATED = 0.0  # next_try_at of a running run: what it works on is about to be made anew


def plan(session: Session, item_ids: Iterable[int], needs: Needs) -> None:
    """Write the waiting runs of new items."""
    rows = [{"item_id": item_id, "stage": stage} for item_id in item_ids for stage in needs]
    if rows:  # in one statement: ten rows for each of ten thousand files
        session.connection().execute(insert(StageRun), rows)


def align(session: Session, kind: Kind, needs: Needs) -> None:
    """Give all items of a kind the runs that new versions of Stringout have added to its pipeline.
    Items whose content another item stands for skip them.

    Runs of stages that are not in `needs` stay: a newer version works on this catalog too, or
    did. A version that removes a stage removes its runs in a migration.
    """
    for stage in needs:
        have = select(StageRun.item_id).where(StageRun.stage == stage)
        lacking = session.exec(
            select(Item.id, Asset.item_id)
            .outerjoin(Asset, col(Asset.id) == Item.asset_id)
            .where(Item.kind == kind, col(Item.replaced_at).is_(None), col(Item.id).not_in(have))
        ).all()
        for item, worked in lacking:
            assert item is not None
            status = Status.WAITING if worked in (None, item) else Status.SKIPPED
            session.add(StageRun(item_id=item, stage=stage, status=status))
    session.flush()


def promote(
    session: Session, item_id: int, needs: Needs, known: Mapping[str, StageRun] | None = None
) -> list[str]:
    """Queue the runs of an item whose needs are settled; return their stages. `known`: all of its
    runs, if they have been read since it was locked and nothing was written.

    A run that is to run again waits until nothing that depends on it is running, so that no
    stage sees its input change under its hands. The item's row is locked first: on PostgreSQL
    two stages that finish together would otherwise not see each other and their join would
    never start (measured: 177 of 300 joins).
    """
    now = lock(session, item_id)
    runs = _all_of(session, item_id, needs, known)
    ready = [
        run
        for stage, run in runs.items()
        if stage in needs  # else only a newer version knows it
        and run.status == Status.WAITING
        and run.next_try_at is None
        and all(runs[need].status in SETTLED for need in needs[stage])
        and not any(runs[other].status in STARTED for other in dependents(stage, needs))
    ]
    for run in ready:
        _queue(run, now)
    session.flush()
    return [run.stage for run in ready]


def lock(session: Session, item_id: int) -> float:
    """Let no other transaction change the runs of this item until ours ends; what time it was
    when it began to be so. The item stays in the session: it is not read again."""
    transaction, locked = session.info.get(_LOCKED, (None, {}))
    if transaction is not session.get_transaction():
        locked = {}
    if item_id not in locked:
        chosen = select(Item, Now()).where(Item.id == item_id).with_for_update(of=Item)
        found, now = session.exec(chosen.execution_options(populate_existing=True)).one()
        locked[item_id] = found, now
        session.info[_LOCKED] = session.get_transaction(), locked
    return float(locked[item_id][1])


def begin(session: Session, item_ids: list[int], needs: Needs) -> list[str]:
    """Queue the stages that need nothing of items accepted in this transaction; return them.

    As promote does, but for many items in one statement: nobody else can see them yet.
    """
    first = [stage for stage, needed in needs.items() if not needed]
    session.exec(
        update(StageRun)
        .where(
            col(StageRun.item_id).in_(item_ids),
            col(StageRun.stage).in_(first),
            col(StageRun.status) == Status.WAITING,
        )
        .values(status=Status.QUEUED, queued_at=Now())
    )
    return first


def queue_due(session: Session, now: float) -> list[StageRun]:
    """Queue the waiting runs whose moment has come."""
    due = session.exec(
        select(StageRun).where(StageRun.status == Status.WAITING, col(StageRun.next_try_at) <= now)
    ).all()
    for run in due:
        _queue(run, now)
    session.flush()
    return list(due)


def again(
    session: Session, item_id: int, stage: str, needs: Needs, reason: str, *, alone: bool = False
) -> list[str]:
    """Make a run that has ended, and all that depend on it, wait again; queue what can start.

    `alone`: what depends on it waits again only when it finds something else (see `outdate`).
    What is running is let end, and waits again then. Returns the stages that were queued.
    """
    runs = _all_of(session, item_id, needs)
    if runs[stage].status in STARTED:
        return []
    _wait_again(runs[stage], reason)
    if alone:
        _hold_queued(runs, stage, needs)
    else:
        _outdate(runs, stage, needs)
    session.flush()
    return promote(session, item_id, needs)


def outdate(session: Session, item_id: int, stage: str, needs: Needs) -> None:
    """Make all that depend on a run wait again: it has found something else than before."""
    _outdate(_all_of(session, item_id, needs), stage, needs)
    session.flush()


def _outdate(runs: Mapping[str, StageRun], stage: str, needs: Needs) -> None:
    for name in dependents(stage, needs):
        if runs[name].status != Status.CANCELLED:
            _wait_again(runs[name], f"waits for {stage} to run again")


def _hold_queued(runs: Mapping[str, StageRun], stage: str, needs: Needs) -> None:
    """What has not begun waits for its answer: it would keep the stage itself from starting."""
    for name in dependents(stage, needs):
        if runs[name].status == Status.QUEUED:
            runs[name].status, runs[name].message = Status.WAITING, f"waits for {stage}"


def _wait_again(run: StageRun, reason: str) -> None:
    if run.status == Status.SKIPPED and not run.started_at:
        return  # nobody wants it for this item
    if run.status == Status.RUNNING:
        run.next_try_at = _OUTDATED
        return
    run.status, run.next_try_at, run.message = Status.WAITING, None, reason
    run.attempt = run.deaths = run.interruptions = 0


def dependents(stage: str, needs: Needs) -> list[str]:
    """The stages that need `stage`, directly or through others, in pipeline order."""
    found = [stage]
    for name, needed in needs.items():
        if set(found).intersection(needed):
            found.append(name)
    return found[1:]


def hasten(session: Session, run: StageRun) -> bool:
    """Queue a run that waits for a later moment now; False if it waits for something else."""
    if run.status != Status.WAITING or run.next_try_at is None:
        return False
    _queue(run, clock.read(session))
    session.add(run)
    session.flush()
    return True


def drop(session: Session, item_id: int) -> None:
    """Remove the runs of an item that has no stages any more. What is running finds its claim
    gone, and its results are discarded."""
    session.exec(delete(StageRun).where(col(StageRun.item_id) == item_id))


def skip_waiting(session: Session, item_id: int, reason: str) -> None:
    """End everything that has not begun: there is nothing to do for this item."""
    session.exec(
        update(StageRun)
        .where(
            col(StageRun.item_id) == item_id,
            col(StageRun.status).in_((Status.WAITING, Status.QUEUED)),
        )
        .values(
            status=Status.SKIPPED,
            message=reason,
            next_try_at=None,
            started_at=0,  # what a run that was put back has begun is not looked at again
            finished_at=Now(),
        )
    )


def leave_out(session: Session, item_ids: list[int], stages: Iterable[str], reason: str) -> None:
    """Skip these stages where they have not begun: nobody wants them."""
    for some in _parts(item_ids):
        session.exec(
            update(StageRun)
            .where(
                col(StageRun.item_id).in_(some),
                col(StageRun.stage).in_(list(stages)),
                col(StageRun.status).in_((Status.WAITING, Status.QUEUED)),
            )
            .values(status=Status.SKIPPED, message=reason, next_try_at=None)
        )


def left_out(session: Session, item_ids: list[int], reason: str) -> list[Item]:
    """Those of these items that have stages which were skipped for a reason beginning so."""
    found: list[Item] = []
    for some in _parts(item_ids):
        having = select(StageRun.item_id).where(
            col(StageRun.item_id).in_(some), _skipped_for(reason)
        )
        found += session.exec(select(Item).where(col(Item.id).in_(having)))
    return found


def take_up(session: Session, item_ids: list[int], stages: Iterable[str], reason: str) -> int:
    """Let these stages wait for their turn where they were skipped for a reason beginning so."""
    result = session.exec(
        update(StageRun)
        .where(
            col(StageRun.item_id).in_(item_ids),
            col(StageRun.stage).in_(list(stages)),
            _skipped_for(reason),
        )
        .values(status=Status.WAITING, message="")
    )
    session.expire_all()
    return result.rowcount


def _skipped_for(reason: str) -> ColumnElement[bool]:
    return (col(StageRun.status) == Status.SKIPPED) & col(StageRun.message).startswith(reason)


def _parts(item_ids: list[int]) -> Iterator[list[int]]:
    """In parts that a statement can name."""
    for start in range(0, len(item_ids), _NAMED):
        yield item_ids[start : start + _NAMED]


def queued(session: Session, before: float) -> list[StageRun]:
    """Runs that were queued before that moment and nobody has claimed."""
    return list(
        session.exec(
            select(StageRun)
            .where(StageRun.status == Status.QUEUED, StageRun.queued_at < before)
            .order_by(col(StageRun.queued_at))
        )
    )


def all_settled(session: Session, item_id: int) -> bool:
    """Whether nothing of an item is left to do, and nothing of it has failed."""
    return all(run.status in SETTLED for run in of_item(session, item_id))


def priorities(session: Session, item_ids: Iterable[int]) -> dict[int, Priority]:
    """How urgent the runs of each of these items are."""
    chosen = select(col(Item.id), col(Item.priority)).where(col(Item.id).in_(list(item_ids)))
    return {item: Priority(priority) for item, priority in session.exec(chosen) if item is not None}


def anything_due(session: Session, now: float) -> bool:
    """Whether the sweep has anything to write, found out without taking the write lock."""
    due = ((col(StageRun.status) == Status.WAITING) & (col(StageRun.next_try_at) <= now)) | (
        (col(StageRun.status) == Status.RUNNING) & (col(StageRun.lease_until) < now)
    )
    return session.exec(select(StageRun.item_id).where(due).limit(1)).first() is not None


def of_item(session: Session, item_id: int) -> list[StageRun]:
    """All runs of an item as they are now, also those that this session has seen before."""
    chosen = select(StageRun).where(StageRun.item_id == item_id)
    return list(session.exec(chosen.execution_options(populate_existing=True)))


def _all_of(
    session: Session, item_id: int, needs: Needs, known: Mapping[str, StageRun] | None = None
) -> dict[str, StageRun]:
    """The runs of an item by stage. What an older version that accepted it did not plan is added:
    to wait, or to be skipped where this item no longer stands for its content."""
    found = dict(known or {run.stage: run for run in of_item(session, item_id)})
    lacking = [stage for stage in needs if stage not in found]
    if not found or not lacking:
        return found
    if known:  # they may have been added since
        return _all_of(session, item_id, needs)
    item = session.get_one(Item, item_id)
    asset = session.get(Asset, item.asset_id) if item.asset_id else None
    stands = item.replaced_at is None and (asset is None or asset.item_id == item_id)
    for stage in lacking:
        status = Status.WAITING if stands else Status.SKIPPED
        found[stage] = StageRun(item_id=item_id, stage=stage, status=status)
        session.add(found[stage])
    session.flush()
    return found


def _queue(run: StageRun, now: float) -> None:
    run.status, run.next_try_at, run.queued_at = Status.QUEUED, None, now
