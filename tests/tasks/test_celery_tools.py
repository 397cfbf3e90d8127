"""Celery's own tools against a real worker on a real broker: they work as people know them."""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from catalog.database import Catalog
from catalog.models import Item, Kind, StageRun, Status, Story
from config.settings import load
from tasks.app import make_app
from tests.servers import Redis, free_port, until
from tests.tasks import trouble

_CONFIG = """
[[watch]]
path = "{home}/drop"
[folders]
output = "{home}/output"
state = "{home}/state"
free_floor_gb = 0
state_floor_gb = 0
[broker]
url = "{broker}"
lost_seconds = 600
[lanes]
cpu = 1
[lanes.limits]
sleep = 3600
[log]
level = "warning"
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A configuration with a broker, and a catalog with three runs that never end by themselves."""
    home = tmp_path_factory.mktemp("tools")
    (home / "drop" / "story").mkdir(parents=True)
    for number in (1, 2, 3):
        (home / "drop" / "story" / f"{number}.mov").write_bytes(b"1")
    (home / "site").mkdir()
    with Redis() as redis:
        config = home / "stringout.toml"
        config.write_text(_CONFIG.format(home=home, broker=redis.url))
        (home / "state").mkdir()
        catalog = Catalog(load(config).database_url)
        catalog.migrate()
        with catalog.writing() as session:
            session.add(Story(id=1, name="story", created_at=0))
            session.flush()
            session.add_all(_item(number) for number in (1, 2, 3))
            session.flush()
            for number in (1, 2, 3):
                session.add(StageRun(item_id=number, stage="sleep", status=Status.QUEUED))
        catalog.close()
        yield home


def _item(number: int) -> Item:
    return Item(
        id=number, root="drop", path=f"story/{number}.mov", size=1, mtime_ns=1,
        kind=Kind.FOOTAGE, story_id=1, accepted_at=0,
    )  # fmt: skip


def _environment(home: Path) -> dict[str, str]:
    return {
        **os.environ,
        "STRINGOUT_CONFIG": str(home / "stringout.toml"),
        "PYTHONPATH": trouble.path_for_children(home / "site"),
        "FLOWER_UNAUTHENTICATED_API": "true",
    }


@contextmanager
def _program(home: Path, name: str, *arguments: str) -> Iterator[None]:
    with (home / f"{name}.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments], env=_environment(home), cwd=home, stdout=log,
            stderr=log,
        )  # fmt: skip
    try:
        yield
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def worker(home: Path) -> Iterator[None]:
    """A worker of the cpu lane, one thread, with three runs to do of which one is running."""
    with _program(home, "worker", "ingest", "worker", "--queue", "cpu"):
        yield


@pytest.fixture(scope="module")
def app(home: Path):
    app = make_app("asking", load(home / "stringout.toml").broker)
    yield app
    app.close()


@pytest.fixture(scope="module")
def busy(app, worker):
    """It is there and works on one; what it is asked is asked again until it answers."""
    for number in (1, 2, 3):
        app.send_task("stringout.sleep", args=[number], queue="cpu", priority=5)
    inspect = app.control.inspect(timeout=3)
    until(lambda: any((inspect.active() or {}).values()), 120, "it does not work")
    return inspect


def test_inspect_tells_what_is_active_reserved_and_registered(busy):
    (active,) = busy.active().values()
    assert [task["name"] for task in active] == ["stringout.sleep"]
    assert active[0]["args"] == [1]
    assert list(busy.reserved().values()) == [[]]  # the rest is for whoever is free first
    (registered,) = busy.registered().values()
    assert {"stringout.checksum", "stringout.scan", "stringout.report"} <= set(registered)
    (queues,) = busy.active_queues().values()
    assert [queue["name"] for queue in queues] == ["cpu"]
    (stats,) = busy.stats().values()
    assert stats["pool"]["max-concurrency"] == 1


@pytest.mark.parametrize("question", [("status",), ("inspect", "active")])
def test_the_command_line_of_celery_answers(busy, home, question):
    command = [sys.executable, "-m", "celery", "-A", "tasks.app", *question]
    done = subprocess.run(
        command, env=_environment(home), cwd=home, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "cpu-" in done.stdout
    assert "1 node online" in done.stdout
    assert ("stringout.sleep" in done.stdout) == (question[-1] == "active")


def test_flower_shows_the_worker_and_what_it_does(busy, app, home, deadline):
    port = free_port()
    flower = ("celery", "-A", "tasks.app", "flower", "--address=127.0.0.1", f"--port={port}")

    def ask(what: str):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/{what}", timeout=20) as found:
                return json.load(found)
        except (urllib.error.URLError, OSError):
            return {}

    with _program(home, "flower", *flower):
        deadline(lambda: ask("workers"), 120)
        (name,) = ask("workers")
        assert name.startswith("cpu-")
        # It knows tasks by the events of those that come while it listens.
        app.send_task("stringout.match", args=[1], queue="cpu", priority=0)
        deadline(lambda: "stringout.match" in json.dumps(ask("tasks")), 60)
