"""Where a new file is noticed: events are hints, the folder is the truth.

watchdog's events make it fast; a walk of the folder at start and every few seconds makes it
certain, because events get lost (a burst overflows the kernel's queue, another host writes
to the share). Both only give hints to the readiness gate (ingest/settle.py).
"""

import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from watchdog.events import (
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer

from catalog.drops import Drop
from catalog.models import Kind
from config.settings import Intake, WatchFolder
from ingest import container
from ingest.ignore import Ignore
from ingest.kinds import kind_of
from ingest.settle import Settling
from media.errors import Misconfigured

_log = logging.getLogger("stringout.watch")
_TICK = 0.1  # seconds
_EVENTS: list[type[FileSystemEvent]] = [
    FileCreatedEvent,
    FileModifiedEvent,
    FileClosedEvent,
    FileMovedEvent,
    FileDeletedEvent,
]  # fmt: skip  (without opened and closed-without-writing: our own reads would be events)


class _Hints(FileSystemEventHandler):
    """Only appends: watchdog's thread must never wait for us."""

    def __init__(self) -> None:
        self.queue: deque[FileSystemEvent] = deque()

    def on_any_event(self, event: FileSystemEvent) -> None:
        self.queue.append(event)


class Watcher:
    """Watches one folder and reports every complete file that the catalog does not know."""

    def __init__(
        self,
        folder: WatchFolder,
        intake: Intake,
        own: tuple[Path, ...],
        known: Callable[[str], dict[str, tuple[int, int]]],
        accept: Callable[[list[Drop]], None],
    ) -> None:
        """`own`: folders of ours inside it. `known`: path → (size, mtime_ns) of the accepted
        items of a watch folder. `accept`: takes complete files, in this watcher's thread."""
        self._folder = folder
        self._ignore = Ignore(intake.ignore, own)
        self._settling = Settling(intake, self._missing)
        self._rescan_seconds = intake.rescan_seconds
        self._known, self._accept = known, accept
        self._hints = _Hints()
        self._observer = Observer()
        self._identity: tuple[int, int] | None = None
        self._left_alone: set[Path] = set()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._loop, name=f"watch-{folder.name}", daemon=True)

    def start(self) -> None:
        """Begin to watch. Raises Misconfigured when the folder is not there."""
        if not self._folder.path.is_dir():
            raise Misconfigured(
                f"the watched folder {self._folder.path} does not exist: create it, mount it, or "
                "name another one with --watch or in [[watch]]"
            )
        self._thread.start()

    def stop(self) -> None:
        """End the thread. Files that are still arriving are found again at the next start."""
        self._stop.set()
        self._thread.join()

    def arriving(self) -> dict[Path, str]:
        """Files that are not complete yet, and what they lack."""
        return self._settling.waiting()

    def _loop(self) -> None:
        rescan_at = 0.0
        while not self._stop.wait(_TICK):
            if time.monotonic() >= rescan_at:
                self._attach()
                self._rescan()
                rescan_at = time.monotonic() + self._rescan_seconds
            self._take_hints()
            self._take_complete()
        self._detach()

    def _attach(self) -> None:
        """Watch the folder that is there now: another one may have been mounted meanwhile.

        watchdog goes on "alive" and deaf when its folder is replaced (RUNTIME.md, D2.4).
        """
        try:
            stat = self._folder.path.stat()
        except OSError as error:
            if self._identity:
                _log.warning("%s is gone (%s): waiting for it", self._folder.path, error.strerror)
            self._detach()
            return
        if self._identity == (stat.st_dev, stat.st_ino):
            return
        self._detach()
        self._observer = Observer()
        self._observer.schedule(
            self._hints, str(self._folder.path), recursive=True, event_filter=_EVENTS
        )
        self._observer.start()
        self._identity = (stat.st_dev, stat.st_ino)

    def _detach(self) -> None:
        if self._identity:
            self._observer.stop()
            self._observer.join()
        self._identity = None

    def _take_hints(self) -> None:
        while self._hints.queue:
            event = self._hints.queue.popleft()
            if event.is_directory:
                continue
            if isinstance(event, FileMovedEvent):
                self._settling.forget(_path(event.src_path))
                self._notice(_path(event.dest_path), None)
            elif isinstance(event, FileDeletedEvent):
                self._settling.forget(_path(event.src_path))
            elif isinstance(event, FileClosedEvent):
                self._notice(_path(event.src_path), False)
            else:
                self._notice(_path(event.src_path), True)

    def _notice(self, path: Path, writing: bool | None) -> None:
        if self._wanted(path):
            self._settling.notice(path, writing)

    def _rescan(self) -> None:
        """Walk the folder and notice every file whose state the catalog does not know."""
        known = self._known(self._folder.name)
        for path, stat in self._walk(self._folder.path):
            relative = path.relative_to(self._folder.path).as_posix()
            if known.get(relative) != (stat.st_size, stat.st_mtime_ns):
                self._notice(path, None)

    def _walk(self, folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
        """Regular files below `folder`, without links and without what is ignored."""
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            _log.warning("%s can't be read (%s)", folder, error.strerror)
            return
        for entry in entries:
            if entry.is_symlink() or self._ignore.name(entry.name):
                continue
            path = Path(entry.path)
            if entry.is_dir():
                if not self._ignore.ours(path):
                    yield from self._walk(path)
            elif entry.is_file():
                yield path, entry.stat()

    def _wanted(self, path: Path) -> bool:
        """Whether this is a file to take; says once why a visible one is not."""
        relative = self._relative(path)
        if self._ignore.relative(relative) or self._ignore.ours(path) or path.is_symlink():
            return False
        reason = ""
        if not _readable_name(path):
            reason = "its name is not valid UTF-8: rename it"
        elif path.is_file() and kind_of(path, relative) is None:
            reason = "it is neither footage nor a script"
        if reason and path not in self._left_alone:
            self._left_alone.add(path)
            _log.info("%r is left alone: %s", str(relative), reason)
        return not reason

    def _take_complete(self) -> None:
        drops = []
        for path, size, mtime_ns in self._settling.complete():
            relative = self._relative(path)
            kind = kind_of(path, relative)
            if kind is not None:
                drops.append(Drop(self._folder.name, relative.as_posix(), size, mtime_ns, kind))
        if drops:
            self._accept(drops)

    def _missing(self, path: Path) -> str:
        if kind_of(path, self._relative(path)) == Kind.FOOTAGE:
            return container.missing(path)
        return "" if path.stat().st_size else "it is empty"

    def _relative(self, path: Path) -> PurePosixPath:
        return PurePosixPath(path.relative_to(self._folder.path))


def _path(name: bytes | str) -> Path:
    return Path(os.fsdecode(name))


def _readable_name(path: Path) -> bool:
    try:
        str(path).encode("utf-8")
    except UnicodeEncodeError:  # undecodable bytes, kept as surrogates
        return False
    return True
