"""Pauses: nothing new starts in a story, a queue or the whole service while one is there.

A pause is a row; the claim of a run asks for it (catalog/runs.py), so it holds for every worker
on every host, and costs nothing else: paused runs stay queued.
"""

import time
from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists
from sqlmodel import Session, col, select

from catalog import audit
from catalog.audit import About
from catalog.models import Deed, Item, Pause, Scope, Story


def pause(session: Session, scope: Scope, name: str, by: str, reason: str) -> bool:
    """Let nothing new start there. False: `by` holds it already; the reason is renewed."""
    held = session.get(Pause, (scope, name, by))
    if held:
        held.reason = reason
        return False
    session.add(Pause(scope=scope, name=name, by=by, reason=reason, since=time.time()))
    audit.record(session, Deed.PAUSED, f"{_what(scope, name)}: {reason}", _about(scope, name), by)
    session.flush()
    return True


def resume(session: Session, scope: Scope, name: str, by: str) -> bool:
    """Take the pause of `by` back. False: there was none. The sweep rings for what waits."""
    held = session.get(Pause, (scope, name, by))
    if held is None:
        return False
    session.delete(held)
    audit.record(session, Deed.RESUMED, _what(scope, name), _about(scope, name), by)
    session.flush()
    return True


def active(session: Session) -> Sequence[Pause]:
    """Every pause, the oldest first."""
    return session.exec(select(Pause).order_by(col(Pause.since))).all()


def sentence(held: Pause) -> str:
    """What a person is told: "queue gpu is paused by mei since 2026-11-24 14:03: new cards"."""
    moment = time.strftime("%Y-%m-%d %H:%M", time.localtime(held.since))
    return f"{_what(held.scope, held.name)} is paused by {held.by} since {moment}: {held.reason}"


def _what(scope: Scope, name: str) -> str:
    return " ".join(filter(None, (str(scope), name)))


def _about(scope: Scope, name: str) -> About:
    return About(story=name if scope == Scope.STORY else "")


def allowed(item_id: int, queue: str) -> ColumnElement[bool]:
    """Whether no pause holds a run of this item in this queue, as a condition of a statement."""
    story = (
        select(Story.name)
        .join(Item, col(Item.story_id) == Story.id)
        .where(Item.id == item_id)
        .scalar_subquery()
    )
    holding = (
        (col(Pause.scope) == Scope.SERVICE)
        | ((col(Pause.scope) == Scope.QUEUE) & (col(Pause.name) == queue))
        | ((col(Pause.scope) == Scope.STORY) & (col(Pause.name) == story))
    )
    return ~exists().where(holding)
