"""The readiness gate: the one way for a file from "noticed" to "complete".

    quiet for the window  and  closed by its writer, where that can be known
                          and  the container complete

Every path leads here: an event, a rescan, the files found at start. Time alone is never
enough, and a file that never becomes complete is taken after a long while all the same, so
that probe can say in one sentence what is wrong with it.

Where the kernel knows that nobody has the file open for writing, and its structure proves it
whole, a moment is enough. Where it can't know, on a share that is looked at now and then, the
file server's own times tell how long such a file was quiet before it was noticed. The window of
a file whose structure proves nothing (MPEG streams, MP3, text) adapts to its source: where a
writer has paused for 7 s and then gone on, the next pause is given twice that.
"""

import logging
import os
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from config.watching import Intake
from media.files import is_being_written

_log = logging.getLogger("stringout.settle")
_MOMENT = 0.2  # seconds; the window of a file that is proven whole and closed, or said to be
_LOOK_AGAIN = 1.0  # seconds until a quiet, incomplete file is looked at again
_LONGEST = 60.0  # seconds; its container is read after 1, 2, 4 … of them, at most
_SAY_AFTER = 10.0  # seconds of quiet after which people are told what a file waits for
_SLICE = 0.5  # seconds that one call may take: meanwhile others want to be accepted
_PATIENCE = 2.0  # times the longest pause that a source has made
_PAUSE = 1.5  # quiet windows: a shorter pause would not have made anybody take half a file
_REMEMBERED = 3600.0  # seconds that a source's pauses are remembered
_TAKEN = 1000  # files
_SHOW_AFTER = 2.0  # seconds after which people are shown a file that is held
_FINDER_BUSY = 443_779_200 * 10**9  # 1984-01-24 08:00: what macOS dates a file while it copies

State = tuple[int, int]  # size, mtime_ns


@dataclass(frozen=True)
class Held:
    """A file that was noticed and is not complete yet, and what it waits for."""

    path: Path
    size: int  # bytes that are there now
    seconds: float  # since it was noticed
    reason: str


@dataclass
class _Candidate:
    since: float  # monotonic: when it was noticed
    changed: float  # monotonic: the last event, or when a look found it changed
    look: float  # monotonic: not before
    state: State | None = None  # at the last look
    hinted: bool = False  # an event since the last look explains a change
    open: bool = False  # its writer has not closed it yet, as far as events tell
    lacks: str = ""  # what its container lacked when it was last read
    readable: bool = True  # False: somebody has locked it, or we may not
    read_at: float = 0.0  # monotonic: when its container is read (again)
    pause: float = _LOOK_AGAIN
    said: bool = False
    stepped: float = 0.0  # monotonic: when what was there was taken, while it grows
    step: State | None = None  # what was there then
    note: str = ""  # why it can't be taken while it grows


