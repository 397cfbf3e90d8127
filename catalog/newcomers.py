"""Files of which nothing is known, accepted many at a time: a card brings ten thousand.

What is asked of one file in `catalog/drops.py` and `catalog/moves.py` is asked here once for all
of a batch; a file to which any answer is yes is no newcomer and goes the long way.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

from sqlmodel import Session, col, select

from catalog import runs
from catalog.drops import Drop, as_item, story_of, tell
from catalog.models import Item, Kind, Story
from catalog.places import home_of, inside, story_name


def newcomers(session: Session, drops: list[Drop]) -> list[Drop]:
    """Those whose path, inode and published folder are nobody's yet, in this batch neither."""
    here = Counter(_homes(drop)[0] for drop in drops)
    taken = set(_taken(session, Item.path, [name for drop in drops for name in _names(drop)]))
    taken |= _taken(session, Item.published_as, [inside(drop.path) for drop in drops])
    taken |= _taken(session, Item.home, [home for drop in drops for home in _homes(drop)])
    moved = _taken(session, Item.inode, [drop.inode for drop in drops if drop.inode])
    return [
        drop
        for drop in drops
        if not (drop.expected or drop.sequence_files)
        and here[_homes(drop)[0]] == 1
        and drop.inode not in moved
        and taken.isdisjoint(_names(drop) + _homes(drop))
    ]


def welcome(session: Session, drops: list[Drop], needs: Callable[[Kind], runs.Needs]) -> list[Item]:
    """Write the items of newcomers, their waiting runs and their entries in the audit log."""
    stories: dict[tuple[str, ...], Story] = {}  # held here: a session knows what is in use
    items = []
    for drop in drops:
        key = (story_name(drop.path, drop.root), drop.root, drop.output)
        if key not in stories:
            stories[key] = session.get_one(Story, story_of(session, drop))
        items.append(as_item(drop, stories[key].id or 0))
    session.add_all(items)
    session.flush()
    for kind in {item.kind for item in items}:
        ids = (item.id for item in items if item.kind == kind and item.id is not None)
        runs.plan(session, ids, needs(kind))
    for item, drop in zip(items, drops, strict=True):
        tell(session, item, drop)
    return items


def _taken(session: Session, column: Any, values: list[str]) -> set[str]:
    """Which of the values an item has in this column."""
    return set(session.exec(select(column).where(col(column).in_(values))))


def _names(drop: Drop) -> tuple[str, str]:
    """The paths of files that would be published where this one is: see drops.accept."""
    same = inside(drop.path)
    return same, f"{story_name(drop.path, drop.root)}/{same}"


def _homes(drop: Drop) -> tuple[str, str]:
    """Where it would be published; the second where its story publishes elsewhere."""
    name, same = story_name(drop.path, drop.root), inside(drop.path)
    return home_of(name, same), home_of(f"{name} ({drop.root})", same)
