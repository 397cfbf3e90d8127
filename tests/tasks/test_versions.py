"""Two versions of Stringout at work on one catalog, by turns: nothing is refused, nothing lost."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from catalog import runs
from catalog.models import Item, Kind, StageRun, Status
from catalog.vectors.edge import EdgeVectors
from catalog.work import Facts, Queue
from tasks import changes
from tasks.pipeline import PIPELINE, STAGES, needs
from tasks.roles import Role
from tasks.runner import Runner
from tasks.sweep import Sweep
from tests.tasks.conftest import Silent


class Plain:
    """A stage that says which version it is of."""

    queue = Queue.IO
    limit = 60.0
    makes = ()

    def __init__(self, name: str, version: int, *needs: str) -> None:
        self.name, self.version, self.needs = name, version, needs

    def run(self, work) -> Facts:
        return Facts(f"{self.name} {self.version}")


OLD = (Plain("first", 1), Plain("last", 1, "first"))
# One stage is better, one is new, and what was there before waits for it.
NEW = (Plain("first", 2), Plain("depth", 1, "first"), Plain("last", 1, "first", "depth"))


@contextmanager
def version(stages: tuple[Plain, ...]) -> Iterator[None]:
    """This process is of the version that has these stages."""
    pipeline, known = dict(PIPELINE), dict(STAGES)
    PIPELINE[Kind.FOOTAGE] = stages
    STAGES.clear()
    STAGES.update({stage.name: stage for stage in stages})
    try:
        yield
    finally:
        PIPELINE.update(pipeline)
        STAGES.clear()
        STAGES.update(known)


@pytest.fixture
def runner(house, tmp_path):
    vectors = EdgeVectors(tmp_path / "vectors", 384)
    yield Runner(
        house.settings, house.catalog, vectors, Silent(), "test", lambda stage, _: stage.run(None)
    )
    vectors.close()


@pytest.fixture
def sweep(runner):
    return Sweep(runner, Role(runner.catalog, "sweep", "test"))


def _answer(house, runner) -> None:
    """Run what is queued and known to this version, until there is no more."""
    while True:
        with house.catalog.reading() as session:
            queued = [r for r in runs.queued(session, float("inf")) if r.stage in STAGES]
        if not queued:
            return
        for run in queued:
            runner.run(run.stage, run.item_id)


def _drop(house, tmp_path) -> Item:
    (tmp_path / "a.mp4").write_bytes(b"a")
    return house.drop(tmp_path / "a.mp4")


def _found(house, item) -> dict[str, tuple[Status, str]]:
    with house.catalog.reading() as session:
        return {run.stage: (run.status, run.message) for run in runs.of_item(session, item.id)}


def test_an_older_service_leaves_runs_of_stages_that_it_does_not_know(
    house, runner, sweep, tmp_path
):
    with version(NEW):
        item = _drop(house, tmp_path)
    with version(OLD):
        sweep.begin()
        _answer(house, runner)
        assert _found(house, item)["depth"] == (Status.WAITING, "")
    with version(NEW):
        sweep.begin()
        sweep._look_at_everything()
        _answer(house, runner)
    assert _found(house, item) == {
        "first": (Status.DONE, "first 2"), "depth": (Status.DONE, "depth 1"),
        "last": (Status.DONE, "last 1"),
    }  # fmt: skip


def test_a_newer_worker_does_all_of_what_an_older_watcher_has_accepted(house, runner, tmp_path):
    with version(OLD):
        item = _drop(house, tmp_path)
    with version(NEW):
        _answer(house, runner)
    found = _found(house, item)
    assert set(found) == {"first", "depth", "last"}
    assert {status for status, _ in found.values()} == {Status.DONE}


def test_they_do_not_do_each_others_work_again(house, runner, sweep, tmp_path):
    with version(NEW):
        item = _drop(house, tmp_path)
        _answer(house, runner)
        before = _found(house, item)
    with version(OLD):
        sweep.begin()
        sweep._look_at_everything()
        with house.catalog.writing() as session:
            assert changes.check(session, house.settings, [session.get_one(Item, item.id)]) == []
        _answer(house, runner)
    assert _found(house, item) == before


def test_work_of_an_older_worker_is_done_again_once_by_the_newer(house, runner, sweep, tmp_path):
    with version(OLD):
        item = _drop(house, tmp_path)
        _answer(house, runner)
        assert _found(house, item)["first"] == (Status.DONE, "first 1")
    for _ in range(2):
        with version(NEW):
            sweep.begin()
            sweep._look_at_everything()
            _answer(house, runner)
            with house.catalog.reading() as session:
                tokens = {r.stage: r.token for r in runs.of_item(session, item.id)}
    assert tokens == {"first": 2, "depth": 1, "last": 2}


def test_what_an_older_worker_leaves_beside_a_running_newer_sweep_is_begun(
    house, runner, sweep, tmp_path
):
    with version(NEW):
        sweep.round()  # it leads from here on, and nothing was dropped yet
        early = _drop(house, tmp_path)
    with version(OLD):
        late = house.drop(tmp_path / "a.mp4", "b.mp4")
        _answer(house, runner)
        assert _found(house, early)["depth"] == (Status.WAITING, "")
        assert set(_found(house, late)) == {"first", "last"}
    with version(NEW):
        sweep._beside_at = 0.0  # a minute later
        sweep.round()
        _answer(house, runner)
        for item in early, late:
            assert _found(house, item) == {
                "first": (Status.DONE, "first 2"), "depth": (Status.DONE, "depth 1"),
                "last": (Status.DONE, "last 1"),
            }  # fmt: skip
        sweep._beside_at = 0.0
        sweep.round()
        with house.catalog.reading() as session:
            assert not runs.queued(session, float("inf"))
            assert changes.left_behind(session) == []


def test_a_twin_does_not_wait_for_what_an_older_version_did_not_plan(house, runner, tmp_path):
    with version(OLD):
        item = _drop(house, tmp_path)
    with version(NEW):
        with house.catalog.writing() as session:
            session.get_one(Item, item.id).replaced_at = 1.0
            runs.promote(session, item.id, needs(Kind.FOOTAGE))
        with house.catalog.reading() as session:
            assert session.get_one(StageRun, (item.id, "depth")).status == Status.SKIPPED
