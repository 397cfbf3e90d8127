"""Cancelling what runs, and pausing: through the runner, the sweep and a real child process."""

import threading
import time

import pytest
from sqlmodel import select

import tasks.runner
from catalog import by_hand, leases, pauses
from catalog.models import Rendition, Scope, StageRun, Status
from catalog.vectors.edge import EdgeVectors
from tasks.children import Children
from tasks.pipeline import STAGES
from tasks.pulse import Pulse
from tasks.roles import Role
from tasks.runner import Runner
from tasks.sweep import Sweep
from tests.tasks import trouble
from tests.tasks.conftest import House, Silent


@pytest.fixture
def house(house):
    lanes = house.settings.lanes.model_copy(update={"sweep_seconds": 0.2})
    return House(house.settings.model_copy(update={"lanes": lanes}), house.catalog)


@pytest.fixture
def children(house, tmp_path, monkeypatch):
    for stage in trouble.TROUBLE:
        monkeypatch.setitem(STAGES, stage.name, stage)
    monkeypatch.setenv("PYTHONPATH", trouble.path_for_children(tmp_path))
    children = Children(house.settings)
    yield children
    children.kill()


@pytest.fixture
def pulse(house, children, tmp_path):
    def perform(stage, order):
        with children.borrowed() as child:
            return child.perform(order, stage.limit)

    vectors = EdgeVectors(tmp_path / "vectors", 384)
    pulse = Pulse(
        Runner(
            house.settings,
            house.catalog,
            vectors,
            Silent(),
            "test",
            perform,
            abandon=lambda claim: children.abandon(claim.item_id, claim.stage, claim.token),
        )
    )
    pulse.start()
    yield pulse
    pulse.stop()
    vectors.close()


def _queue(house, item, stage: str) -> None:
    with house.catalog.writing() as session:
        session.add(StageRun(item_id=item.id, stage=stage, status=Status.QUEUED, queued_at=1))


def _run(house, item, stage) -> StageRun:
    with house.catalog.reading() as session:
        return session.get_one(StageRun, (item.id, stage))


def test_a_cancelled_run_ends_at_once_and_says_who_cancelled_it(
    house, pulse, children, short_footage, deadline
):
    item = house.drop(short_footage)
    _queue(house, item, "sleep")
    thread = threading.Thread(target=pulse._runner.run, args=("sleep", item.id))
    thread.start()
    deadline(lambda: any(child.orders for child in children._busy), 60)
    with house.catalog.writing() as session:
        assert by_hand.cancel(session, item, "sleep", "cancelled by anna", "anna") == 1
    thread.join(60)
    assert not thread.is_alive()
    run = _run(house, item, "sleep")
    assert (run.status, run.message) == (Status.CANCELLED, "cancelled by anna")
    assert not children._busy


def test_what_is_paused_stays_queued_and_is_rung_when_the_pause_is_lifted(
    house, pulse, short_footage, deadline
):
    item = house.drop(short_footage)
    with house.catalog.writing() as session:
        pauses.pause(session, Scope.QUEUE, "io", "operator", "the share is slow")
    sweep = Sweep(pulse._runner, Role(house.catalog, leases.SWEEP, "test"))
    sweep.start()
    deadline(lambda: sweep._held, 60)
    pulse._runner.run("checksum", item.id)
    assert _run(house, item, "checksum").status == Status.QUEUED
    time.sleep(0.5)
    assert pulse._runner.doorbell.rings == []
    with house.catalog.writing() as session:
        pauses.resume(session, Scope.QUEUE, "io", "operator")
    deadline(lambda: pulse._runner.doorbell.rings, 60)
    assert {ring.stage for ring in pulse._runner.doorbell.rings} == {"checksum"}
    sweep.stop()


def test_a_cancel_while_files_are_published_finds_the_run_done(
    house, runner, short_footage, monkeypatch
):
    """Files and rows are one transaction: a cancel comes before both or after both."""
    item = house.drop(short_footage)
    for stage in ("checksum", "probe"):
        runner.run(stage, item.id)
    published, cancelled = threading.Event(), []
    move = tasks.runner.publish

    def publish(*arguments):
        move(*arguments)
        published.set()
        time.sleep(0.5)  # the other one is waiting for our transaction by now, or comes later

    monkeypatch.setattr(tasks.runner, "publish", publish)

    def cancel() -> None:
        published.wait(60)
        with house.catalog.writing() as session:
            cancelled.append(by_hand.cancel(session, item, "scan", "cancelled by anna", "anna"))

    thread = threading.Thread(target=cancel)
    thread.start()
    runner.run("scan", item.id)
    thread.join(60)
    assert cancelled == [0]
    assert _run(house, item, "scan").status == Status.DONE
    with house.catalog.reading() as session:
        made = {each.path for each in session.exec(select(Rendition)) if each.stage == "scan"}
    output = house.settings.folders.output
    files = {path.relative_to(output).as_posix() for path in output.rglob("*") if path.is_file()}
    assert made
    assert made <= files
    assert {path for path in files if "/assets/" in path} <= made
