"""Accepting what was dropped: idempotent, so that a hint may come any number of times."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from sqlmodel import Session, col, select

from catalog import audit, manifests, runs, stories
from catalog.audit import About
from catalog.manifests import Expected
from catalog.models import Deed, Item, Kind, Role, Story
from catalog.places import home_of, inside, story_name
from config.watching import Priority
from media.numbered import numbering


@dataclass(frozen=True)
class Drop:
    """A complete file in a watch folder. `path` is relative to it, with `/`.

    The path of its clip, and what it is to it, are those of a part; `card` belongs to the clip,
    `expected` to a manifest.
    """

    root: str
    path: str
    size: int
    mtime_ns: int
    kind: Kind
    priority: Priority = Priority.NORMAL
    output: str = ""  # as in Story
    owner: str = ""
    clip_path: str | None = None
    role: Role | None = None
    card: Mapping[str, str] | None = None
    inode: str | None = None
    growing: bool = False  # only the beginning is there
    sequence_files: int | None = None  # as in Item
    expected: tuple[Expected, ...] = ()  # what a manifest says


def accept(session: Session, drop: Drop, needs: runs.Needs) -> Item | None:
    """Write the item and its waiting runs. None: this very state of the file is known.

    Another size or mtime under the same path is a new item; the earlier one is marked as
    replaced.
    """
    earlier = current(session, drop.root, drop.path)
    if earlier and (earlier.size, earlier.mtime_ns) == (drop.size, drop.mtime_ns):
        return None
    if earlier:
        replace(session, earlier)
    if drop.sequence_files:
        _take_over(session, drop)
    story = story_of(session, drop)
    if earlier:
        published_as, home = earlier.published_as, earlier.home  # a file keeps its folder
    else:
        taken = _is_taken(session, story, drop)
        published_as, home = f"{drop.root}/{drop.path}" if taken else None, None
    item = as_item(drop, story)
    item.published_as, item.home = published_as, home
    session.add(item)
    session.flush()
    assert item.id is not None
    runs.plan(session, [item.id], needs)
    tell(session, item, drop)
    if drop.expected:
        manifests.save(session, item, drop.expected)
    return item


def as_item(drop: Drop, story: int) -> Item:
    """The item of a drop, in the story with this id."""
    return Item(
        root=drop.root, path=drop.path, size=drop.size, mtime_ns=drop.mtime_ns, kind=drop.kind,
        story_id=story, accepted_at=time.time(), priority=drop.priority, owner=drop.owner,
        clip_path=drop.clip_path, role=drop.role, card=dict(drop.card) if drop.card else None,
        inode=drop.inode, growing=drop.growing, sequence_files=drop.sequence_files,
    )  # fmt: skip


def tell(session: Session, item: Item, drop: Drop) -> None:
    """Write into the audit log who dropped it."""
    facts = {"kind": drop.kind, "size": drop.size, "mtime_ns": drop.mtime_ns}
    audit.record(session, Deed.DROPPED, f"as {drop.kind}", About(item), drop.owner, facts)


def current(session: Session, root: str, path: str) -> Item | None:
    """The item that stands for what is at this path now."""
    return session.exec(
        select(Item).where(Item.root == root, Item.path == path, col(Item.replaced_at).is_(None))
    ).first()


def _take_over(session: Session, drop: Drop) -> None:
    """Replace what is known of a sequence's other files: pictures that were taken before there
    were enough of them, or the same sequence when it began with another one."""
    path = PurePosixPath(drop.path)
    wanted = numbering(path.name)
    assert wanted is not None
    before = str(path.with_name(wanted.before)) if wanted.before else f"{path.parent}/"
    begins = col(Item.path).startswith("" if before == "./" else before, autoescape=True)
    same = (Item.root == drop.root, Item.kind == Kind.FOOTAGE, col(Item.replaced_at).is_(None))
    for item in session.exec(select(Item).where(*same, begins)).all():
        at = PurePosixPath(item.path)
        if item.path != drop.path and at.parent == path.parent and numbering(at.name) == wanted:
            replace(session, item)


def _is_taken(session: Session, story: int, drop: Drop) -> bool:
    """Whether another file of the story has the same path inside it, and so the same folder, or
    had it before it was moved."""
    same = inside(drop.path)
    name = story_name(drop.path, drop.root)
    alike = col(Item.path).in_((same, f"{name}/{same}")) | (col(Item.published_as) == same)
    home = home_of(session.get_one(Story, story).name, same)
    others = session.exec(
        select(Item.root, Item.path).where(
            ((col(Item.story_id) == story) & alike) | (col(Item.home) == home)
        )
    )
    return any(other != (drop.root, drop.path) for other in others)


def story_of(session: Session, drop: Drop) -> int:
    """The id of the drop's story; where that one publishes elsewhere, one of this watch folder."""
    name = story_name(drop.path, drop.root)
    story = session.exec(select(Story).where(Story.name == name)).first()
    if story and story.output != drop.output:
        name = f"{name} ({drop.root})"
        story = session.exec(select(Story).where(Story.name == name)).first()
    if story is None:
        story = Story(name=name, created_at=time.time(), output=drop.output)
        session.add(story)
        session.flush()
    assert story.id is not None
    return story.id


def adopt(session: Session, footage: Sequence[Item]) -> None:
    """Make sidecars of texts that came before their footage and were taken for scripts."""
    texts = session.exec(
        select(Item).where(
            col(Item.story_id).in_({item.story_id for item in footage}),
            Item.kind == Kind.SCRIPT,
            col(Item.path).iendswith(".txt"),
            col(Item.replaced_at).is_(None),
        )
    ).all()
    for text in texts:
        if any(
            text.root == item.root and stories.belongs(text.path, PurePosixPath(item.path))
            for item in footage
        ):
            assert text.id is not None
            text.kind = Kind.SIDECAR
            runs.drop(session, text.id)
    session.flush()


def replace(session: Session, earlier: Item) -> None:
    """Mark an item as replaced by what is at its path now; what has not begun is skipped."""
    assert earlier.id is not None
    earlier.replaced_at = time.time()
    runs.skip_waiting(session, earlier.id, runs.REPLACED)
    session.flush()
