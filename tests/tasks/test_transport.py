import threading
import time

import pytest
from celery import Celery
from kombu import Connection, Queue

from tasks import transport
from tasks.app import make_app


@pytest.fixture
def connection() -> Connection:
    transport.register()
    with Connection("blocking://") as connection:
        yield connection


def _queue(name: str) -> Queue:
    return Queue(f"{name}-{time.monotonic_ns()}", durable=False)


def test_a_message_wakes_a_consumer_that_waits_without_a_time_limit(connection):
    queue, heard = _queue("wake"), []

    def consume() -> None:
        with Connection("blocking://") as mine, mine.Consumer(queue, accept=["json"]) as consumer:
            consumer.register_callback(lambda body, message: (heard.append(body), message.ack()))
            mine.drain_events()

    thread = threading.Thread(target=consume)
    thread.start()
    time.sleep(0.2)
    connection.Producer().publish(["hello"], routing_key=queue.name, declare=[queue])
    thread.join(20)
    assert heard == [["hello"]]


def test_an_empty_queue_times_out(connection):
    with connection.Consumer(_queue("empty"), accept=["json"]), pytest.raises(TimeoutError):
        connection.drain_events(timeout=0.05)


def test_the_highest_priority_is_delivered_first_and_equals_in_order(connection):
    queue, heard = _queue("priority"), []
    producer = connection.Producer()
    for name, priority in [("a", 0), ("b", 9), ("c", 4), ("d", 9)]:
        producer.publish([name], routing_key=queue.name, declare=[queue], priority=priority)
    with connection.Consumer(queue, accept=["json"]) as consumer:
        consumer.register_callback(lambda body, message: (heard.append(body), message.ack()))
        for _ in range(4):
            connection.drain_events(timeout=1)
    assert heard == [["b"], ["d"], ["c"], ["a"]]


def test_three_lanes_in_one_process_each_consume_their_own_queue():
    done: list[tuple[str, int]] = []
    everything = threading.Event()
    apps = {name: _app(name, done, everything) for name in ("one", "two", "three")}
    workers = [_worker(app, name) for name, app in apps.items()]
    threads = [threading.Thread(target=worker.start, daemon=True) for worker in workers]
    for thread in threads:
        thread.start()
    for name in apps:
        for number in range(5):
            apps["one"].send_task(f"test.{name}", args=[number], queue=f"test-{name}")
    assert everything.wait(20)
    assert sorted(done) == sorted((name, number) for name in apps for number in range(5))
    for worker in workers:
        worker.signal_consumer_close()
    _stop(threads)


def _app(name: str, done: list[tuple[str, int]], everything: threading.Event) -> Celery:
    app = make_app(f"test-{name}")

    @app.task(name=f"test.{name}")
    def note(number: int) -> None:
        done.append((name, number))
        if len(done) == 15:
            everything.set()

    return app


def _worker(app: Celery, name: str):
    return app.WorkController(
        hostname=f"{name}@test", queues=[f"test-{name}"], pool="threads", concurrency=2,
        use_eventloop=False, without_gossip=True, without_mingle=True, without_heartbeat=True,
    )  # fmt: skip


def _stop(threads: list[threading.Thread]) -> None:
    import celery.worker.state

    celery.worker.state.should_stop = 0
    for thread in threads:
        thread.join(10)
    celery.worker.state.should_stop = None
    assert not any(thread.is_alive() for thread in threads)
