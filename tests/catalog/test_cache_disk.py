"""The disk tier with real clips: exact, whole, shared, within its limits, and never needed."""

import logging
import multiprocessing
import os
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from catalog.cache import Cache, Excerpt, Tier, Whole
from catalog.cache.cache import disk_of
from catalog.cache.disk import Disk, Limits
from catalog.cache.recovery import clips
from config.settings import load
from demo.footage import Recording, frame_numbers, make
from media.files import fingerprint

RATE = Fraction(25)
ROOMY = Limits(clips=100, size=10**9, floor=0)
CODECS = {
    "long GOP": "-c:v libx264 -preset superfast -g 60 -bf 2 -pix_fmt yuv420p",
    "all intra": "-c:v libx264 -preset ultrafast -g 1 -pix_fmt yuv420p",
}


def published(folder: Path, name: str, video: str, rate: Fraction = RATE) -> Whole:
    """Six seconds with a number in every picture, and a tone that rises: a sample off is heard."""
    seen = make(Recording("v.mp4", rate, frames=6 * round(rate), video=video, sound=False), folder)
    path = folder / name
    tone = "aevalsrc=0.5*sin(2*PI*(2000+300*t)*t):s=48000:d=7"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", "-i", str(seen), "-f", "lavfi", "-i", tone, "-c:v", "copy",
         "-c:a", "aac", "-ac", "2", "-shortest", str(path)],
        check=True,
    )  # fmt: skip
    alone = " -g 1 " in video
    return Whole(path, fingerprint(path), rate, 6 * round(rate), True, True, alone)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    return published(tmp_path_factory.mktemp("share"), "proxy.mp4", CODECS["long GOP"])


def tier(folder: Path, limits: Limits = ROOMY) -> Disk:
    disk = disk_of(load(folders={"state": folder}))
    assert disk
    return replace(disk, limits=limits)


def samples(path: Path) -> "np.ndarray":
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-f", "s16le", "-ac", "1", "-"]
    return np.frombuffer(subprocess.run(command, capture_output=True, check=True).stdout, np.int16)


@pytest.mark.parametrize(
    ("codec", "rate"),
    [("long GOP", Fraction(30000, 1001)), ("all intra", RATE)],
)
def test_a_clip_has_exactly_its_frames_and_samples(tmp_path, codec, rate):
    whole = published(tmp_path, f"{codec}.mov", CODECS[codec], rate)
    second = round(rate)
    with Cache(tier(tmp_path)).media(Excerpt(whole, 2 * second + 3, 3 * second)) as media:
        assert (media.tier, media.first) == (Tier.DISK, second)
        assert frame_numbers(media.path) == list(range(second, 4 * second))
        mine, all_of_it = samples(media.path), samples(whole.path)
    first = round(second / rate * 48000)
    assert len(mine) == round(4 * second / rate * 48000) - first
    there = all_of_it[first : first + len(mine)].astype(float)
    assert np.corrcoef(mine.astype(float), there)[0, 1] > 0.99


def test_what_was_made_once_is_found_again_by_every_excerpt_inside_it(tmp_path, whole):
    disk = tier(tmp_path)
    cache = Cache(disk)
    for first, end in ((50, 75), (50, 75), (40, 80), (26, 99)):
        with cache.media(Excerpt(whole, first, end)) as media:
            assert media.tier == Tier.DISK
    assert disk.index.counts() == {"misses": 1, "fills": 1, "hits": 3}


def test_bulk_work_uses_what_is_there_and_adds_nothing(tmp_path, whole):
    cache = Cache(tier(tmp_path))
    with cache.media(Excerpt(whole, 50, 60), bulk=True) as media:
        assert (media.path, media.first, media.tier) == (whole.path, 0, Tier.PUBLISHED)
    cache.prefetch(Excerpt(whole, 50, 60))
    with cache.media(Excerpt(whole, 50, 60), bulk=True) as media:
        assert media.tier == Tier.DISK


