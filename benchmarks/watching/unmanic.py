"""unmanic as a process that says what it has queued: its own service, with its file monitor on.

    python -m benchmarks.watching.unmanic VENV HOME DROP

It makes its database itself at a first start; then its library, its monitor and a plugin of four
lines that wants every file (unmanic queues nothing without a plugin) are entered there, as its web
pages would. It has no workers: a row in its table of tasks is the file, queued. By polling it
rescans at whole minutes, so that there is no `poll` of seconds to compare.
"""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from benchmarks.watching.said import say

_WANTS_ALL = """
def on_library_management_file_test(data):
    data['add_file_to_pending_tasks'] = True
    return data
"""
_FLOW = "library_management.file_test"
_LOOK = 0.02  # seconds between two looks at its table
_MONITORED = "EventMonitorManager spawning EventProcessor thread"


class Unmanic:
    """The service and its database."""

    def __init__(self, venv: Path, home: Path, drop: Path) -> None:
        self._program, self._home, self._drop = venv / "bin/unmanic", home, drop
        self._kept = home / ".unmanic"
        self._database = self._kept / "config" / "unmanic.db"

    def start(self, alone: bool = False) -> "subprocess.Popen[bytes]":
        """Start it. `alone`: in a group of its own, so that it can be ended with its helpers."""
        # Its errors are not sent to anybody.
        environment = {**os.environ, "HOME_DIR": str(self._home), "SENTRY_DSN": ""}
        return subprocess.Popen(
            [self._program], env=environment, stdout=sys.stderr, process_group=0 if alone else None
        )

    def prepare(self) -> None:
        """Have it make its database, and switch on in it what is measured."""
        if self._database.exists():
            return
        (self._kept / "config").mkdir(parents=True)
        settings = {
            "ui_port": _free_port(), "library_path": str(self._drop),
            "cache_path": str(self._home / "cache"), "clear_pending_tasks_on_restart": False,
        }  # fmt: skip
        (self._kept / "config" / "settings.json").write_text(json.dumps(settings))
        plugin = self._kept / "plugins" / "wants_all"
        plugin.mkdir(parents=True)
        (plugin / "__init__.py").touch()
        (plugin / "plugin.py").write_text(_WANTS_ALL)
        about = {"id": "wants_all", "name": "wants all", "author": "-", "version": "1",
                 "tags": "", "description": "", "icon": "", "compatibility": [1, 2]}  # fmt: skip
        (plugin / "info.json").write_text(json.dumps(about))
        first = self.start(alone=True)
        while not self._asked("SELECT id FROM libraries"):
            time.sleep(0.5)
        os.killpg(first.pid, signal.SIGKILL)
        first.wait()
        self._enter(plugin)

    def queued(self, after: int) -> list[tuple[int, str]]:
        """Number and path of the tasks after this one."""
        rows = self._asked(f"SELECT id, abspath FROM tasks WHERE id > {after} ORDER BY id")
        return [(int(str(number)), str(path)) for number, path in rows]

    def monitors(self) -> bool:
        """Whether its file monitor runs."""
        log = self._kept / "logs" / "unmanic.log"
        return _MONITORED in log.read_text(errors="replace") if log.exists() else False

    def forget_log(self) -> None:
        """So that what it says next is of its next start."""
        (self._kept / "logs" / "unmanic.log").unlink(missing_ok=True)

    def _asked(self, question: str) -> list[tuple[object, ...]]:
        try:
            with closing(sqlite3.connect(f"file:{self._database}?mode=ro", uri=True)) as database:
                return database.execute(question).fetchall()
        except sqlite3.OperationalError:
            return []  # not made yet

    def _enter(self, plugin: Path) -> None:
        with closing(sqlite3.connect(self._database)) as database, database:
            database.execute("UPDATE libraries SET enable_inotify = 1, path = ?", [f"{self._drop}"])
            database.execute("INSERT INTO workergroups VALUES (1, 'nobody', 0, 0)")
            database.execute(
                "INSERT INTO plugins VALUES (1, 'wants_all', 'wants all', '-', '1', '', '', '', "
                "?, 1, 0, 0)", [str(plugin)],
            )  # fmt: skip
            database.execute("INSERT INTO enabledplugins VALUES (1, 1, 1, 'wants all')")
            database.execute(
                f"INSERT INTO librarypluginflow VALUES (1, 1, 1, 'wants all', '{_FLOW}', 0)"
            )


def main() -> None:
    venv, home, drop = map(Path, sys.argv[1:4])
    unmanic = Unmanic(venv, home, drop)
    unmanic.prepare()
    unmanic.forget_log()
    last = max((number for number, _ in unmanic.queued(0)), default=0)
    process = unmanic.start()
    while not unmanic.monitors():
        time.sleep(0.2)
    time.sleep(1)
    say("", ready=True)
    while process.poll() is None:
        for number, path in unmanic.queued(last):
            say(os.path.relpath(path, drop))
            last = number
        time.sleep(_LOOK)
    process.kill()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


if __name__ == "__main__":
    main()
