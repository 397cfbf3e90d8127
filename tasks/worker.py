"""A worker of distributed mode: Celery's own program, with our lanes in it.

`celery -A tasks.app worker -Q gpu` and `stringout worker --queue gpu` are the same. Celery
carries messages, answers `inspect` and Flower, and hears signals; a run is performed exactly as
in embedded mode: by the runner, heavy stages in child processes that are killed at their limit.
"""

import logging
import os
import sys
import threading
import time
from typing import Any

from celery import Celery, bootsteps, signals

from catalog import recovery
from catalog.work import Queue
from config import log
from config.settings import Settings, load
from indexers import choice
from media import systemd
from media.errors import Misconfigured, StringoutError
from media.files import require_writable
from tasks.app import add_tasks, make_app
from tasks.embedded import make_runner
from tasks.lanes import Lanes, width
from tasks.pulse import Pulse
from tasks.room import Room, require_a_broker, require_stages
from tasks.runner import Runner

_log = logging.getLogger("stringout.worker")
_TEND_SECONDS = 5.0
_PATIENCE = 5.0  # after its time to stop, for threads that hang


def configured_app() -> Celery:
    """The app of the configuration that STRINGOUT_CONFIG names (config/settings.py)."""
    return make_worker_app(load())


def make_worker_app(settings: Settings) -> Celery:
    """An app whose workers perform our stages. Raises Misconfigured without a broker."""
    require_a_broker(settings)
    app = make_app("stringout", settings.broker)
    station = Station(settings)
    add_tasks(station.answer)

    class Step(bootsteps.StartStopStep):  # type: ignore[misc]
        """Between Celery's pool, which it outlives, and its consumer."""

        requires = {"celery.worker.components:Pool"}  # noqa: RUF012 - as Celery has it

        def start(self, _worker: Any) -> None:
            station.open_or_exit()

        def stop(self, _worker: Any) -> None:
            station.close()

        terminate = stop

    app.steps["worker"].add(Step)

    def choose(conf: Any, options: dict[str, Any], **_rest: Any) -> None:
        """As many threads as the lanes of this worker are wide, unless -c says otherwise."""
        conf.worker_concurrency = sum(width(settings, q) for q in _queues(options))

    signals.celeryd_init.connect(choose, weak=False)
    return app


def work(settings: Settings, queue: Queue) -> None:
    """Be a worker of one lane until SIGTERM. Does not return."""
    app = make_worker_app(settings)
    app.worker_main([
        "--quiet", "worker", "--queues", queue.value, "--hostname", f"{queue}-{os.getpid()}@%h",
        "--loglevel", "warning", "--without-gossip", "--without-mingle",
    ])  # fmt: skip


class Station:
    """What a worker process has besides Celery: room, runner, lanes, pulse, sweep."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._runner: Runner | None = None
        self._closing = threading.Event()

    def answer(self, stage: str, item_id: int) -> None:
        """Answer a doorbell."""
        if self._runner and not self._closing.is_set():
            self._runner.run(stage, item_id)

    def open_or_exit(self) -> None:
        """Be ready to work, or end the process: with 78 when the operator must act."""
        try:
            self._open()
        except StringoutError as error:
            sys.stderr.write(f"stringout: {error}\n")
            os._exit(getattr(error, "exit_code", 1))

    def close(self) -> None:
        """Wait for running work as long as configured, put the rest back, end its children."""
        if self._closing.is_set() or self._runner is None:
            return
        self._closing.set()
        systemd.stopping()
        self._sweep.stop()
        until = time.monotonic() + self.settings.lanes.stop_seconds
        while self._runner.active and time.monotonic() < until:
            time.sleep(0.05)
        # Threads can't be killed: one that hangs must not keep the process.
        last = threading.Timer(_PATIENCE, os._exit, (0,))
        last.daemon = True
        last.start()
        self._pulse.stop()
        with self.room.catalog.writing() as session:
            interrupted = recovery.requeue_orphans(session, self.room.owner)
        self._lanes.kill()
        self._runner.traces.close()
        if interrupted:
            _log.info("%d running runs were put back", interrupted)
        self.room.close()

    def _open(self) -> None:
        log.start(self.settings.log)
        require_stages(self.settings)
        for output in self.settings.outputs:
            require_writable(output)
        hearing = choice.choose(self.settings.transcript)
        self.room = Room(self.settings, embedded=False)
        self.room.open()
        self._lanes = Lanes(self.settings)
        runner = make_runner(self.room, self._lanes)
        self._pulse, self._sweep = Pulse(runner), self.room.sweep()
        self._pulse.start()
        self._sweep.start()
        self._runner = runner
        threading.Thread(target=self._tend, name="tend", daemon=True).start()
        systemd.ready()
        _log.info("ready; transcript by %s: %s", hearing.name, hearing.reason)

    def _tend(self) -> None:
        """End the process, to be started again, when a part of it broke."""
        while not self._closing.wait(_TEND_SECONDS):
            try:
                self._pulse.check()
                self._sweep.check()
                self._lanes.tend()
                systemd.alive()
            except Exception:  # noqa: BLE001 - whatever it was: say it, end, be started again
                _log.exception("a part of the worker broke")
                os._exit(1)


def _queues(options: dict[str, Any]) -> list[Queue]:
    named = options.get("queues") or [queue.value for queue in Queue]
    try:
        return [Queue(name) for name in named]
    except ValueError as error:
        raise Misconfigured(f"{error}: the queues are {', '.join(Queue)}") from error
