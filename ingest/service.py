"""`stringout run`: the watchers and the engine room as one process, until it is told to stop."""

import logging
import os
import signal
import threading
from pathlib import Path
from types import FrameType

from config.settings import Settings
from ingest.accept import FrontDoor
from ingest.board import Board
from ingest.watch import Watcher, require_apart
from tasks.embedded import EngineRoom

_log = logging.getLogger("stringout.service")
_TEND_SECONDS = 5.0


def run(settings: Settings) -> None:
    """Work until SIGTERM or Ctrl-C, then end the process: 0, or 1 if a part of it broke.

    Never returns: threads that Celery or a library still has must not delay the end.
    Raises Misconfigured before any work is taken.
    """
    stop = threading.Event()

    def ask(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)
    for folder in settings.watch:
        require_apart(folder.path, _own(settings))
    room = EngineRoom(settings)
    room.start()
    watchers = _watch(settings, room)
    board = Board(settings, room.catalog)
    board.start()
    parts: list[Watcher | Board] = [*watchers, board]
    broken = _tend(stop, room, parts)
    _log.info("stopping: running work has %.0f s to end", settings.lanes.stop_seconds)
    for part in parts:
        part.stop()
    room.stop()
    _log.info("stopped; nothing was lost, and `stringout run` goes on where it was")
    logging.shutdown()
    os._exit(1 if broken else 0)


def _tend(stop: threading.Event, room: EngineRoom, parts: list[Watcher | Board]) -> bool:
    """Look after everything until the stop; True if a part of it broke."""
    while not stop.wait(_TEND_SECONDS):
        try:
            room.tend()
            for part in parts:
                part.check()
        except Exception:  # noqa: BLE001 - whatever it was: say it, stop, be started again
            _log.exception("a part of the service broke")
            return True
    return False


def _watch(settings: Settings, room: EngineRoom) -> list[Watcher]:
    door = FrontDoor(settings, room.catalog, room.doorbell)
    own = _own(settings)
    watchers = [Watcher(folder, settings.intake, own, door) for folder in settings.watch]
    for watcher, folder in zip(watchers, settings.watch, strict=True):
        watcher.start()
        _log.info("watching %s", folder.path)
    _log.info("output goes to %s; stop with Ctrl-C", settings.folders.output)
    return watchers


def _own(settings: Settings) -> tuple[Path, ...]:
    return *settings.outputs, settings.folders.state
