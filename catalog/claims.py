"""Who works on a run: claims, and how they end.

A claim is one conditional UPDATE; its token fences, so a worker that was given up can't
finish what somebody else has taken over. Who calls these functions holds the transaction
(Catalog.writing) and rings the doorbells after it has been committed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, true, update
from sqlmodel import Session, col, select

from catalog import pauses
from catalog.clock import Now
from catalog.models import Item, StageRun, Status
from catalog.runs import SETTLED, UNTRIED
from config.watching import Priority

_URGENCY = {Priority.BULK: 0, Priority.NORMAL: 1, Priority.BREAKING: 2}


@dataclass(frozen=True)
class Claim:
    """The right to run one stage of one item until the lease ends."""

    item_id: int
    stage: str
    token: int
    attempt: int  # from 1
    deaths: int = 0  # how often it has killed its worker


def claim(
    session: Session, item_id: int, stage: str, owner: str, lease: float, queue: str = ""
) -> Claim | None:
    """Take a queued run, or one whose lease has ended. None: somebody else has it, or a pause
    holds it; `queue` is the lane of the stage."""
    taken_over = col(StageRun.status) == Status.RUNNING
    taken = (
        session.connection()
        .execute(
            update(StageRun)
            .where(
                col(StageRun.item_id) == item_id,
                col(StageRun.stage) == stage,
                (col(StageRun.status) == Status.QUEUED)
                | ((col(StageRun.status) == Status.RUNNING) & (col(StageRun.lease_until) < Now())),
                pauses.allowed(item_id, queue),
            )
            .values(
                status=Status.RUNNING,
                token=StageRun.token + 1,
                attempt=StageRun.attempt + case((taken_over, 0), else_=1),
                interruptions=StageRun.interruptions + case((taken_over, 1), else_=0),
                owner=owner,
                lease_until=Now() + lease,
                started_at=Now(),
            )
            .returning(col(StageRun.token), col(StageRun.attempt), col(StageRun.deaths))
        )
        .first()
    )
    return Claim(item_id, stage, *taken) if taken else None


def queued_like(session: Session, claim: Claim, most: int) -> list[int]:
    """The items of at most so many more queued runs of its stage, the most urgent first.

    Their rows are locked and none is waited for: two workers that look at once find others.
    """
    found = (
        select(StageRun.item_id)
        .join(Item, col(Item.id) == col(StageRun.item_id))
        .where(StageRun.stage == claim.stage, StageRun.status == Status.QUEUED)
        .order_by(case(_URGENCY, value=col(Item.priority)).desc(), col(StageRun.queued_at))
        .limit(most)
        .with_for_update(skip_locked=True, of=StageRun)
    )
    return list(session.exec(found))


def beat(session: Session, claims: Iterable[Claim], lease: float) -> None:
    """Extend the leases of what is being worked on."""
    for claim in claims:
        _write(session, claim, true(), {"lease_until": Now() + lease})


@dataclass(frozen=True)
class Ending:
    """How a run ended: done, skipped or failed; and what it saw (see StageRun)."""

    status: Status
    message: str
    version: int = 1
    inputs: str = ""


def end(session: Session, claim: Claim, ending: Ending) -> bool:
    """Finish a claimed run. False: the claim was lost meanwhile; discard the results."""
    return _release(
        session,
        claim,
        status=ending.status,
        message=ending.message,
        version=ending.version,
        inputs=ending.inputs,
        **(UNTRIED if ending.status in SETTLED else {}),
        finished_at=Now(),
    )


def put_back(
    session: Session, claim: Claim, seconds: float, reason: str, *, counts: bool, died: bool = False
) -> bool:
    """Let a claimed run wait for `seconds`. `counts`: whether the attempt is used up; `died`:
    whether its worker died of it."""
    return _release(
        session,
        claim,
        status=Status.WAITING,
        message=reason,
        next_try_at=Now() + seconds,
        attempt=StageRun.attempt if counts else StageRun.attempt - 1,
        deaths=StageRun.deaths + int(died),
    )


def _release(session: Session, claim: Claim, **values: object) -> bool:
    """Write how a claimed run goes on; one that became outdated waits to run again instead."""
    if _write(session, claim, col(StageRun.next_try_at).is_(None), values):
        return True
    outdated = {"status": Status.WAITING, "next_try_at": None, **UNTRIED}
    return _write(session, claim, col(StageRun.next_try_at).is_not(None), outdated)


def _write(
    session: Session, claim: Claim, condition: ColumnElement[bool], values: Mapping[str, object]
) -> bool:
    """On the connection: what this session has read of the run is outdated (see of_item)."""
    session.flush()
    result = session.connection().execute(
        update(StageRun)
        .where(
            col(StageRun.item_id) == claim.item_id,
            col(StageRun.stage) == claim.stage,
            col(StageRun.token) == claim.token,
            col(StageRun.status) == Status.RUNNING,
            condition,
        )
        .values(**values)
    )
    return result.rowcount == 1
