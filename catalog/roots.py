"""Is what lies at a watch folder's path the folder that was watched?

A share that is away leaves an empty folder, its mount point. To take that for the watch folder
would be to believe that everything was deleted. So each root is known by three things, any one
of which is enough: a marker file in it, the mount it is on, and the files it is known to hold.
"""

import os
import time
import uuid
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import create_engine, make_url
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from catalog.models import Item, Root
from media import mounts
from media.names import to_path

MARKER = ".stringout"
_TEXT = "This file tells Stringout that the watched folder is here, and not just its mount point."
_SAMPLE = 100  # of the newest files


def known(session: Session, name: str) -> Root | None:
    """What is remembered of a watch folder."""
    return session.get(Root, name)


def was_watched(url: str, name: str) -> bool:
    """Whether the catalog at this URL, which nobody has to have opened yet, knows the root."""
    file = make_url(url).database if url.startswith("sqlite") else None
    if file and not Path(file).exists():
        return False
    engine = create_engine(url)
    try:
        with Session(engine) as session:
            return known(session, name) is not None
    except DBAPIError:
        return False  # there is no catalog yet; or whoever opens it says what is wrong with it
    finally:
        engine.dispose()


def trouble(session: Session, name: str, path: Path) -> str:
    """Why the folder at `path` can't be the watch folder called `name`; "" when it is, or may be.

    Raises OSError when there is none.
    """
    before = known(session, name)
    path.stat()
    if before is None or not before.origin:
        return ""
    marker = read_marker(path)
    if marker is not None and marker in ("", before.marker):  # "": a person has put it there
        return ""
    if marker is None and mounts.under(path).origin == before.origin:
        return ""  # made anew on the same disk, or somebody tidied the marker away
    newest = _newest(session, name)
    if any(_state(path / to_path(each)) == state for each, state in newest):
        return ""
    if not newest and not _is_bare(path):
        return ""  # nothing was taken yet that could be believed deleted
    return (
        f"{path} is not the folder that was watched: {_found(path, marker)}. Mount its share again "
        f"(it was: {before.origin}); if this is the right folder, put an empty file named "
        f"{MARKER} in it. Until then nothing is taken from it or believed deleted"
    )


def remember(session: Session, name: str, path: Path, marker: str) -> None:
    """This is the folder: know it again by its marker and its mount. Raises OSError."""
    root = known(session, name) or Root(name=name)
    root.marker, root.origin = marker, mounts.under(path).origin
    session.add(root)


def tell(session: Session, name: str, trouble: str, noticing: str) -> None:
    """Keep for people how the root is watched, or why it isn't."""
    root = known(session, name) or Root(name=name)
    if root.trouble != trouble or not root.since:
        root.since = time.time()
    root.trouble, root.noticing = trouble, noticing
    session.add(root)


def all_roots(session: Session) -> Sequence[Root]:
    """Every watch folder that was ever watched."""
    return session.exec(select(Root).order_by(Root.name)).all()


def read_marker(path: Path) -> str | None:
    """What the marker in this folder says; None when there is none, "" when it says nothing."""
    try:
        lines = (path / MARKER).read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return None
    return lines[0].strip() if lines else ""


def mark(path: Path) -> str:
    """The text of the folder's marker, which is written where it is missing.

    "" where it can't be: on a read-only mount the folder is known by the other two.
    """
    found = read_marker(path)
    if found:
        return found
    text = str(uuid.uuid4())
    try:
        # Not atomic: a torn marker is an empty one, and that is written again.
        (path / MARKER).write_text(f"{text}\n{_TEXT}\n", encoding="utf-8")
    except OSError:
        return ""
    return text


def _found(path: Path, marker: str | None) -> str:
    if marker is not None:
        return f"its marker {MARKER} is another folder's"
    with os.scandir(path) as entries:
        empty = next(entries, None) is None
    what = "is empty" if empty else "holds no file that was taken from it"
    return f"it {what}, and has no marker"


def _is_bare(path: Path) -> bool:
    """Whether it is empty and nothing is mounted there: what a share leaves behind.

    A marker that we wrote into it would keep FUSE from mounting anything there again.
    """
    with os.scandir(path) as entries:
        if next(entries, None) is not None:
            return False
    return mounts.under(path).point == mounts.under(path.parent).point


def _newest(session: Session, name: str) -> list[tuple[str, tuple[int, int]]]:
    """Paths and (size, mtime_ns) of the files that were taken last."""
    rows = session.exec(
        select(Item.path, Item.size, Item.mtime_ns)
        .where(Item.root == name, col(Item.replaced_at).is_(None))
        .order_by(col(Item.id).desc())
        .limit(_SAMPLE)
    )
    return [(path, (size, mtime_ns)) for path, size, mtime_ns in rows]


def _state(path: Path) -> tuple[int, int] | None:
    try:
        found = path.lstat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns
