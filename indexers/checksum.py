"""The checksum stage: which content is this, and is it what was copied? One read answers both.

The same content dropped twice is one asset. What a manifest says about a file is compared in
the read that identifies it; a manifest that comes later makes this stage run again, alone.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from catalog import manifests, originals
from catalog.manifests import Claimed
from catalog.models import Item
from catalog.work import Facts, Queue, Work
from indexers.source import require_unchanged
from media import pace
from media.digests import Digests
from media.errors import Rejected, TryLater

CHUNK = 4 * 1024 * 1024
IDENTITY = "xxh128"


class Checksum:
    """xxh3-128 of the whole original; every sum that a manifest names, verified."""

    name = "checksum"
    needs = ()
    queue = Queue.IO
    version = 1
    limit = 6 * 3600.0
    makes = ()

    def inputs(self, work: Work) -> str:
        """What manifests say, and which files the original is made of."""
        files = _files(work)
        said = [
            f"{claim.algorithm}:{claim.digest}" for file in files for claim in _claims(work, file)
        ]
        size = [f"first {work.item.size} bytes"] if work.item.growing else []
        return " ".join([*size, *said, *(str(file.item.id) for file in files[1:])])

    def run(self, work: Work) -> Facts:
        """Raises Rejected when the original changed or is not what a manifest says, TryLater
        when it is offline or can't be read."""
        require_unchanged(work)
        if work.item.growing:
            return _growing(work.item)
        started = time.monotonic()
        identity = Digests([IDENTITY])
        root = work.item.root
        limit = work.settings.folder(root).read_mb_per_second
        paced = pace.of(work.settings.folders.state, root, limit)
        verified: set[str] = set()
        for file in _files(work):
            claims = _claims(work, file)
            found = _read(file, identity, Digests({claim.algorithm for claim in claims}), paced)
            for claim in claims:
                _compare(file.path, claim, found[claim.algorithm])
                verified.add(f"{claim.algorithm} of {PurePosixPath(claim.manifest).name}")
        checksum = identity.hex()[IDENTITY]
        seconds = time.monotonic() - started
        message = f"xxh3-128 {checksum}, {work.item.size / 1e6:.1f} MB in {seconds:.1f} s"
        if verified:
            message += f", verified: {', '.join(sorted(verified))}"
        return Facts(checksum=checksum, message=message)


def _growing(item: Item) -> Facts:
    """Its content has no checksum before its last byte: until then it is called by its item."""
    return Facts(
        checksum=f"growing {item.id} {item.size}",
        message=f"still growing: the first {item.size / 1e6:.1f} MB of it",
    )


@dataclass(frozen=True)
class _File:
    path: Path
    item: Item


def _files(work: Work) -> list[_File]:
    """The original's own file first, then its parts."""
    parts = originals.parts(work.session, work.item)
    root = work.settings.root(work.item.root) if parts else Path()
    return [_File(work.source, work.item), *(_File(root / part.path, part) for part in parts)]


def _claims(work: Work, file: _File) -> list[Claimed]:
    return manifests.claims(work.session, file.item)


def _read(
    file: _File, identity: Digests, named: Digests, pace: Callable[[int], None]
) -> dict[str, str]:
    try:
        with file.path.open("rb") as opened:
            pace(CHUNK)
            while chunk := opened.read(CHUNK):
                pace(CHUNK)
                identity.update(chunk)
                named.update(chunk)
            now = os.fstat(opened.fileno())
    except OSError as error:
        raise TryLater(f"{file.path.name} can't be read now ({error.strerror})") from error
    # By what was opened, not by its name: it may have been moved meanwhile.
    if (now.st_size, now.st_mtime_ns) != (file.item.size, file.item.mtime_ns):
        raise Rejected(
            f"{file.path.name} changed while it was read: the newer version is taken instead"
        )
    return named.hex()


def _compare(path: Path, claim: Claimed, found: str) -> None:
    if found != claim.digest:
        raise Rejected(
            f"{path.name} is not what was copied: its {claim.algorithm} is {found}, "
            f"{PurePosixPath(claim.manifest).name} says {claim.digest}: copy it again from the "
            "card, or correct the list"
        )
