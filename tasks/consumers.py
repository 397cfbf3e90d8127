"""Embedded mode's Celery workers: one per queue, all in this process."""

import threading
from typing import Any

import celery.worker.state

from catalog.work import Queue
from config.settings import Settings
from tasks.app import make_app
from tasks.lanes import width


class Consumer:
    """The worker of one queue, in a thread."""

    def __init__(self, queue: Queue, settings: Settings) -> None:
        self._worker = _worker(queue, width(settings, queue))
        self._thread = threading.Thread(
            target=self._worker.start, name=f"lane-{queue}", daemon=True
        )

    def start(self) -> None:
        """Begin to take runs."""
        self._thread.start()

    def check(self) -> None:
        """Raise RuntimeError if the worker has ended: nobody takes runs of its lane then."""
        if not self._thread.is_alive():
            raise RuntimeError(f"the worker of {self._thread.name} has ended by itself")

    def stop_taking(self) -> None:
        """Finish what is running and take nothing more."""
        if self._worker.consumer is not None:
            self._worker.signal_consumer_close()

    def join(self, seconds: float) -> None:
        """Wait at most so long for what is running."""
        self._thread.join(seconds)


def ask_to_stop() -> None:
    """Tell all workers of this process to stop when their running tasks have ended."""
    celery.worker.state.should_stop = 0


def _worker(queue: Queue, threads: int) -> Any:
    return make_app(f"stringout-{queue}").WorkController(
        hostname=f"{queue}@stringout",
        queues=[queue.value],
        pool="threads",
        concurrency=threads,
        use_eventloop=False,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
