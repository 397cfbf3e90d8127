"""The readiness gate: the one way for a file from "noticed" to "complete".

    quiet for the window  and  closed by its writer, where that can be known
                          and  the container complete

Every path leads here: an event, a rescan, the files found at start. Time alone is never
enough, and a file that never becomes complete is taken after a long while all the same, so
that probe can say in one sentence what is wrong with it.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from config.settings import Intake

_LOOK_AGAIN = 1.0  # seconds until an incomplete container is looked at again


@dataclass
class _Candidate:
    size: int
    mtime_ns: int
    changed: float  # monotonic: when it was last seen to change
    look: float  # monotonic: not before
    open: bool = False  # its writer has not closed it yet, as far as events tell
    lacks: str = ""  # what its container lacked at the last look


@dataclass
class Settling:
    """Files that were noticed and are not complete yet. Not thread-safe: one thread owns it."""

    intake: Intake
    missing: Callable[[Path], str]  # what a quiet file lacks; "" = complete
    clock: Callable[[], float] = time.monotonic
    _files: dict[Path, _Candidate] = field(default_factory=dict)

    def notice(self, path: Path, writing: bool | None = None) -> None:
        """A hint that this file is new or has changed.

        `writing`: True after a write, False after its writer closed it, None if unknown.
        """
        now = self.clock()
        candidate = self._files.get(path)
        if candidate is None:
            candidate = self._files[path] = _Candidate(-1, -1, now, now)
        if writing is not None:
            candidate.open = writing
            candidate.changed = now if writing else candidate.changed
            candidate.look = min(candidate.look, now + self.intake.quiet_seconds)

    def forget(self, path: Path) -> None:
        """The file is gone, or has another name now."""
        self._files.pop(path, None)

    def complete(self) -> list[tuple[Path, int, int]]:
        """The files that are complete now, as (path, size, mtime_ns); they are forgotten."""
        now = self.clock()
        ready = []
        for path, candidate in list(self._files.items()):
            if candidate.look > now:
                continue
            if not self._look(path, candidate, now):
                continue
            del self._files[path]
            ready.append((path, candidate.size, candidate.mtime_ns))
        return ready

    def waiting(self) -> dict[Path, str]:
        """What is still arriving, and what it lacks as far as that is known."""
        return {path: candidate.lacks for path, candidate in self._files.items()}

    def _look(self, path: Path, candidate: _Candidate, now: float) -> bool:
        try:
            stat = path.stat()
        except OSError:  # gone, or locked by its writer: the rescan finds it again
            del self._files[path]
            return False
        if (stat.st_size, stat.st_mtime_ns) != (candidate.size, candidate.mtime_ns):
            candidate.size, candidate.mtime_ns = stat.st_size, stat.st_mtime_ns
            candidate.changed = now
        quiet = now - candidate.changed
        needed = self.intake.open_seconds if candidate.open else self.intake.quiet_seconds
        if quiet < needed:
            # In small steps: a size that changes without an event must start the wait anew.
            candidate.look = now + min(needed - quiet, max(self.intake.quiet_seconds / 4, 0.05))
            return False
        return self._whole(path, candidate, now, quiet)

    def _whole(self, path: Path, candidate: _Candidate, now: float, quiet: float) -> bool:
        try:
            candidate.lacks = self.missing(path)
        except OSError as error:
            candidate.lacks = f"it can't be read ({error.strerror})"
        candidate.look = now + _LOOK_AGAIN
        return not candidate.lacks or quiet >= self.intake.incomplete_seconds
