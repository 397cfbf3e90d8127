"""The lanes of embedded mode: one Celery worker per queue, all in this process.

io runs stages in its own threads; cpu and gpu hand them to child processes, one per
thread, so that a long transcript never blocks a probe and a crash costs one attempt.
"""

import threading
from dataclasses import replace
from typing import Any

import celery.worker.state
from celery import Celery

from catalog.work import Facts, Queue, Stage
from config.settings import Lanes as LaneSettings
from tasks.app import add_tasks, make_app
from tasks.children import Children
from tasks.perform import Order
from tasks.runner import Runner


class Lane:
    """One queue, its Celery worker, and its child processes."""

    def __init__(self, queue: Queue, width: int, runner: Runner) -> None:
        """`width`: how many runs at once."""
        self._children = None if queue == Queue.IO else Children(runner.settings)
        app = make_app(f"stringout-{queue}", runner.settings.lanes.broker)
        add_tasks(app, replace(runner, perform=self._in_child) if self._children else runner)
        self._worker = _worker(app, queue, width)
        self._thread = threading.Thread(
            target=self._worker.start, name=f"lane-{queue}", daemon=True
        )

    def start(self) -> None:
        """Begin to take runs."""
        self._thread.start()

    def end_idle(self) -> None:
        """Give the memory of idle children back."""
        if self._children:
            self._children.end_idle()

    def stop_taking(self) -> None:
        """Finish what is running and take nothing more."""
        if self._worker.consumer is not None:
            self._worker.signal_consumer_close()

    def join(self, seconds: float) -> bool:
        """Wait for what is running; True if all of it has ended."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def kill(self) -> None:
        """End the children now."""
        if self._children:
            self._children.kill()

    def _in_child(self, stage: Stage, order: Order) -> Facts:
        assert self._children
        with self._children.borrowed() as child:
            return child.perform(order, stage.limit)


def widths(settings: LaneSettings) -> dict[Queue, int]:
    """How many runs each lane takes at once."""
    return {Queue.IO: settings.io, Queue.CPU: settings.cpu, Queue.GPU: settings.gpu}


def ask_to_stop() -> None:
    """Tell all workers of this process to stop when their running tasks have ended."""
    celery.worker.state.should_stop = 0


def _worker(app: Celery, queue: Queue, width: int) -> Any:
    return app.WorkController(
        hostname=f"{queue}@stringout",
        queues=[queue.value],
        pool="threads",
        concurrency=width,
        use_eventloop=False,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
