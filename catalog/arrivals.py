"""Keeping which files were noticed and are not complete yet; catalog/overview.py shows them."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session, col, delete

from catalog.models import Arrival


@dataclass(frozen=True)
class Waiting:
    """One file that the readiness gate holds. `path` is relative to its watch folder."""

    path: str
    size: int  # bytes that are there now
    since: float  # when it was noticed
    reason: str  # what it waits for


def hold(session: Session, root: str, waiting: Iterable[Waiting]) -> None:
    """Replace what was held in a watch folder."""
    session.exec(delete(Arrival).where(col(Arrival.root) == root))
    session.add_all(
        Arrival(root=root, path=each.path, size=each.size, since=each.since, reason=each.reason)
        for each in waiting
    )
    session.flush()
