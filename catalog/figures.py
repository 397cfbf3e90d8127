"""What the ledger says in numbers, for monitoring. Read at each question; nothing is counted twice.

All processes on all hosts write one ledger, so one of them can answer for all.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Integer, cast
from sqlmodel import Session, col, func, select

from catalog import clock
from catalog.models import Item, StageRun, Status

BOUNDS = (0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14400)  # seconds; of the histogram


@dataclass(frozen=True)
class Durations:
    """How long the last finished runs of a stage took."""

    counts: tuple[int, ...]  # at most so long, by BOUNDS
    count: int
    seconds: float  # all together


def items(session: Session) -> dict[str, int]:
    """Items that are current, by kind."""
    chosen = select(Item.kind, func.count()).where(col(Item.replaced_at).is_(None))
    return dict(session.exec(chosen.group_by(col(Item.kind))).all())


def runs(session: Session) -> dict[tuple[str, str], int]:
    """Runs by stage and status."""
    chosen = select(StageRun.stage, StageRun.status, func.count())
    rows = session.exec(chosen.group_by(col(StageRun.stage), col(StageRun.status))).all()
    return {(stage, status): count for stage, status, count in rows}


def oldest_queued(session: Session) -> dict[str, float]:
    """Seconds that the run which has been queued longest has waited, by stage."""
    now = clock.read(session)
    chosen = select(StageRun.stage, func.min(StageRun.queued_at))
    rows = session.exec(
        chosen.where(StageRun.status == Status.QUEUED).group_by(col(StageRun.stage))
    ).all()
    return {stage: max(0.0, now - since) for stage, since in rows}


def interruptions(session: Session) -> int:
    """How often runs that have not been done since have lost their worker."""
    return session.exec(select(func.coalesce(func.sum(StageRun.interruptions), 0))).one()


def durations(session: Session) -> Mapping[str, Durations]:
    """Of runs that are done or have failed, by stage."""
    took = col(StageRun.finished_at) - col(StageRun.started_at)
    within = [func.sum(cast(took <= bound, Integer)) for bound in BOUNDS]
    ended = col(StageRun.status).in_((Status.DONE, Status.FAILED)) & (
        col(StageRun.finished_at) > col(StageRun.started_at)
    )
    rows = session.connection().execute(
        select(StageRun.stage, func.count(), func.sum(took), *within)
        .where(ended, col(StageRun.started_at) > 0)
        .group_by(col(StageRun.stage))
    )
    return {row[0]: Durations(tuple(row[3:]), row[1], row[2]) for row in rows}
