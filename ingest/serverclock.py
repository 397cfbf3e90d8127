"""How long a file has been unchanged, by the clock of the file server that it lies on.

A look every few seconds finds a file some time after its last change. The file's time of change
(ctime: any write sets it, and nobody can set it back) is compared with the one that our own
marker gets when it is touched now: both are the server's, whatever the clocks here say.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path

_FRESH = 1.0  # seconds that a reading is used
_LONG_AGO = 1_000_000_000  # a time of modification that no clock shows now


class ServerClock:
    """Reads the time of the file system that `marker` lies on. Not thread-safe."""

    def __init__(self, marker: Path, clock: Callable[[], float] = time.monotonic) -> None:
        """`marker`: a file of ours, which is touched; where it can't be, nothing is known."""
        self._marker, self._clock = marker, clock
        self._read_at, self._shown = float("-inf"), 0.0

    def unchanged(self, path: Path) -> float:
        """Seconds since the last change of a file; 0 where that is not known."""
        now = self._now()
        try:
            return max(0.0, now - os.lstat(path).st_ctime) if now else 0.0
        except OSError:
            return 0.0

    def _now(self) -> float:
        """Seconds, as the server counts them, not after the real moment; 0 when unknown."""
        if self._clock() - self._read_at > _FRESH:
            self._read_at, self._shown = self._clock(), self._read()
        return self._shown

    def _read(self) -> float:
        try:
            os.utime(self._marker, (_LONG_AGO, _LONG_AGO))
            found = os.lstat(self._marker)
        except OSError:
            return 0.0  # a read-only mount, or a marker that is not ours
        # Where that has become the time of change there is none (SFTP, FAT): it proves nothing.
        return found.st_ctime if found.st_ctime != found.st_mtime else 0.0
