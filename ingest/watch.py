"""Where a new file is noticed: events are hints, the folder is the truth.

Events (ingest/events.py) make it fast; a comparison of the folder with the catalog at start,
now and then and whenever something may have been missed makes it certain. Both only give hints
to the readiness gate (ingest/settle.py). A folder that is not there, or is not the one that was
watched (ingest/presence.py), is believed nothing.
"""

import logging
import os
import threading
import time
from functools import cache, partial
from pathlib import Path

from catalog.arrivals import Waiting
from catalog.drops import Drop
from catalog.models import Kind
from catalog.roots import MARKER
from config.watching import Intake, WatchFolder
from ingest import container, limits
from ingest.absence import Absence
from ingest.appraisal import Appraisal
from ingest.door import Door
from ingest.events import Events, Seen
from ingest.ignore import Ignore
from ingest.kinds import footage_stems
from ingest.leftalone import LeftAlone
from ingest.presence import Presence, Whereabouts
from ingest.serverclock import ServerClock
from ingest.settle import Settling
from ingest.walk import Walk
from media.errors import Misconfigured, TryLater
from media.names import to_path, to_text

_log = logging.getLogger("stringout.watch")
_TICK = 0.1  # seconds between two rounds while something is arriving
_AT_REST = 1.0  # … and while nothing is: an event ends it at once
_GATHER = 0.02  # seconds for what comes with an event
_RECOVER = 5.0  # seconds until the folder is compared again after something went wrong
_IDLE = 10  # a comparison that was asked for waits this many times as long as the last one took
_REST = 200  # … and one that nobody asked for this many times: half a percent of the time
_HEARD = 2.0  # seconds after which an event must have told of a file
_DEAF = 10.0  # seconds after which our own sign must have been heard
_SHOW = 2.0  # seconds between two accounts of what is held
_SHOWN = 200  # files in one; of ten thousand that arrive at once nobody reads more
_WRITING = {Seen.WRITTEN: True, Seen.CLOSED: False, Seen.APPEARED: None}


