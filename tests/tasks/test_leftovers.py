"""Files that were moved in place by somebody who did not live to say so."""

import pytest
from sqlmodel import Session, select

import tasks.runner
from catalog import by_hand, leases, recovery
from catalog.models import Rendition, StageRun
from tasks.leftovers import tidy
from tasks.roles import Role
from tasks.sweep import Sweep
from tests.tasks.conftest import House


class Killed(BaseException):
    """Nothing of ours catches it, as nothing catches SIGKILL."""


@pytest.fixture
def orphaned(house: House, runner, short_footage, monkeypatch):
    """A scan that was killed after its files were moved and before it was written down."""
    item = house.drop(short_footage)
    for stage in ("checksum", "probe"):
        runner.run(stage, item.id)
    move = tasks.runner.publish

    def publish(*arguments):
        move(*arguments)
        raise Killed

    monkeypatch.setattr(tasks.runner, "publish", publish)
    with pytest.raises(Killed):
        runner.run("scan", item.id)
    monkeypatch.undo()
    with house.catalog.writing() as session:
        recovery.requeue_orphans(session, runner.owner, crashed=False)
    assert _files(house)
    return item


def _files(house: House) -> set[str]:
    output = house.settings.folders.output
    found = (path.relative_to(output).as_posix() for path in output.rglob("*") if path.is_file())
    return {path for path in found if "/assets/" in path and not path.startswith(".")}


def test_what_a_killed_attempt_moved_is_removed_when_its_run_was_cancelled(house, orphaned):
    with house.catalog.writing() as session:
        by_hand.cancel(session, orphaned, "scan", "cancelled by anna", "anna")
    with house.catalog.reading() as session:
        rows = {rendition.path for rendition in session.exec(select(Rendition))}
    tidy(house.settings, house.catalog)
    assert _files(house) == {path for path in rows if "/assets/" in path}
    scratch = house.settings.folders.output / ".stringout" / "scratch"
    assert list(scratch.iterdir()) == []


def test_what_was_killed_after_its_run_had_ended_leaves_nothing(
    house, bell, runner, short_footage, deadline, monkeypatch
):
    item = house.drop(short_footage)
    sweep = Sweep(runner, Role(house.catalog, leases.SWEEP, "test"))
    sweep.begin()  # before: it must not only look when it begins

    def killed(_rings):
        raise Killed

    monkeypatch.setattr(bell, "ring", killed)
    monkeypatch.setattr("tasks.publish.shutil.rmtree", lambda *_args, **_more: None)
    with pytest.raises(Killed):
        runner.run("checksum", item.id)
    monkeypatch.undo()
    scratch = house.settings.folders.output / ".stringout" / "scratch"
    assert len(list(scratch.iterdir())) == 1
    sweep.start()
    deadline(lambda: not list(scratch.iterdir()))
    sweep.stop()


def test_what_a_killed_attempt_moved_stays_while_its_run_may_begin_again(house, runner, orphaned):
    before = _files(house)
    tidy(house.settings, house.catalog)
    assert _files(house) == before
    runner.run("scan", orphaned.id)
    tidy(house.settings, house.catalog)
    with house.catalog.reading() as session:
        rows = {rendition.path for rendition in session.exec(select(Rendition))}
        assert _status(session, orphaned) == "done"
    assert _files(house) == {path for path in rows if "/assets/" in path}


def _status(session: Session, item) -> str:
    return str(session.get_one(StageRun, (item.id, "scan")).status)
