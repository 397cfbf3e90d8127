"""The checksum stage: which content is this, and is it what was copied? One read answers both.

The same content dropped twice is one asset. What a manifest says about a file is compared in
the read that identifies it; a manifest that comes later makes this stage run again, alone. A
large file that is no copy of another is not read here: the scan reads it anyway (identity.py).
"""

import time

from catalog.models import Item
from catalog.work import Facts, Queue, Work
from indexers import identity
from indexers.source import require_unchanged


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
        files = identity.files(work)
        said = [f"{claim.algorithm}:{claim.digest}" for file in files for claim in file.claims]
        size = [f"first {work.item.size} bytes"] if work.item.growing else []
        return " ".join([*size, *said, *(str(file.part) for file in files if file.part)])

    def run(self, work: Work) -> Facts:
        """Raises Rejected when the original changed or is not what a manifest says, TryLater
        when it is offline, can't be read, or may be what is just being read."""
        require_unchanged(work)
        if work.item.growing:
            return _growing(work.item)
        files = identity.files(work)
        sampled = identity.sample(files)
        size = sum(file.size for file in files)
        known = identity.may_be_known(work, sampled)
        if work.item.asset_id is None and size >= identity.LARGE and not known:
            return Facts(
                checksum=identity.provisional(work.item),
                sampled=sampled,
                message=f"{size / 1e6:.1f} MB, seen for the first time: read once, by the scan",
            )
        started = time.monotonic()
        reading = identity.Reading(work)
        reading.finish()
        seconds = time.monotonic() - started
        message = f"xxh3-128 {reading.checksum}, {size / 1e6:.1f} MB in {seconds:.1f} s"
        if reading.verified:
            message += f", verified: {', '.join(sorted(reading.verified))}"
        return Facts(checksum=reading.checksum, sampled=sampled, message=message)


def _growing(item: Item) -> Facts:
    """Its content has no checksum before its last byte: until then it is called by its item."""
    return Facts(
        checksum=f"growing {item.id} {item.size}",
        message=f"still growing: the first {item.size / 1e6:.1f} MB of it",
    )
