"""Files that were moved in place by somebody who did not live to say so."""

import pytest
from sqlmodel import Session, select

import tasks.runner
from catalog import by_hand, recovery
from catalog.models import Rendition, StageRun
from tasks.leftovers import tidy
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


def test_what_a_killed_attempt_moved_stays_while_its_run_may_begin_again(house, runner, orphaned):
    before = _files(house)
    assert not tidy(house.settings, house.catalog)
    assert _files(house) == before
    runner.run("scan", orphaned.id)
    assert tidy(house.settings, house.catalog)
    with house.catalog.reading() as session:
        rows = {rendition.path for rendition in session.exec(select(Rendition))}
        assert _status(session, orphaned) == "done"
    assert _files(house) == {path for path in rows if "/assets/" in path}


def _status(session: Session, item) -> str:
    return str(session.get_one(StageRun, (item.id, "scan")).status)
