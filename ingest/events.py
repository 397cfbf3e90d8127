"""What watchdog tells of a watched folder: fast, and not to be relied on.

Events get lost (a burst overflows the kernel's queue) and watchdog goes deaf when its folder is
replaced, while it says that it is alive. So this module says when it may have missed something,
and ingest/watch.py compares the folder with the catalog.

The kernel tells (inotify) where only this host writes; elsewhere we look (ingest/polling.py).
"""

import logging
import os
import warnings
from collections import deque
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path

from watchdog.events import (
    DirCreatedEvent,
    DirModifiedEvent,
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

from config.watching import Noticing, WatchFolder
from ingest import limits
from ingest.polling import FolderObserver
from media import mounts

_log = logging.getLogger("stringout.watch")
# watchdog reports an overflow nowhere but here.
_OVERFLOWS = logging.getLogger("watchdog.observers.inotify_c")


class Seen(StrEnum):
    """What happened to a path."""

    WRITTEN = "written"
    CLOSED = "closed"  # by somebody who had it open for writing
    APPEARED = "appeared"  # moved or linked here, created, or touched: nobody may ever close it
    GONE = "gone"
    FOLDER = "folder"  # new or changed: what was put in or taken out may have been missed


# Without opened and closed-without-writing: our own reads would be events.
_TOLD: dict[type[FileSystemEvent], Seen] = {
    FileModifiedEvent: Seen.WRITTEN,
    FileClosedEvent: Seen.CLOSED,
    FileCreatedEvent: Seen.APPEARED,
    FileAttribEvent: Seen.APPEARED,
    FileMovedEvent: Seen.APPEARED,
    FileDeletedEvent: Seen.GONE,
    DirCreatedEvent: Seen.FOLDER,
    DirMovedEvent: Seen.FOLDER,
}
# By looking it is never known whether a writer is still there.
_LOOKED: dict[type[FileSystemEvent], Seen] = {
    FileModifiedEvent: Seen.APPEARED,
    FileCreatedEvent: Seen.APPEARED,
    DirCreatedEvent: Seen.FOLDER,
    DirModifiedEvent: Seen.FOLDER,
}


class Events:
    """The events of one folder and everything below it. Links are not followed."""

    def __init__(
        self,
        folder: WatchFolder,
        skip: Callable[[str], bool],
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        """`skip`: whether nothing at this path is wanted; such folders are not looked into.
        `wake`: called after each event, in another thread."""
        self._folder, self._skip, self._wake = folder, skip, wake
        self._queue: deque[tuple[Seen, str]] = deque()
        self._overflow = _Overflow(logging.WARNING)
        self._observers: list[BaseObserver] = []
        self._looked_at: tuple[Path, ...] = ()  # the folders that are polled
        self.noticing = ""  # how, in words

    @property
    def by_kernel(self) -> bool:
        """Whether the kernel tells of changes in the folder."""
        return any(not isinstance(each, FolderObserver) for each in self._observers)

    def tells(self, path: Path) -> bool:
        """Whether the kernel tells of all changes to this file."""
        return self.by_kernel and not any(path.is_relative_to(each) for each in self._looked_at)

    def attach(self, distrust: str = "") -> None:
        """Listen to what is there now, instead of what was there before.

        `distrust`: why the kernel's events are not enough: look instead.
        """
        self.detach()
        root = self._folder.path
        polled = {root: distrust} if distrust else self._polled()
        if root not in polled and (refused := self._listen()):
            distrust, polled = refused, {root: refused}
        if distrust:
            _log.warning("%s is polled every %g s: %s", root, self._folder.poll_seconds, distrust)
        for path in polled:
            observer = FolderObserver(timeout=self._folder.poll_seconds, skip=self._skip)
            self._begin(observer, path, _LOOKED)
        self._looked_at = tuple(polled)
        ways = ["the kernel's events"] if self.by_kernel else []
        ways += [f"polling {path} ({why})" for path, why in polled.items()]
        self.noticing = ", ".join(ways)

    def detach(self) -> None:
        """Stop listening."""
        _OVERFLOWS.removeHandler(self._overflow)
        for observer in self._observers:
            _end(observer)
        self._observers.clear()

    def take(self) -> Iterator[tuple[Seen, str]]:
        """What has happened since the last call, in order, by path."""
        for _ in range(len(self._queue)):
            yield self._queue.popleft()

    def lost(self) -> bool:
        """Whether the kernel has thrown events away since the last call."""
        lost, self._overflow.happened = self._overflow.happened, False
        return lost

    def alive(self) -> bool:
        """Whether watchdog has not given up."""
        emitters = [emitter for observer in self._observers for emitter in observer.emitters]
        return all(each.is_alive() for each in emitters)

    def _polled(self) -> dict[Path, str]:
        """The folders that must be looked at, and why: the root, or mounts below it."""
        path, chosen = self._folder.path, self._folder.noticing
        if chosen is Noticing.POLL:
            return {path: "as configured"}
        if chosen is Noticing.INOTIFY:
            return {}
        table = mounts.table()
        root = mounts.under(path, table)
        if root.silent:
            return {path: _why(root)}
        real = os.path.realpath(path)
        below = mounts.within(path, table)
        return {path / os.path.relpath(m.point, real): _why(m) for m in below if m.silent}

    def _listen(self) -> str:
        """Ask the kernel; why it refuses, or ""."""
        # Its race between a new folder and what is made in it; harmless, and pages long.
        warnings.filterwarnings("ignore", "Callback with id", RuntimeWarning)
        path = self._folder.path
        try:
            self._begin(Observer(), path, _TOLD)
        except OSError as error:
            if limits.exhausted(path):
                return limits.sentence(path)
            return f"no events from the kernel ({error.strerror or error})"
        if limits.exhausted(path):
            _end(self._observers.pop())
            return limits.sentence(path)
        _OVERFLOWS.addHandler(self._overflow)
        return ""

    def _begin(
        self, observer: BaseObserver, path: Path, meaning: dict[type[FileSystemEvent], Seen]
    ) -> None:
        hints = _Hints(self._queue, meaning, self._wake)
        try:
            observer.schedule(hints, str(path), recursive=True, event_filter=list(meaning))
            observer.start()
        except OSError:
            _end(observer)
            raise
        self._observers.append(observer)


class _Hints(FileSystemEventHandler):
    """Only appends: watchdog's thread must never wait for us."""

    def __init__(
        self,
        queue: deque[tuple[Seen, str]],
        meaning: dict[type[FileSystemEvent], Seen],
        wake: Callable[[], None],
    ) -> None:
        self._queue, self._meaning, self._wake = queue, meaning, wake

    def on_any_event(self, event: FileSystemEvent) -> None:
        seen, path = self._meaning[type(event)], os.fsdecode(event.src_path)
        if event.dest_path:
            self._queue.append((Seen.GONE if seen is Seen.APPEARED else Seen.FOLDER, path))
            path = os.fsdecode(event.dest_path)
        self._queue.append((seen, path))
        self._wake()


class _Overflow(logging.Handler):
    happened = False

    def emit(self, record: logging.LogRecord) -> None:
        self.happened = True


def _why(mount: mounts.Mount) -> str:
    return f"{mount.kind}: the kernel does not tell of all changes"


def _end(observer: BaseObserver) -> None:
    observer.stop()
    if observer.is_alive():
        observer.join()
