from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.scenes import Film, Truth, cuts, generated, mixed, score
from config.footage import Shots
from indexers.pictures.features import Bytes, Features, measure
from indexers.pictures.transitions import fades
from indexers.shots import boundaries, find

SETTINGS = Shots(threshold=0.3, ratio=3, minimum_frames=3, gradual="on")


def seen(film: Film) -> Features:
    """Nearly as the scan sees a film: green for luma, 135 lines."""
    return measure(np.ascontiguousarray(part[:, ::2, ::2, 1]) for part in film.parts)


def made_up(count: int, *cuts: tuple[int, float], base: float = 0.02) -> Features:
    """Only likeness matters: every picture is like no other after a cut."""
    like = np.full(count, 1 - base, np.float32)
    scenes = np.zeros(count, int)
    for frame, unlike in cuts:
        like[frame] = 1 - unlike
        scenes[frame:] += 1
    random = np.random.default_rng(0)
    places = random.integers(0, 255, (scenes[-1] + 1, 18, 32)).astype(np.uint8)
    level = np.full(count, 100, np.float32)
    return Features(
        tiny=places[scenes], like=like, still=level, shift=np.zeros((count, 2), np.float32),
        mean=level, deviation=level / 2, sharp=level, dark=level * 0, bright=level * 0,
    )  # fmt: skip


HARD = SETTINGS.model_copy(update={"gradual": "off"})


def test_a_picture_without_cuts_is_one_shot() -> None:
    assert find(made_up(100), HARD, camera=False) == ((0, 100),)


def test_no_picture_has_no_shots() -> None:
    assert find(measure([]), SETTINGS, camera=False) == ()


def test_a_cut_begins_a_shot_at_its_own_frame() -> None:
    found = find(made_up(100, (40, 0.9), (70, 0.5)), HARD, camera=False)
    assert found == ((0, 40), (40, 70), (70, 100))


def test_steady_motion_is_not_a_row_of_cuts() -> None:
    assert boundaries(made_up(100, base=0.35), HARD, camera=False) == []


def test_a_cut_is_found_inside_motion() -> None:
    assert boundaries(made_up(100, (50, 0.9), base=0.2), HARD, camera=False) == [50]


def test_a_jump_in_one_place_is_found_where_all_else_stands_still() -> None:
    assert boundaries(made_up(100, (50, 0.16), base=0.001), HARD, camera=False) == [50]
    assert boundaries(made_up(100, (50, 0.16), base=0.05), HARD, camera=False) == []


def test_no_shot_at_either_end_is_too_short() -> None:
    assert boundaries(made_up(100, (1, 0.9), (98, 0.9)), HARD, camera=False) == []


def test_what_comes_back_at_once_is_a_flash_and_no_shot() -> None:
    pictures = made_up(100, (50, 0.9), (53, 0.9))
    tiny = pictures.tiny.copy()
    tiny[53:] = tiny[0]
    assert boundaries(replace(pictures, tiny=tiny), HARD, camera=False) == []


@given(st.lists(st.floats(0, 1, width=32), max_size=120), st.integers(1, 20))
def test_shots_tile_all_frames_and_none_is_too_short(values: list[float], minimum: int) -> None:
    pictures = made_up(len(values), *enumerate(values)) if values else measure([])
    settings = HARD.model_copy(update={"minimum_frames": minimum, "ratio": 1})
    found = find(pictures, settings, camera=False)
    assert [frame for shot in found for frame in range(*shot)] == list(range(len(values)))
    if len(found) > 1:
        assert min(end - first for first, end in found) >= minimum


def test_every_cut_of_an_edited_film_is_found() -> None:
    random = np.random.default_rng(7)
    film = cuts(generated(random), 5, random)
    found = boundaries(seen(film), HARD, camera=False)
    assert score(film.truths, found, slack=0) == (4, 0, 0)


def test_flashes_shaking_and_whip_pans_are_no_cuts() -> None:
    random = np.random.default_rng(8)
    film = cuts(generated(random, lively=True), 5, random)
    hits, missed, wrong = score(film.truths, boundaries(seen(film), SETTINGS, camera=False))
    assert hits >= 3
    assert missed + wrong <= 1


def test_dissolves_wipes_and_fades_are_found() -> None:
    random = np.random.default_rng(9)
    film = mixed(generated(random), 5, random)
    hits, missed, wrong = score(film.truths, boundaries(seen(film), SETTINGS, camera=False))
    assert hits >= 3
    assert missed + wrong <= 1


def panned(random: np.random.Generator, count: int, speed: int) -> Bytes:
    """A place that moves by, `speed` pixels a frame."""
    places = random.integers(0, 255, (18, 64)).astype(float)
    wide = np.kron(places, np.ones((10, 10)))
    return np.stack([np.roll(wide, speed * n, 1)[:, :320] for n in range(count)]).astype(np.uint8)


def test_a_dissolve_between_two_pans_is_found() -> None:
    random = np.random.default_rng(5)
    part = np.clip((np.arange(90) - 34) / 22, 0, 1)[:, None, None]
    film = panned(random, 90, 10) * (1 - part) + panned(random, 90, -5) * part
    (cut,) = boundaries(measure([film.astype(np.uint8)]), SETTINGS, camera=False)
    assert 35 <= cut <= 56
    (steady,) = find(measure([panned(random, 90, 10)]), SETTINGS, camera=False)
    assert steady == (0, 90)


def test_white_for_a_moment_is_a_fade_only_where_the_light_is_another_one_after_it() -> None:
    pictures = made_up(60, (31, 0.9))  # what is seen before and after is unlike: a whip pan
    deviation, mean = pictures.deviation.copy(), pictures.mean.copy()
    deviation[30:32], mean[30:32] = 0, 255
    flash = replace(pictures, deviation=deviation, mean=mean)
    assert fades(flash) == []
    mean[32:] = 160
    assert len(fades(replace(flash, mean=mean))) == 1


def test_a_cameras_original_without_a_cut_has_no_dissolves() -> None:
    random = np.random.default_rng(3)
    pictures = None
    while pictures is None:
        film = mixed(generated(random), 2, random)
        if all(truth.kind == "dissolve" for truth in film.truths):
            pictures = seen(film)
    auto = SETTINGS.model_copy(update={"gradual": "auto"})
    assert len(boundaries(pictures, auto, camera=False)) == 1
    assert boundaries(pictures, auto, camera=True) == []


@pytest.mark.parametrize(
    ("found", "expected"),
    [([10, 21], (2, 0, 0)), ([10], (1, 1, 0)), ([10, 11, 21], (2, 0, 1)), ([14, 27], (0, 2, 2))],
)
def test_each_transition_is_scored_once(found: list[int], expected: tuple[int, int, int]) -> None:
    truths = [Truth("cut", 10, 10), Truth("dissolve", 20, 24)]
    assert score(truths, found) == expected
