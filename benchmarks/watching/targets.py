"""The programs that are compared, each as a process of its own."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

_HERE = Path(__file__).parent
NAMES = ("ours", "watchdog", "watchfiles", "chokidar", "unmanic")
Figures = dict[str, float | str]
_TICKS = os.sysconf("SC_CLK_TCK")


class Missing(Exception):
    """The target can't be measured here; the message says why."""


class Target:
    """A running target and what it has noticed: path → when first (monotonic), and how often."""

    def __init__(self, name: str, home: Path, drop: Path, poll: float = 0.0) -> None:
        """`poll`: seconds between looks; 0 = events. Raises Missing."""
        self.noticed: dict[str, float] = {}
        self.times: dict[str, int] = {}
        self.name, self.home = name, home
        self._command, self._folder = _command(name, home, drop, poll)
        self._ready = threading.Event()

    def __enter__(self) -> Self:
        self.home.mkdir(parents=True, exist_ok=True)
        self.start()
        return self

    def __exit__(
        self, _k: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None
    ) -> None:
        self.kill()

    def start(self, wait: float = 300.0) -> None:
        """Start it and wait until it watches."""
        self._ready.clear()
        with (self.home / "log").open("ab") as log:
            self.process = subprocess.Popen(
                self._command, stdout=subprocess.PIPE, stderr=log, cwd=self._folder,
                process_group=0,
            )  # fmt: skip
        threading.Thread(target=self._read, args=(self.process,), daemon=True).start()
        end = time.monotonic() + wait
        while not self._ready.wait(0.2):
            if self.process.poll() is not None or time.monotonic() > end:
                said = (self.home / "log").read_text(errors="replace")[-300:]
                raise Missing(f"{self.name} did not begin to watch: {said}")

    def kill(self) -> None:
        """SIGKILL, to the processes that it has started too."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def cpu(self) -> float:
        """Processor seconds so far, of all its threads and processes."""
        mine = (fields for _, fields in self._processes())
        return sum((int(fields[11]) + int(fields[12])) / _TICKS for fields in mine)

    def memory(self) -> float:
        """Megabytes that are its own (private and shared in proportion)."""
        said = [(found / "smaps_rollup").read_text() for found, _ in self._processes()]
        return sum(map(int, re.findall(r"^Pss: +(\d+)", "".join(said), re.MULTILINE))) / 1024

    def _processes(self) -> Iterator[tuple[Path, list[str]]]:
        """Those of its group: their folders in /proc, and what stat says after their names."""
        for found in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                fields = (found / "stat").read_text().rpartition(")")[2].split()
                if int(fields[2]) == self.process.pid:
                    yield found, fields

    def wait(self, paths: set[str], seconds: float) -> set[str]:
        """Wait until all of them are noticed; those that are not after so long."""
        end = time.monotonic() + seconds
        while missing := paths - self.noticed.keys():
            if time.monotonic() > end or self.process.poll() is not None:
                return missing
            time.sleep(0.05)
        return set()

    def _read(self, process: "subprocess.Popen[bytes]") -> None:
        assert process.stdout
        for line in process.stdout:
            word, _, rest = line.decode().partition(" ")
            if word == "ready":
                self._ready.set()
            elif word == "noticed":
                moment, _, path = rest.strip().partition(" ")
                name = os.fsdecode(bytes.fromhex(path))
                self.noticed.setdefault(name, float(moment))
                self.times[name] = self.times.get(name, 0) + 1


def _command(name: str, home: Path, drop: Path, poll: float) -> tuple[list[str], Path]:
    here = Path.cwd()
    python = [sys.executable, "-m"]
    if name == "ours":
        how = "poll" if poll else "auto"
        module = "benchmarks.watching.ours"
        return [*python, module, str(home), str(drop), how, str(poll or 5)], here
    if name in ("watchdog", "watchfiles"):
        if name == "watchfiles":
            python = [str(_environment("watchfiles==1.3.0") / "bin/python"), "-m"]
        kind = f"{name}-poll" if poll else name
        return [*python, "benchmarks.watching.others", kind, str(drop), str(poll)], here
    if name == "chokidar":
        folder = _node("chokidar@5")
        return ["node", str(_HERE / "chokidar.mjs"), str(drop), str(poll)], folder
    if poll:
        raise Missing("unmanic 0.4.1 rescans at whole minutes")
    venv = _environment("unmanic==0.4.1")
    return [*python, "benchmarks.watching.unmanic", str(venv), str(home), str(drop)], here


def _installed() -> Path:
    folder = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "stringout-benchmarks"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _environment(requirement: str) -> Path:
    """A virtual environment with one package more than ours; only benchmarks need it."""
    folder = _installed() / requirement.replace("==", "-")
    if not (folder / "done").exists():
        shutil.rmtree(folder, ignore_errors=True)
        try:
            subprocess.run([sys.executable, "-m", "venv", folder], check=True, capture_output=True)
            pip = [str(folder / "bin/pip"), "install", "-q", requirement, "watchdog>=7.1"]
            subprocess.run(pip, check=True, capture_output=True, timeout=300)
        except (subprocess.SubprocessError, OSError) as error:
            raise Missing(f"{requirement} can't be installed here ({error})") from error
        (folder / "done").touch()
    return folder


def _node(requirement: str) -> Path:
    folder = _installed() / requirement.replace("@", "-")
    if not (folder / "done").exists():
        folder.mkdir(exist_ok=True)
        try:
            npm = ["npm", "install", "--silent", "--no-fund", "--no-audit", requirement]
            subprocess.run(npm, check=True, cwd=folder, capture_output=True, timeout=300)
        except (subprocess.SubprocessError, OSError) as error:
            raise Missing(f"{requirement} can't be installed here ({error})") from error
        (folder / "done").touch()
    return folder
