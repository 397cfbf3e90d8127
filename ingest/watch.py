"""Where a new file is noticed: events are hints, the folder is the truth.

Events (ingest/events.py) make it fast; a walk of the folder at start, every few seconds and
whenever something may have been missed makes it certain. Both only give hints to the
readiness gate (ingest/settle.py).
"""

import logging
import os
import stat
import threading
import time
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path, PurePosixPath

from catalog.drops import Drop
from catalog.models import Kind
from config.watching import Intake, WatchFolder
from ingest import container
from ingest.events import Events, Seen
from ingest.ignore import Ignore
from ingest.kinds import footage_stems, kind_of
from ingest.settle import Settling
from media.errors import Misconfigured, TryLater

_log = logging.getLogger("stringout.watch")
_TICK = 0.1  # seconds
_RECOVER = 5.0  # seconds until the folder is walked again after something went wrong
_IDLE = 10  # a walk that was asked for waits this many times as long as the last one took
_HEARD = 2.0  # seconds after which an event must have told of a file
_WRITING = {Seen.WRITTEN: True, Seen.CLOSED: False, Seen.APPEARED: None}


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
        """`own`: folders of ours. `known`: path → (size, mtime_ns) of the accepted items of a
        watch folder. `accept`: takes complete files. Both are called in this watcher's thread
        and may raise TryLater."""
        self._folder, self._intake, self._own = folder, intake, own
        self._prefix = f"{folder.path}/".replace("//", "/")
        self._known, self._accept = known, accept
        self._settling = Settling(intake, self._missing, proves=container.proves)
        self._ignore = Ignore(intake.ignore, folder.path, own)
        self._events = Events(folder.path)
        self._attached_at = 0.0  # on the clock that file times are of
        self._walk_at, self._walked, self._walk_took = 0.0, 0.0, 0.0  # monotonic; seconds
        self._left_alone: set[str] = set()
        self._gone = False
        self._error: BaseException | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"watch-{folder.name}", daemon=True)

    def start(self) -> None:
        """Begin to watch. Raises Misconfigured when the folder is not there or is our own."""
        require_apart(self._folder.path, self._own)
        self._thread.start()

    def check(self) -> None:
        """Raise what ended the watcher's thread, if anything did: nothing is watched then."""
        if self._error:
            raise self._error

    def stop(self) -> None:
        """End the thread. Files that are still arriving are found again at the next start."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        try:
            while not self._stop.wait(_TICK):
                self._tick()
        except BaseException as error:
            self._error = error
            raise
        finally:
            self._events.detach()

    def _tick(self) -> None:
        """One round. Whatever the file system or the catalog refuses is asked for again."""
        try:
            if self._here():
                self._hear()
                if time.monotonic() >= self._walk_at:
                    self._rescan()
            self._take_complete()
        except (OSError, TryLater) as error:
            _log.warning("%s: %s; trying again", self._folder.path, error)
            self._walk_at = time.monotonic() + _RECOVER

    def _here(self) -> bool:
        """Whether the folder is there; another one may have been mounted in its place."""
        try:
            anew = self._events.attach()
        except OSError as error:
            if not self._gone:
                _log.warning("%s is gone (%s): waiting for it", self._folder.path, error.strerror)
            self._gone = True
            self._events.detach()
            return False
        if self._gone:
            _log.info("%s is back", self._folder.path)
        if anew:
            self._attached_at, self._walk_at = time.time(), 0.0
        self._gone = False
        return True

    def _hear(self) -> None:
        for seen, path in self._events.take():
            if seen is Seen.GONE:
                self._settling.forget(path)
            elif seen is Seen.FOLDER:
                self._walk_soon()
            elif path in self._settling or self._wanted(self._relative(path)):
                self._settling.notice(path, _WRITING[seen])
        if self._events.lost():
            self._walk_soon()

    def _walk_soon(self) -> None:
        """In a moment, and never so often that a large folder is walked all the time."""
        rested = self._walked + _IDLE * self._walk_took
        soon = max(time.monotonic() + self._intake.quiet_seconds, rested)
        self._walk_at = min(self._walk_at, soon)

    def _rescan(self) -> None:
        """Walk the folder and find every file whose state the catalog does not know.

        A file that came while we listened and was not heard of proves that we are deaf.
        """
        started, heard_until = time.monotonic(), time.time() - _HEARD
        known = self._known(self._folder.name)
        missed = 0
        for relative, found in self._walk():
            if known.get(relative) == (found.st_size, found.st_mtime_ns):
                continue
            if self._wanted(relative) and self._settling.find(Path(self._prefix + relative)):
                missed += self._attached_at < found.st_ctime < heard_until
        self._walked = time.monotonic()
        self._walk_took = self._walked - started
        self._walk_at = self._walked + self._intake.rescan_seconds
        if missed:
            _log.debug("%s: no event told of %d files; listening anew", self._folder.path, missed)
            self._events.detach()

    def _walk(self) -> Iterator[tuple[str, os.stat_result]]:
        """Regular files, by their path in the folder, without links and what is ignored."""
        folders = [""]
        while folders and not self._stop.is_set():
            at = folders.pop()
            for name in self._names(at):
                relative = f"{at}{name}"
                if self._ignore.name(name):
                    continue
                try:
                    found = os.lstat(self._prefix + relative)
                except OSError:
                    continue  # gone meanwhile
                if stat.S_ISREG(found.st_mode):
                    yield relative, found
                elif stat.S_ISDIR(found.st_mode) and not self._ignore.ours(relative):
                    folders.append(f"{relative}/")

    def _names(self, at: str) -> list[str]:
        try:
            with os.scandir(self._prefix + at) as entries:
                return sorted(entry.name for entry in entries)
        except FileNotFoundError:
            return []
        except OSError as error:
            self._leave_alone(at or ".", f"it can't be read ({error.strerror})")
            return []

    def _wanted(self, relative: str) -> bool:
        """Whether a file of this name is to be taken; says once why a visible one is not."""
        if self._ignore.path(relative):
            return False
        if bad := _not_utf8(relative):
            return self._leave_alone(bad, "its name is not valid UTF-8: rename it")
        if kind_of(PurePosixPath(relative)) is None:
            return self._leave_alone(relative, "it is neither footage nor a script")
        return True

    def _leave_alone(self, relative: str, reason: str) -> bool:
        if relative not in self._left_alone:
            self._left_alone.add(relative)
            _log.info("%r is left alone: %s", relative, reason)
        return False

    def _take_complete(self) -> None:
        beside = cache(footage_stems)
        drops = []
        for path, size, mtime_ns in self._settling.complete():
            relative = self._relative(path)
            kind = kind_of(PurePosixPath(relative), partial(beside, path.parent))
            if kind is not None:
                drops.append(Drop(self._folder.name, relative, size, mtime_ns, kind))
        if drops:
            self._accept(drops)

    def _missing(self, path: Path) -> str:
        if kind_of(PurePosixPath(self._relative(path))) == Kind.FOOTAGE:
            return container.missing(path)
        with path.open("rb") as file:
            return "" if file.read(1) else "it is empty"

    def _relative(self, path: Path) -> str:
        return str(path).removeprefix(self._prefix)


def require_apart(folder: Path, own: tuple[Path, ...]) -> None:
    """Raise Misconfigured when `folder` is not there or everything in it would be ours."""
    if not folder.is_dir():
        raise Misconfigured(
            f"the watched folder {folder} does not exist: create it, mount it, or name another "
            "one with --watch or in [[watch]]"
        )
    for ours in own:
        if folder.resolve().is_relative_to(ours.resolve()):
            raise Misconfigured(
                f"the watched folder {folder} is inside {ours}, where Stringout writes: nothing "
                "in it could be told from our own files. Watch another folder, or move "
                "[folders] output and state out of its way"
            )


def _not_utf8(relative: str) -> str:
    """The path down to the first part whose bytes are not UTF-8; "" when there is none."""
    if relative.isascii():
        return ""
    parts = relative.split("/")
    for count, part in enumerate(parts, 1):
        if any("\ud800" <= letter <= "\udfff" for letter in part):  # undecodable bytes
            return "/".join(parts[:count])
    return ""
