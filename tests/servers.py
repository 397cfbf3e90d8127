"""Real servers of Debian's packages, on free loopback ports, in folders of their own.

    with Redis() as redis: redis.url … redis.kill(); redis.start()

They end with the block, and with the process that started them, however it ends.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import amqp

_READY_SECONDS = 90.0


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait for it. Raises TimeoutError with `what` after `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(what)
        time.sleep(0.05)


def _descendants(parent: int) -> list[int]:
    """Process numbers of its children and theirs."""
    found, parents = [parent], {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    for one in found:
        found += [pid for pid, above in parents.items() if above == one]
    return found[1:]


def _runs(process: Path) -> bool:
    """Whether this folder of /proc is of a process that has not ended."""
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class Server:
    """One server process; `start` after `kill` finds what was durable."""

    user = ""  # who it runs as where we are root: some servers refuse root

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="stringout-server-", dir="/tmp"))
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._own(self.folder)

    def __enter__(self) -> Self:
        try:
            self.prepare()
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.close()

    def prepare(self) -> None:
        """What is done once, before the first start."""

    def start(self) -> None:
        """Start it and wait until it answers."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self._as_user(self.command()), stdout=log, stderr=log, env=self.environment(),
                cwd=self.folder, start_new_session=True,
            )  # fmt: skip
        until(self._ready_or_dead, _READY_SECONDS, f"{type(self).__name__} does not answer")
        if self._process.poll() is not None:
            raise RuntimeError((self.folder / "log").read_text(errors="replace")[-2000:])

    def kill(self) -> None:
        """SIGKILL to all of it."""
        if self._process:
            # Some servers' children lead groups of their own; PostgreSQL's would keep the
            # memory that its next start needs.
            every = [self._process.pid, *_descendants(self._process.pid)]
            for pid in every:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            gone = [Path(f"/proc/{pid}") for pid in every]
            until(lambda: not any(map(_runs, gone)), _READY_SECONDS, "its children live on")
            until(lambda: not self.ready(), _READY_SECONDS, "it lives on after SIGKILL")

    def close(self) -> None:
        """End it and remove its folder."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def command(self) -> list[str]:
        """Its command line, in the foreground."""
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        """Its environment."""
        return {**os.environ, "HOME": str(self.folder)}

    def ready(self) -> bool:
        """Whether it answers."""
        with socket.socket() as one:
            one.settimeout(1)
            return one.connect_ex(("127.0.0.1", self.port)) == 0

    def run(self, *command: str) -> str:
        """Run one of its tools; its output."""
        done = subprocess.run(
            self._as_user(list(command)), env=self.environment(), cwd=self.folder, timeout=120,
            capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{command}: {done.stdout}{done.stderr}")
        return done.stdout

    def _ready_or_dead(self) -> bool:
        assert self._process
        return self._process.poll() is not None or self.ready()

    def _as_user(self, command: list[str]) -> list[str]:
        """With the end of the process that started it, it ends too."""
        other = self.user if os.geteuid() == 0 else ""
        become = [f"--reuid={other}", f"--regid={other}", "--init-groups"] if other else []
        return ["setpriv", *become, "--pdeathsig=KILL", *command]

    def _own(self, folder: Path) -> None:
        if self.user and os.geteuid() == 0:
            shutil.chown(folder, self.user, self.user)


class Redis(Server):
    """redis-server without persistence: what is lost with it is what a broker may lose."""

    @property
    def url(self) -> str:
        """For `[broker] url`."""
        return f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        options = {"bind": "127.0.0.1", "port": str(self.port), "save": "", "appendonly": "no"}
        return ["redis-server", *(part for k, v in options.items() for part in (f"--{k}", v))]

    def wipe(self) -> None:
        """Forget everything."""
        self.run("redis-cli", "-p", str(self.port), "FLUSHALL")


class RabbitMQ(Server):
    """rabbitmq-server with an epmd of its own."""

    user = "rabbitmq"

    def __init__(self) -> None:
        super().__init__()
        self._epmd_port = free_port()
        self._epmd: subprocess.Popen[bytes] | None = None
        home = next(Path("/usr/lib/rabbitmq/lib").glob("rabbitmq_server-*"))
        self._tools = home / "sbin"

    @property
    def url(self) -> str:
        """For `[broker] url`."""
        return f"amqp://guest:guest@127.0.0.1:{self.port}//"

    def command(self) -> list[str]:
        return [str(self._tools / "rabbitmq-server")]

    def environment(self) -> dict[str, str]:
        at = {"MNESIA_BASE": "mnesia", "LOG_BASE": "logs", "ENABLED_PLUGINS_FILE": "plugins"}
        return {
            **super().environment(),
            **{f"RABBITMQ_{name}": str(self.folder / file) for name, file in at.items()},
            "RABBITMQ_NODENAME": f"test{self.port}@localhost",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
        }

    def start(self) -> None:
        """See Server."""
        if self._epmd is None:
            command = ["epmd", "-port", str(self._epmd_port), "-address", "127.0.0.1"]
            self._epmd = subprocess.Popen(self._as_user(command), cwd=self.folder)
        super().start()

    def close(self) -> None:
        """See Server."""
        super().close()
        if self._epmd:
            self._epmd.kill()
            self._epmd.wait()

    def wipe(self) -> None:
        """Forget every message that waits."""
        with amqp.Connection(f"127.0.0.1:{self.port}") as connection:
            for queue in ("io", "cpu", "gpu"):
                with contextlib.suppress(amqp.NotFound):
                    connection.channel().queue_purge(queue)


class PostgreSQL(Server):
    """postgres 15 with the database `stringout`."""

    user = "postgres"
    _tools = Path("/usr/lib/postgresql/15/bin")

    @property
    def url(self) -> str:
        """For `[database] url`."""
        return f"postgresql://stringout@127.0.0.1:{self.port}/stringout"

    def prepare(self) -> None:
        self.run(str(self._tools / "initdb"), "-D", "data", "-U", "stringout", "-A", "trust",
                 "-E", "UTF8", "--no-sync", "--no-locale")  # fmt: skip

    def start(self) -> None:
        """See Server."""
        super().start()
        until(self._answers, _READY_SECONDS, "PostgreSQL does not answer")
        if "stringout" not in self.sql("SELECT datname FROM pg_database"):
            self.sql("CREATE DATABASE stringout")

    def command(self) -> list[str]:
        options = {
            "listen_addresses": "127.0.0.1", "port": str(self.port), "fsync": "off",
            "unix_socket_directories": str(self.folder), "max_connections": "200",
        }  # fmt: skip
        settings = [part for k, v in options.items() for part in ("-c", f"{k}={v}")]
        return [str(self._tools / "postgres"), "-D", "data", *settings]

    def restart(self) -> None:
        """Killed in the middle of whatever it did, it recovers from its log."""
        self.kill()
        self.start()

    def sql(self, statement: str) -> str:
        """Its answer, as psql prints it."""
        at = ("-h", str(self.folder), "-p", str(self.port), "-U", "stringout")
        return self.run("psql", *at, "-d", "postgres", "-Atc", statement)

    def _answers(self) -> bool:
        at = ("-h", str(self.folder), "-p", str(self.port))
        try:
            self.run(str(self._tools / "pg_isready"), *at)
        except RuntimeError:
            return False
        return True
