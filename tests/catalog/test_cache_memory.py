"""The memory tier: the right pictures, within its room, and smaller when memory runs out."""

from fractions import Fraction

import numpy as np
import pytest
import torch

from catalog.cache import Cache, Excerpt, Whole
from catalog.cache.memory import DEVICE, Bytes, Memory, Place, Room, here
from demo.footage import Recording, make, read_frame_number
from media.files import fingerprint

RATE = Fraction(25)
ROOM = Room(clips=3, size=10**8, pictures=4, rows=270)
LONG_GOP = "-c:v libx264 -preset superfast -g 60 -bf 2 -pix_fmt yuv420p"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    folder = tmp_path_factory.mktemp("share")
    path = make(Recording("v.mp4", RATE, frames=100, video=LONG_GOP, sound=False), folder)
    return Whole(path, fingerprint(path), RATE, 100, True, False)


def numbers(pictures: Bytes) -> list[int | None]:
    grey = pictures.mean(axis=3).astype(np.uint8)
    return [read_frame_number(each, each.shape[1], each.shape[0]) for each in grey]


@pytest.mark.parametrize(("first", "end"), [(0, 100), (37, 73), (96, 99)])
def test_pictures_are_those_of_their_numbers_and_spread_over_the_clip(whole, first, end):
    frames = Cache(None, ROOM).frames(Excerpt(whole, first, end))
    assert frames.pictures.dtype == np.uint8
    assert frames.pictures.shape == (min(4, end - first), 270, 480, 3)
    assert numbers(frames.pictures) == list(frames.numbers)
    assert sorted(set(frames.numbers)) == list(frames.numbers)
    assert first <= frames.numbers[0] <= frames.numbers[-1] < end


def test_what_was_seen_is_kept_within_the_room_and_bulk_work_keeps_nothing(whole):
    cache = Cache(None, ROOM)
    for first in (0, 10, 20, 30, 40, 50, 50):
        cache.frames(Excerpt(whole, first, first + 10))
        assert len(cache.memory) <= 3
    assert (cache.memory.hits, cache.memory.misses) == (1, 6)
    cache.frames(Excerpt(whole, 60, 70), bulk=True)
    assert cache.frames(Excerpt(whole, 60, 70)).numbers
    assert cache.memory.misses == 8


def test_when_memory_runs_out_the_tier_shrinks_and_goes_on(whole):
    one = 4 * 270 * 480 * 3

    def small_gpu(found: Bytes) -> torch.Tensor:
        """A device with room for three clips, of which something else takes one."""
        if memory.size > 2 * one:
            raise MemoryError("CUDA out of memory")
        return DEVICE.keep(found)

    memory = Memory(Room(100, 10**9, 4, 270), Cache(None).media, Place(small_gpu, here))
    for first in (0, 10, 20, 30, 40):
        frames = memory.frames(Excerpt(whole, first, first + 10))
        assert numbers(frames.pictures.cpu().numpy()) == list(frames.numbers)
        assert len(memory) * one <= memory.size <= 2 * one
