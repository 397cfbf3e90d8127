import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from catalog.models import StageRun
from media.errors import Rejected, TryLater
from tasks.children import Child, Children
from tasks.perform import Order
from tasks.wire import Crashed


@pytest.fixture
def child(house):
    child = Child(house.settings)
    yield child
    child.close()


def _order(house, item, stage: str) -> Order:
    scratch = house.settings.folders.output / "scratch"
    scratch.mkdir(exist_ok=True)
    return Order(item.id, stage, scratch)


def test_a_child_performs_a_stage_and_returns_its_facts(house, child, short_footage):
    facts = child.perform(_order(house, house.drop(short_footage), "checksum"), 30)
    assert len(facts.checksum) == 32


def test_an_error_of_ours_crosses_the_pipe_with_its_sentence(house, child, tmp_path):
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(b"this is not a movie" * 100)
    with pytest.raises(Rejected, match=r"bad\.mp4"):
        child.perform(_order(house, house.drop(bad), "probe"), 30)
    assert child.alive


def test_any_other_error_is_a_crash_that_leaves_the_child_alive(house, child):
    with pytest.raises(Crashed, match="NoResultFound"):
        child.perform(Order(999, "checksum", Path("/nonexistent")), 30)
    assert child.alive


def test_a_child_at_its_limit_is_killed(house, child, short_footage):
    with pytest.raises(TryLater, match="limit"):
        child.perform(_order(house, house.drop(short_footage), "checksum"), 0)
    assert not child.alive


def test_a_child_that_dies_is_a_crash_and_the_next_order_gets_a_new_one(house, short_footage):
    children = Children(house.settings)
    order = _order(house, house.drop(short_footage), "checksum")
    with children.borrowed() as first:
        os.killpg(first._process.pid, signal.SIGKILL)
        with pytest.raises(Crashed, match="ended"):
            first.perform(order, 30)
    with children.borrowed() as second:
        assert second is not first
        assert second.perform(order, 30).checksum
    children.kill()


def test_a_child_is_used_again_because_its_engines_are_loaded(house):
    children = Children(house.settings)
    with children.borrowed() as first:
        pass
    with children.borrowed() as second:
        assert second is first
    children.kill()
    assert not first.alive


def test_idle_children_give_their_memory_back(house):
    lanes = house.settings.lanes.model_copy(update={"idle_seconds": 0.0})
    children = Children(house.settings.model_copy(update={"lanes": lanes}))
    with children.borrowed() as child:
        pass
    children.end_idle()
    assert not child.alive


def test_killing_the_lane_ends_a_run_in_progress(house, short_footage, deadline):
    children, raised = Children(house.settings), []
    order = _order(house, house.drop(short_footage), "checksum")

    def perform() -> None:
        with children.borrowed() as child:
            try:
                while True:
                    child.perform(order, 60)
            except Crashed as error:
                raised.append(error)

    thread = threading.Thread(target=perform)
    thread.start()
    deadline(lambda: children._busy)
    children.kill()
    thread.join(10)
    assert len(raised) == 1


def test_no_child_survives_its_parent(house, deadline):
    """The parent is killed with SIGKILL, so nothing of its own can tidy up."""
    code = (
        "import sys, time; from config.settings import Settings; from tasks.children import Child;"
        "child = Child(Settings.model_validate_json(sys.stdin.readline()));"
        "print(child._process.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdin
    assert parent.stdout
    parent.stdin.write(house.settings.model_dump_json() + "\n")
    parent.stdin.flush()
    pid = int(parent.stdout.readline())
    assert Path(f"/proc/{pid}").exists()
    parent.kill()
    parent.communicate()
    deadline(lambda: not _running(pid))


def _running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


def test_runs_are_not_touched_by_a_child(house, child, short_footage):
    item = house.drop(short_footage)
    child.perform(_order(house, item, "checksum"), 30)
    with house.catalog.reading() as session:
        assert session.get_one(StageRun, (item.id, "checksum")).status == "queued"


def test_two_threads_may_end_a_child_at_the_same_moment(house):
    """Its borrower at a time limit, and a stop of the lane: neither may break over the other."""
    for _ in range(5):
        child, broken = Child(house.settings), []
        together = threading.Barrier(2)

        def end(child=child, broken=broken, together=together) -> None:
            together.wait()
            try:
                child.kill()
            except OSError as error:
                broken.append(error)

        threads = [threading.Thread(target=end) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        assert not broken
        assert not child.alive
        child.close()
