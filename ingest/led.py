"""Parts of which one process of many has each: the watcher of a folder, the board.

Embedded, that is this one. Otherwise who has the part's role runs it, and another takes over
within seconds when it stops or dies. Two at once for a moment only do the same work twice: a
drop is accepted once, a page is written whole.
"""

import logging
from collections.abc import Callable
from typing import Protocol

from tasks.roles import Role

_log = logging.getLogger("stringout.service")


class Part(Protocol):
    """A thread of its own, and once only: stopped, another one is made."""

    def start(self) -> None: ...
    def check(self) -> None: ...
    def stop(self) -> None: ...


class Led:
    """A part, while its role is held here."""

    def __init__(self, role: Role, make: Callable[[], Part], what: str) -> None:
        """`what`: as the log says it: "watching /mnt/nas/drop"."""
        self._role, self._make, self._what = role, make, what
        self._part: Part | None = None

    def tend(self) -> None:
        """To be called every second or so. Raises what ended a part that should never end."""
        if self._part:
            self._part.check()
        if self._role.held() == bool(self._part):
            return
        if self._part:
            _log.warning("no longer %s: another process does, or the catalog is away", self._what)
            self._part.stop()
            self._part = None
            return
        part = self._make()
        part.start()
        self._part = part
        _log.info("%s", self._what)

    def stop(self) -> None:
        """End it, and let others do it."""
        if self._part:
            self._part.stop()
        self._role.release()