@dataclass
class Settling:
    """Files that were noticed and are not complete yet. Not thread-safe: one thread owns it."""

    intake: Intake
    missing: Callable[[Path], str]  # what a quiet file lacks; "" = complete; may raise OSError
    clock: Callable[[], float] = time.monotonic
    # Whether `missing` proves that a file is complete, so that no patience is needed.
    proves: Callable[[Path], bool] = lambda _path: False
    # Whether a file that lacks nothing can't be the beginning of a longer one; may raise OSError.
    certain: Callable[[Path], bool] = lambda _path: False
    # Whether somebody says that the file is whole: a moment is enough then.
    decided: Callable[[Path], bool] = lambda _path: False
    # Whether the file is waited for however long it is quiet.
    endless: Callable[[Path], bool] = lambda _path: False
    # Seconds since the file's last change, where somebody knows more than we have seen; else 0.
    unchanged: Callable[[Path], float] = lambda _path: 0.0
    state: Callable[[Path], State | None] = lambda path: file_state(path)
    _files: dict[Path, _Candidate] = field(default_factory=dict)
    # By folder: the longest pause of a writer that went on, and when it was seen.
    _pauses: dict[Path, tuple[float, float]] = field(default_factory=dict)
    _taken: dict[Path, float] = field(default_factory=dict)  # since its last change, for a while

    def __contains__(self, path: Path) -> bool:
        return path in self._files

    def __len__(self) -> int:
        return len(self._files)

    def notice(self, path: Path, writing: bool | None = None) -> None:
        """An event: this file is new or has changed.

        `writing`: True after a write, False after its writer closed it, None if unknown, as
        for a file that was moved or linked here: nobody will close it.
        """
        now = self.clock()
        candidate = self._files.setdefault(path, _Candidate(now, now, now))
        self._learn(path, now - self._taken.pop(path, candidate.changed))
        candidate.changed, candidate.hinted, candidate.read_at = now, True, now
        # The first look after an event remembers the state that the last one must find again.
        quiet = self.intake.quiet_seconds if writing else min(self.intake.quiet_seconds, _MOMENT)
        candidate.look = now + quiet / 2
        if writing is not None:
            candidate.open = writing

    def find(self, path: Path) -> bool:
        """A rescan saw this file, which the catalog does not know. True if it is news here."""
        if path in self._files:
            return False
        now = self.clock()
        self._files[path] = _Candidate(now, now, now)
        self._learn(path, now - self._taken.pop(path, now))
        return True

    def forget(self, path: Path) -> None:
        """The file is gone, or has another name now."""
        self._files.pop(path, None)

    def look_again(self, folder: Path) -> None:
        """Something has come that may complete the files in and below this folder: look now."""
        now = self.clock()
        for path, candidate in self._files.items():
            if path.is_relative_to(folder):
                candidate.look, candidate.read_at, candidate.pause = now, now, _LOOK_AGAIN

    def complete(self) -> list[tuple[Path, int, int]]:
        """Files that are complete now, as (path, size, mtime_ns); they are forgotten.

        Not always all of them: call it again soon.
        """
        now = self.clock()
        due = [path for path, candidate in self._files.items() if candidate.look <= now]
        ready = []
        for path in sorted(due, key=lambda each: self._files[each].look):
            candidate = self._files[path]
            if self._look(path, candidate) and candidate.state:
                self._files.pop(path)
                self._remember(path, candidate.changed)
                ready.append((path, *candidate.state))
            if self.clock() - now > _SLICE:
                break
        return ready

    def grown(self, seconds: float) -> list[tuple[Path, int, int]]:
        """Files that have been growing for so long since their last step: what is there now.

        Later steps are longer, a quarter of all that is there: the work of all of them together
        stays within five times that of the last. The files go on to be held.
        """
        now, found = self.clock(), []
        for path, each in self._files.items():
            since = each.stepped or each.since
            wanted = seconds if not each.stepped else max(seconds, (since - each.since) / 4)
            if now - since < wanted:
                continue
            each.stepped, state = now, self.state(path)
            if state and state != each.step and (each.step is None or state[0] > each.step[0]):
                each.step = state
                found.append((path, *state))
        return found

    def explain(self, path: Path, note: str) -> None:
        """Keep why a growing file can't be taken before it is complete."""
        if path in self._files:
            self._files[path].note = note

    def held(self) -> list[Held]:
        """What is not complete yet and was noticed a moment ago at least."""
        now = self.clock()
        return [
            Held(path, each.state[0] if each.state else 0, now - each.since, _reason(each, now))
            for path, each in self._files.items()
            if now - each.since >= _SHOW_AFTER
        ]

    def _look(self, path: Path, candidate: _Candidate) -> bool:
        now, state = self.clock(), self.state(path)
        needed = self._window(path, candidate)
        if state is None:  # gone; the rescan finds what comes back
            del self._files[path]
        elif state != candidate.state:
            if not candidate.hinted:
                if candidate.state is not None:
                    self._learn(path, now - candidate.changed)
                candidate.changed = now
            apart = min(needed, self.intake.quiet_seconds) / 2
            since = now - self.unchanged(path)
            if since < candidate.changed and self.proves(path):
                candidate.changed, apart = since, min(apart, _MOMENT)
            candidate.state, candidate.pause, candidate.read_at = state, _LOOK_AGAIN, now
            candidate.look = max(candidate.changed + needed, now + apart)
        elif now < candidate.changed + needed:
            candidate.look = candidate.changed + needed
        else:
            return self._whole(path, candidate, now)
        candidate.hinted = False
        return False

    def _window(self, path: Path, candidate: _Candidate) -> float:
        """How long the file must be quiet, in seconds."""
        written = is_being_written(path)
        if not written and self.decided(path):
            return min(_MOMENT, self.intake.quiet_seconds)
        if candidate.open if written is None else written:
            return self.intake.open_seconds
        if written is False and not candidate.lacks and self._is_certain(path):
            return min(_MOMENT, self.intake.quiet_seconds)
        pause, seen = self._pauses.get(path.parent, (0.0, 0.0))
        if not pause or self.clock() - seen > _REMEMBERED or self.proves(path):
            return self.intake.quiet_seconds
        return min(max(self.intake.quiet_seconds, _PATIENCE * pause), self.intake.open_seconds)

    def _is_certain(self, path: Path) -> bool:
        try:
            return self.certain(path) and not self.missing(path)
        except OSError:
            return False

    def _learn(self, path: Path, pause: float) -> None:
        """A writer in this folder went on after a pause of so many seconds."""
        longest, seen = self._pauses.get(path.parent, (0.0, 0.0))
        now = self.clock()
        if now - seen > _REMEMBERED:
            longest = 0.0
        if pause > _PAUSE * self.intake.quiet_seconds and pause >= longest:
            self._pauses[path.parent] = (pause, now)

    def _remember(self, path: Path, changed: float) -> None:
        """Taken: should its writer go on after all, its pause is told by its last change."""
        if self.proves(path):
            return
        self._taken[path] = changed
        if len(self._taken) > _TAKEN:
            del self._taken[next(iter(self._taken))]

    def _whole(self, path: Path, candidate: _Candidate, now: float) -> bool:
        """Whether the container of a quiet file is complete, or nobody will complete it."""
        if now >= candidate.read_at:
            candidate.lacks, candidate.readable = self._lacking(path, candidate.state)
            candidate.read_at = now + candidate.pause
            candidate.pause = min(2 * candidate.pause, _LONGEST)
        quiet = now - candidate.changed
        candidate.look = now + _LOOK_AGAIN
        if not candidate.lacks:
            return self.state(path) == candidate.state  # else it changed while we read
        given_up = candidate.readable and not self.endless(path)
        if quiet >= self.intake.incomplete_seconds and given_up:
            _log.warning("%r is taken as it is: %s", path.name, candidate.lacks)
            return True
        if quiet >= _SAY_AFTER and not candidate.said:
            candidate.said = True
            _log.info("%r waits to be complete: %s", path.name, candidate.lacks)
        return False

    def _lacking(self, path: Path, state: State | None) -> tuple[str, bool]:
        """What the file lacks, and whether it can be read: Windows locks what it copies."""
        if state and state[1] == _FINDER_BUSY:
            return "the Finder is still copying it", True
        try:
            return self.missing(path), True
        except OSError as error:
            return f"it can't be read ({error.strerror})", False


def _reason(candidate: _Candidate, now: float) -> str:
    if candidate.note or candidate.lacks:
        return candidate.note or candidate.lacks
    if candidate.open:
        return "its writer still has it open"
    return f"it is arriving: it changed {now - candidate.changed:.0f} s ago"


def file_state(path: Path) -> State | None:
    """None for what is gone and for what is no file: reading a pipe would wait for ever."""
    try:
        found = os.lstat(path)
    except OSError:
        return None
    return (found.st_size, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) else None
