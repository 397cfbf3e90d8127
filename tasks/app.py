"""Celery: one task per stage, named `stringout.<stage>`, on the queues io, cpu and gpu.

In one process there is one app per lane, because a Celery app has one set of queues: of
three workers on one app only the last one's queue was consumed. The
tasks are shared by all of them: a thread of Celery's pool has no current app and looks its
task up in the default app, which knows shared tasks only.

`tasks.app.app` is the app of the configured broker, for `celery -A tasks.app worker -Q gpu`,
`inspect`, Flower and whoever else knows Celery.
"""

from collections.abc import Callable
from typing import Any

from celery import Celery, shared_task
from kombu.entity import Exchange
from kombu.entity import Queue as Messages

from catalog.work import Queue
from config.working import Broker
from tasks import transport
from tasks.pipeline import STAGES

PREFIX = "stringout"
LEVELS = 10  # of priority: 0 to 9, 9 first

# A message that no worker acknowledged comes again after this many seconds: longer than any
# lease, so that it finds its run queued again and not still leased. A run that takes longer
# gets a second doorbell, which its lease turns away.
_UNANSWERED = 120

_REDIS = {
    "visibility_timeout": _UNANSWERED,
    "unacked_restore_interval": 5,  # kombu looks every 100 s unless told otherwise
    "unacked_restore_throttle": 1,
    "priority_steps": list(range(LEVELS)),
    "queue_order_strategy": "priority",
    "socket_connect_timeout": 5,
    "socket_keepalive": True,
}
_RABBITMQ = {"confirm_publish": True, "connect_timeout": 5}


def make_app(name: str, broker: Broker | None = None) -> Celery:
    """An app with our options, on the in-memory broker of this process unless one is named."""
    transport.register()
    url = broker.url if broker and broker.url else f"{transport.NAME}://localhost"
    app = Celery(name, broker=url, set_as_current=False)
    app.conf.update(
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=True,
        task_default_queue=Queue.IO.value,
        task_queue_max_priority=LEVELS - 1,
        task_serializer="json",
        accept_content=["json"],
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        broker_connection_retry_on_startup=True,
    )
    if url.startswith(("redis", "amqp")):
        app.conf.update(_between_processes(url))
    return app


def on_redis(app: Celery) -> bool:
    """Whether 0 is the first priority, and not the last."""
    return str(app.conf.broker_url).startswith("redis")


def add_tasks(answer: Callable[[str, int], None]) -> None:
    """Register every stage as a task that answers one doorbell; once per process."""

    def register(stage: str) -> None:
        @shared_task(name=f"{PREFIX}.{stage}")  # type: ignore[untyped-decorator]
        def answer_one(item_id: int) -> None:
            answer(stage, item_id)

    for stage in STAGES:
        register(stage)


def _between_processes(url: str) -> dict[str, Any]:
    return {
        # Threads: each holds one run, and heavy stages have child processes of their own.
        "worker_pool": "threads",
        "task_queues": [Messages(q, Exchange(q), routing_key=q) for q in map(str, Queue)],
        "broker_transport_options": _REDIS if url.startswith("redis") else _RABBITMQ,
        "broker_connection_timeout": 5,
        "broker_connection_max_retries": None,
        "broker_heartbeat": 20,
        # The ledger finds what was not said; nobody waits long for a broker that is away.
        "task_publish_retry_policy": {"max_retries": 1, "interval_start": 0, "interval_max": 0.2},
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "worker_send_task_events": True,
        "task_send_sent_event": True,
    }


def __getattr__(name: str) -> Celery:
    """`app`, made when somebody asks: importing this module reads no configuration."""
    if name != "app":
        raise AttributeError(name)
    from tasks.worker import configured_app

    app = globals()["app"] = configured_app()
    return app
