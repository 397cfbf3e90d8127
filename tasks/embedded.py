"""Embedded mode: the whole engine room in one process, started and stopped as one thing.

lock → catalog → vectors → lanes → recover → sweep        and back at the stop
"""

import fcntl
import logging
import os
import socket
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from sqlmodel import select

from catalog import recovery, runs
from catalog.database import Catalog
from catalog.models import Item
from catalog.vectors.shared import open_vectors
from catalog.work import Facts, Stage
from config.settings import Settings
from indexers import transcript
from indexers.engines import sentence
from media.errors import Misconfigured
from tasks.app import CeleryDoorbell, add_tasks, make_app
from tasks.crash import report_crashes
from tasks.guard import DiskGuard
from tasks.lanes import ask_to_stop, make_lanes
from tasks.perform import Order
from tasks.pipeline import STAGES
from tasks.publish import clear
from tasks.runner import Runner
from tasks.sweep import Sweep

_log = logging.getLogger("stringout.service")
_LOCK_SECONDS = 1.0  # `status` holds the lock for a moment to see whether it is free


@dataclass
class EngineRoom:
    """Catalog, vectors, lanes and sweep of one process. `start()` before anything else."""

    settings: Settings
    catalog: Catalog = field(init=False)
    doorbell: CeleryDoorbell = field(init=False)

    def start(self) -> None:
        """Take the state folder, bring the catalog up to date, recover, begin to work.

        Raises Misconfigured when another service has the folder, or when an engine that
        is named in the settings can't run here: before any work is taken.
        """
        settings = self.settings
        _require_stages(settings)
        embedder = sentence.choose(settings.embeddings)
        hearing = transcript.choose(settings.transcript)
        self._lock = _lock(settings.folders.state)
        crash = report_crashes(settings.folders.state)
        for output in settings.outputs:
            output.mkdir(parents=True, exist_ok=True)
            clear(output)
        self.catalog = Catalog(settings.database_url)
        self.catalog.migrate()
        _require_roots(self.catalog, settings)
        self._vectors = open_vectors(settings, embedder.name, embedder.dimension, serve=True)
        self.doorbell = CeleryDoorbell(make_app("stringout"), self.catalog)
        self._owner = f"{socket.gethostname()}:{os.getpid()}"
        self._lanes = make_lanes(settings)
        runner = Runner(
            settings, self.catalog, self._vectors, self.doorbell, self._owner, self._perform,
            abandon=self._abandon,
        )  # fmt: skip
        add_tasks(runner)
        self._guard = DiskGuard(settings, self.catalog)
        self._guard.look()
        self._sweep = Sweep(runner)
        interrupted = self._sweep.recover(self._vectors.count(), crashed=bool(crash))
        for lane in self._lanes.values():
            lane.start()
        self._sweep.start()
        _log.info("transcript by %s: %s", hearing.name, hearing.reason)
        _log.info("embeddings by %s: %s", embedder.name, embedder.reason)
        if crash:
            _log.error("the service crashed in native code before:\n%s", crash)
        if interrupted:
            _log.info("%d interrupted runs go on", interrupted)

    def tend(self) -> None:
        """To be called now and then: looks at the disks, gives the memory of idle children back.

        Raises what ended a part that should never end.
        """
        self._sweep.check()
        self._guard.look()
        for lane in self._lanes.values():
            lane.tend()

    def stop(self) -> None:
        """Take nothing more, wait for running work as long as configured, put the rest back.

        Threads of interrupted work may still be there: the process should end with os._exit.
        """
        self._sweep.stop()
        ask_to_stop()
        for lane in self._lanes.values():
            lane.stop_taking()
        until = time.monotonic() + self.settings.lanes.stop_seconds
        for lane in self._lanes.values():
            lane.join(max(0.1, until - time.monotonic()))
        # First the ledger, whose new tokens discard what a killed child's thread still says.
        with self.catalog.writing() as session:
            interrupted = recovery.requeue_orphans(session, self._owner)
        for lane in self._lanes.values():
            lane.kill()
        if interrupted:
            _log.info("%d running runs were put back; they go on at the next start", interrupted)
        self._vectors.close()
        self.catalog.close()
        self._lock.close()

    def _perform(self, stage: Stage, order: Order) -> Facts:
        return self._lanes[stage.queue].perform(stage, order)

    def _abandon(self, claim: runs.Claim) -> None:
        self._lanes[STAGES[claim.stage].queue].abandon(claim)


def is_running(state: Path) -> bool:
    """Whether a service works with this state folder."""
    try:
        with (state / "service.lock").open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def _require_roots(catalog: Catalog, settings: Settings) -> None:
    """Raise Misconfigured when the catalog knows files of a watch folder the settings don't."""
    with catalog.reading() as session:
        for root in session.exec(select(Item.root).distinct()):
            settings.root(root)


def _require_stages(settings: Settings) -> None:
    """Raise Misconfigured when a limit is set for a stage that there is not."""
    for stage in settings.lanes.limits:
        if stage not in STAGES:
            raise Misconfigured(
                f"[lanes.limits] {stage}: there is no such stage, only {', '.join(STAGES)}"
            )


def _lock(state: Path) -> TextIO:
    """The state folder for this process alone, until it ends in any way."""
    state.mkdir(parents=True, exist_ok=True)
    file = (state / "service.lock").open("w")
    until = time.monotonic() + _LOCK_SECONDS
    while not _locked(file):
        if time.monotonic() < until:
            time.sleep(0.05)
            continue
        raise Misconfigured(
            f"another `stringout run` works with {state}: stop it, or give this one a state "
            "folder of its own"
        )
    return file


def _locked(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
