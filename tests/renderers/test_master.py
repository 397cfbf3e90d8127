"""Masters from originals: which picture each frame shows, what is copied, what is said."""

import subprocess
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from catalog.models import Asset, Footage
from catalog.work import Work
from config.settings import load
from demo.footage import Recording, frame_numbers, make
from media.errors import Rejected
from renderers.crew import Crew
from renderers.kept import Kept
from renderers.master import sources
from renderers.master.render import Made, Order, render
from renderers.master.stage import Master
from renderers.master.stretches import begins_anew
from renderers.proxies import Proxy
from renderers.sequence import Part, Sequence, Source
from tests.renderers.plans import PAL, add_cut, gap, script_work, sequence, source, use
from tests.renderers.test_movie import (
    clicking,
    heard_clicks,
    pictures_of,
    planned_clicks,
    planned_numbers,
    proxy,
)

FRAMES = 110
SIZE = {"width": 480, "height": 270}
GROUPS = "-c:v libx264 -preset fast -g 20 -bf 3 -pix_fmt yuv420p"
OPEN = f"{GROUPS} -x264-params open-gop=1"
PRORES = "-c:v prores_ks -profile:v 0 -pix_fmt yuv422p10le"
SETTINGS = load()
PROFILE = SETTINGS.profiles["master"]


def known(of: Source, **values: object) -> Footage:
    """A source as the catalog knows it."""
    row = Footage(
        asset_id=of.asset_id, rate_num=of.rate.numerator, rate_den=of.rate.denominator,
        drop_frame=False, start_frame=0, has_timecode=False, frames=of.frames, picture_offset=0,
        variable_rate=False, has_picture=True, has_sound=True, width=of.width, height=of.height,
        interlaced=False, video_codec="", audio_codec="", audio_channels=2, reel="", warnings=[],
    )  # fmt: skip
    for name, value in values.items():
        setattr(row, name, value)
    return row


def order(cut: Sequence, paths: dict[int, Path], folder: Path, **values: object) -> Order:
    every = {of.asset_id: (of, known(of, **values), paths[of.asset_id]) for of in cut.sources()}
    taken = sources.take(every, lambda of: Proxy(paths[of.asset_id], Fraction(0), True))
    return Order(
        cut,
        taken,
        PROFILE,
        SETTINGS.movie,
        Kept(folder / "kept", 10**9),
        Crew(folder.parent / "crew", 2),
    )


def mastered(cut: Sequence, paths: dict[int, Path], folder: Path) -> Made:
    made = render(order(cut, paths, folder), folder / "master")
    assert {path.name for path in folder.iterdir()} >= {made.path.name, "kept"}
    assert not list(folder.glob("pieces-*"))
    return made


def recorded(folder: Path, video: str, suffix: str = ".mp4") -> tuple[Source, Path]:
    name = f"shot{suffix}"
    path = make(Recording(name, PAL, frames=FRAMES, video=video), folder)
    return source(1, name=name, frames=FRAMES, **SIZE), path


@pytest.fixture(scope="module")
def groups(tmp_path_factory: pytest.TempPathFactory) -> tuple[Source, Path]:
    """An original of closed groups."""
    return recorded(tmp_path_factory.mktemp("original"), GROUPS)


def packets(path: Path) -> list[str]:
    """What each picture's bytes amount to, in the order of the file."""
    command = ["ffmpeg", "-v", "error", "-i", f"file:{path}", "-map", "0:v:0", "-c", "copy"]
    raw = subprocess.run([*command, "-f", "framemd5", "-"], capture_output=True, check=True)
    return [line.split(",")[-1] for line in raw.stdout.decode().splitlines() if line[0] != "#"]


def test_whole_groups_are_copied_and_every_frame_and_click_is_where_the_plan_has_it(
    tmp_path: Path,
) -> None:
    of = source(1, name="long.mp4", frames=150, **SIZE)
    path = proxy(tmp_path, of, GROUPS)
    events = [use(of, 13, 148), gap(7), use(of, 0, 147), use(of, 41, 49), use(of, 5, 145)]
    cut = sequence(events, **SIZE)
    made = mastered(cut, {1: path}, tmp_path)
    assert made.copied > cut.duration * 2 / 3
    assert frame_numbers(made.path) == list(planned_numbers(cut))
    heard = heard_clicks(made.path, PAL)
    assert max(min(abs(c - other) for other in heard) for c in planned_clicks(cut)) < 0.1
    assert len(clicking(of)) == 150 * 1920
    assert len(set(packets(made.path)) & set(packets(path))) > 60


def test_frames_that_stand_alone_are_copied_and_the_rest_is_encoded_like_them(
    tmp_path: Path,
) -> None:
    of, path = recorded(tmp_path, PRORES, ".mov")
    cut = sequence([use(of, 10, 30), gap(3), use(of, 7, 11), use(of, 50, 70, dissolve=4)], **SIZE)
    made = mastered(cut, {1: path}, tmp_path)
    assert (made.codec, made.path.suffix, made.copied) == ("prores", ".mov", 40)
    whole, shown = packets(path), packets(made.path)
    assert shown[:20] == whole[10:30]
    assert shown[23] == whole[7]
    assert shown[29:] == whole[52:70]
    assert frame_numbers(made.path)[:20] == list(range(10, 30))


