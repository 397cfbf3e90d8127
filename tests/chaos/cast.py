"""The processes of a chaos run, who kills them, and what must be true at the end."""

import os
import random
import signal
import struct
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.exc import DBAPIError
from sqlmodel import func, select

from catalog.database import Catalog
from catalog.models import Asset, Item, Line, Rendition, StageRun, Status
from catalog.vectors.shared import open_vectors
from config.settings import Settings, load
from media.files import fingerprint
from tests.chaos import stages
from tests.servers import PostgreSQL, RabbitMQ, Redis

ROOT = Path(__file__).parent.parent.parent
EMBEDDED = (("ingest", "run"),)
DISTRIBUTED = (
    ("ingest", "watch"), ("ingest", "watch"),
    ("ingest", "worker", "--queue", "io"), ("ingest", "worker", "--queue", "io"),
    ("ingest", "worker", "--queue", "cpu"), ("ingest", "worker", "--queue", "gpu"),
)  # fmt: skip
_STAGES = 5
_STANDSTILL = 60.0  # seconds without progress after which one is killed all the same

_CONFIG = """
[[watch]]
path = "{home}/drop"
[folders]
output = "{home}/output"
state = "{home}/state"
free_floor_gb = 0
state_floor_gb = 0
[intake]
quiet_seconds = 0.3
rescan_seconds = 2
[database]
url = "{database}"
[broker]
url = "{broker}"
lost_seconds = 3
[lanes]
io = 2
lease_seconds = 8
sweep_seconds = 0.5
interruptions = 1000
attempts = 10
retry_ceiling_seconds = 2
[log]
level = "warning"
"""


