"""The doorbell that people hear of: one Celery message per queued run."""

import logging
import time
from collections.abc import Iterable

from celery import Celery
from kombu.connection import Connection
from kombu.exceptions import ChannelError, OperationalError

from catalog import runs
from catalog.database import Catalog
from catalog.work import Queue
from config.watching import Priority
from tasks.app import LEVELS, PREFIX, on_redis
from tasks.doorbell import Ring
from tasks.pipeline import STAGES, priority

_log = logging.getLogger("stringout.doorbell")
_AT_ONCE = 500  # rings whose priorities are asked for in one query
_DEAF_SECONDS = 3.0  # a broker that did not answer is left alone this long


class CeleryDoorbell:
    """Rings by sending one message per run to the queue of its stage.

    How urgent a message is, the ledger says: its item may have been given another priority
    since it was accepted. A broker that does not answer costs nothing but time: what was not
    rung stays queued, and the sweep rings again.
    """

    def __init__(self, app: Celery, catalog: Catalog) -> None:
        self._app, self._catalog = app, catalog
        self._reversed = on_redis(app)
        # What a broker that goes away in the middle of an answer raises is the transport's own.
        self._silence = (OperationalError, OSError, *app.connection_for_write().connection_errors)
        self._deaf_until = 0.0  # monotonic
        self._heard = True

    def ring(self, rings: Iterable[Ring]) -> None:
        """See Doorbell."""
        waiting = [ring for ring in rings if ring.stage in STAGES]  # others: of a newer version
        for start in range(0, len(waiting), _AT_ONCE):
            if time.monotonic() < self._deaf_until:
                return
            try:
                self._send(waiting[start : start + _AT_ONCE])
            except self._silence as error:
                self._not_heard(error)
            else:
                self._is_heard()

    def waiting(self, queue: Queue) -> int | None:
        """See Doorbell."""
        if time.monotonic() < self._deaf_until:
            return None
        try:
            with self._app.connection_for_write() as connection:
                channel = connection.default_channel
                return int(channel.queue_declare(queue.value, passive=True).message_count)
        except ChannelError:  # nobody has declared it, or the broker has forgotten it
            return 0
        except self._silence as error:
            self._not_heard(error)
            return None

    def _send(self, rings: list[Ring]) -> None:
        with self._catalog.reading() as session:
            urgent = runs.priorities(session, {ring.item_id for ring in rings})
        with self._app.producer_or_acquire() as producer:
            for ring in rings:
                level = priority(ring.stage, urgent.get(ring.item_id, Priority.NORMAL))
                self._app.send_task(
                    f"{PREFIX}.{ring.stage}",
                    args=[ring.item_id],
                    queue=STAGES[ring.stage].queue.value,
                    priority=LEVELS - 1 - level if self._reversed else level,
                    producer=producer,
                )

    def _not_heard(self, error: Exception) -> None:
        self._deaf_until = time.monotonic() + _DEAF_SECONDS
        if self._heard:
            _log.warning("the broker does not answer (%s); what is due is rung for later", error)
        self._heard = False

    def _is_heard(self) -> None:
        if not self._heard:
            _log.info("the broker answers again")
        self._heard = True


def unreachable(url: str) -> str:
    """Why a broker can't be reached, or ""."""
    try:
        with Connection(url, connect_timeout=_DEAF_SECONDS) as connection:
            connection.ensure_connection(max_retries=1, timeout=_DEAF_SECONDS)
    except (OperationalError, OSError) as error:
        return f"{Connection(url).as_uri()}: {error}"
    return ""
