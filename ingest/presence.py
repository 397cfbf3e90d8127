"""Is the watched folder there, and is it the one that was watched? Asked all the time."""

import logging
import time
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from media import mounts

_log = logging.getLogger("stringout.watch")
_ASK_AGAIN = 2.0  # seconds between two questions whether the right folder is back

Identity = tuple[int, int, tuple[tuple[str, tuple[int, int]], ...]]


class Presence(StrEnum):
    """What was found at the folder's path."""

    HERE = "here"
    ANEW = "anew"  # it is there again, or for the first time, or something was mounted in it
    AWAY = "away"  # it is not there, or another one is: nothing in it can be believed


class Whereabouts:
    """Looks after one watched folder. While it is away, `trouble` says why."""

    def __init__(self, path: Path, recognise: Callable[[], str]) -> None:
        """`recognise`: why what is there is not the folder that was watched; "" when it is."""
        self._path, self._recognise = path, recognise
        self._identity: Identity | None = None
        self._changes = mounts.Changes()
        self._ask_at = 0.0
        self.trouble = ""

    def look(self) -> Presence:
        """Where the folder is now. Raises what `recognise` raises."""
        try:
            identity = self._identify()
        except OSError as error:
            return self._away(f"{self._path} is gone ({error.strerror}): waiting for it")
        if identity == self._identity:
            return Presence.HERE
        if time.monotonic() < self._ask_at:
            return Presence.AWAY
        self._ask_at = time.monotonic() + _ASK_AGAIN
        if why := self._recognise():
            return self._away(why)
        self._ask_at = 0.0
        if self.trouble:
            _log.info("%s is back", self._path)
        self._identity, self.trouble = identity, ""
        return Presence.ANEW

    def doubt(self) -> None:
        """Find it anew at the next look."""
        self._identity = None

    def close(self) -> None:
        """Give back what was opened."""
        self._changes.close()

    def _identify(self) -> Identity:
        """The folder's device and inode, and what is mounted below it."""
        found = self._path.stat()
        if self._identity and not self._changes.any():
            below = self._identity[2]
        else:
            below = tuple((m.point, m.device) for m in mounts.within(self._path))
        return found.st_dev, found.st_ino, below

    def _away(self, why: str) -> Presence:
        if why != self.trouble:
            _log.warning("%s", why)
        self._identity, self.trouble = None, why
        return Presence.AWAY
