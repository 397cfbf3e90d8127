"""Which content an original is: the checksum of all its bytes, and what manifests say of them.

A large file that cannot be a copy of another is identified in the read that its scan needs
anyway. That it cannot be one is proved by a sample: contents whose samples differ are different.
Equal samples prove nothing: two real DNxHD files had equal size, beginning and end.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import xxhash
from sqlmodel import col, select

from catalog import manifests, originals
from catalog.manifests import Claimed
from catalog.models import Asset, Item, StageRun
from catalog.runs import STARTED
from catalog.work import Work
from media import pace
from media.digests import Digests
from media.errors import Rejected, TryLater

ALGORITHM = "xxh128"
LARGE = 8 * 1024 * 1024  # bytes; less is in the page cache from one stage to the next
_CHUNK = 4 * 1024 * 1024
_PIECE = 64 * 1024  # bytes of a sample, at the beginning, the middle and the end
_SAMPLED = 32  # files of which pieces are read
_BEHIND = 64 * 1024 * 1024  # bytes that stay in the page cache for whoever reads unevenly
_UNREAD = "unread"


@dataclass(frozen=True)
class File:
    """One file of an original, as it was accepted, and what is said of it."""

    path: Path
    size: int
    mtime_ns: int
    claims: tuple[Claimed, ...]
    part: int | None = None  # the item of a file that goes with another


def files(work: Work) -> list[File]:
    """The original's own file first, then its parts; of an image sequence the frames."""
    if sequence := originals.image_sequence(work.source, work.item):
        said = manifests.claims_beside(work.session, work.item)
        return [
            File(f.path, f.size, f.mtime_ns, said.get(f.path.name, ())) for f in sequence.frames
        ]
    parts = originals.parts(work.session, work.item)
    root = work.settings.root(work.item.root) if parts else Path()
    return [
        File(path, item.size, item.mtime_ns, tuple(manifests.claims(work.session, item)), part)
        for path, item, part in [
            (work.source, work.item, None),
            *((root / each.path, each, each.id) for each in parts),
        ]
    ]


class Reading:
    """One read through all files of an original, at whatever pace it is told to go on."""

    def __init__(self, work: Work) -> None:
        self._waiting = files(work)
        self._identity = Digests([ALGORITHM])
        root = work.item.root
        limit = work.settings.folder(root).read_mb_per_second
        self._paced = pace.of(work.settings.folders.state, root, limit)
        self._open: _Open | None = None
        self._position = 0
        self.verified: set[str] = set()  # what manifests said and is so, for people

    @property
    def checksum(self) -> str:
        """Of what was read."""
        return self._identity.hex()[ALGORITHM]

    def advance(self, position: int) -> None:
        """Read on until so many bytes of all are read. What is read is in the page cache: it
        counts for nobody's pace, and leaves the cache some way behind. Raises as `finish`."""
        while position - self._position >= _CHUNK and self._step():
            if self._open:
                self._open.forget()

    def finish(self) -> None:
        """Read what is left. Raises Rejected when a file changed, or is not what a manifest
        says, TryLater when it can't be read."""
        self._paced(_CHUNK)
        while self._step():
            self._paced(_CHUNK)

    def close(self) -> None:
        """Let go of the file."""
        if self._open:
            self._open.file.close()

    def _step(self) -> bool:
        """Take a chunk of a file, or go on to the next; False at the end of the last."""
        if self._open is None:
            if not self._waiting:
                return False
            self._open = _Open(self._waiting.pop(0))
        chunk = self._open.read()
        if chunk:
            self._identity.update(chunk)
            self._position += len(chunk)
        else:
            self.verified |= self._open.end()
            self._open = None
        return True


