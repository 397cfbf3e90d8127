"""Originals of a finished story, copied to an archive and read back; moved only when asked to.

A copy gets its name only when what was read back from the archive's disk is what was read from the
original, and is what was accepted. The list of checksums beside it can be read by `xxhsum -c`, and
by a watch folder.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session, select

from catalog import touched
from catalog.models import Asset, Item, Story
from config.settings import Settings
from media.digests import Digests
from media.errors import Misconfigured, Rejected, TryLater
from media.files import needing_the_disk, replacing, require_space, sync, write_text
from media.names import to_path, to_text
from media.numbered import Frame, ImageSequence, Numbering, find, numbering

_ALGORITHM = "xxh128"
_CHUNK = 4 * 1024 * 1024


@dataclass(frozen=True)
class Archived:
    """One file: `path` relative to the archive; `copied`: it was not there before."""

    path: str
    digest: str  # xxh3-128
    copied: bool


def archive(
    session: Session, settings: Settings, story: str, *, move: bool = False
) -> Iterator[Archived]:
    """Archive the originals of a story, one after the other, and at the end write their list.

    `move`: remove each original once its copy was read back. Raises Misconfigured when there is
    no archive or no such story, or it is still being worked on; Rejected for an original that is
    not what was accepted, or another file in its place; TryLater when the disk is full or away.
    """
    root = _root(settings)
    items = _items(session, story)
    known = dict(session.exec(select(Asset.id, Asset.checksum)).all())
    done = []
    with needing_the_disk():
        for item in items:
            for file in _files(settings, item, known.get(item.asset_id), root):
                found = _archived(file, root / to_path(file.path))
                done.append(found)
                if move and file.source.exists():
                    _remove(file)
                yield found
        _list(root / story, done)


@dataclass(frozen=True)
class _File:
    """A file of an item, as it was accepted; of the frames of a sequence as it is now."""

    source: Path
    path: str
    size: int
    mtime_ns: int
    checksum: str | None  # None where nobody has one of this file alone


def _files(settings: Settings, item: Item, checksum: str | None, archive: Path) -> list[_File]:
    source = settings.locate(item.root, item.path)
    numbered = numbering(source.name) if item.sequence_files else None
    if numbered is None:
        return [_File(source, item.path, item.size, item.mtime_ns, checksum)]
    frames = _frames(item, source.parent, (archive / to_path(item.path)).parent, numbered)
    folder = item.path.rpartition("/")[0]
    return [
        _File(
            source.parent / f.path.name, f"{folder}/{to_text(f.path.name)}".lstrip("/"),
            f.size, f.mtime_ns, None,
        )
        for f in frames
    ]  # fmt: skip


def _frames(item: Item, folder: Path, archived: Path, numbered: Numbering) -> list[Frame]:
    """What is here of a sequence, and of the rest what a call that was killed has moved: copies
    have the size and the time of what they are copies of. Raises Rejected."""
    here = _there(folder, numbered)
    for found in (here, {**_there(archived, numbered), **here}):
        frames = [found[number] for number in sorted(found)]
        if ImageSequence(numbered, tuple(frames)).state == (item.size, item.mtime_ns):
            return frames
    raise Rejected(f"{item.path} is not what was accepted any more: it is not archived")


def _there(folder: Path, numbered: Numbering) -> dict[int, Frame]:
    try:
        return {frame.number: frame for frame in find(folder, numbered).frames}
    except FileNotFoundError:
        return {}


def _root(settings: Settings) -> Path:
    if not settings.archive.root:
        raise Misconfigured("there is no archive: name its folder in [archive] root")
    root = Path(settings.archive.root).expanduser().absolute()
    if not root.is_dir():
        raise Misconfigured(f"the archive {root} is not there: is its disk mounted?")
    within = [*settings.outputs, *(folder.path for folder in settings.watch)]
    if any(root == each or root.is_relative_to(each) for each in within):
        raise Misconfigured(f"[archive] root {root} lies in a watched or an output folder")
    return root


def _items(session: Session, story: str) -> list[Item]:
    row = session.exec(select(Story).where(Story.name == story)).first()
    if row is None:
        raise Misconfigured(f"there is no story called {story!r}: `stringout status` lists them")
    if story in touched.unfinished(session):
        raise Misconfigured(f"{story} is still being worked on: `stringout status {story}`")
    found = select(Item).where(Item.story_id == row.id, Item.replaced_at == None)  # noqa: E711
    return list(session.exec(found.order_by(Item.path)))


def _archived(file: _File, target: Path) -> Archived:
    source, path, checksum = file.source, file.path, file.checksum
    if not source.exists():
        if target.exists() and checksum in (None, digest := _digest(target)):
            return Archived(path, digest, copied=False)  # moved by a call that was killed
        raise Rejected(f"{path} is offline: bring it back, then archive the story again")
    if target.exists():
        there, here = _digest(target), _digest(source)
        if there != here:
            raise Rejected(
                f"{path}: the archive has another file of this name ({target}): move one away"
            )
        return Archived(path, there, copied=False)
    require_space(_existing(target), file.size, 0)
    with replacing(target) as partial:
        digest = _copy(source, partial)
        if (checksum or digest) != digest:
            raise Rejected(f"{path} is not what was accepted any more: it is not archived")
        if _digest(partial) != digest:
            raise TryLater(f"{path} was read back differently from the archive: check that disk")
        times = source.stat()
        os.utime(partial, ns=(times.st_atime_ns, times.st_mtime_ns))
    return Archived(path, digest, copied=True)


def _copy(source: Path, target: Path) -> str:
    digests = Digests([_ALGORITHM])
    with source.open("rb") as reading, target.open("wb") as writing:
        while chunk := reading.read(_CHUNK):
            digests.update(chunk)
            writing.write(chunk)
    sync(target)
    return digests.hex()[_ALGORITHM]


def _digest(path: Path) -> str:
    """Of what is on the disk, and not of what memory still has of it."""
    digests = Digests([_ALGORITHM])
    with path.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        while chunk := file.read(_CHUNK):
            digests.update(chunk)
    return digests.hex()[_ALGORITHM]


def _remove(file: _File) -> None:
    now = file.source.stat()
    if (now.st_size, now.st_mtime_ns) != (file.size, file.mtime_ns):
        raise Rejected(f"{file.path} changed after it was accepted: it stays where it is")
    file.source.unlink()


def _list(folder: Path, done: list[Archived]) -> None:
    """Written in BSD form, which names the algorithm; names what earlier runs archived, too."""
    if not done:
        return
    path = folder.with_name(f"{folder.name}.{_ALGORITHM}")
    lines = {
        line.partition(" (")[2]: line
        for line in (path.read_text(encoding="utf-8").splitlines() if path.exists() else ())
    }
    for each in done:
        line = f"{_ALGORITHM.upper()} ({each.path}) = {each.digest}"
        lines[line.partition(" (")[2]] = line
    write_text(path, "".join(f"{line}\n" for line in sorted(set(lines.values()))))


def _existing(path: Path) -> Path:
    """The nearest folder above that is there."""
    return next(parent for parent in path.parents if parent.is_dir())
