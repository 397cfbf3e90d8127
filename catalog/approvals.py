"""Flags that hold a cut back, and letting them out."""

from collections.abc import Iterable

from sqlmodel import Session, col, select

from catalog import clock
from catalog.models import Approval, Flag

Spans = Iterable[tuple[int, int, int]]  # asset, [in, out) frames


def flagged(session: Session, spans: Spans) -> list[Flag]:
    """The flags of what is shown, in the order of the spans, each once."""
    found: dict[str, Flag] = {}
    for asset_id, first, end in spans:
        rows = session.exec(
            select(Flag)
            .where(Flag.asset_id == asset_id, Flag.in_frame < end, Flag.out_frame > first)
            .order_by(col(Flag.number))
        )
        for flag in rows:
            found.setdefault(flag.key, flag)
    return list(found.values())


def waiting(session: Session, story_id: int, flags: Iterable[Flag]) -> list[Flag]:
    """Those that nobody has let out of the story."""
    let_out = set(session.exec(select(Approval.key).where(Approval.story_id == story_id)))
    return [flag for flag in flags if flag.key not in let_out]


def approve(session: Session, story_id: int, flags: Iterable[Flag], who: str) -> int:
    """Let them out; how many there were."""
    held, now = waiting(session, story_id, flags), clock.read(session)
    session.add_all(Approval(story_id=story_id, key=f.key, by=who, at=now) for f in held)
    session.flush()
    return len(held)
