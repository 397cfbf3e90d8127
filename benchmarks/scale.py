"""Scale: what a run costs besides its work, whether a long queue slows it, what more workers give.

    overhead     claim to done without the work, PostgreSQL and Redis, one process: ≤ 10 ms,
                 beside a bare Celery no-op (publish only) and an empty transaction
    queue        the same with 10,000 items queued, against 100: ≤ 1.5 times
    workers      runs a second with 1, 2 and 4 worker processes, on stages that wait (0.2 s) and
                 that compute (0.2 CPU-seconds), against one worker

`--quick` leaves out the computing part and takes shorter queues; `--check` exits 1 on a miss.
Servers are real ones, started here. Wall times are of a shared machine: the ratios count.
"""

import argparse
import hashlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sqlmodel import Session, select

from catalog import drops
from catalog.database import Catalog
from catalog.models import Kind, StageRun, Status
from catalog.work import Facts, Queue, Work
from config.settings import Settings, load
from tasks import changes
from tasks.app import make_app
from tasks.bell import CeleryDoorbell
from tasks.pipeline import PIPELINE, STAGES, needs
from tasks.room import Room
from tasks.runner import Runner
from tests.servers import PostgreSQL, Redis, until

ROOT = Path(__file__).parent.parent
GOAL_MS = 10.0
GOAL_RATIO = 1.5
WAIT = 0.2


class Bench:
    """A stage that waits or computes for a while, or does nothing."""

    needs: tuple[str, ...] = ()
    queue = Queue.IO
    version = 1
    limit = 60.0
    makes: tuple[type, ...] = ()

    def __init__(self, name: str, act: Callable[[], None]) -> None:
        self.name, self.act = name, act

    def run(self, work: Work) -> Facts:
        self.act()
        return Facts("done")


def compute() -> None:
    """0.2 seconds of CPU that hold the GIL, as Python code does."""
    until_cpu = time.thread_time() + WAIT
    while time.thread_time() < until_cpu:
        hashlib.sha256(b"x" * 100).digest()


def install() -> None:
    """Let the stage that BENCH_STAGE names be the only one of footage, in this process."""
    acts = {"wait": lambda: time.sleep(WAIT), "compute": compute, "nothing": lambda: None}
    name = os.environ.get("BENCH_STAGE", "nothing")
    stage = Bench(name, acts[name])
    for kind in Kind:
        PIPELINE[kind] = (stage,) if kind == Kind.FOOTAGE else ()
    STAGES.clear()
    STAGES[name] = stage


def settings(home: Path, redis: Redis, database: PostgreSQL, io: int = 1) -> Settings:
    """Of one configuration file in `home`."""
    (home / "drop").mkdir(parents=True, exist_ok=True)
    file = home / "stringout.toml"
    file.write_text(
        f'[[watch]]\npath = "{home}/drop"\n'
        f'[folders]\noutput = "{home}/output"\nstate = "{home}/state"\n'
        "free_floor_gb = 0\nstate_floor_gb = 0\n"
        f'[database]\nurl = "{database.url}"\n[broker]\nurl = "{redis.url}"\n'
        f'[lanes]\nio = {io}\n[log]\nlevel = "error"\n'
    )
    return load(file)


def queue_up(catalog: Catalog, given: Settings, count: int, folder: str) -> list[int]:
    """Accept so many items in one transaction each two hundred."""
    ids: list[int] = []

    def accept(session: Session, number: int) -> None:
        drop = drops.Drop("drop", f"{folder}/{number}.wav", 1, 1, Kind.FOOTAGE)
        item = drops.accept(session, drop, needs(Kind.FOOTAGE))
        assert item is not None
        changes.check(session, given, [item])
        ids.append(item.id or 0)

    for start in range(0, count, 200):
        with catalog.writing() as session:
            for number in range(start, min(count, start + 200)):
                accept(session, number)
    return ids


def timed(act: Callable[[], object], times: int) -> tuple[float, float]:
    """Median wall and mean CPU milliseconds of one call."""
    walls = []
    cpu = time.process_time()
    for _ in range(times):
        start = time.perf_counter()
        act()
        walls.append((time.perf_counter() - start) * 1000)
    return statistics.median(walls), (time.process_time() - cpu) * 1000 / times