class Watcher:
    """Watches one folder and reports every complete file that the catalog does not know."""

    def __init__(
        self, folder: WatchFolder, intake: Intake, own: tuple[Path, ...], door: Door
    ) -> None:
        """`own`: folders of ours. `door`: is called in this watcher's thread."""
        self._folder, self._intake, self._own, self._door = folder, intake, own, door
        self._prefix = f"{folder.path}/".replace("//", "/")
        self._marker = Path(self._prefix + MARKER)
        self._server = ServerClock(self._marker)
        self._appraisal = Appraisal(folder, lambda path: path in self._settling)
        self._settling = Settling(
            intake, self._appraisal.missing, proves=self._appraisal.proves,
            certain=self._certain, decided=self._appraisal.marked,
            endless=self._appraisal.unmarked, unchanged=self._unchanged,
            state=self._appraisal.state,
        )  # fmt: skip
        self._absence = Absence(intake.quiet_seconds)
        self._ignore = Ignore(intake.ignore, folder.path, own)
        self._left_alone = LeftAlone()
        self._walk = Walk(self._prefix, self._ignore, self._left_alone.unreadable)
        self._whereabouts = Whereabouts(folder.path, partial(door.recognise, folder))
        self._woken = threading.Event()
        self._events = Events(folder, self._unwanted, self._woken.set)
        self._attached_at = 0.0  # on the clock that file times are of
        self._doubtful: dict[str, float] = {}  # folder → when to compare it, monotonic
        self._compared, self._took = 0.0, 0.0  # monotonic; seconds
        self._sung_at = 0.0  # monotonic: when we gave a sign that was not heard yet; 0 = none
        self._told = ("", "")
        self._shown: dict[str, str] | None = None  # path → reason; None: what a crash left behind
        self._shown_at = 0.0
        self._error: BaseException | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"watch-{folder.name}", daemon=True)

    def start(self) -> None:
        """Begin to watch, or to wait for the folder. Raises Misconfigured when it is our own."""
        require_apart(self._folder.path, self._own)
        self._thread.start()

    def check(self) -> None:
        """Raise what ended the watcher's thread, if anything did: nothing is watched then."""
        if self._error:
            raise self._error

    def stop(self) -> None:
        """End the thread. Files that are still arriving are found again at the next start."""
        self._stop.set()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                self._tick()
                if self._woken.wait(self._rest()):
                    self._woken.clear()
                    self._stop.wait(_GATHER)
        except BaseException as error:
            self._error = error
            raise
        finally:
            self._events.detach()
            self._whereabouts.close()

    def _rest(self) -> float:
        """Seconds until the next round, unless an event comes before."""
        if self._settling or self._sung_at:
            return _TICK
        due = min(self._doubtful.values(), default=0.0) - time.monotonic()
        return min(max(due, _TICK), _AT_REST)

    def _tick(self) -> None:
        """One round. Whatever the file system or the catalog refuses is asked for again."""
        try:
            if self._here():
                self._hear()
                self._compare_doubtful()
                self._take_complete()
                self._give_up_gone()
            self._tell()
        except (OSError, TryLater) as error:
            _log.warning("%s: %s; trying again", self._folder.path, error)
            self._doubt("", _RECOVER)

    def _here(self) -> bool:
        """Whether the folder may be believed. Nothing is taken while it is away."""
        found = self._whereabouts.look()
        if found is Presence.AWAY:
            self._events.detach()
            self._absence.forget()
        elif found is Presence.ANEW or not self._events.alive():
            self._listen()
        return found is not Presence.AWAY

    def _listen(self, distrust: str = "") -> None:
        self._events.attach(distrust)
        self._attached_at, self._sung_at = time.time(), 0.0
        self._doubtful = {"": 0.0}

    def _hear(self) -> None:
        for seen, name in self._events.take():
            path = Path(name)
            if path == self._marker:
                self._sung_at = 0.0
            elif self._appraisal.is_marker(path):
                self._settling.look_again(path.parent)
            elif seen is Seen.GONE:
                self._miss(path)
            elif seen is Seen.FOLDER:
                self._doubt_folder(name)
            elif (stands := self._appraisal.stands_for(path)) in self._settling or self._wanted(
                self._relative(name)
            ):
                self._settling.notice(stands, _WRITING[seen])
        if self._events.lost():
            self._doubt("", self._intake.quiet_seconds)
        if self._sung_at and time.monotonic() > self._sung_at + _DEAF:
            _log.warning("%s: our own sign was not heard; listening anew", self._folder.path)
            self._listen()

    def _miss(self, path: Path) -> None:
        self._absence.miss(path)
        stands = self._appraisal.stands_for(path)
        if stands == path:
            self._settling.forget(path)
        else:
            self._settling.notice(stands)  # of a sequence the rest may still be there

    def _doubt_folder(self, path: str) -> None:
        relative = self._relative(path)
        if path == str(self._folder.path):
            self._doubt("", self._intake.quiet_seconds)
        elif not self._ignore.path(relative):
            self._doubt(f"{relative}/", self._intake.quiet_seconds)

    def _doubt(self, folder: str, seconds: float) -> None:
        """Compare it in a moment, and never so often that a large folder is walked all the time."""
        rested = self._compared + _IDLE * self._took
        soon = max(time.monotonic() + seconds, rested)
        self._doubtful[folder] = min(self._doubtful.get(folder, soon), soon)

    def _compare_doubtful(self) -> None:
        now = time.monotonic()
        due = sorted(folder for folder, at in self._doubtful.items() if at <= now)
        if not due:
            return
        if due[0] == "":
            self._doubtful.clear()
            self._sing()
            tops = self._door.folders(self._folder.name)
            tops = set(map(to_path, tops)).union(self._walk.folders())
            missed = sum(self._compare(top, top) for top in sorted(tops))
            self._check_hearing(missed)
        else:
            for folder in _outermost(due):
                self._compare(folder, f"{folder.split('/', 1)[0]}/")
            for folder in due:
                del self._doubtful[folder]
        self._compared = time.monotonic()
        self._took = self._compared - now
        if "" not in self._doubtful:
            rest = max(self._intake.rescan_seconds, _REST * self._took)
            self._doubtful[""] = self._compared + rest

    def _compare(self, folder: str, top: str) -> int:
        """Find every file in a folder whose state the catalog does not know.

        Returns how many of them came while we listened and were not heard of.
        """
        heard_until, missed = time.time() - _HEARD, 0
        known = self._door.known(self._folder.name, to_text(top))
        for each in self._appraisal.entries(self._walk.files(folder)):
            if self._stop.is_set():
                return 0
            is_known = known.pop(to_text(each.path), None) == each.state
            for other in each.others:
                known.pop(to_text(other), None)
            if is_known:
                continue
            if self._wanted(each.path) and self._settling.find(Path(self._prefix + each.stands)):
                missed += self._attached_at < each.changed < heard_until
        for text in known:
            if text.startswith(to_text(folder)):
                self._absence.miss(Path(self._prefix + to_path(text)))
        return missed

    def _sing(self) -> None:
        """Give a sign that we must hear ourselves: only that proves that we hear at all."""
        if not self._events.by_kernel:
            return
        try:
            os.utime(self._marker)
        except OSError:
            return  # a read-only mount: what the comparison finds has to prove it
        self._sung_at = self._sung_at or time.monotonic()

    def _check_hearing(self, missed: int) -> None:
        if not self._events.by_kernel:
            return
        if missed:
            _log.debug("%s: no event told of %d files; listening anew", self._folder.path, missed)
            self._whereabouts.doubt()
        elif limits.exhausted(self._folder.path):
            self._listen(limits.sentence(self._folder.path))

    def _wanted(self, relative: str) -> bool:
        """Whether a file of this name is to be taken; says once why a visible one is not."""
        if self._ignore.path(relative):
            return False
        if self._left_alone.other(relative, self._is_silent) or self._is_silent(relative):
            return False
        if self._appraisal.kind(Path(self._prefix + relative)) is None:
            self._left_alone.say(relative)
            return False
        return True

    def _is_silent(self, relative: str) -> bool:
        return self._appraisal.is_silent(Path(self._prefix + relative))

    def _unwanted(self, path: str) -> bool:
        return self._ignore.path(self._relative(path))

    def _take_complete(self) -> None:
        beside = cache(footage_stems)
        whole = self._settling.complete()
        drops = [drop for each in whole for drop in self._appraisal.drops(*each, beside)]
        drops += self._growing()
        if drops:
            self._door.take(drops)
        for drop in drops:
            self._wake_waiting(drop)

    def _growing(self) -> list[Drop]:
        """What is there of files that grow, where the folder's settings want it."""
        if not self._folder.growing:
            return []
        drops = []
        for path, size, mtime_ns in self._settling.grown(self._folder.growing_seconds):
            drop, why = self._appraisal.beginning(path, size, mtime_ns)
            self._settling.explain(path, why)
            drops += [drop] if drop else []
        return drops

    def _wake_waiting(self, drop: Drop) -> None:
        """A manifest may tell others that they are whole, and a part of a clip its first file."""
        if drop.kind == Kind.MANIFEST:
            self._settling.look_again(Path(self._prefix + to_path(drop.path)).parent)
        elif drop.clip_path:
            self._settling.look_again(Path(self._prefix + to_path(drop.clip_path)))

    def _give_up_gone(self) -> None:
        gone = [to_text(self._relative(str(path))) for path in self._absence.gone()]
        if gone:
            self._door.lost(self._folder.name, gone)

    def _tell(self) -> None:
        """Keep for people how the folder is watched, when that has changed."""
        self._show_held()
        now = (self._whereabouts.trouble, self._events.noticing)
        if now != self._told:
            self._door.tell(self._folder, *now)
            self._told = now

    def _show_held(self) -> None:
        """Keep for people what has not been taken yet, at a calm pace, when that has changed."""
        if time.monotonic() < self._shown_at + _SHOW:
            return
        self._shown_at = time.monotonic()
        held = self._settling.held()[:_SHOWN]
        now = {to_text(self._relative(str(each.path))): each.reason for each in held}
        if now != self._shown:
            since = time.time()
            self._door.hold(self._folder.name, [
                Waiting(to_text(self._relative(str(each.path))), each.size,
                        since - each.seconds, each.reason)
                for each in held
            ])  # fmt: skip
            self._shown = now

    def _certain(self, path: Path) -> bool:
        """Where other hosts write, this host's kernel knows nothing of their open files."""
        return self._events.tells(path) and container.certain(path)

    def _unchanged(self, path: Path) -> float:
        """Where the kernel tells of every change, the events are the better account."""
        return 0.0 if self._events.tells(path) else self._server.unchanged(path)

    def _relative(self, path: str) -> str:
        return path.removeprefix(self._prefix)


def require_there(folder: Path) -> None:
    """Raise Misconfigured when there is no such folder."""
    if not folder.is_dir():
        raise Misconfigured(
            f"the watched folder {folder} does not exist: create it, mount it, or name another "
            "one with --watch or in [[watch]]"
        )


def require_apart(folder: Path, own: tuple[Path, ...]) -> None:
    """Raise Misconfigured when everything in `folder` would be ours."""
    for ours in own:
        if folder.resolve().is_relative_to(ours.resolve()):
            raise Misconfigured(
                f"the watched folder {folder} is inside {ours}, where Stringout writes: nothing "
                "in it could be told from our own files. Watch another folder, or move "
                "[folders] output and state out of its way"
            )


def _outermost(folders: list[str]) -> list[str]:
    """Of sorted folders those that lie in no other of them."""
    found: list[str] = []
    for folder in folders:
        if not found or not folder.startswith(found[-1]):
            found.append(folder)
    return found
