"""Accepting what was dropped: idempotent, so that a hint may come any number of times."""

import time
from dataclasses import dataclass

from sqlmodel import Session, col, select

from catalog import runs
from catalog.models import Item, Kind, Story
from catalog.places import story_name


@dataclass(frozen=True)
class Drop:
    """A complete file in a watch folder. `path` is relative to it, with `/`."""

    root: str
    path: str
    size: int
    mtime_ns: int
    kind: Kind


def accept(session: Session, drop: Drop, needs: runs.Needs) -> Item | None:
    """Write the item and its waiting runs. None: this very state of the file is known.

    Another size or mtime under the same path is a new item; the earlier one is marked as
    replaced.
    """
    if known(session, drop):
        return None
    _replace_earlier(session, drop)
    story = _story(session, story_name(drop.path, drop.root))
    item = Item(
        root=drop.root, path=drop.path, size=drop.size, mtime_ns=drop.mtime_ns, kind=drop.kind,
        story_id=story, accepted_at=time.time(),
    )  # fmt: skip
    session.add(item)
    session.flush()
    assert item.id is not None
    runs.plan(session, item.id, needs)
    return item


def known(session: Session, drop: Drop) -> bool:
    """Whether the file was accepted in exactly this state."""
    found = session.exec(
        select(Item.id).where(
            Item.root == drop.root, Item.path == drop.path,
            Item.size == drop.size, Item.mtime_ns == drop.mtime_ns,
            col(Item.replaced_at).is_(None),
        )
    )  # fmt: skip
    return found.first() is not None


def _story(session: Session, name: str) -> int:
    story = session.exec(select(Story).where(Story.name == name)).first()
    if story is None:
        story = Story(name=name, created_at=time.time())
        session.add(story)
        session.flush()
    assert story.id is not None
    return story.id


def _replace_earlier(session: Session, drop: Drop) -> None:
    earlier = session.exec(
        select(Item).where(
            Item.root == drop.root, Item.path == drop.path, col(Item.replaced_at).is_(None)
        )
    )
    for old in earlier:
        assert old.id is not None
        old.replaced_at = time.time()
        runs.skip_waiting(session, old.id, "the file was replaced by a newer one")
    session.flush()
