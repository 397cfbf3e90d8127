"""Chaos, larger than in the suite: SIGKILL at random moments on every broker and database.

200 items × all stages each on embedded, Redis and RabbitMQ, on SQLite and PostgreSQL; 85 kills of
our processes each (510 in all), the broker killed and wiped, the database restarted. At the end
each output exists exactly once, is whole, and nothing was lost (tests/chaos/cast.py), or this
ends with the difference. What is real and what is cheap: tests/chaos/stages.py.

`--quick`: embedded on SQLite only, 40 items, 10 kills. `--only embedded,redis,rabbitmq` chooses.
"""

import argparse
import random
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from tests.chaos.cast import Cast, Havoc
from tests.servers import PostgreSQL, RabbitMQ, Redis

ITEMS, KILLS = 200, 85
BROKERS = {"embedded": None, "redis": Redis, "rabbitmq": RabbitMQ}
DATABASES = {"sqlite": None, "postgresql": PostgreSQL}
PATIENCE = 1800.0


def run(broker: str, database: str, items: int, kills: int) -> None:
    """One combination; prints its row. Raises AssertionError when something is lost or wrong."""
    began = time.monotonic()
    with ExitStack() as stack:
        carrier = BROKERS[broker] and stack.enter_context(BROKERS[broker]())
        keeper = DATABASES[database] and stack.enter_context(DATABASES[database]())
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="stringout-chaos-")))
        cast = Cast(home / "home", carrier, keeper)
        stack.callback(cast.end)
        events = {}
        if carrier:
            events[kills // 4] = lambda: (carrier.kill(), carrier.start())
            events[kills // 2] = carrier.wipe
        if keeper:
            events[3 * kills // 4] = keeper.restart
        cast.start()
        cast.drop(items)
        pauses = (0.2, 2.0) if carrier else (0.0, 1.0)
        Havoc(cast, random.Random(), pauses).run(kills, items * 4, events)
        before = cast.progress()
        cast.wait(items, PATIENCE)
        cast.stop()
        cast.check(items)
        print(
            f"{broker:10}{database:12}{items:6} items {cast.kills.total():4} kills "
            f"{items * 5:6} runs done once, {cast.executions():6} executions of {items * 4}, "
            f"{before:6} done at the last kill, {time.monotonic() - began:6.0f} s",
            flush=True,
        )


def main() -> None:
    """Run the combinations."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--check", action="store_true", help="as always: a loss is an error")
    parser.add_argument("--only", default="embedded,redis,rabbitmq")
    given = parser.parse_args()
    if given.quick:
        return run("embedded", "sqlite", 40, 10)
    for broker in given.only.split(","):
        for database in DATABASES:
            run(broker, database, ITEMS, KILLS)
    return None


if __name__ == "__main__":
    main()
