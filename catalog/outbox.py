"""The outbox: notices are written in the transaction that takes account of what they tell, and
sent afterwards. So a restart loses none and repeats none, but for one that was on its way.
"""

from collections.abc import Callable, Iterable, Sequence

from sqlmodel import Session, col, func, select, update

from catalog.models import AuditEntry, Deed, Notice, Told

Write = Callable[[Sequence[AuditEntry]], list[tuple[str, str]]]  # entries → titles and bodies
_ON_ITS_WAY = 120.0  # seconds until a notice that somebody has taken may be taken by another
_LONGEST = 3600.0  # seconds between two attempts, at most
ATTEMPTS = 30  # a day, about


def begin(session: Session, target: str) -> None:
    """Tell a new target of what comes from now on, and an old one of what it has missed."""
    if session.get(Told, target) is None:
        newest = session.exec(select(func.max(AuditEntry.id))).one() or 0
        session.add(Told(target=target, entry_id=newest))
        session.flush()


def pending(session: Session, target: str, deeds: Iterable[Deed]) -> list[AuditEntry]:
    """What a target has not been told of yet."""
    told = session.get(Told, target)
    if told is None:
        return []
    chosen = select(AuditEntry).where(
        col(AuditEntry.id) > told.entry_id, col(AuditEntry.deed).in_(list(deeds))
    )
    return list(session.exec(chosen.order_by(col(AuditEntry.id))))


def put(
    session: Session, target: str, entries: Sequence[AuditEntry], write: Write, now: float
) -> int:
    """Write the notices of these entries, once; how many there are.

    Two services that do it at the same time: the second one finds that nothing is left.
    """
    last = max(entry.id or 0 for entry in entries)
    moved = session.exec(
        update(Told)
        .where(col(Told.target) == target, col(Told.entry_id) < last)
        .values(entry_id=last)
    )
    if not moved.rowcount:
        return 0
    notices = write(entries)
    for title, body in notices:
        session.add(Notice(target=target, title=title, body=body, created_at=now))
    session.flush()
    return len(notices)


def written_at(session: Session, target: str) -> float:
    """When the last notice of a target was written; 0 if there is none."""
    newest = select(func.max(Notice.created_at)).where(Notice.target == target)
    return session.exec(newest).one() or 0.0


def next_due(session: Session, targets: Iterable[str], now: float) -> Notice | None:
    """The oldest notice that is due; None: there is none."""
    return session.exec(
        select(Notice)
        .where(
            col(Notice.target).in_(list(targets)),
            col(Notice.sent_at).is_(None),
            Notice.next_try_at <= now,
            Notice.attempt < ATTEMPTS,
        )
        .order_by(col(Notice.id))
        .limit(1)
    ).first()


def take(session: Session, targets: Iterable[str], now: float) -> Notice | None:
    """Take the oldest notice that is due, for this process alone; None: there is none."""
    due = next_due(session, targets, now)
    if due is None:
        return None
    taken = session.exec(
        update(Notice)
        .where(col(Notice.id) == due.id, col(Notice.next_try_at) == due.next_try_at)
        .values(next_try_at=now + _ON_ITS_WAY, attempt=Notice.attempt + 1)
    )
    return due if taken.rowcount else None


def sent(session: Session, notice: int, now: float) -> None:
    """It has arrived."""
    session.exec(update(Notice).where(col(Notice.id) == notice).values(sent_at=now, error=""))


def failed(session: Session, notice: int, error: str, now: float) -> None:
    """It has not: it is tried again, later each time."""
    row = session.get_one(Notice, notice)
    row.error, row.next_try_at = error, now + min(_LONGEST, 15 * 2.0**row.attempt)


def troubles(session: Session) -> list[str]:
    """What stands in the way of notices that are not sent yet, each once."""
    found = select(Notice.error).where(col(Notice.sent_at).is_(None), Notice.error != "")
    return list(session.exec(found.distinct()))
