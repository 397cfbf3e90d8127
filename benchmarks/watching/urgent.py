"""One file of breaking news behind 500 of the night's bulk: the whole service, at work.

Only ours: the other programs notice files, or (unmanic) have no workers here.
"""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from benchmarks.watching.targets import Figures, Missing

_CONFIG = """
[[watch]]
name = "night"
path = "{home}/night"
priority = "bulk"
profile = "proxy-only"
[[watch]]
name = "breaking"
path = "{home}/breaking"
priority = "breaking"
profile = "proxy-only"
[folders]
output = "{home}/output"
state = "{home}/state"
"""
_STARTED = """SELECT min(started_at) FROM stagerun JOIN item ON item.id = item_id
WHERE root = ? AND stage = ? AND started_at > 0"""
_WAITING = """SELECT count(*) FROM stagerun JOIN item ON item.id = item_id
WHERE root = 'night' AND stage = 'scan' AND status IN ('waiting', 'queued')"""
_CLIPS = 20  # of different content; the rest would be copies, which are no work


def urgent(home: Path, count: int) -> Figures:
    """Seconds from the close of the urgent file to the start of its first and its heavy stage."""
    for name in ("night", "breaking", "clips"):
        (home / name).mkdir(parents=True)
    clips = [_clip(home / "clips" / f"{number}.mp4", number) for number in range(_CLIPS)]
    (home / "stringout.toml").write_text(_CONFIG.format(home=home))
    command = [sys.executable, "-m", "ingest", "run", "--config", str(home / "stringout.toml")]
    with (home / "log").open("wb") as log:
        service = subprocess.Popen(command, stderr=log, stdout=log, process_group=0)
    try:
        for number in range(count):
            # Bytes after the last box change the content and not the film.
            film = clips[number % _CLIPS] + number.to_bytes(8, "big")
            _write(home / "night" / "bulk" / f"{number}.mp4", film)
        database = home / "state" / "catalog.db"
        _until(lambda: _first(database, "night", "scan") > 0, home / "log")
        behind = _ask(database, _WAITING)
        closed = _write(home / "breaking" / "flash" / "flash.mp4", clips[0] + b"flash")
        _until(lambda: _first(database, "breaking", "scan") > 0, home / "log")
        return {
            "files": count, "behind, waiting for scan": behind,
            "first stage s": _first(database, "breaking", "checksum") - closed,
            "heavy stage s": _first(database, "breaking", "scan") - closed,
        }  # fmt: skip
    finally:
        os.killpg(service.pid, signal.SIGTERM)
        service.wait()


def _clip(path: Path, number: int) -> bytes:
    """Two seconds of film with sound."""
    source = f"testsrc2=s=320x180:r=25:d=2,hue=h={number * 17}"
    tone = f"sine=f={200 + 20 * number}:d=2"
    inputs = ["-f", "lavfi", "-i", source, "-f", "lavfi", "-i", tone]
    subprocess.run(
        ["ffmpeg", "-v", "error", "-nostdin", *inputs, "-preset", "ultrafast", path], check=True
    )
    return path.read_bytes()


def _write(path: Path, data: bytes) -> float:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return time.time()


def _first(database: Path, root: str, stage: str) -> float:
    return _ask(database, _STARTED, root, stage)


def _ask(database: Path, question: str, *values: str) -> float:
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as opened:
            return float(opened.execute(question, values).fetchone()[0] or 0)
    except sqlite3.OperationalError:
        return 0.0  # it is being made


def _until(condition: Callable[[], bool], log: Path) -> None:
    end = time.monotonic() + 300
    while not condition():
        if time.monotonic() > end:
            raise Missing(f"nothing started: {log.read_text(errors='replace')[-300:]}")
        time.sleep(0.05)
