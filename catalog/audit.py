"""The audit log: who dropped what, what was made of it, when, and with which settings.

An entry is written in the transaction that makes it true, so that the log tells neither less
nor more than what happened.
"""

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import xxhash
from sqlmodel import Session, col, select

from catalog.models import AuditEntry, Deed, Item, Story

OURSELVES = "stringout"
_NAMES = "names of stories"  # in a session


@dataclass(frozen=True)
class About:
    """What an entry is about: an item and a stage of it, a story, or the whole service."""

    item: Item | None = None
    stage: str = ""
    story: str = ""  # the item's, if there is one


def record(
    session: Session,
    deed: Deed,
    message: str,
    about: About = About(),
    who: str = OURSELVES,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Add an entry."""
    item, story = about.item, about.story
    if item:
        story = _name(session, item.story_id)
    entry = AuditEntry(
        at=time.time(), deed=deed, who=who or OURSELVES, story=story, message=message,
        item_id=item.id if item else None, path=f"{item.root}/{item.path}" if item else "",
        stage=about.stage, details=dict(details or {}),
    )  # fmt: skip
    session.add(entry)


def _name(session: Session, story_id: int) -> str:
    """Of a story, which never changes; asked for once in a transaction."""
    names: dict[int, str] = session.info.setdefault(_NAMES, {})
    if story_id not in names:
        names[story_id] = session.get_one(Story, story_id).name
    return names[story_id]


def entries(
    session: Session, story: str | None = None, deeds: Iterable[Deed] = (), limit: int | None = None
) -> list[AuditEntry]:
    """The entries of a story, or all, the oldest first; at most the last `limit`."""
    chosen = select(AuditEntry).order_by(col(AuditEntry.id).desc()).limit(limit)
    if story is not None:
        chosen = chosen.where(AuditEntry.story == story)
    if wanted := list(deeds):
        chosen = chosen.where(col(AuditEntry.deed).in_(wanted))
    return list(reversed(session.exec(chosen).all()))


def digest(settings: Mapping[str, Any]) -> str:
    """Equal settings have equal digests: 16 hex digits."""
    return xxhash.xxh3_64_hexdigest(json.dumps(settings, sort_keys=True, default=str).encode())
