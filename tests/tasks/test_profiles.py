"""What watch folders say: which stages run, when, for which files, and where it is published."""

import time
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from catalog import by_hand, drops, runs
from catalog.models import Item, Kind, Rendition, StageRun, Status, Story
from catalog.vectors.edge import EdgeVectors
from config.settings import load
from config.watching import Priority, Profile, WatchFolder
from tasks import profiles
from tasks.perform import perform, work
from tasks.pipeline import PIPELINE, needs
from tasks.runner import Runner
from tests.tasks.conftest import House, Silent


def _with(house, **values) -> House:
    folder = house.settings.watch[0].model_copy(update=values)
    return House(house.settings.model_copy(update={"watch": (folder,)}), house.catalog)


@pytest.fixture
def answer(tmp_path):
    """Answer the doorbell of a stage under the settings of a house."""
    vectors = EdgeVectors(tmp_path / "vectors", 384)
    bell = Silent()

    def _answer(house, item, *stages) -> StageRun:
        runner = Runner(
            house.settings, house.catalog, vectors, bell, "test",
            lambda stage, order: perform(order, house.settings, house.catalog),
        )  # fmt: skip
        for stage in stages:
            runner.run(stage, item.id)
        with house.catalog.reading() as session:
            return session.get_one(StageRun, (item.id, stages[-1]))

    yield _answer
    vectors.close()


def _statuses(house, item) -> dict[str, Status]:
    with house.catalog.reading() as session:
        found = session.exec(select(StageRun).where(StageRun.item_id == item.id))
        return {run.stage: run.status for run in found}


@pytest.mark.parametrize("profile", Profile)
def test_what_a_profile_wants_has_what_it_needs(profile):
    for kind, stages in PIPELINE.items():
        out = profiles.left_out(profile, kind)
        for stage in stages:
            if stage.name not in out:
                assert not set(stage.needs) & set(out)


def test_a_stage_that_is_left_out_never_runs_until_the_profile_changes(
    house, answer, short_footage
):
    small = _with(house, profile=Profile.PROXY_ONLY)
    item = small.drop(short_footage)
    with house.catalog.writing() as session:
        profiles.apply(session, small.settings.watch[0])
    answer(small, item, "checksum", "probe", "scan")
    statuses = _statuses(house, item)
    assert {s for s, status in statuses.items() if status == Status.DONE} == {
        "checksum", "probe", "scan",
    }  # fmt: skip
    assert set(statuses.values()) == {Status.DONE, Status.SKIPPED}
    with house.catalog.writing() as session:
        runs.again(session, item.id, "scan", needs(Kind.FOOTAGE), "a new reason")
    assert _statuses(house, item)["transcript"] == Status.SKIPPED
    answer(small, item, "scan")
    with house.catalog.writing() as session:
        rings = profiles.apply(session, house.settings.watch[0])
    assert [ring.stage for ring in rings] == ["transcript", "vision"]
    assert _statuses(house, item)["index"] == Status.WAITING


def test_the_same_content_in_a_folder_that_wants_more_gets_more(house, answer, short_footage):
    small = _with(house, profile=Profile.PROXY_ONLY)
    first = small.drop(short_footage)
    with house.catalog.writing() as session:
        profiles.apply(session, small.settings.watch[0])
    answer(small, first, "checksum", "probe", "scan")
    second = house.drop(short_footage, "again.mp4")
    answer(house, second, "checksum")
    assert _statuses(house, second)["transcript"] == Status.SKIPPED
    assert _statuses(house, first)["transcript"] == Status.QUEUED


def test_outside_of_its_hours_heavy_work_waits_in_the_ledger_and_light_work_goes_on(
    house, answer, short_footage
):
    soon = datetime.now().astimezone() + timedelta(hours=2)
    closed = _with(house, windows=(f"{soon:%H:%M}-{soon + timedelta(hours=1):%H:%M}",))
    item = closed.drop(short_footage)
    assert answer(closed, item, "checksum", "probe").status == Status.DONE
    run = answer(closed, item, "scan")
    assert run.status == Status.WAITING
    assert "waits for its hours" in run.message
    assert run.next_try_at - time.time() == pytest.approx(2 * 3600, abs=90)
    assert run.attempt == 0
    breaking = _with(closed, priority=Priority.BREAKING)
    with house.catalog.writing() as session:
        runs.hasten(session, session.get_one(StageRun, (item.id, "scan")))
    assert answer(breaking, item, "scan").status == Status.DONE


@pytest.mark.parametrize(
    ("values", "words"),
    [({"kinds": ("script",)}, "takes script only"), ({"max_size_gb": 1e-6}, "max_size_gb")],
)
def test_a_file_that_the_folder_does_not_take_is_rejected_until_it_does(
    house, answer, short_footage, values, words
):
    strict = _with(house, **values)
    item = strict.drop(short_footage)
    run = answer(strict, item, "checksum")
    assert run.status == Status.FAILED
    assert words in run.message
    with house.catalog.writing() as session:
        by_hand.retry(session, item.id, needs(item.kind))
        runs.queue_due(session, time.time() + 1)
    assert answer(house, item, "checksum").status == Status.DONE


def test_the_language_of_a_folder_is_that_of_its_footage(house, short_footage, tmp_path):
    chinese = _with(house, language="zh")
    item = chinese.drop(short_footage)
    with house.catalog.reading() as session:
        assert (
            work(session, chinese.settings, item.id, tmp_path).settings.transcript.language == "zh"
        )
        assert (
            work(session, house.settings, item.id, tmp_path).settings.transcript.language == "auto"
        )


def test_a_folder_with_its_own_output_publishes_there_also_under_a_name_that_is_taken(
    house, answer, short_footage, tmp_path
):
    own = _with(house, name="news", output=tmp_path / "news")
    common = house.drop(short_footage)
    stat = (house.settings.watch[0].path / common.path).stat()
    drop = drops.Drop("news", common.path, stat.st_size, stat.st_mtime_ns, Kind.FOOTAGE)
    both = House(
        house.settings.model_copy(update={"watch": (*house.settings.watch, *own.settings.watch)}),
        house.catalog,
    )
    with house.catalog.writing() as session:
        item = drops.accept(session, replace(drop, output="news"), needs(Kind.FOOTAGE))
        runs.promote(session, item.id, needs(Kind.FOOTAGE))
    answer(both, item, "checksum", "probe", "scan")
    with house.catalog.reading() as session:
        stories = {story.name: story.output for story in session.exec(select(Story))}
        made = session.exec(select(Rendition)).all()
        borrowed = work(session, both.settings, common.id, tmp_path)
        assert stories == {"story": "", "story (news)": "news"}
        assert made
        assert all((tmp_path / "news" / each.path).is_file() for each in made)
        assert borrowed.published(made[0].path) == tmp_path / "news" / made[0].path


def test_a_wrong_watch_folder_is_told_in_one_sentence():
    with pytest.raises(ValueError, match="no window"):
        WatchFolder(path="x", windows=("at night",))
    with pytest.raises(ValueError, match="no time zone"):
        WatchFolder(path="x", timezone="Nowhere/Land")
    assert load(watch=[{"path": "x", "output": "y"}]).watch[0].output.is_absolute()
    assert Item.model_fields["priority"].default == Priority.NORMAL
