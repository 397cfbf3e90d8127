"""Files that were renamed, moved, removed or brought back: the item follows, no work is redone.

A renamed file keeps its inode, size and time of modification. Where all three are those of an
item whose own path no longer leads to it, that item has moved. What a file system without
lasting inodes moves is a new item with known content: the checksum alone is work.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlmodel import Session, col, select, update

from catalog import manifests, runs
from catalog.drops import Drop, current, replace, story_of
from catalog.models import Item, Kind, Story
from catalog.places import asset_home, script_name

IsThere = Callable[[Item], bool]  # whether the item's own path still leads to its file


@dataclass(frozen=True)
class Followed:
    """An item whose file was found under another path, or again; and where it was before."""

    item: Item
    path: str
    story_id: int


def follow(session: Session, drop: Drop, is_there: IsThere) -> Followed | None:
    """The item whose file this is: back again, or moved here. None: the file is new, or known.

    A script that was moved into another story is new there: it is about other footage.
    """
    here = current(session, drop.root, drop.path)
    if here and (here.size, here.mtime_ns) == (drop.size, drop.mtime_ns):
        return _back(here)
    moved = _moved(session, drop, is_there)
    if moved is None:
        return None
    before = Followed(moved, moved.path, moved.story_id)
    if here:
        replace(session, here)
    _pin(session, moved)
    _keep_together(session, moved, drop)
    moved.path = drop.path
    moved.story_id = story_of(session, drop)
    moved.offline_since = None
    session.flush()
    manifests.follow(session, drop.root, before.path, drop.path)
    if drop.expected:
        manifests.save(session, moved, drop.expected)
    return before


def mark_offline(session: Session, root: str, paths: Iterable[str]) -> list[Item]:
    """Remember that the files of these items are gone; nothing else changes. Returns the items."""
    found = list(
        session.exec(
            select(Item).where(
                Item.root == root,
                col(Item.path).in_(list(paths)),
                col(Item.replaced_at).is_(None),
                col(Item.offline_since).is_(None),
            )
        )
    )
    for item in found:
        item.offline_since = time.time()
    session.flush()
    return found


def wake(session: Session, item: Item) -> list[str]:
    """Queue the item's runs that wait for a later moment; return their stages."""
    return [run.stage for run in runs.of_item(session, item.id or 0) if runs.hasten(session, run)]


def _back(item: Item) -> Followed | None:
    if item.offline_since is None:
        return None
    item.offline_since = None
    return Followed(item, item.path, item.story_id)


def _moved(session: Session, drop: Drop, is_there: IsThere) -> Item | None:
    if drop.inode is None:
        return None
    same = session.exec(
        select(Item).where(
            Item.inode == drop.inode,
            Item.root == drop.root,
            Item.size == drop.size,
            Item.mtime_ns == drop.mtime_ns,
            Item.kind == drop.kind,
            col(Item.replaced_at).is_(None),
        )
    )
    for item in same:
        if not is_there(item) and _may_follow(session, item, drop):
            return item
    return None


def _may_follow(session: Session, item: Item, drop: Drop) -> bool:
    return item.kind != Kind.SCRIPT or item.story_id == story_of(session, drop)


def _keep_together(session: Session, moved: Item, drop: Drop) -> None:
    """A clip and its parts arrive one after another: until the clip itself has moved, its parts
    belong to it where it was, and no stage sees it without them."""
    if moved.kind != Kind.PART:
        session.exec(
            update(Item)
            .where(col(Item.root) == moved.root, col(Item.clip_path) == moved.path)
            .values(clip_path=drop.path)
        )
    elif moved.clip_path is None or current(session, drop.root, moved.clip_path) is None:
        moved.clip_path = drop.clip_path


def _pin(session: Session, item: Item) -> None:
    """What was published stays where it is, and what follows is published beside it."""
    if item.kind == Kind.FOOTAGE:
        item.home = asset_home(item, session.get_one(Story, item.story_id))
    elif item.kind == Kind.SCRIPT:
        item.published_as = script_name(item)
