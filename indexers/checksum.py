"""The checksum stage: which content is this? The same content dropped twice is one asset."""

import time

from catalog.work import Facts, Queue, Work
from indexers.source import require_unchanged
from media.errors import TryLater
from media.files import fingerprint


class Checksum:
    """xxh3-128 of the whole original."""

    name = "checksum"
    needs = ()
    queue = Queue.IO
    version = 1
    limit = 6 * 3600.0
    makes = ()

    def run(self, work: Work) -> Facts:
        """Raises Rejected when the original is gone or changed, TryLater when reading fails."""
        require_unchanged(work)
        started = time.monotonic()
        try:
            checksum = fingerprint(*work.original.files)
        except OSError as error:
            raise TryLater(f"{work.source.name} can't be read now ({error.strerror})") from error
        require_unchanged(work)  # nor while it was read: the checksum would be of neither version
        seconds = time.monotonic() - started
        return Facts(
            checksum=checksum,
            message=f"xxh3-128 {checksum}, {work.item.size / 1e6:.1f} MB in {seconds:.1f} s",
        )
