"""Native code that crashes or hangs, in real child processes: what it costs, what it leaves."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from catalog import runs
from catalog.models import StageRun, Status
from catalog.vectors.edge import EdgeVectors
from media.errors import TryLater
from tasks.children import Child, Children
from tasks.pipeline import STAGES
from tasks.runner import Runner
from tasks.wire import Died
from tests.tasks import trouble
from tests.tasks.conftest import Silent


@pytest.fixture
def troubled(tmp_path, monkeypatch):
    """The stages of trouble.py, here and in children."""
    for stage in trouble.TROUBLE:
        monkeypatch.setitem(STAGES, stage.name, stage)
    monkeypatch.setenv("PYTHONPATH", trouble.path_for_children(tmp_path))


@pytest.fixture
def order(house, short_footage):
    item = house.drop(short_footage)

    def _order(stage: str):
        from tasks.perform import Order

        return Order(item.id, stage, house.settings.folders.output)

    return _order


def _group(pid: int) -> list[int]:
    """The living processes of a process group."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, group = path.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if int(group) == pid and state != "Z":
            found.append(int(path.parent.name))
    return found


def test_a_crash_in_native_code_is_told_by_its_signal(troubled, house, order):
    child = Child(house.settings)
    with pytest.raises(Died, match="SIGSEGV"):
        child.perform(order("crash"), 60)
    child.close()


def test_what_a_crashed_child_had_started_ends_with_it(troubled, house, order, deadline):
    child = Child(house.settings)
    group = child._process.pid
    with pytest.raises(Died):
        child.perform(order("orphan"), 60)
    deadline(lambda: not _group(group), 60)
    child.close()


def test_a_hang_that_holds_the_interpreters_lock_ends_at_the_limit(troubled, house, order):
    children = Children(house.settings)
    with children.borrowed() as child, pytest.raises(TryLater, match="limit of 3 s"):
        child.perform(order("hang"), 3)
    with children.borrowed() as another:
        assert len(another.perform(order("checksum"), 60).checksum) == 32
    children.kill()


def test_nothing_survives_a_killed_parent_not_even_a_hang_and_its_programs(
    troubled, house, order, deadline
):
    code = (
        "import sys; from config.settings import Settings; from tasks.children import Child;"
        "from tasks.perform import Order; from pathlib import Path;"
        "child = Child(Settings.model_validate_json(sys.stdin.readline()));"
        "print(child._process.pid, flush=True);"
        f"child.perform(Order({order('program').item_id}, 'program', Path('/')), 600)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdin
    assert parent.stdout
    parent.stdin.write(house.settings.model_dump_json() + "\n")
    parent.stdin.flush()
    group = int(parent.stdout.readline())
    deadline(lambda: len(_group(group)) == 3, 60)  # the child, its guard, and sleep
    parent.kill()
    parent.communicate()
    deadline(lambda: not _group(group), 60)


def test_a_run_that_kills_its_worker_three_times_stops_with_that_sentence(
    troubled, house, order, tmp_path
):
    item_id = order("crash").item_id
    with house.catalog.writing() as session:
        session.add(StageRun(item_id=item_id, stage="crash", status=Status.QUEUED))
    children = Children(house.settings)

    def perform(stage, order):
        with children.borrowed() as child:
            return child.perform(order, stage.limit)

    vectors = EdgeVectors(tmp_path / "vectors", 384)
    runner = Runner(house.settings, house.catalog, vectors, Silent(), "test", perform)
    for _ in range(3):
        runner.run("crash", item_id)
        with house.catalog.writing() as session:
            runs.queue_due(session, time.time() + 100)
    vectors.close()
    children.kill()
    with house.catalog.reading() as session:
        run = session.get_one(StageRun, (item_id, "crash"))
    assert run.status == Status.FAILED
    assert run.message.startswith("killed the worker three times")
    assert "SIGSEGV" in run.message


def test_a_service_that_crashes_leaves_a_trace_and_one_that_is_killed_none(tmp_path):
    code = (
        "import sys, os, ctypes; from pathlib import Path; from tasks.crash import report_crashes;"
        "print(report_crashes(Path(sys.argv[1])), flush=True);"
        "{'crash': lambda: ctypes.string_at(0), 'kill': lambda: os.kill(os.getpid(), 9),"
        "'end': lambda: None}[sys.argv[2]]()"
    )

    def told(how: str) -> str:
        command = [sys.executable, "-c", code, str(tmp_path), how]
        return subprocess.run(command, capture_output=True, text=True).stdout.strip()

    assert told("kill") == ""
    assert told("crash") == ""
    assert "Segmentation fault" in told("end")
    assert told("end") == ""
    assert "Segmentation fault" in (tmp_path / "crash-last.txt").read_text()
