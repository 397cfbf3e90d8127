"""A recording that grows through the real stages: one item, one asset, ever longer."""

import pytest
from sqlmodel import select

from catalog import stories
from catalog.drops import Drop
from catalog.models import Asset, Footage, Item, Kind, StageRun, Status
from ingest.accept import FrontDoor
from tests.ingest.carded import ffmpeg

PACKET = 188


@pytest.fixture
def recording(tmp_path) -> bytes:
    source = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=3"]
    sound = ["-f", "lavfi", "-i", "sine=d=3"]
    codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "12", "-c:a", "mp2"]
    return ffmpeg(tmp_path / "whole.ts", *source, *sound, *codecs).read_bytes()


def grow(house, bell, data: bytes, growing: bool) -> None:
    """What there is of the recording now, as the watcher brings it."""
    path = house.settings.watch[0].path / "story/live.ts"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    found = path.stat()
    drop = Drop(
        "drop", "story/live.ts", found.st_size, found.st_mtime_ns, Kind.FOOTAGE, growing=growing
    )
    FrontDoor(house.settings, house.catalog, bell).take([drop])


def finish(house, runner, bell) -> tuple[Item, Footage]:
    """Answer every doorbell until none rings."""
    while bell.rings:
        ring = bell.rings.pop(0)
        runner.run(ring.stage, ring.item_id)
    with house.catalog.reading() as session:
        item = session.exec(select(Item)).one()
        for run in session.exec(select(StageRun)):
            assert run.status in (Status.DONE, Status.SKIPPED), f"{run.stage}: {run.message}"
        footage = session.exec(select(Footage).where(Footage.asset_id == item.asset_id)).one()
        session.expunge_all()
    return item, footage


def test_a_growing_recording_is_one_item_and_one_asset_from_first_step_to_last_byte(
    house, runner, bell, recording
) -> None:
    third = len(recording) // PACKET // 3 * PACKET
    grow(house, bell, recording[:third], growing=True)
    first, beginning = finish(house, runner, bell)
    grow(house, bell, recording[: 2 * third], growing=True)
    second, middle = finish(house, runner, bell)
    grow(house, bell, recording, growing=False)
    last, whole = finish(house, runner, bell)
    assert 10 < beginning.frames < middle.frames < whole.frames == 75
    assert (first.id, first.asset_id) == (second.id, second.asset_id) == (last.id, last.asset_id)
    assert (first.growing, last.growing) == (True, False)
    with house.catalog.reading() as session:
        assert len(session.exec(select(Asset)).one().checksum) == 32  # its content's, in the end


def test_a_step_that_comes_while_the_one_before_is_worked_on_waits_for_the_next(
    house, runner, bell, recording
) -> None:
    third = len(recording) // PACKET // 3 * PACKET
    grow(house, bell, recording[:third], growing=True)
    grow(house, bell, recording[: 2 * third], growing=True)
    item, footage = finish(house, runner, bell)
    assert item.size == third
    assert footage.frames < 40


def test_a_rough_cut_may_use_what_is_indexed_of_it_while_it_grows_on(
    house, runner, bell, recording
) -> None:
    third = len(recording) // PACKET // 3 * PACKET
    grow(house, bell, recording[:third], growing=True)
    item, _ = finish(house, runner, bell)
    grow(house, bell, recording[: 2 * third], growing=True)
    match = house.settings.match.model_copy(update={"quiet_seconds": 0.0})
    with house.catalog.reading() as session:
        assert [each.asset_id for each in stories.indexed(session, item.story_id)] == [
            item.asset_id
        ]
        assert stories.hold(session, item.story_id, match) is None


def test_a_recording_that_is_begun_anew_is_another_version(house, runner, bell, recording) -> None:
    third = len(recording) // PACKET // 3 * PACKET
    grow(house, bell, recording[: 2 * third], growing=True)
    grow(house, bell, recording[:third], growing=True)
    with house.catalog.reading() as session:
        old, new = session.exec(select(Item).order_by(Item.id)).all()
        assert old.replaced_at is not None
        assert new.replaced_at is None