class _Open:
    def __init__(self, file: File) -> None:
        self._said = file
        self._named = Digests({claim.algorithm for claim in file.claims})
        try:
            self.file = file.path.open("rb", buffering=0)
        except OSError as error:
            raise _unreadable(file.path, error) from error

    def read(self) -> bytes:
        try:
            chunk = self.file.read(_CHUNK)
        except OSError as error:
            raise _unreadable(self._said.path, error) from error
        self._named.update(chunk)
        return chunk

    def forget(self) -> None:
        """Make room for what comes: with 400 MB of memory for ffmpeg and us, 934 MB of
        uncompressed picture were read 1.21 times without this, and 1.00 times with it."""
        behind = self.file.tell() - _BEHIND
        if behind > 0:
            os.posix_fadvise(self.file.fileno(), 0, behind, os.POSIX_FADV_DONTNEED)

    def end(self) -> set[str]:
        """Look at what was read as a whole; return what was verified."""
        path = self._said.path
        with self.file:  # by what was opened, not by its name: it may have been moved meanwhile
            now = os.fstat(self.file.fileno())
        if (now.st_size, now.st_mtime_ns) != (self._said.size, self._said.mtime_ns):
            raise Rejected(
                f"{path.name} changed while it was read: the newer version is taken instead"
            )
        found = self._named.hex()
        for claim in self._said.claims:
            _compare(path, claim, found[claim.algorithm])
        return {
            f"{claim.algorithm} of {PurePosixPath(claim.manifest).name}"
            for claim in self._said.claims
        }


def sample(said: Sequence[File]) -> str:
    """Hex digits that other content has other ones of, most likely: of sizes, and of three
    pieces of each file, or of some of very many. Raises TryLater."""
    digest = xxhash.xxh3_128()
    every = 1 + len(said) // _SAMPLED
    for number, each in enumerate(said):
        digest.update(each.size.to_bytes(8, "big"))
        if number % every:
            continue
        try:
            with each.path.open("rb") as file:
                for at in (0, each.size // 2, max(0, each.size - _PIECE)):
                    file.seek(at)
                    digest.update(file.read(_PIECE))
        except OSError as error:
            raise _unreadable(each.path, error) from error
    return digest.hexdigest()


def provisional(item: Item) -> str:
    """What the content of an item is called until all of it is read."""
    return f"{_UNREAD} {item.id}"


def is_provisional(checksum: str) -> bool:
    """Whether nobody has read all of it."""
    return checksum.startswith(_UNREAD)


def is_unread(work: Work) -> bool:
    """Whether the content of this item is to be identified by the pass that decodes it."""
    asset = work.session.get(Asset, work.item.asset_id) if work.item.asset_id else None
    return asset is not None and is_provisional(asset.checksum)


def may_be_known(work: Work, sampled: str) -> bool:
    """Whether there is content with the same sample.

    Raises TryLater while that is being read for the first time: it may be this one's equal.
    """
    alike = select(Asset, Item).where(Asset.sampled == sampled, Asset.item_id == Item.id)
    found = work.session.exec(alike).all()
    for asset, item in found:
        if is_provisional(asset.checksum) and item.id != work.item.id and _under_way(work, item):
            raise TryLater(
                f"{work.source.name} may be the same as {item.path}, which is being read", 30
            )
    return bool(found)


def _under_way(work: Work, item: Item) -> bool:
    """Whether something of it runs or is about to: what waits for the night is not waited for."""
    started = select(StageRun.item_id).where(
        StageRun.item_id == item.id, col(StageRun.status).in_(STARTED)
    )
    return item.replaced_at is None and work.session.exec(started).first() is not None


def _compare(path: Path, claim: Claimed, found: str) -> None:
    if found != claim.digest:
        raise Rejected(
            f"{path.name} is not what was copied: its {claim.algorithm} is {found}, "
            f"{PurePosixPath(claim.manifest).name} says {claim.digest}: copy it again from the "
            "card, or correct the list"
        )


def _unreadable(path: Path, error: OSError) -> TryLater:
    return TryLater(f"{path.name} can't be read now ({error.strerror})")
