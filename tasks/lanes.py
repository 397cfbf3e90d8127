"""The lanes of embedded mode: one Celery worker per queue, all in this process.

Their threads hold a place in the queue and hand the work to child processes, one per thread,
so that a long transcript never blocks a probe, whatever hangs can be ended, and a crash costs
one attempt.
"""

import threading
from typing import Any

import celery.worker.state
from celery import Celery

from catalog.runs import Claim
from catalog.work import Facts, Queue, Stage
from config.settings import Settings
from tasks.app import make_app
from tasks.children import Children
from tasks.perform import Order


class Lane:
    """One queue, its Celery worker, and its child processes."""

    def __init__(self, queue: Queue, width: int, settings: Settings) -> None:
        """`width`: how many runs at once."""
        self._settings = settings
        self._children = Children(settings)
        self._worker = _worker(make_app(f"stringout-{queue}"), queue, width)
        self._thread = threading.Thread(
            target=self._worker.start, name=f"lane-{queue}", daemon=True
        )

    def perform(self, stage: Stage, order: Order) -> Facts:
        """Run a stage in a child for at most its time limit."""
        limit = self._settings.lanes.limits.get(stage.name, stage.limit)
        with self._children.borrowed() as child:
            return child.perform(order, limit)

    def abandon(self, claim: Claim) -> None:
        """End the child that works on a claim which no longer holds."""
        self._children.abandon(claim.item_id, claim.stage, claim.token)

    def start(self) -> None:
        """Begin to take runs."""
        self._thread.start()

    def tend(self) -> None:
        """Give the memory of idle children back. Raises RuntimeError if the worker has ended."""
        if not self._thread.is_alive():
            raise RuntimeError(f"the worker of {self._thread.name} has ended by itself")
        self._children.end_idle()

    def stop_taking(self) -> None:
        """Finish what is running and take nothing more."""
        if self._worker.consumer is not None:
            self._worker.signal_consumer_close()

    def join(self, seconds: float) -> None:
        """Wait at most so long for what is running."""
        self._thread.join(seconds)

    def kill(self) -> None:
        """End the children now."""
        self._children.kill()


def make_lanes(settings: Settings) -> dict[Queue, Lane]:
    """All lanes, as wide as configured; none is started."""
    lanes = settings.lanes
    widths = {Queue.IO: lanes.io, Queue.CPU: lanes.cpu, Queue.GPU: lanes.gpu}
    return {queue: Lane(queue, width, settings) for queue, width in widths.items()}


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
