"""A broker that goes away at any moment ends nobody."""

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from catalog.work import Queue
from config.working import Broker
from tasks.app import make_app
from tasks.bell import CeleryDoorbell
from tasks.doorbell import Ring
from tests.servers import Redis


@pytest.fixture(scope="module")
def redis() -> Iterator[Redis]:
    with Redis() as server:
        yield server


class Relay(socketserver.ThreadingTCPServer):
    """Before a server: closes all connections after so many of its answers."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int, answers: int) -> None:
        super().__init__(("127.0.0.1", 0), Passing)
        self.port, self.answers, self.lock = port, answers, threading.Lock()

    def one_more(self) -> bool:
        with self.lock:
            self.answers -= 1
            return self.answers >= 0


class Passing(socketserver.BaseRequestHandler):
    """One connection, a question and its answer at a time."""

    server: Relay

    def handle(self) -> None:
        with socket.create_connection(("127.0.0.1", self.server.port)) as far, suppress(OSError):
            while asked := self.request.recv(65536):
                if not self.server.one_more():
                    return
                far.sendall(asked)
                self.request.sendall(far.recv(65536))


@contextmanager
def relayed(redis: Redis, answers: int) -> Iterator[str]:
    with Relay(int(redis.url.split(":")[2].split("/")[0]), answers) as relay:
        threading.Thread(target=relay.serve_forever, args=(0.05,), daemon=True).start()
        yield f"redis://127.0.0.1:{relay.server_address[1]}/0"
        relay.shutdown()


@pytest.mark.parametrize("answers", [4, 5, 6])
def test_a_broker_that_breaks_off_after_some_answers_is_a_broker_that_does_not_answer(
    house, redis, answers
):
    with relayed(redis, answers) as url:
        bell = CeleryDoorbell(make_app("bell", Broker(url=url, lost_seconds=3)), house.catalog)
        asked = [bell.waiting(queue) for queue in Queue]
    assert asked[-1] is None


def test_a_broker_that_answers_says_how_many_wait(house, redis):
    redis.wipe()
    bell = CeleryDoorbell(make_app("bell", Broker(url=redis.url, lost_seconds=3)), house.catalog)
    assert bell.waiting(Queue.IO) == 0
    bell.ring([Ring(1, "checksum"), Ring(2, "checksum")])
    assert bell.waiting(Queue.IO) == 2
