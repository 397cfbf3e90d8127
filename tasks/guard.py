"""The disk guard: nothing new starts while a disk that we write to is almost full.

It pauses the service in the ledger, as a person would, and takes its pause back when there is
room again. Each host has a pause of its own: what is free on one says nothing of another.
"""

import logging
import shutil
import socket
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from catalog import pauses
from catalog.database import Catalog
from catalog.models import Scope
from config.settings import Settings

_log = logging.getLogger("stringout.guard")
_ABOVE = 1.1  # times the floor: work goes on from there, so that it doesn't flutter


@dataclass
class DiskGuard:
    """Looks at the disks of one host. `look()` is called every few seconds."""

    settings: Settings
    catalog: Catalog
    by: str = field(default_factory=lambda: f"disk guard on {socket.gethostname()}")
    _held: bool | None = None  # None: not known yet, a service before this one may have paused

    def look(self) -> None:
        """Pause or go on. A catalog that can't be written now is asked again the next time."""
        reason = self._reason()
        if not reason and self._held is False:
            return
        try:
            with self.catalog.writing() as session:
                if reason:
                    news = pauses.pause(session, Scope.SERVICE, "", self.by, reason)
                else:
                    news = pauses.resume(session, Scope.SERVICE, "", self.by)
        except DBAPIError as error:
            _log.warning("the catalog can't be written now (%s)", error.orig)
            return
        self._held = bool(reason)
        if news and reason:
            _log.warning("paused: %s", reason)
        elif news:
            _log.info("there is room again: the work goes on")

    def _reason(self) -> str:
        """Why nothing new should start, as a sentence; "" when there is room everywhere."""
        folders = self.settings.folders
        floors = dict.fromkeys(self.settings.outputs, folders.free_floor_gb)
        floors[folders.state] = folders.state_floor_gb
        low = [low for folder, floor in floors.items() if (low := self._low(folder, floor))]
        if not low:
            return ""
        return f"{'; '.join(low)}: make room, the work goes on by itself"

    def _low(self, folder: Path, floor: float) -> str:
        needed = floor * (_ABOVE if self._held else 1)
        try:
            free = shutil.disk_usage(folder).free / 1e9
        except OSError:
            return ""  # it is away: who writes there waits for it by itself
        if free >= needed:
            return ""
        return f"{folder} has {free:.1f} GB free, below the floor of {floor:g} GB"