@pytest.mark.parametrize("damage", ["rotten", "torn", "gone"])
def test_a_damaged_clip_is_dropped_and_made_again(tmp_path, whole, damage):
    disk = tier(tmp_path)
    excerpt = Excerpt(whole, 50, 75)
    assert disk.prefetch(excerpt)
    (path,) = disk.folder.glob("*.mov")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(data if damage == "rotten" else data[: len(data) // 2])
    with Cache(disk).media(excerpt) as media:
        assert media.tier == Tier.DISK
        assert frame_numbers(media.path) == list(range(25, 100))
    assert disk.index.counts()["damaged"] == 1
    assert len(list(disk.folder.glob("*.mov"))) == 1


@pytest.mark.parametrize("index", ["lost", "damaged"])
def test_the_index_is_made_anew_from_the_folder(tmp_path, whole, index):
    assert tier(tmp_path).prefetch(Excerpt(whole, 50, 75))
    (path,) = tmp_path.glob("cache/index.db")
    if index == "lost":
        path.unlink()
    else:
        path.write_bytes(b"no index at all" * 1000)
    disk = tier(tmp_path)
    with Cache(disk).media(Excerpt(whole, 50, 75)) as media:
        assert media.tier == Tier.DISK
    assert disk.index.counts() == {"hits": 1}


def test_an_index_that_breaks_while_it_is_used_costs_one_clip(tmp_path, whole, caplog):
    cache = Cache(tier(tmp_path))
    cache.prefetch(Excerpt(whole, 50, 75))
    (path,) = tmp_path.glob("cache/index.db")
    path.write_bytes(b"no index at all" * 1000)
    with caplog.at_level(logging.WARNING), cache.media(Excerpt(whole, 50, 75)) as media:
        assert media.tier == Tier.PUBLISHED
    assert "the clip cache is left out" in caplog.text
    with cache.media(Excerpt(whole, 50, 75)) as media:
        assert media.tier == Tier.DISK


def test_a_clip_made_of_another_proxy_of_the_same_original_is_not_taken(tmp_path, whole):
    cache = Cache(tier(tmp_path))
    cache.prefetch(Excerpt(whole, 50, 75))
    again = replace(whole, checksum="0" * 32)
    with cache.media(Excerpt(again, 50, 75), bulk=True) as media:
        assert media.tier == Tier.PUBLISHED


def test_a_clip_in_use_stays_and_the_others_make_room(tmp_path, whole):
    disk = tier(tmp_path, replace(ROOMY, clips=2))
    cache = Cache(disk)
    with cache.media(Excerpt(whole, 30, 40)) as used:
        for first in (0, 80, 130, 80, 130):
            with cache.media(Excerpt(whole, first, first + 10)) as media:
                assert media.tier == Tier.DISK
            assert len(list(disk.folder.glob("*.mov"))) <= 2
        assert used.path.is_file()
        with cache.media(Excerpt(whole, 80, 90)), cache.media(Excerpt(whole, 130, 140)) as third:
            assert third.tier == Tier.PUBLISHED  # both others are in use


def test_a_full_disk_means_no_cache_and_one_warning(tmp_path, whole, caplog):
    cache = Cache(tier(tmp_path, replace(ROOMY, floor=10**18)))
    with caplog.at_level(logging.WARNING):
        for first in (30, 60):
            with cache.media(Excerpt(whole, first, first + 10)) as media:
                assert media.tier == Tier.PUBLISHED
    assert len(caplog.records) == 1


@pytest.fixture
def small(tmp_path):
    """A state folder on a file system with room for a clip of 3 s, and not for one of 6."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1400k", "none", str(folder)]
    if os.geteuid() or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("mounting a small file system needs root")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_disk_that_fills_up_while_a_clip_is_written_means_no_cache(small, whole, caplog):
    # A floor below zero: nothing is asked about free space before the write fails.
    cache = Cache(tier(small, replace(ROOMY, floor=-(10**12))))
    with caplog.at_level(logging.WARNING), cache.media(Excerpt(whole, 25, 125)) as media:
        assert media.tier == Tier.PUBLISHED
    assert "the clip cache is left out" in caplog.text
    assert not list(small.glob("cache/*.mov"))
    assert not list(small.glob("cache/.*.part"))


def test_a_disk_without_a_byte_left_means_no_cache_until_there_is_room(small, whole, caplog):
    cache = Cache(tier(small, replace(ROOMY, floor=-(10**12))))
    filler = small / "filler"
    with suppress(OSError), filler.open("wb") as file:
        while file.write(bytes(4096)):
            file.flush()
    with caplog.at_level(logging.WARNING), cache.media(Excerpt(whole, 30, 35)) as media:
        assert media.tier == Tier.PUBLISHED
    assert len(caplog.records) == 1
    filler.unlink()
    with cache.media(Excerpt(whole, 30, 35)) as media:
        assert media.tier == Tier.DISK


def test_a_folder_that_cannot_be_written_means_no_cache(tmp_path, whole):
    disk = tier(tmp_path)
    disk.folder.write_text("a file is in the way")
    with Cache(disk).media(Excerpt(whole, 30, 40)) as media:
        assert media.tier == Tier.PUBLISHED


def _churn(folder: Path, whole: Whole, seed: int, clips_: int) -> None:
    """Want clips of the file in some order, for ever; a service's children are groups, too."""
    os.setpgid(0, 0)
    cache = Cache(tier(folder, replace(ROOMY, clips=clips_)))
    order = np.random.default_rng(seed)
    while True:
        first = int(order.integers(0, 5)) * 25
        with cache.media(Excerpt(whole, first, first + 5)):
            pass


def _fills(folder: Path) -> int:
    return tier(folder).index.counts().get("fills", 0)


def test_killed_processes_leave_a_tier_that_is_whole_and_within_its_limits(tmp_path, whole):
    spawn = multiprocessing.get_context("fork")
    checked = fills = 0
    for seed in range(2):
        both = [
            spawn.Process(target=_churn, args=(tmp_path, whole, 2 * seed + n, 2)) for n in range(2)
        ]
        for process in both:
            process.start()
            with suppress(PermissionError):  # it has become one itself
                os.setpgid(process.pid, process.pid)
        until = time.monotonic() + 60
        while _fills(tmp_path) < fills + 2 and time.monotonic() < until:
            both[0].join(0.02)
            assert len(list(tmp_path.glob("cache/*.mov"))) <= 2
        fills = _fills(tmp_path)
        for process in both:
            assert process.pid
            os.killpg(process.pid, signal.SIGKILL)
            process.join()
        disk = tier(tmp_path, replace(ROOMY, clips=2))
        for held in clips(disk.folder):
            (path,) = disk.folder.glob(f"{held.name.key}.*.mov")
            assert fingerprint(path) == held.digest
            checked += 1
        with Cache(disk).media(Excerpt(whole, 130, 140)) as media:
            assert media.tier == Tier.DISK
        assert not list(disk.folder.glob(".*.part"))
        assert len(disk.index.held()) == len(clips(disk.folder)) <= 2
    assert checked
