"""Embedded mode: the whole engine room in one process, started and stopped as one thing.

room → lanes → recover → pulse, sweep        and back at the stop
"""

import logging
import time
from dataclasses import dataclass, field

from catalog import recovery
from catalog.work import Queue
from config.settings import Settings
from indexers import choice
from indexers.engines import sentence
from tasks.app import add_tasks
from tasks.consumers import Consumer, ask_to_stop
from tasks.crash import report_crashes
from tasks.gathering import Gatherings
from tasks.guard import DiskGuard
from tasks.lanes import Lanes
from tasks.pulse import Pulse
from tasks.room import Room, refuse_a_broker, require_stages
from tasks.runner import Runner
from tasks.traces import connect

_log = logging.getLogger("stringout.service")


@dataclass
class EngineRoom:
    """Room, lanes and sweep of one process. `start()` before anything else."""

    settings: Settings
    room: Room = field(init=False)

    def start(self) -> None:
        """Take the state folder, bring the catalog up to date, recover, begin to work.

        Raises Misconfigured when another service has the folder, or when an engine that
        is named in the settings can't run here: before any work is taken.
        """
        refuse_a_broker(self.settings)
        require_stages(self.settings)
        embedder = sentence.choose(self.settings.embeddings)
        hearing = choice.choose(self.settings.transcript)
        self.room = Room(self.settings, embedded=True)
        self.room.open()
        crash = report_crashes(self.settings.folders.state)
        self._lanes = Lanes(self.settings)
        self._consumers = [Consumer(queue, self.settings) for queue in Queue]
        self._runner = runner = make_runner(self.room, self._lanes)
        add_tasks(runner.run)
        self._guard = DiskGuard(self.settings, self.room.catalog)
        self._guard.look()
        self._pulse, self._sweep = Pulse(runner), self.room.sweep()
        owner = None if self.room.alone else self.room.owner
        interrupted = self._sweep.recover(owner, crashed=bool(crash))
        for consumer in self._consumers:
            consumer.start()
        self._pulse.start()
        self._sweep.start()
        _log.info("transcript by %s: %s", hearing.name, hearing.reason)
        _log.info("embeddings by %s: %s", embedder.name, embedder.reason)
        if crash:
            _log.error("the service crashed in native code before:\n%s", crash)
        if interrupted:
            _log.info("%d interrupted runs go on", interrupted)

    def use(self, settings: Settings) -> None:
        """Go on under other settings, as config/live.py makes them."""
        self.settings = self.room.settings = self._runner.settings = settings
        self._guard.settings = settings
        self._lanes.use(settings)

    def tend(self) -> None:
        """To be called now and then: looks at the disks, gives the memory of idle children back.

        Raises what ended a part that should never end.
        """
        self._pulse.check()
        self._sweep.check()
        self._guard.look()
        for consumer in self._consumers:
            consumer.check()
        self._lanes.tend()

    def stop(self) -> None:
        """Take nothing more, wait for running work as long as configured, put the rest back.

        Threads of interrupted work may still be there: the process should end with os._exit.
        """
        self._sweep.stop()
        ask_to_stop()
        for consumer in self._consumers:
            consumer.stop_taking()
        until = time.monotonic() + self.settings.lanes.stop_seconds
        for consumer in self._consumers:
            consumer.join(max(0.1, until - time.monotonic()))
        self._pulse.stop()
        # First the ledger, whose new tokens discard what a killed child's thread still says.
        with self.room.catalog.writing() as session:
            interrupted = recovery.requeue_orphans(session, self.room.owner)
        self._lanes.kill()
        self._runner.traces.close()
        if interrupted:
            _log.info("%d running runs were put back; they go on at the next start", interrupted)
        self.room.close()


def make_runner(room: Room, lanes: Lanes) -> Runner:
    """The runner of a process that has these lanes."""
    return Runner(
        room.settings, room.catalog, room.vectors, room.doorbell, room.owner, lanes.perform,
        abandon=lanes.abandon, traces=connect(room.settings.tracing),
        gatherings=Gatherings(room.catalog, room.owner, lanes.perform_together),
    )  # fmt: skip