@dataclass
class Cast:
    """Processes in a folder of their own, on a broker and a database or without."""

    home: Path
    broker: Redis | RabbitMQ | None = None
    database: PostgreSQL | None = None
    kills: Counter[str] = field(default_factory=Counter)
    _processes: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        (self.home / "drop" / "story").mkdir(parents=True)
        urls = {
            "broker": self.broker.url if self.broker else "",
            "database": self.database.url if self.database else "",
        }
        self.config = self.home / "stringout.toml"
        self.config.write_text(_CONFIG.format(home=self.home, **urls))
        self.commands = DISTRIBUTED if self.broker else EMBEDDED

    @property
    def settings(self) -> Settings:
        """What its processes run with."""
        return load(self.config)

    def drop(self, count: int) -> None:
        """Drop so many recordings, each with content of its own."""
        for number in range(count):
            sound = struct.pack("<4000h", *[number % 30_000] * 3999, number // 30_000)
            header = b"RIFF" + struct.pack("<I", 36 + len(sound)) + b"WAVEfmt " + struct.pack(
                "<IHHIIHH", 16, 1, 1, 8000, 16000, 2, 16
            ) + b"data" + struct.pack("<I", len(sound))  # fmt: skip
            (self.home / "drop" / "story" / f"{number:05}.wav").write_bytes(header + sound)

    def start(self) -> None:
        """Start all of them."""
        for number in range(len(self.commands)):
            self._start(number)

    def kill_one(self, chance: random.Random) -> None:
        """SIGKILL to one of them, by chance; another one takes its place at once."""
        number = chance.randrange(len(self.commands))
        process = self._processes[number]
        process.kill()
        process.wait()
        self.kills[" ".join(self.commands[number][1:])] += 1
        self._start(number)

    def stop(self) -> None:
        """Ask all of them to stop, as an operator would; their exit codes are 0, or the signal
        itself where one was started again so lately that it has taken no work yet."""
        for process in self._processes.values():
            process.send_signal(signal.SIGTERM)
        codes = [process.wait(60) for process in self._processes.values()]
        assert set(codes) <= {0, -signal.SIGTERM}, f"{codes}\n{self.log()}"

    def end(self) -> None:
        """End what is left of them, whatever happened."""
        for process in self._processes.values():
            if process.poll() is None:
                process.kill()
                process.wait()

    def log(self) -> str:
        """The end of what they said."""
        return "\n".join(
            f"== {file.name}\n{file.read_text(errors='replace')[-3000:]}"
            for file in sorted(self.home.glob("*.log"))
        )

    def wait(self, count: int, seconds: float) -> None:
        """Until `count` items are done and nothing of killed attempts lies about."""
        until = time.monotonic() + seconds
        while (found := self._done())[0] < count * _STAGES or self._litter():
            assert time.monotonic() < until, f"{found}, {self._litter()}\n{self.log()}"
            self._start_again()
            time.sleep(0.3)

    def _litter(self) -> list[str]:
        scratch = self.settings.folders.output / ".stringout" / "scratch"
        return [folder.name for folder in scratch.iterdir()] if scratch.is_dir() else []

    def _start_again(self) -> None:
        """What ended by itself, as systemd does (Restart=on-failure): a part of it broke."""
        for number, process in self._processes.items():
            if process.poll() is not None:
                self._start(number)

    def progress(self) -> int:
        """How many runs are done."""
        return self._done()[0]

    def _done(self) -> tuple[int, dict[str, int]]:
        if not self.database and not (self.home / "state" / "catalog.db").exists():
            return 0, {}
        catalog = Catalog(self.settings.database_url)
        try:
            with catalog.reading() as session:
                query = select(StageRun.status, func.count()).group_by(StageRun.status)
                found = {str(status): count for status, count in session.exec(query)}
        except DBAPIError:  # no schema yet, or just restarted
            found = {}
        finally:
            catalog.close()
        return found.get(Status.DONE, 0), found

    def executions(self) -> int:
        """How often a stage was executed, checksum aside."""
        noted = self.home / "executions"
        return len(noted.read_text().splitlines()) if noted.exists() else 0

    def check(self, count: int) -> None:
        """Each output exists exactly once and is whole; nothing was lost; nothing lies about."""
        settings = self.settings
        catalog = Catalog(settings.database_url)
        with catalog.reading() as session:
            assert len(session.exec(select(Item)).all()) == count
            assets = {asset.id: asset for asset in session.exec(select(Asset))}
            assert len(assets) == count
            runs = Counter(run.status for run in session.exec(select(StageRun)))
            assert runs == {Status.DONE: count * _STAGES}
            lines = session.exec(select(Line.asset_id, func.count()).group_by(Line.asset_id)).all()
            assert Counter(n for _, n in lines) == {stages.LINES: count}
            renditions = session.exec(select(Rendition)).all()
            by_item = {asset.item_id: asset.checksum for asset in assets.values()}
        catalog.close()
        made = Counter((each.item_id, each.stage) for each in renditions)
        assert len(made) == len(renditions) == count * (_STAGES - 1)
        output = settings.folders.output
        for each in renditions:
            path = output / each.path
            assert path.read_bytes() == stages.content(by_item[each.item_id], each.stage), path
            assert fingerprint(path) == each.checksum, path
        found = {path.relative_to(output).as_posix() for path in output.rglob("*.bin")}
        assert found == {each.path for each in renditions}
        assert not [path for path in output.rglob("*") if path.name.endswith(".part")]
        assert not self._litter()
        vectors = open_vectors(settings, "minilm", stages.DIMENSION)
        assert vectors.count() == count
        vectors.close()

    def _start(self, number: int) -> None:
        environment = {
            **os.environ,
            "STRINGOUT_CONFIG": str(self.config),
            "CHAOS_LOG": str(self.home / "executions"),
            "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent / "site"), str(ROOT)]),
            "PYTHONDONTWRITEBYTECODE": "",
        }
        with (self.home / f"{number}.log").open("ab") as log:
            self._processes[number] = subprocess.Popen(
                [sys.executable, "-m", *self.commands[number]],
                env=environment, cwd=self.home, stdout=log, stderr=log,
            )  # fmt: skip


@dataclass
class Havoc:
    """Kills at random moments, spread over the work; servers at the moments that it is told."""

    cast: Cast
    chance: random.Random
    pauses: tuple[float, float]  # seconds before a kill, shortest and longest

    def run(self, kills: int, executions: int, events: dict[int, Callable[[], None]]) -> None:
        """So many kills over about so many executions; after the n-th kill, `events[n]` happens.

        Who only waited for a time would meet, on a loaded machine, nothing but processes that are
        starting.
        """
        for number in range(1, kills + 1):
            self._wait(executions * number // (kills + 1))
            time.sleep(self.chance.uniform(*self.pauses))
            self.cast.kill_one(self.chance)
            if number in events:
                events[number]()

    def _wait(self, executions: int) -> None:
        until = time.monotonic() + _STANDSTILL
        while self.cast.executions() < executions and time.monotonic() < until:
            time.sleep(0.05)


def together(*acts: Callable[[], None]) -> None:
    """Do them at once; raises what one of them raised."""
    errors: list[BaseException] = []

    def guarded(act: Callable[[], None]) -> None:
        try:
            act()
        except BaseException as error:  # noqa: BLE001 - raised in the thread that waits
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
