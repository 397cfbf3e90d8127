"""One case of the fault matrix: somebody writes, something goes wrong, nothing is lost or twice."""

import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlmodel import select

from catalog.database import Catalog
from catalog.models import Item
from media.names import to_text
from tests.faults.grounds import GROUNDS, Local, run, unmount
from tests.faults.writing import HOSTILE, PLAIN, Writer, files
from tests.servers import PostgreSQL

DEADLINE = 120.0  # seconds after the last write; machines are slow, and stalls are waited for
FAULTS = (
    "killed", "killed often", "stopped", "database", "disk full", "flap", "flaps", "replaced",
    "clock", "watches", "stall 1", "stall 7", "stall 30", "stall 120",
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """What goes wrong, on what, with which names, kept where."""

    fault: str  # one of FAULTS; "" = none, the control
    ground: str = "local"
    names: str = "plain"
    backend: str = "sqlite"
    seed: int = 1

    def __str__(self) -> str:
        return f"{self.fault} on {self.ground}, {self.names} names, {self.backend}, {self.seed}"

    @property
    def control(self) -> "Case":
        """The same without the fault."""
        return replace(self, fault="", backend="sqlite")


class Front:
    """The process under test, and the catalog it keeps."""

    def __init__(self, case: Case, home: Path, ground: Local) -> None:
        self.case, self.home, self.ground = case, home, ground
        self.process: subprocess.Popen[bytes] | None = None
        self.postgres = PostgreSQL().__enter__() if case.backend == "postgresql" else None
        url = self.postgres.url if self.postgres else ""
        self.url = url or f"sqlite:///{home / 'state' / 'catalog.db'}"
        self.command = [sys.executable, "-m", "tests.faults.front", str(home), str(ground.drop)]
        self.command += [url] if url else []
        if case.fault == "watches":  # a namespace of ours has a limit of its own
            limit = 'echo 3 > /proc/sys/user/max_inotify_watches && exec "$@"'
            self.command = ["unshare", "-Ur", "sh", "-c", limit, "sh", *self.command]

    def start(self) -> None:
        with (self.home / "log").open("ab") as log:
            self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=log)
        assert self.process.stdout
        if self.process.stdout.readline() != b"watching\n":
            if self.case.fault == "watches" and b"unshare" in self.log():
                pytest.skip("no user namespaces here: a limit can't be lowered for one process")
            raise AssertionError(self.log().decode(errors="replace"))

    def log(self) -> bytes:
        return (self.home / "log").read_bytes()

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()

    def close(self) -> None:
        self.kill()
        if self.postgres:
            self.postgres.close()

    def accepted(self) -> dict[str, list[int]]:
        """Path → sizes of all items that were ever accepted under it."""
        found: dict[str, list[int]] = {}
        catalog = Catalog(self.url)
        with catalog.reading() as session:
            for item in session.exec(select(Item)):
                found.setdefault(item.path, []).append(item.size)
        catalog.close()
        return found


def perform(case: Case, home: Path, movie: bytes) -> set[str]:
    """Let it happen. Returns the accepted paths; raises when one is lost or taken twice."""
    home.mkdir()
    stall = float(case.fault.split()[1]) if case.fault.startswith("stall") else 0.0
    names = HOSTILE if case.names == "hostile" else PLAIN
    with ExitStack() as stack:
        ground = stack.enter_context(closing(GROUNDS[case.ground](home)))
        front = stack.enter_context(closing(Front(case, home, ground)))
        front.start()
        writer = Writer(ground.back, movie, names, case.seed, stall)
        writing = threading.Thread(target=writer.run)
        stack.callback(writing.join)
        writing.start()
        _wrong(case, front, writer)
        writing.join()
        writer.once_more()
        return _whole(front, ground)


def _wrong(case: Case, front: Front, writer: Writer) -> None:
    """Do what the case says, once or a few times while it is written."""
    chance = random.Random(case.seed)
    once: dict[str, Callable[[], None]] = {
        "killed": lambda: _kill(front),
        "killed often": lambda: _kill(front),
        "stopped": lambda: _stop(front, chance),
        "database": lambda: _without_database(front),
        "disk full": lambda: _full(front),
        "flap": lambda: _flap(front, writer, chance),
        "flaps": lambda: _flap(front, writer, chance),
        "replaced": lambda: _replace(front, writer),
        "clock": lambda: _jump(front, chance),
    }
    times = {"killed often": 4, "flaps": 20, "clock": 4}.get(case.fault, 1)
    for _ in range(times):
        time.sleep(chance.uniform(0.2, 1.5))
        if case.fault in once:
            once[case.fault]()


