import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from config.footage import Shots
from indexers.shots import find

SETTINGS = Shots(threshold=8, ratio=3, minimum_frames=3)


def scores(count: int, *cuts: tuple[int, float], base: float = 0.2) -> list[float]:
    found = [base] * count
    for frame, score in cuts:
        found[frame] = score
    return found


def test_a_picture_without_cuts_is_one_shot() -> None:
    assert find(scores(100), SETTINGS) == ((0, 100),)


def test_no_picture_has_no_shots() -> None:
    assert find([], SETTINGS) == ()


def test_a_cut_begins_a_shot_at_its_own_frame() -> None:
    assert find(scores(100, (40, 30), (70, 12)), SETTINGS) == ((0, 40), (40, 70), (70, 100))


def test_a_score_below_the_threshold_is_no_cut() -> None:
    assert find(scores(100, (40, 7.9)), SETTINGS) == ((0, 100),)


def test_steady_motion_is_not_a_row_of_cuts() -> None:
    assert find(scores(100, base=9), SETTINGS) == ((0, 100),)


def test_a_cut_is_found_inside_motion() -> None:
    assert find(scores(100, (50, 40), base=9), SETTINGS) == ((0, 50), (50, 100))


def test_of_two_cuts_too_near_the_stronger_stays() -> None:
    assert find(scores(100, (50, 20), (52, 30)), SETTINGS) == ((0, 52), (52, 100))
    assert find(scores(100, (50, 30), (52, 20)), SETTINGS) == ((0, 50), (50, 100))


def test_no_shot_at_either_end_is_too_short() -> None:
    assert find(scores(100, (1, 50), (98, 50)), SETTINGS) == ((0, 100),)


@given(st.lists(st.floats(0, 100), max_size=200), st.integers(1, 20))
def test_shots_tile_all_frames_and_none_is_too_short(values: list[float], minimum: int) -> None:
    found = find(values, Shots(threshold=8, ratio=1, minimum_frames=minimum))
    assert [frame for shot in found for frame in range(*shot)] == list(range(len(values)))
    if len(found) > 1:
        assert min(end - first for first, end in found) >= minimum


@given(st.sets(st.integers(2, 18).map(lambda n: n * 20)), st.integers(0, 1000))
def test_clear_cuts_in_noise_are_found_exactly(cuts: set[int], seed: int) -> None:
    values = np.random.default_rng(seed).uniform(0, 2, 400)
    values[sorted(cuts)] = 25
    assert [first for first, _ in find(values.tolist(), SETTINGS)][1:] == sorted(cuts)
