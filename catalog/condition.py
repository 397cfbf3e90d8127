"""How the service as a whole is: what is queued, what waits and for what, what went wrong last."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from catalog import outbox, overview, pauses
from catalog.models import AuditEntry, Deed, Item, Root, StageRun, Status
from catalog.overview import Arriving

_REASONS = 12
_ERRORS = 5


@dataclass(frozen=True)
class Lane:
    """One queue."""

    queued: int
    running: int


@dataclass(frozen=True)
class Waiting:
    """Runs that wait for a later moment for the same reason."""

    reason: str
    runs: int
    until: float  # the first of them is tried again then, in seconds since 1970


@dataclass(frozen=True)
class Trouble:
    """Something that went wrong."""

    at: float
    story: str
    path: str
    stage: str
    message: str


@dataclass(frozen=True)
class WatchState:
    """One watch folder, as its watcher last found it."""

    name: str
    noticing: str  # how new files are noticed there, and why so
    trouble: str  # why nothing is taken from it now; "" = it is watched
    since: float


@dataclass(frozen=True)
class Condition:
    """The service as a whole."""

    lanes: dict[str, Lane]
    waiting: tuple[Waiting, ...]
    paused: tuple[str, ...]
    arriving: tuple[Arriving, ...]
    errors: tuple[Trouble, ...]  # the newest first
    roots: tuple[WatchState, ...]
    notices: tuple[str, ...]  # why notices are not sent


def look(session: Session, queues: Mapping[str, str]) -> Condition:
    """Ask the catalog. `queues`: the queue of each stage."""
    roots = session.exec(select(Root).order_by(Root.name))
    return Condition(
        lanes=_lanes(session, queues),
        waiting=_waiting(session),
        paused=tuple(pauses.sentence(each) for each in pauses.active(session)),
        arriving=tuple(overview.arriving(session)),
        errors=_errors(session),
        roots=tuple(WatchState(r.name, r.noticing, r.trouble, r.since) for r in roots),
        notices=tuple(outbox.troubles(session)),
    )


def _lanes(session: Session, queues: Mapping[str, str]) -> dict[str, Lane]:
    counts: Counter[tuple[str, Status]] = Counter()
    for stage, status, count in session.exec(
        select(StageRun.stage, StageRun.status, func.count())
        .where(col(StageRun.status).in_((Status.QUEUED, Status.RUNNING)))
        .group_by(StageRun.stage, StageRun.status)
    ):
        counts[queues.get(stage, stage), Status(status)] += count
    return {
        queue: Lane(counts[queue, Status.QUEUED], counts[queue, Status.RUNNING])
        for queue in dict.fromkeys(queues.values())
    }


def _waiting(session: Session) -> tuple[Waiting, ...]:
    count = func.count()
    found = session.exec(
        select(StageRun.message, count, func.min(StageRun.next_try_at))
        .join(Item)
        .where(
            StageRun.status == Status.WAITING,
            col(StageRun.next_try_at).is_not(None),
            col(Item.replaced_at).is_(None),
        )
        .group_by(StageRun.message)
        .order_by(count.desc())
        .limit(_REASONS)
    )
    return tuple(Waiting(reason, runs, until or 0.0) for reason, runs, until in found)


def _errors(session: Session) -> tuple[Trouble, ...]:
    """What failed last and has not been mended since: not what a later try has done."""
    number = func.max(AuditEntry.id)
    same_run = (col(StageRun.item_id) == AuditEntry.item_id) & (
        col(StageRun.stage) == AuditEntry.stage
    )
    last = (
        select(number)
        .outerjoin(StageRun, same_run)
        .where(
            col(AuditEntry.deed).in_((Deed.REJECTED, Deed.FAILED)),
            col(StageRun.status).is_(None) | (col(StageRun.status) == Status.FAILED),
        )
        .group_by(col(AuditEntry.item_id), col(AuditEntry.stage), col(AuditEntry.path))
        .order_by(number.desc())
        .limit(_ERRORS)
    )
    found = session.exec(
        select(AuditEntry).where(col(AuditEntry.id).in_(last)).order_by(col(AuditEntry.id).desc())
    )
    return tuple(
        Trouble(each.at, each.story, each.path, each.stage, each.message) for each in found
    )
