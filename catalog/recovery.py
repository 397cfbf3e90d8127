"""What workers leave behind: claims that no longer hold, and runs that kill their worker."""

from collections.abc import Iterable

from sqlalchemy import case, update
from sqlmodel import Session, col, select

from catalog import clock
from catalog.claims import Claim
from catalog.clock import Now
from catalog.models import Item, StageRun, Status

_TIMES = {1: "once", 2: "twice", 3: "three times"}


def requeue_orphans(session: Session, owner: str | None = None, crashed: bool = False) -> int:
    """Queue what is marked running but can't be: of `owner`, or of anybody; how many.

    Embedded mode calls it at its stop, and at start (a lock proves that no other process works
    on this catalog). A stop costs nothing. A service that was killed says little against what it
    was running: that is counted as an interruption. One that `crashed` in native code died of one
    of them: that uses up the attempt.
    """
    orphans = update(StageRun).where(col(StageRun.status) == Status.RUNNING)
    if owner is not None:
        orphans = orphans.where(col(StageRun.owner) == owner)
    result = session.exec(
        orphans.values(
            status=case((col(StageRun.next_try_at).is_(None), Status.QUEUED), else_=Status.WAITING),
            next_try_at=None,
            token=StageRun.token + 1,
            attempt=StageRun.attempt if crashed else StageRun.attempt - 1,
            deaths=StageRun.deaths + int(crashed),
            interruptions=StageRun.interruptions + int(owner is None),
            queued_at=Now(),
            message="was interrupted",
        )
    )
    return result.rowcount


def queue_expired(session: Session, now: float) -> list[StageRun]:
    """Queue the running runs whose worker has been silent for longer than its lease.

    Nobody saw why: it counts as an interruption, not as an attempt.
    """
    silent = session.exec(
        select(StageRun)
        .where(StageRun.status == Status.RUNNING, StageRun.lease_until < now)
        .with_for_update(skip_locked=True)
    ).all()
    for run in silent:  # one that became outdated waits for what it needs
        run.status = Status.QUEUED if run.next_try_at is None else Status.WAITING
        run.next_try_at, run.queued_at, run.message = None, now, "its worker was lost"
        run.token, run.attempt = run.token + 1, run.attempt - 1
        run.interruptions += 1
    session.flush()
    return list(silent)


def running(session: Session) -> list[Claim]:
    """Every claim that is being worked on."""
    found = session.exec(select(StageRun).where(StageRun.status == Status.RUNNING)).all()
    return [Claim(run.item_id, run.stage, run.token, run.attempt) for run in found]


def lost(session: Session, claims: Iterable[Claim]) -> list[Claim]:
    """The claims that no longer hold: cancelled, or taken over by another worker."""
    return [
        claim
        for claim in claims
        if session.exec(
            select(StageRun.token).where(
                StageRun.item_id == claim.item_id,
                StageRun.stage == claim.stage,
                StageRun.token == claim.token,
            )
        ).first()
        is None
    ]


def stale(session: Session, claims: Iterable[Claim]) -> list[Claim]:
    """The claims that hold, of runs whose result nobody wants: what they work on is about to be
    made anew, or their file was replaced."""
    return [claim for claim in claims if _is_stale(session, claim)]


def _is_stale(session: Session, claim: Claim) -> bool:
    found = session.exec(
        select(StageRun.next_try_at, Item.replaced_at)
        .join(Item, col(Item.id) == col(StageRun.item_id))
        .where(
            StageRun.item_id == claim.item_id,
            StageRun.stage == claim.stage,
            StageRun.token == claim.token,
            StageRun.status == Status.RUNNING,
        )
    ).first()
    return found is not None and any(moment is not None for moment in found)


def stop_poison(session: Session, deaths: int, interruptions: int) -> list[StageRun]:
    """Fail the queued and the lost runs that have killed their worker too often; return them.

    `deaths`: what surely died of them, a child process or a service that crashed.
    `interruptions`: services that were lost while they ran, for a reason that nobody saw. One
    such loss says nothing (a power cut hits whatever runs), so there may be many more.
    """
    now = clock.read(session)
    unclaimed = (col(StageRun.status) == Status.QUEUED) | (
        (col(StageRun.status) == Status.RUNNING) & (col(StageRun.lease_until) < now)
    )
    often = (col(StageRun.deaths) >= deaths) | (col(StageRun.interruptions) >= interruptions)
    poison = session.exec(select(StageRun).where(unclaimed, often)).all()
    for run in poison:
        count = run.deaths if run.deaths >= deaths else run.interruptions
        run.status, run.message = Status.FAILED, poisonous(count)
        run.token, run.finished_at = run.token + 1, now
    session.flush()
    return list(poison)


def poisonous(count: int) -> str:
    """The sentence of a run that has killed its worker so often."""
    return f"killed the worker {_TIMES.get(count, f'{count} times')}; `stringout retry` dares again"
