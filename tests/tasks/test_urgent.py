"""Breaking news behind 500 of the bulk, through the real doorbell, transport and worker."""

import itertools
import threading
import time

import celery.worker.state
from celery import shared_task

from catalog import drops
from catalog.models import Kind
from catalog.work import Queue
from config.watching import Priority
from tasks.app import make_app
from tasks.bell import CeleryDoorbell
from tasks.consumers import Consumer
from tasks.doorbell import Ring
from tasks.pipeline import needs

BULK = 500
WIDTH = 2


def test_breaking_news_starts_when_what_runs_has_ended_and_before_all_that_waits(house, deadline):
    lanes = house.settings.lanes.model_copy(update={"cpu": WIDTH})
    settings = house.settings.model_copy(update={"lanes": lanes})
    started: list[int] = []
    blocked = threading.Event()

    @shared_task(name="stringout.scan")
    def answer(item_id: int) -> None:
        started.append(item_id)
        blocked.wait(60 if len(started) <= WIDTH else 0)

    numbers = itertools.count()

    def accept(priority: Priority) -> int:
        name = f"harbor/{next(numbers)}.mov"
        drop = drops.Drop("drop", name, 1, 1, Kind.FOOTAGE, priority=priority)
        with house.catalog.writing() as session:
            item = drops.accept(session, drop, needs(Kind.FOOTAGE))
        assert item
        assert item.id
        return item.id

    bell = CeleryDoorbell(make_app("stringout-urgent"), house.catalog)
    bulk = [accept(Priority.BULK) for _ in range(BULK)]
    bell.ring([Ring(item, "scan") for item in bulk])
    lane = Consumer(Queue.CPU, settings)
    lane.start()
    deadline(lambda: len(started) == WIDTH, 60)
    time.sleep(0.5)  # whatever the worker takes ahead, it has taken by now
    urgent = accept(Priority.BREAKING)
    bell.ring([Ring(urgent, "scan")])
    blocked.set()
    deadline(lambda: len(started) == BULK + 1, 60)
    assert started.index(urgent) <= WIDTH, "it was held up by messages that were taken ahead"
    celery.worker.state.should_stop = 0
    lane.stop_taking()
    lane.join(30)
    celery.worker.state.should_stop = None
