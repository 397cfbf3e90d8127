"""The embedded service at rest: how soon it starts, what it costs, how fast a doorbell is heard.

    python -m benchmarks.embedded [--quick] [--check]

Goals: doorbell to start p50 ≤ 5 ms; idle CPU ≤ 0.5 % of a core; resident memory of the idle
service ≤ 150 MB before any model is loaded; start to ready ≤ 3 s. The baseline of the doorbell is
kombu's own in-memory transport in the same run. A start is judged by its CPU seconds (one thread
does it: on a free core it takes as long); its wall time, also printed, says how loaded the machine
was.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from celery import Celery, shared_task

from tasks.app import make_app

_GOALS = {"doorbell ms": 5.0, "idle CPU %": 0.5, "resident MB": 150.0, "ready CPU-s": 3.0}
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Idle:
    """One service from its start to its stop."""

    ready: float  # seconds
    ready_cpu: float  # CPU seconds until then
    percent: float  # of one core, at rest
    resident: float  # MB, the service and its children
    unique: float  # MB, proportional set size


def idle_service(seconds: float) -> Idle:
    """Start a service on empty folders and look at it while nothing happens."""
    with tempfile.TemporaryDirectory(prefix="stringout-bench-") as name:
        home = Path(name)
        (home / "drop").mkdir()
        command = [sys.executable, "-m", "ingest", "run"]
        for option in ("watch=drop", "output=output", "state=state"):
            key, _, folder = option.partition("=")
            command += [f"--{key}", str(home / folder)]
        began = time.monotonic()
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        assert process.stderr
        for line in process.stderr:
            if "stop with Ctrl-C" in line:
                break
        ready = time.monotonic() - began
        threading.Thread(target=process.stderr.read, daemon=True).start()
        ready_cpu = cpu(process.pid)
        time.sleep(3)  # what begins with the start: the first walk and the first sweep
        before, since = cpu(process.pid), time.monotonic()
        time.sleep(seconds)
        percent = 100 * (cpu(process.pid) - before) / (time.monotonic() - since)
        tree = [process.pid, *children(process.pid)]
        found = Idle(ready, ready_cpu, percent, memory(tree, "Rss"), memory(tree, "Pss"))
        process.terminate()
        process.wait(60)
        return found


def cpu(pid: int) -> float:
    """CPU seconds of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def children(pid: int) -> list[int]:
    """Its direct and indirect children."""
    found = []
    for each in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, each.read_text().split()):
            found += [child, *children(child)]
    return found


def memory(pids: list[int], field: str) -> float:
    """MB of a line of smaps_rollup, of all of them."""
    total = 0
    for pid in pids:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith(f"{field}:"):
                total += int(line.split()[1])
    return total / 1024


class Doorbells:
    """One lane on a transport; how long from the send to the first line of the task."""

    def __init__(self, broker: str) -> None:
        self._heard = threading.Event()
        self._app = make_app(f"bench-{broker}") if broker == "blocking" else _stock()
        self._name = f"bench.{broker}"
        heard = self._heard

        @shared_task(name=self._name)
        def answer() -> None:
            heard.set()

        self._queue = f"bench-{broker}"
        worker = self._app.WorkController(
            hostname=f"bench-{broker}", queues=[self._queue], pool="threads", concurrency=2,
            use_eventloop=False, without_gossip=True, without_mingle=True, without_heartbeat=True,
        )  # fmt: skip
        threading.Thread(target=worker.start, daemon=True).start()
        self.once()

    def once(self) -> float:
        """Milliseconds of one."""
        self._heard.clear()
        began = time.perf_counter()
        self._app.send_task(self._name, queue=self._queue)
        assert self._heard.wait(30)
        return 1000 * (time.perf_counter() - began)

    def median(self, count: int) -> tuple[float, float, float]:
        """Median, 5th and 95th percentile of so many, a moment apart."""
        times = []
        for _ in range(count):
            time.sleep(0.01)
            times.append(self.once())
        cuts = statistics.quantiles(times, n=20)
        return statistics.median(times), cuts[0], cuts[-1]


def _stock() -> Celery:
    app = Celery("stock", broker="memory://localhost", set_as_current=False)
    app.conf.update(task_ignore_result=True, worker_hijack_root_logger=False)
    return app


def main() -> int:
    """Measure, print, and judge with --check."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    runs = [idle_service(10 if options.quick else 60) for _ in range(2 if options.quick else 3)]
    ours, low, high = Doorbells("blocking").median(100 if options.quick else 500)
    stock, *_ = Doorbells("memory").median(8 if options.quick else 40)
    found = {
        "doorbell ms": ours,
        "idle CPU %": statistics.median(run.percent for run in runs),
        "resident MB": statistics.median(run.resident for run in runs),
        "ready CPU-s": statistics.median(run.ready_cpu for run in runs),
    }
    print(f"doorbell: {ours:.2f} ms ({low:.2f} to {high:.2f}), {stock / ours:.0f} times as fast as "
          f"kombu's memory transport ({stock:.0f} ms)")  # fmt: skip
    print("each start:", *(f"{run.ready:.1f} s ({run.ready_cpu:.2f} CPU-s)," for run in runs),
          "PSS", *(f"{run.unique:.0f} MB" for run in runs))  # fmt: skip
    missed = []
    for name, goal in _GOALS.items():
        ok = found[name] <= goal
        missed += [] if ok else [name]
        print(f"{name:12} {found[name]:8.2f}   goal {goal:6.1f}   {'ok' if ok else 'MISSED'}")
    return 1 if missed and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
