"""A stop of the whole service while a stage hangs in native code; and what a start imports."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from sqlmodel import select

from catalog.database import Catalog
from catalog.models import StageRun, Status
from tests.tasks import trouble

# One stage of scripts that never ends and holds the interpreter's lock.
HANGING = """
from catalog.models import Kind
from tasks.pipeline import PIPELINE
from tests.tasks import trouble
trouble.add()
PIPELINE[Kind.SCRIPT] = (trouble.TROUBLE[1],)
"""
HEAVY = (
    "torch",
    "transformers",
    "scipy",
    "openpyxl",
    "docx",
    "alembic",
    "qdrant_client",
    "whisper",
)


@pytest.fixture
def service(tmp_path: Path):
    (tmp_path / "drop" / "story").mkdir(parents=True)
    (tmp_path / "stringout.toml").write_text("[lanes]\nstop_seconds = 1.0\n")
    path = trouble.path_for_children(tmp_path)
    (tmp_path / "sitecustomize.py").write_text(HANGING)
    command = [sys.executable, "-m", "ingest", "run", "--config", "stringout.toml"]
    for option in ("watch", "output", "state"):
        command += [f"--{option}", str(tmp_path / option.replace("watch", "drop"))]
    systemd = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    systemd.bind(str(tmp_path / "notify"))
    environment = {"PYTHONPATH": path, "NOTIFY_SOCKET": str(tmp_path / "notify")}
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            command, cwd=tmp_path, stderr=log, env={**os.environ, **environment}
        )
    yield process, systemd
    process.kill()
    process.wait()
    systemd.close()


def _runs(home: Path) -> list[StageRun]:
    if not (home / "state" / "vectors").is_dir():
        return []
    catalog = Catalog(f"sqlite:///{home / 'state' / 'catalog.db'}")
    with catalog.reading() as session:
        found = session.exec(select(StageRun)).all()
    catalog.close()
    return list(found)


def _started(pid: int) -> list[int]:
    """The living processes that a process has started."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for each in lists for child in each.read_text().split()]


def test_a_clean_stop_ends_in_time_whatever_hangs_and_leaves_nothing_running(
    service, tmp_path, deadline
):
    service, systemd = service
    systemd.settimeout(120)
    assert systemd.recv(100) == b"READY=1"
    (tmp_path / "drop" / "story" / "a.fountain").write_text("INT. ROOM\n\nANNA\nHello.\n")
    deadline(lambda: [run.status for run in _runs(tmp_path)] == [Status.RUNNING], 120)
    deadline(lambda: _started(service.pid), 60)
    children = _started(service.pid)
    service.send_signal(signal.SIGTERM)
    assert service.wait(60) == 0, (tmp_path / "log").read_text()
    said = [systemd.recv(100)]
    while said[-1] != b"STOPPING=1":
        said.append(systemd.recv(100))
    assert set(said) <= {b"WATCHDOG=1", b"STOPPING=1"}
    [run] = _runs(tmp_path)
    assert (run.status, run.attempt, run.interruptions) == (Status.QUEUED, 0, 0)
    deadline(lambda: not any(Path(f"/proc/{child}").exists() for child in children), 60)


def test_a_start_imports_no_library_that_only_some_stage_needs():
    code = f"import sys, ingest.service; print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
