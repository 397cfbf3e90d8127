"""Files that were noticed and are not complete yet, for `stringout status` and its kin."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, delete, select

from catalog.models import Arrival
from catalog.places import story_name


@dataclass(frozen=True)
class Waiting:
    """One file that the readiness gate holds. `path` is relative to its watch folder."""

    path: str
    size: int  # bytes that are there now
    since: float  # when it was noticed
    reason: str  # what it waits for

    def story(self, root: str) -> str:
        """The story it will belong to."""
        return story_name(self.path, root)


def hold(session: Session, root: str, waiting: Iterable[Waiting]) -> None:
    """Replace what was held in a watch folder."""
    session.exec(delete(Arrival).where(col(Arrival.root) == root))
    session.add_all(
        Arrival(root=root, path=each.path, size=each.size, since=each.since, reason=each.reason)
        for each in waiting
    )
    session.flush()


def held(session: Session, story: str | None = None) -> Sequence[Arrival]:
    """What is held now, the longest first; of one story, or of all."""
    found = session.exec(select(Arrival).order_by(col(Arrival.since))).all()
    return [each for each in found if story in (None, story_name(each.path, each.root))]
