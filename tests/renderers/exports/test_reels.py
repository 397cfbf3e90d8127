import re

from hypothesis import given
from hypothesis import strategies as st

from config.exporting import ReelLength
from renderers.exports.reels import fits, reel_names
from tests.renderers.plans import NAMES, source


def names(*reels: str) -> list[str]:
    sources = [source(number, reel=reel) for number, reel in enumerate(reels, 1)]
    return list(reel_names(sources).values())


def test_a_reel_that_fits_is_kept() -> None:
    assert names("A001C003", "B2") == ["A001C003", "B2"]


def test_a_long_reel_loses_its_underscores_before_its_digits() -> None:
    assert names("A001_C003_0412XY") == ["A001C003"]


def test_reels_that_come_out_alike_get_a_suffix() -> None:
    assert names("A001", "a001", "A-001", "A001") == ["A001", "A001_2", "A_001", "A001_3"]


def test_a_suffix_never_makes_a_reel_too_long() -> None:
    assert names("INTERVIEW_A", "INTERVIEW_B") == ["INTERVIE", "INTERV_2"]


def test_a_name_in_another_script_is_spelled_in_latin_letters() -> None:
    assert names("采访_李雷", "Überall", "가나") == ["CAIFANGL", "UBERALL", "GANA"]


def test_a_name_of_signs_alone_becomes_its_number() -> None:
    assert names("---", "\ue000") == ["CLIP0001", "CLIP0002"]


def test_longer_reels_keep_more_and_a_full_one_is_the_file_name() -> None:
    of = source(1, reel="A001_C003_0412XY_interview", name="A001 海边 🎬.mov")
    assert reel_names([of], 32) == {1: "A001_C003_0412XY_INTERVIEW"}
    assert reel_names([of], 128) == {1: "A001_C003_0412XY_INTERVIEW"}
    assert reel_names([of], "full") == {1: "A001_海边_🎬.mov"}
    assert len(reel_names([source(1, reel="x" * 300)], 128)[1]) == 128


def test_two_files_of_one_name_have_different_full_reels() -> None:
    one, two = source(1, name="take.mov"), source(2, name="take.mov")
    assert reel_names([one, two], "full") == {1: "take.mov", 2: "take.mov_2"}


@given(st.lists(NAMES, max_size=20), st.sampled_from((8, 32, 128, "full")))
def test_reels_of_every_length_fit_their_reader(reels: list[str], length: ReelLength) -> None:
    sources = [source(n, reel=reel, name=f"{reel}.mov") for n, reel in enumerate(reels, 1)]
    made = list(reel_names(sources, length).values())
    assert len(set(made)) == len(made)
    assert all(fits(reel, length) for reel in made)


def test_reserved_reels_are_never_given_to_a_source() -> None:
    assert names("BL", "ax", "None") == ["BL_2", "AX_2", "NONE_2"]


def test_a_reel_does_not_depend_on_the_order_of_the_cut() -> None:
    first, second = source(1, reel="CARD"), source(2, reel="CARD")
    assert reel_names([second, first]) == reel_names([first, second])


@given(st.lists(NAMES, max_size=40))
def test_reels_are_unique_and_fit_for_any_names(reels: list[str]) -> None:
    made = names(*reels)
    assert len(set(made)) == len(made)
    assert all(re.fullmatch("[A-Z0-9_]{1,8}", reel) for reel in made)


def test_a_thousand_alike_reels_are_told_apart() -> None:
    assert len(set(names(*["CLIP_0001"] * 1200))) == 1200
