import errno
import shutil
import struct
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import select

from catalog import audit, claims, recovery, runs
from catalog.models import Asset, Deed, Item, Rendition, StageRun, Status
from demo.footage import Recording, make
from indexers.identity import LARGE
from media.errors import Misconfigured, Rejected, TryLater
from media.files import fingerprint, needing_the_disk
from tasks import changes
from tasks.perform import Order, perform
from tasks.pipeline import STAGES

SCRIPT = "INT. ROOM - DAY\n\nANNA\nNobody says this in a silent film.\n"


@pytest.fixture(scope="session")
def silent_film(tmp_path_factory):
    recording = Recording("silent.mp4", frames=30, size=(320, 180), sound=False)
    return make(recording, tmp_path_factory.mktemp("raw"))


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "silent.fountain"
    path.write_text(SCRIPT)
    return path


def _run(house, item, stage) -> StageRun:
    with house.catalog.reading() as session:
        return session.get_one(StageRun, (item.id, stage))


def _finish(house, runner, bell, item) -> None:
    """Answer every doorbell, beginning with the item's first stage, until none rings."""
    with house.catalog.reading() as session:
        queued = runs.queued(session, float("inf"))
    for run in queued:
        if run.item_id == item.id:
            runner.run(run.stage, run.item_id)
    _answer(runner, bell)


def _answer(runner, bell) -> None:
    while bell.rings:
        ring = bell.rings.pop(0)
        runner.run(ring.stage, ring.item_id)


def test_every_stage_of_a_drop_ends_and_its_files_are_as_the_catalog_says(
    house, runner, bell, silent_film
):
    item = house.drop(silent_film)
    _finish(house, runner, bell, item)
    with house.catalog.reading() as session:
        found = session.exec(select(StageRun).where(StageRun.item_id == item.id)).all()
        made = session.exec(select(Rendition)).all()
    assert {run.status for run in found} == {Status.DONE, Status.SKIPPED}
    output = house.settings.folders.output
    assert {rendition.kind for rendition in made} == {
        "proxy", "thumbnail", "contact sheet", "log",
    }  # fmt: skip
    assert all(fingerprint(output / each.path) == each.checksum for each in made)
    assert all(each.provenance["engine"] for each in made)
    assert not list((output / ".stringout" / "scratch").iterdir())


def test_the_same_content_twice_is_one_asset_and_one_piece_of_work(
    house, runner, bell, silent_film
):
    first, second = house.drop(silent_film), house.drop(silent_film, "copy.mp4")
    _finish(house, runner, bell, first)
    _finish(house, runner, bell, second)
    with house.catalog.reading() as session:
        assert len(session.exec(select(Asset)).all()) == 1
        assert session.get_one(Item, second.id).asset_id == session.get_one(Item, first.id).asset_id
    assert _run(house, second, "scan").status == Status.SKIPPED
    assert "silent.mp4" in _run(house, second, "scan").message


@pytest.fixture(scope="session")
def large_film(silent_film, tmp_path_factory):
    path = tmp_path_factory.mktemp("large") / "large.mp4"
    box = struct.pack(">I4s", LARGE + 8, b"free")
    path.write_bytes(silent_film.read_bytes() + box + bytes(LARGE))
    return path


def test_a_large_file_is_known_by_its_content_once_it_is_scanned(house, runner, bell, large_film):
    first = house.drop(large_film)
    _finish(house, runner, bell, first)
    second = house.drop(large_film, "copy.mp4")
    _finish(house, runner, bell, second)
    with house.catalog.reading() as session:
        assets = session.exec(select(Asset)).all()
        proxy = session.exec(select(Rendition).where(Rendition.kind == "proxy")).one()
    assert [asset.checksum for asset in assets] == [fingerprint(large_film)]
    assert proxy.provenance["original"] == fingerprint(large_film)
    assert _run(house, first, "index").status in (Status.DONE, Status.SKIPPED)
    assert "large.mp4" in _run(house, second, "scan").message


def test_two_copies_that_came_at_the_same_moment_are_one_asset_in_the_end(
    house, runner, bell, large_film
):
    first, second = house.drop(large_film), house.drop(large_film, "copy.mp4")
    with house.catalog.reading() as session:
        orders = [
            Order(item.id, "checksum", house.settings.folders.state, 0) for item in (first, second)
        ]
        asked = [perform(order, house.settings, house.catalog) for order in orders]
    at_once = replace(runner, perform=lambda _stage, order: asked[order.item_id == second.id])
    at_once.run("checksum", first.id)  # both say that they have seen nothing like it
    at_once.run("checksum", second.id)
    _answer(runner, bell)
    with house.catalog.reading() as session:
        known = {session.get_one(Item, item.id).asset_id for item in (first, second)}
        proxies = session.exec(select(Rendition).where(Rendition.kind == "proxy")).all()
    assert len(known) == len(proxies) == 1
    said = {_run(house, item, "captions").message for item in (first, second)}
    assert any("same content as" in message for message in said)


def test_a_replaced_file_that_was_not_finished_is_worked_on_under_its_new_item(
    house, runner, bell, silent_film, tmp_path
):
    touched = Path(shutil.copy(silent_film, tmp_path / "touched.mp4"))
    first = house.drop(silent_film)
    runner.run("checksum", first.id)
    bell.rings.clear()
    second = house.drop(touched, silent_film.name)
    _finish(house, runner, bell, second)
    assert _run(house, second, "index").status == Status.DONE


def test_a_second_doorbell_does_nothing(house, runner, silent_film):
    item = house.drop(silent_film)
    runner.run("checksum", item.id)
    before = _run(house, item, "checksum")
    runner.run("checksum", item.id)
    assert _run(house, item, "checksum") == before


