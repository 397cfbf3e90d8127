import time

from sqlmodel import select

from catalog import audit, claims
from catalog.models import Deed, Rendition, StageRun, Status
from catalog.vectors.edge import EdgeVectors
from media.files import fingerprint
from tasks import retention
from tasks.perform import perform
from tasks.runner import Runner
from tests.tasks.conftest import House, Silent

_DAY = 86_400.0


def _keeping(house, days: float) -> House:
    folder = house.settings.watch[0].model_copy(update={"retention_days": days})
    return House(house.settings.model_copy(update={"watch": (folder,)}), house.catalog)


def _made(house) -> dict[str, str]:
    with house.catalog.reading() as session:
        return {each.path: each.stage for each in session.exec(select(Rendition))}


def _finish(house, item, tmp_path) -> None:
    """Run the item's stages through to the scan, and take the rest as done."""
    vectors = EdgeVectors(tmp_path / "vectors", 384)
    runner = Runner(
        house.settings, house.catalog, vectors, Silent(), "test",
        lambda stage, order: perform(order, house.settings, house.catalog),
    )  # fmt: skip
    for stage in ("checksum", "probe", "scan"):
        runner.run(stage, item.id)
    vectors.close()
    with house.catalog.writing() as session:
        for run in session.exec(select(StageRun)):
            run.status = Status.DONE


def test_what_can_be_made_again_goes_after_its_time_and_comes_back_with_something_new(
    house, short_footage, tmp_path
):
    kept = _keeping(house, 30)
    item = kept.drop(short_footage)
    original = kept.settings.watch[0].path / item.path
    before = fingerprint(original)
    _finish(kept, item, tmp_path)
    captions = kept.settings.folders.output / "story" / "captions.srt"
    captions.write_text("kept")
    made = _made(kept)
    assert set(made.values()) == {"scan"}
    now = time.time()
    with kept.catalog.writing() as session:
        assert retention.due(session, kept.settings, now + 29 * _DAY) == []
        assert retention.due(session, house.settings, now + 99 * _DAY) == []  # off
        assert retention.due(session, kept.settings, now + 31 * _DAY) == ["story"]
        assert retention.bring_back(session, {item.story_id}) == []
        assert retention.expire(session, kept.settings, "story") == len(made)
        assert retention.due(session, kept.settings, now + 31 * _DAY) == []
    assert not any((kept.settings.folders.output / path).exists() for path in made)
    assert captions.exists()
    assert fingerprint(original) == before
    with kept.catalog.writing() as session:
        assert [e.deed for e in audit.entries(session, "story", [Deed.EXPIRED])] == ["expired"]
        rings = retention.bring_back(session, {item.story_id})
        assert [ring.stage for ring in rings] == ["scan"]


def test_a_story_with_work_left_keeps_everything(house, short_footage, tmp_path):
    kept = _keeping(house, 1)
    item = kept.drop(short_footage)
    _finish(kept, item, tmp_path)
    with kept.catalog.writing() as session:
        session.get_one(StageRun, (item.id, "log")).status = Status.QUEUED
    with kept.catalog.writing() as session:
        assert retention.due(session, kept.settings, time.time() + 9 * _DAY) == []
        claim = claims.claim(session, item.id, "log", "me", 30)
        assert claim
        claims.end(session, claim, claims.Ending(Status.DONE, ""))
        assert retention.due(session, kept.settings, time.time() + 9 * _DAY) == ["story"]
