"""Reading the configuration anew while the service runs: on SIGHUP, and when its file changes.

It is checked first. A wrong one changes nothing, and the log says in one sentence why.
"""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from catalog import audit
from catalog.audit import About
from catalog.database import Catalog
from catalog.models import Deed
from config import live, log
from config.settings import Settings
from ingest.courier import keys
from media.errors import Misconfigured
from tasks import refit
from tasks.doorbell import Doorbell

_log = logging.getLogger("stringout.reload")
_SETTLED = 1.0  # seconds without a change: an editor may still be writing


class Reload:
    """Watches over the configuration of one service."""

    def __init__(self, read: Callable[[], Settings], file: Path | None) -> None:
        """`read`: reads and checks it, with what the command line says over it. `file`: where
        it is from; without one only SIGHUP makes it read anew."""
        self._read, self._file = read, file
        self._asked = threading.Event()
        self._seen, self._changed_at = _state(file), 0.0

    def listen(self, stop: threading.Event) -> None:
        """Take SIGHUP. The end of the terminal that the service was started in ends it."""
        terminal = _terminal()

        def hear(_signal: int, _frame: FrameType | None) -> None:
            (stop if terminal and not _terminal() else self._asked).set()

        signal.signal(signal.SIGHUP, hear)

    def tend(self, now: Settings) -> Settings | None:
        """To be called every second or so: the settings to go on with, if they are others."""
        if not (self._has_changed() or self._asked.is_set()):
            return None
        self._asked.clear()
        try:
            merged = live.merge(now, self._read())
            keys(merged.settings.notify)
        except Misconfigured as error:
            _log.error("the configuration stays as it was: %s", error)
            return None
        for name in merged.later:
            _log.warning("what changed in [%s] takes effect at the next start", name)
        return None if merged.settings == now else merged.settings

    def _has_changed(self) -> bool:
        found, now = _state(self._file), time.monotonic()
        if found != self._seen:
            self._seen, self._changed_at = found, now
        if not self._changed_at or now < self._changed_at + _SETTLED:
            return False
        self._changed_at = 0.0
        return True


def take_over(catalog: Catalog, doorbell: Doorbell, now: Settings, new: Settings) -> None:
    """Make log and ledger fit the new settings, and say so. Raises Misconfigured when files
    of a watch folder are known that the new settings do not name."""
    for output in new.outputs:
        output.mkdir(parents=True, exist_ok=True)
    with catalog.writing() as session:
        rings = refit.refit(session, now, new)
        digest = {"settings": audit.digest(new.model_dump(mode="json"))}
        audit.record(session, Deed.RELOADED, "the configuration", About(), details=digest)
    log.start(new.log)
    doorbell.ring(rings)
    _log.info("the configuration was read anew")


def _state(file: Path | None) -> tuple[int, int, int] | None:
    try:
        found = file.stat() if file else None
    except OSError:
        return None
    return (found.st_ino, found.st_size, found.st_mtime_ns) if found else None


def _terminal() -> bool:
    try:
        return os.isatty(0)
    except OSError:
        return False