def test_an_unusable_file_fails_with_its_sentence_and_is_not_tried_again(
    house, runner, bell, tmp_path
):
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(b"this is not a movie" * 100)
    item = house.drop(bad)
    _finish(house, runner, bell, item)
    run = _run(house, item, "probe")
    assert run.status == Status.FAILED
    assert "bad.mp4" in run.message
    assert _run(house, item, "scan").status == Status.WAITING
    assert (house.settings.watch[0].path / item.path).read_bytes() == bad.read_bytes()


def test_a_crash_costs_one_attempt_and_the_last_one_fails(house, runner, silent_film):
    item = house.drop(silent_film)
    broken = replace(runner, perform=_raising(RuntimeError("segmentation fault")))
    for attempt in range(1, house.settings.lanes.attempts):
        broken.run("checksum", item.id)
        run = _run(house, item, "checksum")
        assert (run.status, run.attempt) == (Status.WAITING, attempt)
        _hasten(house, run)
    broken.run("checksum", item.id)
    run = _run(house, item, "checksum")
    assert run.status == Status.FAILED
    assert "segmentation fault" in run.message


@pytest.mark.parametrize("error", [TryLater("the disk is full", 5), Misconfigured("no weights")])
def test_what_is_not_the_files_fault_uses_up_no_attempt(house, runner, silent_film, error):
    item = house.drop(silent_film)
    replace(runner, perform=_raising(error)).run("checksum", item.id)
    run = _run(house, item, "checksum")
    assert (run.status, run.attempt) == (Status.WAITING, 0)
    assert str(error) in run.message


def test_results_of_a_run_that_was_taken_over_are_discarded(house, runner, silent_film):
    item = house.drop(silent_film)

    def slow(stage, order):
        with house.catalog.writing() as session:  # meanwhile it is given up and queued again
            recovery.requeue_orphans(session)
        return perform(order, house.settings, house.catalog)

    replace(runner, perform=slow).run("checksum", item.id)
    assert _run(house, item, "checksum").status == Status.QUEUED
    with house.catalog.reading() as session:
        assert session.exec(select(Asset)).all() == []


def test_a_script_waits_for_footage_and_a_rejected_stage_is_not_repeated(
    house, runner, bell, script
):
    item = house.drop(script)
    _finish(house, runner, bell, item)
    run = _run(house, item, "match")
    assert run.status == Status.WAITING
    assert "waits for footage" in run.message
    with house.catalog.writing() as session:
        claim = claims.claim(session, item.id, "match", "test", 30)
        assert claim is None  # it waits: only the sweep or new footage may queue it


def test_a_script_makes_its_storys_footage_be_heard_again(
    house, runner, bell, short_footage, script
):
    footage = house.drop(short_footage)
    _finish(house, runner, bell, footage)
    assert _run(house, footage, "transcript").status == Status.DONE
    runner.run("parse", house.drop(script).id)
    assert _run(house, footage, "transcript").status == Status.QUEUED
    assert "has changed" in _run(house, footage, "transcript").message


def test_a_failed_run_is_repeated_only_when_its_inputs_change(house, runner, bell, silent_film):
    item = house.drop(silent_film)
    _finish(house, runner, bell, item)
    with house.catalog.writing() as session:
        runs.again(session, item.id, "transcript", {"transcript": ()}, "test")
    replace(runner, perform=_raising(Rejected("deaf"))).run("transcript", item.id)
    with house.catalog.writing() as session:
        current = session.get_one(Item, item.id)
        assert changes.check(session, house.settings, [current]) == []
    assert _run(house, item, "transcript").status == Status.FAILED


def _raising(error: Exception):
    def perform(_stage, _order):
        raise error

    return perform


def _hasten(house, run: StageRun) -> None:
    with house.catalog.writing() as session:
        assert runs.queue_due(session, (run.next_try_at or 0) + 1)


def test_a_full_disk_is_not_the_files_fault(house, runner, silent_film):
    item = house.drop(silent_film)
    full = OSError(errno.ENOSPC, "No space left on device", "/output/proxy.mp4")

    def perform(_stage, _order):
        with needing_the_disk():
            raise full

    replace(runner, perform=perform).run("checksum", item.id)
    run = _run(house, item, "checksum")
    assert (run.status, run.attempt) == (Status.WAITING, 0)
    assert "No space left" in run.message


def test_an_output_folder_that_can_not_be_written_leaves_no_lease(house, runner, silent_film):
    item = house.drop(silent_film)
    (house.settings.folders.output / ".stringout").write_text("in the way")
    runner.run("checksum", item.id)
    assert _run(house, item, "checksum").status == Status.WAITING
    assert not runner.active


def test_the_audit_log_tells_what_was_made_with_which_settings_and_what_was_rejected(
    house, runner, bell, silent_film, tmp_path
):
    good = house.drop(silent_film)
    (tmp_path / "torn.mp4").write_bytes(b"no movie at all" * 99)
    bad = house.drop(tmp_path / "torn.mp4")
    _finish(house, runner, bell, good)
    _finish(house, runner, bell, bad)
    with house.catalog.reading() as session:
        told = audit.entries(session, "story")
    made = {entry.stage: entry for entry in told if entry.deed == Deed.MADE}
    assert made["scan"].details["version"] == STAGES["scan"].version
    assert len(made["scan"].details["settings"]) == 16
    assert [(e.deed, e.item_id) for e in told if e.deed in (Deed.DONE, Deed.REJECTED)] == [
        (Deed.DONE, good.id),
        (Deed.REJECTED, bad.id),
    ]
