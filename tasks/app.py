"""Celery: one task per stage, named `stringout.<stage>`, on the queues io, cpu and gpu.

In one process there is one app per lane, because a Celery app has one set of queues: of
three workers on one app only the last one's queue was consumed. The
tasks are shared by all of them: a thread of Celery's pool has no current app and looks its
task up in the default app, which knows shared tasks only.
"""

from collections.abc import Iterable

from celery import Celery, shared_task

from catalog import runs
from catalog.database import Catalog
from catalog.work import Queue
from config.watching import Priority
from tasks import transport
from tasks.doorbell import Ring
from tasks.pipeline import STAGES, priority
from tasks.runner import Runner

PREFIX = "stringout"
_AT_ONCE = 500  # rings whose priorities are asked for in one query


def make_app(name: str) -> Celery:
    """An app with our options, on the in-memory broker of this process."""
    transport.register()
    app = Celery(name, broker=f"{transport.NAME}://localhost", set_as_current=False)
    app.conf.update(
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=True,
        task_default_queue="io",
        task_queue_max_priority=9,
        task_serializer="json",
        accept_content=["json"],
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        broker_connection_retry_on_startup=True,
    )
    return app


def add_tasks(runner: Runner) -> None:
    """Register every stage as a task that answers one doorbell; once per process."""

    def register(stage: str) -> None:
        @shared_task(name=f"{PREFIX}.{stage}")  # type: ignore[untyped-decorator]
        def answer(item_id: int) -> None:
            runner.run(stage, item_id)

    for stage in STAGES:
        register(stage)


class CeleryDoorbell:
    """Rings by sending one message per run to the queue of its stage.

    How urgent a message is, the ledger says: its item may have been given another priority
    since it was accepted.
    """

    def __init__(self, app: Celery, catalog: Catalog) -> None:
        self._app, self._catalog = app, catalog

    def ring(self, rings: Iterable[Ring]) -> None:
        """See Doorbell."""
        waiting = [ring for ring in rings if ring.stage in STAGES]  # others: of a newer version
        for start in range(0, len(waiting), _AT_ONCE):
            some = waiting[start : start + _AT_ONCE]
            with self._catalog.reading() as session:
                urgent = runs.priorities(session, {ring.item_id for ring in some})
            for ring in some:
                self._app.send_task(
                    f"{PREFIX}.{ring.stage}",
                    args=[ring.item_id],
                    queue=STAGES[ring.stage].queue.value,
                    priority=priority(ring.stage, urgent.get(ring.item_id, Priority.NORMAL)),
                )

    def silent(self, queue: Queue) -> bool:
        """See Doorbell."""
        with self._app.connection_for_write() as connection:
            return not connection.default_channel.queue_declare(queue.value).message_count
