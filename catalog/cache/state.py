"""What the disk tier holds and how often it was of use; looking after it by hand."""

from dataclasses import dataclass
from pathlib import Path

from catalog.cache import pins
from catalog.cache.disk import Disk
from catalog.cache.recovery import file_of
from media.files import fingerprint


@dataclass(frozen=True)
class State:
    """One tier. Counts are those since the index was made; `ratio` is None before the first."""

    folder: Path
    clips: int
    bytes: int
    most_clips: int
    most_bytes: int
    pinned: int
    hits: int
    misses: int
    made: int
    damaged: int
    refused: int  # had no room: all others were in use

    @property
    def ratio(self) -> float | None:
        """Part of what was asked for that was there."""
        asked = self.hits + self.misses
        return self.hits / asked if asked else None


def state(disk: Disk) -> State:
    """Raises OSError, sqlite3.Error."""
    held, counts = disk.index.held(), disk.index.counts()
    whole = [each for each in held if each.digest]
    return State(
        folder=disk.folder,
        clips=len(whole),
        bytes=sum(each.size for each in whole),
        most_clips=disk.limits.clips,
        most_bytes=disk.limits.size,
        pinned=sum(_pinned(file_of(disk.folder, each)) for each in whole),
        hits=counts.get("hits", 0),
        misses=counts.get("misses", 0),
        made=counts.get("fills", 0),
        damaged=counts.get("damaged", 0),
        refused=counts.get("refused", 0),
    )


def verify(disk: Disk) -> tuple[int, int]:
    """Read every clip; how many are whole, and how many were not and are gone now."""
    disk.doubt()
    whole = damaged = 0
    for held in disk.index.held():
        path = file_of(disk.folder, held)
        if not held.digest:
            continue
        if _digest(path) == held.digest:
            whole += 1
        elif pins.remove(path):
            disk.index.drop(held.name.key)
            disk.index.count("damaged")
            damaged += 1
    return whole, damaged


def clear(disk: Disk) -> int:
    """Remove every clip that is not in use; how many there were."""
    removed = 0
    for held in disk.index.held():
        if held.digest and pins.remove(file_of(disk.folder, held)):
            disk.index.drop(held.name.key)
            removed += 1
    return removed


def _digest(path: Path) -> str:
    try:
        return fingerprint(path)
    except FileNotFoundError:
        return ""


def _pinned(path: Path) -> bool:
    try:
        return pins.is_pinned(path)
    except FileNotFoundError:
        return False
