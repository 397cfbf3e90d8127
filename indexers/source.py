"""Is the original still the file that was accepted? Asked before every long read of it."""

from catalog.work import Work
from media.errors import Rejected, TryLater


def require_unchanged(work: Work) -> None:
    """Raise unless the original has the size and time of modification it was accepted with.

    Rejected when it is gone or another file: a newer version is an item of its own, which
    the rescan accepts. TryLater when the whole watch folder is away: a mount comes back.
    """
    root = work.settings.root(work.item.root)
    if not root.is_dir():
        raise TryLater(f"the watch folder {root} is not there: is its disk mounted?", seconds=30)
    try:
        now = work.source.stat()
    except FileNotFoundError as error:
        raise Rejected(
            f"{work.source.name} was removed before it was worked on: drop it again"
        ) from error
    except OSError as error:
        raise TryLater(f"{work.source.name} can't be read now ({error.strerror})") from error
    if (now.st_size, now.st_mtime_ns) != (work.item.size, work.item.mtime_ns):
        raise Rejected(
            f"{work.source.name} changed after it was accepted: the newer version is taken instead"
        )
