"""Batches across items: in real children, with the real ledger."""

from pathlib import Path

import pytest

from catalog import pauses
from catalog.models import Item, Scope, StageRun, Status
from catalog.vectors.edge import EdgeVectors
from config.watching import Priority
from tasks.devices import count_devices
from tasks.gathering import Gatherings
from tasks.lanes import Lane, Lanes
from tasks.pipeline import STAGES
from tasks.runner import Runner
from tests.servers import until
from tests.tasks import together
from tests.tasks.conftest import Silent


@pytest.fixture
def lanes(house, tmp_path, monkeypatch):
    """With one more stage, here and in children."""
    monkeypatch.setitem(STAGES, "pooled", together.Pooled())
    monkeypatch.setenv("PYTHONPATH", together.path_for_children(tmp_path))
    lanes = Lanes(house.settings)
    yield lanes
    lanes.kill()


@pytest.fixture
def runner(house, lanes, tmp_path):
    vectors = EdgeVectors(tmp_path / "vectors", 384)
    yield Runner(
        house.settings, house.catalog, vectors, Silent(), "test", lanes.perform,
        gatherings=Gatherings(house.catalog, "test", lanes.perform_together),
    )  # fmt: skip
    vectors.close()


def _queue(house, tmp_path, *names: str) -> list[int]:
    """A queued run of the stage for each, in this order."""
    ids = []
    for number, name in enumerate(names):
        (tmp_path / name).write_bytes(name.encode())
        ids.append(house.drop(tmp_path / name).id)
        with house.catalog.writing() as session:
            session.add(
                StageRun(
                    item_id=ids[-1], stage="pooled", status=Status.QUEUED, queued_at=number + 1.0
                )
            )
    return ids


def _runs(house, ids: list[int]) -> list[StageRun]:
    with house.catalog.reading() as session:
        return [session.get_one(StageRun, (item, "pooled")) for item in ids]


def test_runs_that_are_queued_together_are_one_batch(house, runner, tmp_path):
    ids = _queue(house, tmp_path, "a.mp4", "b.mp4", "c.mp4")
    runner.run("pooled", ids[1])
    found = _runs(house, ids)
    assert {run.status for run in found} == {Status.DONE}
    assert [run.message.split(" by ")[0] for run in found] == [
        "story/a.mp4 of 3", "story/b.mp4 of 3", "story/c.mp4 of 3",
    ]  # fmt: skip
    assert not runner.active


def test_one_that_is_bad_is_rejected_alone(house, runner, tmp_path):
    ids = _queue(house, tmp_path, "a.mp4", "bad.mp4", "c.mp4")
    runner.run("pooled", ids[0])
    found = _runs(house, ids)
    assert [run.status for run in found] == [Status.DONE, Status.FAILED, Status.DONE]
    assert found[1].message == "story/bad.mp4 is bad"
    assert "of 1 by" in found[0].message


def test_one_that_kills_the_worker_pays_for_it_alone(house, runner, tmp_path):
    ids = _queue(house, tmp_path, "a.mp4", "kill.mp4", "c.mp4")
    runner.run("pooled", ids[0])
    found = _runs(house, ids)
    assert [run.status for run in found] == [Status.DONE, Status.WAITING, Status.DONE]
    assert [run.deaths for run in found] == [0, 1, 0]


def test_one_that_never_comes_to_be_performed_keeps_nobody_waiting(house, runner, tmp_path):
    ids = _queue(house, tmp_path, "a.mp4", "b.mp4", "c.mp4")
    with house.catalog.writing() as session:
        session.get_one(Item, ids[1]).root = "elsewhere"  # a folder that the settings don't know
    runner.run("pooled", ids[0])
    found = _runs(house, ids)
    assert [run.status for run in found] == [Status.DONE, Status.WAITING, Status.DONE]
    assert "of 2 by" in found[0].message


def test_a_batch_takes_the_most_urgent_and_only_so_many(house, runner, tmp_path):
    names = [f"{number}.mp4" for number in range(6)]
    ids = _queue(house, tmp_path, *names)
    with house.catalog.writing() as session:
        session.get_one(Item, ids[5]).priority = Priority.BREAKING
        session.get_one(Item, ids[1]).priority = Priority.BULK
    runner.settings = _with(house.settings, together=4)
    runner.run("pooled", ids[0])
    done = [run.status == Status.DONE for run in _runs(house, ids)]
    assert done == [True, False, True, True, False, True]


def test_what_a_pause_holds_is_in_no_batch(house, runner, tmp_path):
    ids = _queue(house, tmp_path, "a.mp4", "b.mp4")
    with house.catalog.writing() as session:
        pauses.pause(session, Scope.STORY, "story", "mei", "not now")
    runner.run("pooled", ids[0])
    assert {run.status for run in _runs(house, ids)} == {Status.QUEUED}


def test_a_child_keeps_what_it_has_loaded_from_one_batch_to_the_next(house, runner, tmp_path):
    first = _queue(house, tmp_path, "a.mp4", "b.mp4")
    runner.run("pooled", first[0])
    second = _queue(house, tmp_path, "c.mp4")
    runner.run("pooled", second[0])
    workers = {run.message.split(" by ")[1] for run in _runs(house, [*first, *second])}
    assert len(workers) == 1


def test_each_gpu_has_a_process_that_sees_no_other(house):
    lane = Lane(house.settings, ("0", "3"))
    with lane._children.borrowed() as first, lane._children.borrowed() as second:
        assert {_sees(first), _sees(second)} == {"0", "3"}
        second.kill()
    with lane._children.borrowed() as one, lane._children.borrowed() as other:
        assert {_sees(one), _sees(other)} == {"0", "3"}
    lane.kill()


def test_other_lanes_see_no_gpu(house):
    lane = Lane(house.settings)
    with lane._children.borrowed() as child:
        assert _sees(child) == ""
    lane.kill()


def _sees(child) -> str:
    environ = Path(f"/proc/{child._process.pid}/environ")
    until(lambda: environ.read_text() != "", 60, "it has no environment")  # just begun
    told = environ.read_text(encoding="utf-8")
    return dict(each.split("=", 1) for each in told.split("\0") if each)["CUDA_VISIBLE_DEVICES"]


def test_gpus_are_counted_as_torch_counts_them_and_named_as_the_operator_did(tmp_path, monkeypatch):
    (tmp_path / "torch.py").write_text(
        "import types; cuda = types.SimpleNamespace(device_count=lambda: 2)"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert count_devices() == ("0", "1")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "5,7")
    assert count_devices() == ("5", "7")
    (tmp_path / "torch.py").write_text("raise ImportError('no CUDA library')")
    assert count_devices() == ()


def _with(settings, **lanes):
    return settings.model_copy(update={"lanes": settings.lanes.model_copy(update=lanes)})
