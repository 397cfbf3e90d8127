"""The sweep: whatever a lost doorbell or a lost worker left behind is found in the ledger.

Messages are doorbells, the database is the truth: a thread asks the ledger every few
seconds what is due, extends the leases of what runs here, and rings.
"""

import logging
import threading
import time
from dataclasses import dataclass, field

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from catalog import clock, pauses, recovery, runs
from catalog.models import Kind, Scope
from tasks import changes, profiles
from tasks.doorbell import Ring
from tasks.pipeline import STAGES, needs
from tasks.runner import Runner

_log = logging.getLogger("stringout.sweep")
_SILENT = 60.0  # seconds that a queued run waits before its lane is asked for its doorbell


@dataclass
class Sweep:
    """Leases, retries and lost doorbells of one process."""

    runner: Runner
    _stop: threading.Event = field(default_factory=threading.Event)
    _beat_at: float = 0.0  # monotonic
    _listen_at: float = 0.0  # monotonic
    _reached: int | None = 0  # item up to which everything was looked at; None: all
    _held: frozenset[tuple[Scope, str, str]] = frozenset()  # the pauses of the last round
    _error: BaseException | None = None

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._run, name="sweep", daemon=True)

    def recover(self, indexed: int, crashed: bool = False) -> int:
        """Before anything runs, alone on this catalog: queue what a killed process left.

        `indexed`: how many points the vector index has; `crashed`: whether that process died in
        native code. Returns how many runs were interrupted.
        """
        with self.runner.catalog.writing() as session:
            for kind in Kind:
                runs.align(session, kind, needs(kind))
            for folder in self.runner.settings.watch:
                profiles.apply(session, folder)
            interrupted = recovery.requeue_orphans(session, crashed=crashed)
            self._stop_poison(session)
            if not indexed:
                changes.index_lost(session)
            queued = runs.queued(session, clock.read(session) + 1)
        self.runner.doorbell.ring([Ring(run.item_id, run.stage) for run in queued])
        return interrupted

    def start(self) -> None:
        """Sweep until `stop`."""
        self._thread.start()

    def check(self) -> None:
        """Raise what ended the thread, if anything did: nothing is tried again then."""
        if self._error:
            raise self._error

    def stop(self) -> None:
        """End the thread."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            while not self._stop.wait(self.runner.settings.lanes.sweep_seconds):
                self._round()
        except BaseException as error:
            self._error = error
            raise

    def _round(self) -> None:
        """A catalog that can't be used for a while is asked again in the next round."""
        try:
            self._look_at_everything()
            self._beat()
            self._abandon()
            self.runner.doorbell.ring(self._due())
            self.runner.doorbell.ring(self._unheard())
            self.runner.doorbell.ring(self._resumed())
        except DBAPIError as error:
            _log.warning("the catalog can't be used now (%s); asking again", error.orig)

    def _look_at_everything(self) -> None:
        """Once: what changed while nobody was there, such as another engine in the settings."""
        while self._reached is not None and not self._stop.is_set():
            with self.runner.catalog.writing() as session:
                rings, reached = changes.after(session, self.runner.settings, self._reached)
            self.runner.doorbell.ring(rings)
            self._reached = reached

    def _beat(self) -> None:
        lease = self.runner.settings.lanes.lease_seconds
        if time.monotonic() < self._beat_at or not self.runner.active:
            return
        with self.runner.catalog.writing() as session:
            runs.beat(session, list(self.runner.active), lease)
        self._beat_at = time.monotonic() + lease / 3

    def _abandon(self) -> None:
        """End what runs here under a claim that no longer holds: cancelled, or taken over."""
        active = list(self.runner.active)
        if not active:
            return
        with self.runner.catalog.reading() as session:
            lost = recovery.lost(session, active)
        for claim in lost:
            if claim in self.runner.active:  # it may have ended by itself meanwhile
                self.runner.abandon(claim)

    def _stop_poison(self, session: Session) -> None:
        lanes = self.runner.settings.lanes
        for run in recovery.stop_poison(session, lanes.attempts, lanes.interruptions):
            _log.error("%s of item %d %s", run.stage, run.item_id, run.message)

    def _due(self) -> list[Ring]:
        with self.runner.catalog.reading() as session:
            now = clock.read(session)
            if not runs.anything_due(session, now):
                return []
        with self.runner.catalog.writing() as session:
            due = runs.queue_due(session, now)
            self._stop_poison(session)
            lost = recovery.expired(session, now)
        for run in lost:
            _log.warning("%s of item %d lost its worker; it runs again", run.stage, run.item_id)
        return [Ring(run.item_id, run.stage) for run in (*due, *lost)]

    def _resumed(self) -> list[Ring]:
        """What stayed queued under a pause, when one has ended: its doorbells went unheard."""
        with self.runner.catalog.reading() as session:
            held = frozenset((p.scope, p.name, p.by) for p in pauses.active(session))
            ended, self._held = self._held - held, held
            waiting = runs.queued(session, clock.read(session)) if ended else []
        return [Ring(run.item_id, run.stage) for run in waiting]

    def _unheard(self) -> list[Ring]:
        """Runs queued long ago in a lane that has no message: their doorbells were lost."""
        if time.monotonic() < self._listen_at:
            return []
        self._listen_at = time.monotonic() + _SILENT
        with self.runner.catalog.reading() as session:
            queued = runs.queued(session, clock.read(session) - _SILENT)
        waiting = [run for run in queued if run.stage in STAGES]  # others: of a newer version
        lanes = {STAGES[run.stage].queue for run in waiting}
        silent = {lane for lane in lanes if self.runner.doorbell.silent(lane)}
        return [Ring(r.item_id, r.stage) for r in waiting if STAGES[r.stage].queue in silent]
