import time

import pytest
from sqlmodel import select

from catalog import claims, leases, pauses
from catalog.models import Scope, StageRun, Status
from catalog.vectors.edge import EdgeVectors
from catalog.work import Queue
from tasks import roles
from tasks.perform import perform
from tasks.pulse import Pulse
from tasks.roles import Role
from tasks.runner import Runner
from tasks.sweep import Sweep
from tests.tasks.conftest import House, Silent


@pytest.fixture
def house(house):
    lanes = house.settings.lanes.model_copy(update={"sweep_seconds": 0.05, "lease_seconds": 3.0})
    return House(house.settings.model_copy(update={"lanes": lanes}), house.catalog)


@pytest.fixture
def sweep(house, tmp_path):
    vectors = EdgeVectors(tmp_path / "vectors", 384)
    runner = Runner(
        house.settings, house.catalog, vectors, Silent(), "test",
        lambda stage, order: perform(order, house.settings, house.catalog),
    )  # fmt: skip
    sweep = Sweep(runner, Role(house.catalog, leases.SWEEP, "test"))
    yield sweep
    vectors.close()


def _rung(sweep) -> set[str]:
    return {ring.stage for ring in sweep.room.doorbell.rings}


def _set(house, item, **values) -> None:
    with house.catalog.writing() as session:
        run = session.get_one(StageRun, (item.id, "checksum"))
        for name, value in values.items():
            setattr(run, name, value)


def test_a_killed_process_leaves_runs_that_the_next_one_queues_again(house, sweep, short_footage):
    item = house.drop(short_footage)
    with house.catalog.writing() as session:
        assert claims.claim(session, item.id, "checksum", "a dead process", 30)
    assert sweep.recover() == 1
    assert _rung(sweep) == {"checksum"}


def test_a_run_with_which_the_service_crashed_too_often_is_not_queued_again(
    house, sweep, short_footage
):
    item = house.drop(short_footage)
    _set(house, item, status=Status.RUNNING, deaths=2)
    assert sweep.recover(crashed=True) == 1
    assert _rung(sweep) == set()
    with house.catalog.reading() as session:
        run = session.get_one(StageRun, (item.id, "checksum"))
    assert (run.status, run.message[:29]) == (Status.FAILED, "killed the worker three times")


def test_what_is_due_is_rung(house, sweep, short_footage, deadline):
    item = house.drop(short_footage)
    _set(house, item, status=Status.WAITING, next_try_at=time.time() + 0.2)
    sweep.start()
    deadline(lambda: _rung(sweep) == {"checksum"})
    sweep.stop()


def test_a_silent_worker_loses_its_run_and_a_working_one_keeps_it(
    house, sweep, short_footage, deadline
):
    lost, kept = house.drop(short_footage), house.drop(short_footage, "b.mp4")
    with house.catalog.writing() as session:
        assert claims.claim(session, lost.id, "checksum", "another process", 0.3)
        sweep.room.active.add(claims.claim(session, kept.id, "checksum", "test", 3))
    pulse = Pulse(sweep.room)
    pulse.start()
    sweep.start()
    deadline(lambda: sweep.room.doorbell.rings)
    time.sleep(4)  # longer than the lease, which the pulse extends three times as often
    sweep.stop()
    pulse.stop()
    assert {ring.item_id for ring in sweep.room.doorbell.rings} == {lost.id}


@pytest.mark.parametrize("silent", [True, False])
def test_a_lost_doorbell_is_rung_again_when_its_lane_is_silent(house, sweep, short_footage, silent):
    item = house.drop(short_footage)
    _set(house, item, queued_at=time.time() - 100)
    if not silent:
        sweep.room.doorbell.messages[Queue.IO] = 1
    sweep.start()
    time.sleep(0.4)
    sweep.stop()
    assert _rung(sweep) == ({"checksum"} if silent else set())


def test_a_run_that_only_a_newer_version_can_do_is_left_to_it(house, sweep, short_footage):
    item = house.drop(short_footage)
    with house.catalog.writing() as session:
        session.add(StageRun(item_id=item.id, stage="depth", status=Status.QUEUED, queued_at=1))
    sweep.start()
    time.sleep(0.4)
    sweep.check()
    sweep.stop()
    assert "depth" not in _rung(sweep)


def test_a_stage_with_a_newer_version_runs_again(house, sweep, short_footage, deadline):
    item = house.drop(short_footage)
    sweep.room.run("checksum", item.id)
    _set(house, item, version=0)
    sweep.room.doorbell.rings.clear()
    sweep.start()
    deadline(lambda: "checksum" in _rung(sweep))
    sweep.stop()


def test_a_catalog_that_is_locked_for_a_while_does_not_end_the_sweep(
    house, sweep, short_footage, deadline
):
    item = house.drop(short_footage)
    sweep.start()
    with house.catalog.writing() as session:
        session.exec(select(StageRun)).all()
        time.sleep(0.3)
    _set(house, item, status=Status.WAITING, next_try_at=0.0)
    deadline(lambda: "checksum" in _rung(sweep))
    sweep.check()
    sweep.stop()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_what_ends_the_sweep_is_told(sweep, deadline):
    def broken(_rings):
        raise RuntimeError("no bell")

    sweep.room.doorbell.ring = broken
    sweep.start()
    deadline(lambda: sweep._error)
    with pytest.raises(RuntimeError, match="no bell"):
        sweep.check()


def test_when_a_pause_ends_what_it_held_is_rung(house, sweep, short_footage, deadline):
    house.drop(short_footage)
    with house.catalog.writing() as session:
        pauses.pause(session, Scope.STORY, "story", "mei", "a reason")
    sweep.start()
    deadline(lambda: bool(sweep._held))
    assert _rung(sweep) == set()
    with house.catalog.writing() as session:
        pauses.resume(session, Scope.STORY, "story", "mei")
    deadline(lambda: _rung(sweep) == {"checksum"})
    sweep.stop()


def test_a_killed_workers_run_is_found_within_thirty_seconds(house):
    """Its lease ends, a sweep comes by; the one who swept may have been killed with it."""
    lanes = house.settings.lanes
    assert max(lanes.lease_seconds, roles._SECONDS) + 2 * lanes.sweep_seconds <= 30
