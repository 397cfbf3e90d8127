"""Is the original still what was accepted? Asked before every long read of it."""

from pathlib import Path

from catalog import originals, roots
from catalog.models import Item
from catalog.work import Work
from media.errors import Rejected, TryLater

_OFFLINE_SECONDS = 15.0  # the front door wakes the run at once when the file is back


def require_unchanged(work: Work) -> None:
    """Raise unless all files of the original have the size and time they were accepted with.

    Rejected when one is another file now: a newer version is an item of its own, which the
    rescan accepts. TryLater when one is gone, or the whole watch folder is away: files are
    brought back, and a mount comes back. Of a file that grows, what was there must be there.
    """
    root = work.settings.root(work.item.root)
    try:
        away = roots.trouble(work.session, work.item.root, root)
    except OSError as error:
        raise TryLater(f"{root} is not there: is its disk mounted?", seconds=30) from error
    if away:
        raise TryLater(away, seconds=30)
    _require(work.source, work.item)
    for part in originals.parts(work.session, work.item):
        _require(work.settings.locate(part.root, part.path), part)


def _require(path: Path, item: Item) -> None:
    try:
        now = path.stat()
        size, mtime_ns = now.st_size, now.st_mtime_ns
        if sequence := originals.image_sequence(path, item):
            size, mtime_ns = sequence.state
    except FileNotFoundError as error:
        raise TryLater(
            f"{path.name} is offline: it was moved or removed; the work goes on by itself when it "
            "is back", seconds=_OFFLINE_SECONDS,
        ) from error  # fmt: skip
    except OSError as error:
        raise TryLater(f"{path.name} can't be read now ({error.strerror})") from error
    if item.growing and size >= item.size:
        return
    if (size, mtime_ns) != (item.size, item.mtime_ns):
        raise Rejected(
            f"{path.name} changed after it was accepted: the newer version is taken instead"
        )
