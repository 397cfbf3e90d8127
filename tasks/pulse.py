"""The pulse of a process: keeps the leases of what runs here, ends what no longer counts."""

import logging
import threading
import time

from sqlalchemy.exc import DBAPIError

from catalog import recovery, runs
from tasks.runner import Runner

_log = logging.getLogger("stringout.pulse")


class Pulse:
    """A thread of its own: leases are kept whatever else this process is busy with."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._stop = threading.Event()
        self._beat_at = 0.0  # monotonic
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="pulse", daemon=True)

    def start(self) -> None:
        """Beat until `stop`."""
        self._thread.start()

    def check(self) -> None:
        """Raise what ended the thread, if anything did: leases are not kept then."""
        if self._error:
            raise self._error

    def stop(self) -> None:
        """End the thread."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        try:
            while not self._stop.wait(self._runner.settings.lanes.sweep_seconds):
                self.beat()
        except BaseException as error:
            self._error = error
            raise

    def beat(self) -> None:
        """Once. A catalog that can't be used for a while is asked again at the next beat."""
        active = list(self._runner.active)
        if not active:
            return
        try:
            self._keep(active)
            self._abandon(active)
        except DBAPIError as error:
            _log.warning("the catalog can't be used now (%s); asking again", error.orig)

    def _keep(self, active: list[runs.Claim]) -> None:
        lease = self._runner.settings.lanes.lease_seconds
        if time.monotonic() < self._beat_at:
            return
        with self._runner.catalog.writing() as session:
            runs.beat(session, active, lease)
        self._beat_at = time.monotonic() + lease / 3

    def _abandon(self, active: list[runs.Claim]) -> None:
        """End what runs here under a claim that no longer holds: cancelled, or taken over."""
        with self._runner.catalog.reading() as session:
            lost = recovery.lost(session, active)
        for claim in lost:
            if claim in self._runner.active:  # it may have ended by itself meanwhile
                self._runner.abandon(claim)
