"""Image sequences in a watch folder: many files that arrive, are held and are taken as one.

All files of a sequence stand under its pattern, `shot.####.dpx`: an event about one of them is an
event about it, and its state is that of all. So ten thousand frames are one candidate, one item
and one row of each table, and not ten thousand; what can't be a sequence (too few, too far apart)
is taken file by file when it is complete.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from media.numbered import ImageSequence, Numbering, find, is_sequence, numbering, of_pattern

State = tuple[int, int]  # size, mtime_ns
_File = tuple[str, os.stat_result]


@dataclass(frozen=True)
class Entry:
    """What a walk found. `path` is the item's, `stands` what is held until it is complete."""

    path: str
    stands: str
    state: State
    changed: float  # ctime of the latest
    others: Sequence[str] = ()  # the sequence's other files


def stands_for(path: Path) -> Path:
    """The pattern of the sequence that a file could be of; else the file itself."""
    known = numbering(path.name)
    return path.with_name(known.pattern) if known else path


def members(path: Path) -> ImageSequence | None:
    """The files that stand under a pattern; None where it is none, or nothing is there."""
    known = of_pattern(path.name)
    if known is None:
        return None
    try:
        found = find(path.parent, known)
    except OSError:
        return None
    return found if found.frames else None


def titles(path: Path) -> list[str]:
    """What people call the sequence with this pattern: `shot` is that of `shot.####.dpx`."""
    known = of_pattern(path.name)
    return [known.before.rstrip(" .-_")] if known else []


def entries(files: Iterable[_File], together: bool) -> Iterator[Entry]:
    """Files of a walk; `together`: those of a sequence as one, after all others."""
    groups: dict[tuple[str, Numbering], list[_File]] = {}
    for relative, found in files:
        folder, slash, name = relative.rpartition("/")
        known = numbering(name) if together else None
        if known:
            groups.setdefault((folder + slash, known), []).append((relative, found))
        else:
            yield _alone(relative, relative, found)
    for (folder, known), group in groups.items():
        stands = folder + known.pattern
        numbers = (known.number(relative[len(folder) :]) for relative, _ in group)
        if is_sequence(number for number in numbers if number is not None):
            yield _together(min(relative for relative, _ in group), stands, group)
        else:
            yield from (_alone(relative, stands, found) for relative, found in group)


def _alone(path: str, stands: str, found: os.stat_result) -> Entry:
    return Entry(path, stands, (found.st_size, found.st_mtime_ns), found.st_ctime)


def _together(path: str, stands: str, files: Sequence[_File]) -> Entry:
    state = sum(found.st_size for _, found in files), max(found.st_mtime_ns for _, found in files)
    others = [relative for relative, _ in files if relative != path]
    return Entry(path, stands, state, max(found.st_ctime for _, found in files), others)
