"""A camera's XML that comes after its clip was probed: used, and nothing is made twice for it."""

from pathlib import Path

import pytest

from catalog import moves
from catalog.models import Footage, Item, StageRun, Status
from media.timecode import Timecode
from tasks.pipeline import STAGES
from tests.tasks.test_clips_of_many_files import take, through

XML = (
    '<NonRealTimeMeta xmlns="urn:schemas-professionalDisc:nonRealTimeMeta:ver.2.00">'
    '<LtcChangeTable tcFps="25" halfStep="false">'
    '<LtcChange frameCount="0" value="{}" status="increment"/></LtcChangeTable></NonRealTimeMeta>'
)


@pytest.fixture
def folder(house, movie: bytes) -> Path:
    """A clip without timecode in a watched folder."""
    found = house.settings.watch[0].path / "story"
    found.mkdir()
    (found / "C0001.MP4").write_bytes(movie)
    return found


def ended(house, item: Item) -> None:
    """Let all that follows the probe be done, without doing it."""
    with house.catalog.writing() as session:
        for stage in list(STAGES)[2:12]:
            run = session.get_one(StageRun, (item.id, stage))
            run.status, run.started_at, run.version = Status.DONE, 1.0, STAGES[stage].version
            run.inputs = ""


def scan(house, item: Item) -> Status:
    with house.catalog.reading() as session:
        return session.get_one(StageRun, (item.id, "scan")).status


def start(footage: Footage) -> str:
    return str(Timecode(footage.start_frame, footage.rate)) if footage.has_timecode else "none"


def probed_again(house, runner, bell, item: Item, *arrived: str) -> Footage:
    """These files arrive, and the probe runs again because of them."""
    bell.rings.clear()
    take(house, bell, *arrived)
    assert (item.id, "probe") in [(ring.item_id, ring.stage) for ring in bell.rings]
    return through(house, runner, item, "probe")


@pytest.mark.parametrize("name", ["C0001M01.XML", "C0001.xml"])
def test_xml_that_comes_late_gives_its_timecode_and_what_was_made_is_made_again(
    house, runner, bell, folder: Path, name: str
) -> None:
    item = take(house, bell)
    assert start(through(house, runner, item, "probe")) == "none"
    ended(house, item)
    (folder / name).write_text(XML.format("12055310"))
    assert start(probed_again(house, runner, bell, item, name)) == "10:53:05:12"
    assert scan(house, item) == Status.QUEUED


def test_xml_that_says_nothing_new_makes_nothing_again_and_is_remembered_when_it_is_gone(
    house, runner, bell, folder: Path
) -> None:
    xml = folder / "C0001M01.XML"
    xml.write_text(XML.format("12055310"))
    item = take(house, bell, "C0001.MP4")  # the XML is there, and not accepted yet
    assert start(through(house, runner, item, "probe")) == "10:53:05:12"
    ended(house, item)
    assert start(probed_again(house, runner, bell, item, xml.name)) == "10:53:05:12"
    assert scan(house, item) == Status.DONE

    xml.unlink()
    bell.rings.clear()
    with house.catalog.writing() as session:
        moves.mark_offline(session, "drop", ["story/C0001M01.XML"])
    take(house, bell, "C0001.MP4")
    assert not bell.rings
    xml.with_name("C0001.XML").write_text("<other/>")  # something else makes it be probed again
    assert start(probed_again(house, runner, bell, item, "C0001.XML")) == "10:53:05:12"
    assert scan(house, item) == Status.DONE

    xml.write_text(XML.format("00000011"))
    assert start(probed_again(house, runner, bell, item, xml.name)) == "11:00:00:00"
    assert scan(house, item) == Status.QUEUED
