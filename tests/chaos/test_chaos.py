"""SIGKILL to everything at random moments: each output exists exactly once and is whole.

The front door, ledger, runner, children, publishing, sweep, roles, brokers and databases are the
real ones; only the stages after checksum are cheap (stages.py). benchmarks/chaos.py does more.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.chaos.cast import Cast, Havoc
from tests.servers import PostgreSQL, RabbitMQ, Redis

KILLS = 11  # of our processes, and the servers' besides
KILLS_ALONE = 8  # each costs a start of everything
ALONE, AMONG_OTHERS = (0.0, 1.0), (0.2, 2.0)  # seconds before a kill
_PATIENCE = 480.0  # seconds, for a loaded machine


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def _survives(
    cast: Cast,
    items: int,
    kills: int,
    pauses: tuple[float, float],
    events: dict[int, Callable[[], None]],
) -> None:
    try:
        cast.start()
        cast.drop(items)
        Havoc(cast, random.Random(), pauses).run(kills, items * 4, events)
        cast.wait(items, _PATIENCE)
        cast.stop()
        cast.check(items)
        assert cast.executions() >= items * 4
    finally:
        cast.end()


@pytest.mark.timeout(900)
def test_one_process_on_sqlite(tmp_path: Path) -> None:
    _survives(Cast(tmp_path / "home"), 60, KILLS_ALONE, ALONE, {})


@pytest.mark.timeout(900)
def test_many_on_redis_and_postgresql(tmp_path: Path, stack: ExitStack) -> None:
    redis, database = stack.enter_context(Redis()), stack.enter_context(PostgreSQL())

    def restart_the_broker() -> None:
        redis.kill()
        redis.start()

    events = {3: restart_the_broker, 6: redis.wipe, 9: database.restart}
    _survives(Cast(tmp_path / "home", redis, database), 60, KILLS, AMONG_OTHERS, events)


@pytest.mark.timeout(900)
def test_many_on_rabbitmq_and_sqlite(tmp_path: Path, stack: ExitStack) -> None:
    rabbit = stack.enter_context(RabbitMQ())

    def restart_the_broker() -> None:
        rabbit.kill()
        rabbit.start()

    events = {4: restart_the_broker, 8: rabbit.wipe}
    _survives(Cast(tmp_path / "home", rabbit), 60, KILLS, AMONG_OTHERS, events)