def one_process(redis: Redis, database: PostgreSQL, long: int) -> dict[str, float]:
    """Overhead, and what a long queue does to it."""
    home = Path(tempfile.mkdtemp(prefix="stringout-scale-"))
    given = settings(home, redis, database)
    room = Room(given, embedded=False)
    room.open()
    stage = next(iter(STAGES))
    runner = Runner(
        given, room.catalog, room.vectors, room.doorbell, room.owner, lambda _s, _o: Facts("done")
    )
    figures: dict[str, float] = {}

    def runs(items: list[int]) -> tuple[float, float]:
        left = iter(items)
        return timed(lambda: runner.run(stage, next(left)), len(items))

    def empty() -> None:
        with room.catalog.writing() as session:
            session.exec(select(1)).one()

    warm = queue_up(room.catalog, given, 100, "warm")
    runs(warm)
    figures["run wall ms"], figures["run cpu ms"] = runs(queue_up(room.catalog, given, 300, "a"))
    figures["empty transaction wall ms"], figures["empty transaction cpu ms"] = timed(empty, 300)
    app = make_app("bare", given.broker)
    figures["celery publish wall ms"], figures["celery publish cpu ms"] = timed(
        lambda: app.send_task("none", queue="nobody"), 300
    )
    start = time.perf_counter()
    many = queue_up(room.catalog, given, long, "long")
    figures["accept ms"] = (time.perf_counter() - start) * 1000 / long
    figures["long run wall ms"], figures["long run cpu ms"] = runs(many[:300])
    sweep = room.sweep()
    sweep.role.held()
    sweep.begin()
    sweep._reached = None
    figures["sweep round ms"] = timed(sweep.round, 3)[0]
    room.close()
    return figures


def throughput(kind: str, workers: int, count: int) -> float:
    """Runs a second of so many worker processes, from the first start to the last end."""
    home = Path(tempfile.mkdtemp(prefix="stringout-scale-"))
    (home / "site").mkdir()
    (home / "site" / "sitecustomize.py").write_text(
        "from benchmarks import scale\nscale.install()\n"
    )
    with Redis() as redis, PostgreSQL() as database:
        given = settings(home, redis, database)
        os.environ["BENCH_STAGE"] = kind
        install()
        catalog = Catalog(given.database_url)
        catalog.migrate()
        environment = {
            **os.environ, "STRINGOUT_CONFIG": str(home / "stringout.toml"),
            "PYTHONPATH": os.pathsep.join([str(home / "site"), str(ROOT)]),
        }  # fmt: skip
        command = [sys.executable, "-m", "ingest", "worker", "--queue", "io"]
        processes = [subprocess.Popen(command, env=environment) for _ in range(workers)]
        try:
            bell = CeleryDoorbell(make_app("bench", given.broker), catalog)
            _warm(catalog, given, bell, workers)
            items = queue_up(catalog, given, count, "items")
            bell.ring([changes.Ring(item, kind) for item in items])
            until(lambda: _done(catalog, items) == count, 300, "workers do not finish")
            with catalog.reading() as session:
                rows = [session.get_one(StageRun, (item, kind)) for item in items]
            took = max(r.finished_at for r in rows) - min(r.started_at for r in rows)
        finally:
            for process in processes:
                process.kill()
                process.wait()
            catalog.close()
    return count / took


def _warm(catalog: Catalog, given: Settings, bell: CeleryDoorbell, workers: int) -> None:
    """Until every worker has done something: its child process is there then."""
    for round_ in range(40):
        items = queue_up(catalog, given, 4 * workers, f"warm {round_}")
        bell.ring([changes.Ring(item, next(iter(STAGES))) for item in items])
        until(lambda items=items: _done(catalog, items) == len(items), 120, "nobody works")
        with catalog.reading() as session:
            owners = set(session.exec(select(StageRun.owner).where(StageRun.owner != "")))
        if len(owners) == workers:
            return
    raise TimeoutError("not all workers came up")


def _done(catalog: Catalog, items: list[int]) -> int:
    with catalog.reading() as session:
        chosen = select(StageRun.item_id).where(
            StageRun.status == Status.DONE, StageRun.item_id >= min(items)
        )
        return len(session.exec(chosen).all())


def main() -> None:
    """Measure, print, and exit 1 with --check when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    missed = []
    install()
    with Redis() as redis, PostgreSQL() as database:
        figures = one_process(redis, database, 1000 if given.quick else 10_000)
    for name, figure in figures.items():
        print(f"{name:28}{figure:10.2f}")
    ratio = figures["long run cpu ms"] / figures["run cpu ms"]
    print(f"{'long queue / short, cpu':28}{ratio:10.2f}  goal ≤ {GOAL_RATIO}")
    print(f"{'overhead, wall ms':28}{figures['run wall ms']:10.2f}  goal ≤ {GOAL_MS}")
    if figures["run wall ms"] > GOAL_MS:
        missed.append("overhead")
    if ratio > GOAL_RATIO:
        missed.append("long queue")
    for kind in ("wait",) if given.quick else ("wait", "compute"):
        one = 0.0
        for workers in (1, 2, 4):
            rate = throughput(kind, workers, 20 * workers)
            one = one or rate
            print(f"{kind}, {workers} workers: {rate:6.2f} runs/s, {rate / one:.2f} times one")
    if given.check and missed:
        sys.exit(f"missed: {', '.join(missed)}")


if __name__ == "__main__":
    main()
