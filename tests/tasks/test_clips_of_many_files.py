"""Clips of several files through the real stages: one asset, whole picture, all sound."""

from pathlib import Path

from sqlmodel import select

from catalog.models import Asset, Footage, Item, Kind, Role, StageRun, Status
from config.watching import WatchFolder
from ingest.accept import FrontDoor
from ingest.appraisal import Appraisal
from ingest.kinds import footage_stems
from tests.ingest import carded


def take(house, bell, *only: str) -> Item:
    """Take what lies in the watch folder, or only these names; the clip among it."""
    root = house.settings.watch[0].path
    appraisal = Appraisal(WatchFolder(path=root), lambda _path: False)
    drops = []
    for path in sorted(root.rglob("*")):
        if path.is_file() and not appraisal.is_silent(path) and (not only or path.name in only):
            stat = path.stat()
            drops.append(appraisal.drop(path, stat.st_size, stat.st_mtime_ns, footage_stems))
    FrontDoor(house.settings, house.catalog, bell).take([drop for drop in drops if drop])
    with house.catalog.reading() as session:
        return session.exec(select(Item).where(Item.kind == Kind.FOOTAGE)).one()


def through(house, runner, item: Item, last: str) -> Footage:
    """Run the stages up to `last`."""
    for stage in ("checksum", "probe", "scan"):
        runner.run(stage, item.id)
        with house.catalog.reading() as session:
            run = session.get_one(StageRun, (item.id, stage))
            assert run.status == Status.DONE, run.message
        if stage == last:
            break
    with house.catalog.reading() as session:
        asset = session.get_one(Item, item.id).asset_id
        return session.exec(select(Footage).where(Footage.asset_id == asset)).one()


def test_a_p2_clip_is_one_asset_with_the_sound_of_all_its_files(house, runner, bell) -> None:
    carded.p2(house.settings.watch[0].path / "story/P2_07")
    item = take(house, bell)
    footage = through(house, runner, item, "scan")
    assert (footage.frames, footage.audio_channels, footage.reel) == (25, 4, "P2_07")
    home = house.settings.folders.output / "story/assets/P2_07/CONTENTS/VIDEO/0001AB.MXF"
    assert {"proxy.mp4", "sound.wav"} <= {path.name for path in home.iterdir()}
    with house.catalog.reading() as session:
        message = session.get_one(StageRun, (item.id, "probe")).message
        assert "'Mayor at the bridge'" in message
        assert session.exec(select(Asset)).one()


def test_a_card_gives_its_clips_reel_and_timecode(house, runner, bell) -> None:
    carded.xavc(house.settings.watch[0].path / "story/CAM_B")
    footage = through(house, runner, take(house, bell), "probe")
    assert (footage.reel, footage.has_timecode, footage.warnings) == ("CAM_B", True, [])
    assert footage.start_frame == ((10 * 60 + 53) * 60 + 5) * 25 + 12


def test_a_late_chapter_makes_its_clip_longer(house, runner, bell) -> None:
    carded.gopro(house.settings.watch[0].path / "story/day1")
    item = take(house, bell, "GH010123.MP4")
    alone = through(house, runner, item, "probe")
    assert (alone.frames, alone.parts) == (25, [])
    bell.rings.clear()
    take(house, bell, "GH020123.MP4")
    assert "checksum" in [ring.stage for ring in bell.rings]
    footage = through(house, runner, item, "scan")
    assert (footage.frames, footage.parts) == (50, [[25, 0], [25, 0]])
    with house.catalog.reading() as session:
        part = session.exec(select(Item).where(Item.role == Role.NEXT)).one()
        assert part.clip_path == item.path
        assert session.exec(select(Asset)).one()  # it has grown, it is not another one


def test_camera_raw_is_refused_with_what_to_do(house, runner, bell) -> None:
    path: Path = house.settings.watch[0].path / "story/A001.RDC/A001_C001_001.R3D"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"\x00\x00\x01\x00RED2" + bytes(5000))
    item = take(house, bell)
    runner.run("checksum", item.id)
    runner.run("probe", item.id)
    with house.catalog.reading() as session:
        run = session.get_one(StageRun, (item.id, "probe"))
    assert run.status == Status.FAILED
    assert "RED raw, which ffmpeg can't decode: drop a transcode" in run.message