def _kill(front: Front) -> None:
    front.kill()
    time.sleep(0.3)
    front.start()


def _stop(front: Front, chance: random.Random) -> None:
    """Deaf for a while; on a long one the kernel's queue overflows."""
    assert front.process
    front.process.send_signal(signal.SIGSTOP)
    time.sleep(chance.uniform(1, 3))
    front.process.send_signal(signal.SIGCONT)


def _without_database(front: Front) -> None:
    if front.postgres:
        front.postgres.kill()
        time.sleep(1)
        front.postgres.start()
        return
    with closing(sqlite3.connect(front.home / "state" / "catalog.db")) as other:
        other.execute("BEGIN EXCLUSIVE")
        time.sleep(3)
        other.rollback()


def _full(front: Front) -> None:
    """The disk of the catalog: a small one is mounted, filled, and emptied again."""
    state = front.home / "state"
    front.kill()
    kept = front.home / "kept"
    state.rename(kept)
    state.mkdir()
    run("mount", "-t", "tmpfs", "-o", "size=8M", "tmpfs", str(state))
    try:
        for file in kept.iterdir():
            (state / file.name).write_bytes(file.read_bytes())
        front.start()
        with (state / "filler").open("wb", buffering=0) as filler:
            try:
                while filler.write(bytes(4096)):
                    pass
            except OSError:
                time.sleep(3)
        (state / "filler").unlink()
        front.kill()
        for file in state.iterdir():
            (kept / file.name).write_bytes(file.read_bytes())
    finally:
        unmount(state)
        state.rmdir()
        kept.rename(state)
    front.start()


def _flap(front: Front, writer: Writer, chance: random.Random) -> None:
    with writer.busy:
        front.ground.flap(chance.uniform(0.1, 2.5))


def _jump(front: Front, chance: random.Random) -> None:
    """The clock here goes hours forward or back, and so differs from that of the files' times."""
    assert front.process
    front.process.send_signal(chance.choice([signal.SIGUSR1, signal.SIGUSR2]))


def _replace(front: Front, writer: Writer) -> None:
    """The watched folder is deleted with all that is in it, made anew, and filled again."""
    with writer.busy:
        there = [(path, (writer.back / path).read_bytes()) for path in files(writer.back)]
        for path, _ in there:
            (writer.back / path).unlink()
        if writer.back == front.ground.drop and front.case.ground == "local":
            subprocess.run(["rm", "-r", str(writer.back)], check=True)
            time.sleep(0.5)
            writer.back.mkdir()
        for path, data in there:
            (writer.back / path).parent.mkdir(parents=True, exist_ok=True)
            (writer.back / path).write_bytes(data)


def _whole(front: Front, ground: Local) -> set[str]:
    """Everything in the folder is accepted once, as it is in the end, and nothing else."""
    # By the back side: FUSE remembers sizes for a second.
    there = {to_text(path): (ground.back / path).stat().st_size for path in files(ground.back)}
    assert there
    twice = front.case.fault == "replaced"  # what was written again is a new version, rightly

    def accepted() -> bool:
        found = front.accepted()
        return all(path in found and found[path][-1] == there[path] for path in there)

    _until(accepted, DEADLINE, lambda: _difference(front, there))
    time.sleep(1.5)
    found = front.accepted()
    again = {path: sizes for path, sizes in found.items() if len(sizes) > 1}
    assert twice or not again, f"accepted twice: {again}\n{front.log().decode(errors='replace')}"
    assert found.keys() == there.keys()
    return set(found)


def _difference(front: Front, there: dict[str, int]) -> str:
    found = front.accepted()
    lost = {path: (size, found.get(path)) for path, size in there.items()
            if path not in found or found[path][-1] != size}  # fmt: skip
    return f"lost: {lost}\n{front.log().decode(errors='replace')}"


def _until(
    condition: Callable[[], bool], seconds: float, what: Callable[[], str] = lambda: ""
) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, what()
        time.sleep(0.2)
