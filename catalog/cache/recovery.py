"""Index and folder of the disk tier made one again: after a crash, a power cut, a lost index."""

import re
import sqlite3
from pathlib import Path

from catalog.cache import pins
from catalog.cache.index import Held, Index, Name

_FILE = re.compile(r"([0-9a-f]{32})\.([0-9a-f]{8})\.(\d+)-(\d+)\.([0-9a-f]{32})\.mov")
_PARTIAL = ".*.part"


def file_of(folder: Path, held: Held) -> Path:
    """Where a clip is; its name says all that the index must know."""
    return folder / f"{held.name.key}.{held.digest}.mov"


def partial_of(folder: Path, key: str) -> Path:
    """Where it is written until it is whole."""
    return folder / f".{key}.part"


def repair(index: Index, folder: Path) -> None:
    """Forget what is not there, take up what is, remove what killed processes left half made.

    May run while others use the tier. Raises OSError, sqlite3.Error.
    """
    for path in folder.glob(_PARTIAL):
        pins.remove(path)  # unless somebody is making it
    there = clips(folder)
    try:
        known = index.held()
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise  # it is only busy, or the disk is full
        index.discard()
        known = index.held()
    for held in known:
        if not _is_there(folder, held):
            index.drop(held.name.key)
    names = {held.name for held in known if held.digest}
    new = [held for held in there if held.name not in names]
    if new:
        index.renew(new)


def clips(folder: Path) -> list[Held]:
    """What the names in the folder say, the oldest first."""
    found = []
    for path in folder.iterdir() if folder.is_dir() else ():
        if match := _FILE.fullmatch(path.name):
            content, form, first, end, digest = match.groups()
            try:
                stat = path.stat()
            except FileNotFoundError:
                continue  # somebody needed the room
            name = Name(content, form, int(first), int(end))
            found.append((stat.st_mtime, Held(name, digest, stat.st_size)))
    return [held for _, held in sorted(found, key=lambda each: each[0])]


def _is_there(folder: Path, held: Held) -> bool:
    if held.digest:
        return file_of(folder, held).exists()
    return partial_of(folder, held.name.key).exists() or any(folder.glob(f"{held.name.key}.*.mov"))