def test_groups_that_need_the_one_before_are_encoded(tmp_path: Path) -> None:
    of, path = recorded(tmp_path, OPEN)
    cut = sequence([use(of, 2, 108)], **SIZE)
    made = mastered(cut, {1: path}, tmp_path)
    assert made.copied <= 20  # but the first, which nothing is before
    assert frame_numbers(made.path) == list(range(2, 108))


def test_only_a_key_frame_that_clears_the_decoder_begins_anew() -> None:
    sets = b"\0\0\0\1\x67ab\0\0\1\x68c"
    assert begins_anew(sets + b"\0\0\1\x65slice")
    assert not begins_anew(sets + b"\0\0\1\x06sei\0\0\1\x41slice")
    assert not begins_anew(sets)


@pytest.mark.parametrize(
    ("as_known", "values", "why"),
    [
        ({"still": True}, {}, "it is pictures"),
        ({}, {"name": "shot.[0001-0110].dpx"}, "it is pictures"),
        ({}, {"parts": (Part("a.mp4", "drop/a.mp4", 0, 60, 0),)}, "it is several files"),
        ({}, {}, ""),
    ],
)
def test_what_is_not_one_file_comes_from_its_proxy_and_is_told(
    groups: tuple[Source, Path], tmp_path: Path, as_known: dict[str, object],
    values: dict[str, object], why: str,
) -> None:  # fmt: skip
    of, path = groups
    cut = sequence([use(replace(of, **values), 0, 9)], **SIZE)  # type: ignore[arg-type]
    asked = order(cut, {1: path}, tmp_path, **as_known)
    assert asked.taken[1].why == why


def test_frames_that_come_when_they_like_are_conformed_as_the_scan_does(
    groups: tuple[Source, Path], tmp_path: Path
) -> None:
    """A phone's: one in three is missing, one second stands still, none is quite on time."""
    of, whole = groups
    path = tmp_path / "phone.mp4"
    there = [n for n in range(FRAMES) if n % 3 != 1 and not 40 < n < 66]
    chosen = "+".join(f"eq(n,{n})" for n in there)
    late = "setpts='PTS+(mod(N,4)-1.5)*0.1/25/TB'"
    command = ["ffmpeg", "-v", "error", "-i", f"file:{whole}", "-vf", f"select='{chosen}',{late}",
               "-vsync", "vfr", "-video_track_timescale", "90000", "-c:v", "libx264", "-preset",
               "superfast", "-g", "20", "-bf", "2", str(path)]  # fmt: skip
    subprocess.run(command, check=True)
    varying = replace(of, channels=0)
    cut = sequence([use(varying, 50, 90), use(varying, 3, 30), use(varying, 62, 64)], **SIZE)
    made = render(order(cut, {1: path}, tmp_path, variable_rate=True), tmp_path / "master")
    wanted = [max((n for n in there if n <= w), default=0) for w in planned_numbers(cut) if w]
    assert made.copied == 0
    assert frame_numbers(made.path) == wanted


def test_high_dynamic_range_is_tone_mapped_from_the_original(tmp_path: Path) -> None:
    """Diffuse white, 203 nits, in HLG (ITU-R BT.2408), is nearly white, as it is in the proxy."""
    path = tmp_path / "hdr.mp4"
    flat = "format=yuv420p10le,geq=lum=721:cb=512:cr=512"
    tags = ["-color_primaries", "bt2020", "-color_trc", "arib-std-b67", "-colorspace", "bt2020nc"]
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=c=white:s=480x270:r=25:d=0.4",
               "-vf", flat, *tags, "-c:v", "libx265", "-preset", "ultrafast", "-x265-params",
               "log-level=error", str(path)]  # fmt: skip
    subprocess.run(command, check=True)
    of = source(1, name="hdr.mp4", frames=10, channels=0, **SIZE)
    asked = order(sequence([use(of, 2, 8)], **SIZE), {1: path}, tmp_path)
    assert asked.taken[1].why == ""
    pictures = pictures_of(render(asked, tmp_path / "master").path)
    assert len(pictures) == 6
    assert pictures.mean() == pytest.approx(214, abs=6)  # untouched it is 180


def test_an_original_that_is_gone_is_named(tmp_path: Path) -> None:
    of = source(1, frames=FRAMES, **SIZE)
    with pytest.raises(Rejected, match=r"the original of A001\.mov is gone"):
        order(sequence([use(of, 0, 9)], **SIZE), {1: tmp_path / "none.mov"}, tmp_path)


def _with_master(work: Work) -> Work:
    asked = work.settings.movie.model_copy(update={"master": "master"})
    return replace(work, settings=work.settings.model_copy(update={"movie": asked}))


def test_the_stage_makes_it_where_it_is_asked_for(
    groups: tuple[Source, Path], tmp_path: Path
) -> None:
    with script_work(tmp_path) as work:
        of = replace(groups[0], path="drop/shot.mp4")
        (tmp_path / "in coming").mkdir()
        (tmp_path / "in coming" / "shot.mp4").symlink_to(groups[1])
        work.session.add(Asset(id=1, checksum="1", item_id=work.item.id))
        work.session.flush()
        work.session.add(known(of))
        add_cut(work, 3, sequence([use(of, 0, 8), gap(2)], **SIZE))
        assert Master().run(work).skipped
        facts = Master().run(_with_master(work))
        assert [file.name for file in facts.files] == ["night ferry.v2.master.mp4"]
        assert facts.message == "v003, 0 of 10 frames copied, h264"
        assert frame_numbers(work.scratch / facts.files[0].name)[:8] == list(range(8))
