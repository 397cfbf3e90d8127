"""What the kernel tells of a watched folder, through watchdog: fast, and not to be relied on.

Events get lost (a burst overflows the kernel's queue, another host writes to the share) and
watchdog goes deaf when its folder is replaced, while it says that it is alive.
So this module says when it may have missed something, and ingest/watch.py walks the folder.
"""

import logging
import os
import warnings
from collections import deque
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from watchdog.events import (
    DirCreatedEvent,
    DirMovedEvent,
    FileAttribEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver

_log = logging.getLogger("stringout.watch")
# watchdog reports an overflow nowhere but here.
_OVERFLOWS = logging.getLogger("watchdog.observers.inotify_c")


class Seen(StrEnum):
    """What happened to a path."""

    WRITTEN = "written"
    CLOSED = "closed"  # by somebody who had it open for writing
    APPEARED = "appeared"  # moved or linked here, created, or touched: nobody may ever close it
    GONE = "gone"
    FOLDER = "folder"  # a new folder: what was put in at once may have been missed


# Without opened and closed-without-writing: our own reads would be events.
_MEANING: dict[type[FileSystemEvent], Seen] = {
    FileModifiedEvent: Seen.WRITTEN,
    FileClosedEvent: Seen.CLOSED,
    FileCreatedEvent: Seen.APPEARED,
    FileAttribEvent: Seen.APPEARED,
    FileMovedEvent: Seen.APPEARED,
    FileDeletedEvent: Seen.GONE,
    DirCreatedEvent: Seen.FOLDER,
    DirMovedEvent: Seen.FOLDER,
}


class Events:
    """The events of one folder and everything below it. Links are not followed."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._hints = _Hints()
        self._overflow = _Overflow(logging.WARNING)
        self._observer: BaseObserver | None = None
        self._identity: tuple[int, int] | None = None

    def attach(self) -> bool:
        """Listen to the folder that is there now. True when that began anew: walk it.

        Raises OSError when the folder is not there.
        """
        found = self._root.stat()
        identity = (found.st_dev, found.st_ino)
        if identity == self._identity and self._alive():
            return False
        self.detach()
        self._identity = identity
        self._observer = self._listen()
        return True

    def detach(self) -> None:
        """Stop listening."""
        _OVERFLOWS.removeHandler(self._overflow)
        if self._observer:
            _end(self._observer)
        self._observer = self._identity = None

    def take(self) -> Iterator[tuple[Seen, Path]]:
        """What has happened since the last call, in order."""
        queue = self._hints.queue
        for _ in range(len(queue)):
            event = queue.popleft()
            if isinstance(event, FileMovedEvent):
                yield Seen.GONE, _path(event.src_path)
                yield Seen.APPEARED, _path(event.dest_path)
            else:
                yield _MEANING[type(event)], _path(event.src_path)

    def lost(self) -> bool:
        """Whether the kernel has thrown events away since the last call."""
        lost, self._overflow.happened = self._overflow.happened, False
        return lost

    def _alive(self) -> bool:
        """Whether watchdog has not given up, as it does when the folder is deleted."""
        return self._observer is None or all(each.is_alive() for each in self._observer.emitters)

    def _listen(self) -> BaseObserver | None:
        """None, and a warning, when the kernel's limits allow no more watches."""
        # Its race between a new folder and what is made in it; harmless, and pages long.
        warnings.filterwarnings("ignore", "Callback with id", RuntimeWarning)
        observer = None
        try:
            observer = Observer()
            observer.schedule(
                self._hints, str(self._root), recursive=True, event_filter=list(_MEANING)
            )
            observer.start()
        except OSError as error:
            if observer:
                _end(observer)
            _log.warning(
                "%s: no events (%s), so new files are noticed by the rescan only; raise "
                "fs.inotify.max_user_instances and max_user_watches",
                self._root, error.strerror or error,
            )  # fmt: skip
            return None
        _OVERFLOWS.addHandler(self._overflow)
        return observer


class _Hints(FileSystemEventHandler):
    """Only appends: watchdog's thread must never wait for us."""

    def __init__(self) -> None:
        self.queue: deque[FileSystemEvent] = deque()

    def on_any_event(self, event: FileSystemEvent) -> None:
        self.queue.append(event)


class _Overflow(logging.Handler):
    happened = False

    def emit(self, record: logging.LogRecord) -> None:
        self.happened = True


def _end(observer: BaseObserver) -> None:
    observer.stop()
    if observer.is_alive():
        observer.join()


def _path(name: bytes | str) -> Path:
    return Path(os.fsdecode(name))
