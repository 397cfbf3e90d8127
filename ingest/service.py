"""The services: `stringout run`, everything in one process, and `stringout watch`, one of many."""

import logging
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Protocol

from catalog import leases, roots
from catalog.database import Catalog
from config.settings import Settings
from config.watching import WatchFolder
from ingest import metrics
from ingest.accept import FrontDoor
from ingest.board import Board
from ingest.courier import Courier, keys
from ingest.led import Led
from ingest.pictureserver import PictureServer
from ingest.reload import Reload, take_over
from ingest.tidying import Tidying
from ingest.watch import Watcher, require_apart, require_there
from media import systemd
from media.errors import Misconfigured
from media.files import require_writable
from tasks.embedded import EngineRoom
from tasks.guard import DiskGuard
from tasks.room import Room, require_a_broker

_log = logging.getLogger("stringout.service")
_TEND_SECONDS = 1.0
_BOARD, _COURIER, _TIDYING = "board", "courier", "tidying"


def run(settings: Settings, reload: Reload) -> None:
    """Work until SIGTERM or Ctrl-C, then end the process: 0, or 1 if a part of it broke.

    Never returns: threads that Celery or a library still has must not delay the end.
    Raises Misconfigured before any work is taken.
    """
    stop = _stopped_by_signals()
    _require_folders(settings)
    engines = EngineRoom(settings)
    engines.start()
    metrics.serve(settings, engines.room.catalog)
    front = Front(settings, engines.room, reload, engines.use)
    front.tend()
    reload.listen(stop)
    _log.info("output goes to %s; stop with Ctrl-C", settings.folders.output)
    broken = _tend(stop, engines.tend, front.tend)
    _log.info("stopping: running work has %.0f s to end", settings.lanes.stop_seconds)
    front.stop()
    engines.stop()
    _log.info("stopped; nothing was lost, and `stringout run` goes on where it was")
    _end(broken)


def watch(settings: Settings, reload: Reload) -> None:
    """Watch, and sweep if nobody else does, until SIGTERM or Ctrl-C. Ends as `run` does."""
    stop = _stopped_by_signals()
    require_a_broker(settings)
    _require_folders(settings)
    room = Room(settings, embedded=False, given_up=stop.wait)
    room.open()
    metrics.serve(settings, room.catalog)
    sweep, guard = room.sweep(), DiskGuard(settings, room.catalog)
    sweep.start()

    def use(new: Settings) -> None:
        room.settings = guard.settings = new

    front = Front(settings, room, reload, use)
    reload.listen(stop)
    _log.info("ready: what is dropped goes to the workers")
    broken = _tend(stop, sweep.check, guard.look, front.tend)
    front.stop()
    sweep.stop()
    room.close()
    _end(broken)


class Front:
    """All that faces people: watchers, board, notices. They are made anew when their settings
    change; what a watcher does not know then, it finds as at every start."""

    def __init__(
        self, settings: Settings, room: Room, reload: Reload, use: Callable[[Settings], None]
    ) -> None:
        """`use`: tells everything else to go on under other settings."""
        self._settings, self._room, self._reload, self._use = settings, room, reload, use
        self._parts = _parts(settings, room)

    def tend(self) -> None:
        """To be called every second or so. Raises what ended a part that should never end."""
        new = self._reload.tend(self._settings)
        if new:
            self._go_on(new)
        for part in self._parts:
            part.tend()

    def stop(self) -> None:
        """End all parts."""
        for part in self._parts:
            part.stop()

    def _go_on(self, new: Settings) -> None:
        try:
            _require_folders(new)
            take_over(self._room.catalog, self._room.doorbell, self._settings, new)
        except (Misconfigured, OSError) as error:
            _log.error("the configuration stays as it was: %s", error)
            return
        self.stop()
        self._use(new)
        self._settings, self._parts = new, _parts(new, self._room)


class _Part(Protocol):
    """What is made anew when the settings change."""

    def tend(self) -> None: ...
    def stop(self) -> None: ...


def _parts(settings: Settings, room: Room) -> list[_Part]:
    """The watcher of each folder, the board, who sends notices, and who shows pictures."""
    door = FrontDoor(settings, room.catalog, room.doorbell)

    def watching(folder: WatchFolder) -> Led:
        role = room.role(leases.watching(folder.name))
        return Led(
            role,
            lambda: Watcher(folder, settings.intake, _own(settings), door),
            f"watching {folder.path}",
        )

    catalog = room.catalog
    board = Led(room.role(_BOARD), lambda: Board(settings, catalog), "keeping status.html")
    courier = Led(room.role(_COURIER), lambda: Courier(settings, catalog), "sending notices")
    tidying = Led(room.role(_TIDYING), lambda: Tidying(settings, catalog), "keeping to retention")
    return [*map(watching, settings.watch), board, courier, tidying, *_pictures(settings, catalog)]


def _pictures(settings: Settings, catalog: Catalog) -> list[_Part]:
    if not settings.preview.port:
        return []
    return [PictureServer(settings, catalog)]


def _stopped_by_signals() -> threading.Event:
    stop = threading.Event()

    def ask(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)
    return stop


def _tend(stop: threading.Event, *tending: Callable[[], None]) -> bool:
    """Look after everything until the stop; True if a part of it broke."""
    systemd.ready()
    while not stop.wait(_TEND_SECONDS):
        try:
            for tend in tending:
                tend()
            systemd.alive()
        except Exception:  # noqa: BLE001 - whatever it was: say it, stop, be started again
            _log.exception("a part of the service broke")
            return True
    systemd.stopping()
    return False


def _end(broken: bool) -> None:
    logging.shutdown()
    os._exit(1 if broken else 0)


def _require_folders(settings: Settings) -> None:
    """Raise Misconfigured when a watched folder is our own, or is not there and never was, an
    output folder is closed to us, or an address of [notify] is none. A folder that was watched
    before comes back: its share is away."""
    keys(settings.notify)
    for folder in settings.watch:
        require_apart(folder.path, _own(settings))
        if not roots.was_watched(settings.database_url, folder.name):
            require_there(folder.path)
    for output in settings.outputs:
        require_writable(output)


def _own(settings: Settings) -> tuple[Path, ...]:
    return *settings.outputs, settings.folders.state
