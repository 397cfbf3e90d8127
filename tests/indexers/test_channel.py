"""What a take was, given what is heard of it."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexers.matching.channel import Doubts, Reading
from indexers.matching.spoken import Corpus
from tests.indexers.test_match import say

LINE = "the captain sold a silver key near the lighthouse last night"
CORPUS = Corpus.of([say(LINE, "my brother painted two empty boats under the bridge at sunrise")])
words = st.lists(
    st.sampled_from([*LINE.split(), "um", "bridge", "lightness", "zebra"]), max_size=16
)


def doubts(
    heard: str, errors: float = 0.1, also: frozenset[tuple[int, str]] = frozenset()
) -> Doubts:
    return Reading(LINE.split(), heard.split(), CORPUS, errors, also).doubts()


def total(found: Doubts) -> float:
    return found.broken_off + found.begun_again + found.other_words


def test_nothing_speaks_against_a_line_that_is_heard_as_written() -> None:
    assert total(doubts(LINE)) < 0.1


@pytest.mark.parametrize(
    ("heard", "way"),
    [
        ("the captain sold a silver key", "broken_off"),
        ("near the lighthouse last night", "broken_off"),
        ("the captain sold a silver um sold a silver key near the lighthouse last night",
         "begun_again"),
        ("the captain sold the captain sold a silver key near the lighthouse last night",
         "begun_again"),
        ("the captain painted two empty boats near the lighthouse at sunrise", "other_words"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("errors", [0.02, 0.2, 0.4])
def test_the_likeliest_way_is_named(heard: str, way: str, errors: float) -> None:
    found = doubts(heard, errors)
    assert max(vars(found), key=lambda name: vars(found)[name]) == way
    assert total(found) > 1


def test_a_word_that_is_missing_says_less_where_the_recogniser_misses_many() -> None:
    heard = LINE.replace("silver ", "")
    assert total(doubts(heard, 0.02)) > 2 * total(doubts(heard, 0.4))


def test_a_word_written_alike_is_the_recognisers_and_another_word_the_speakers() -> None:
    alike = doubts(LINE.replace("lighthouse", "lighthose"))
    other = doubts(LINE.replace("lighthouse", "bridge"))
    assert total(alike) < total(other)


def test_what_other_takes_have_in_the_same_place_is_how_the_recogniser_writes_it() -> None:
    heard = LINE.replace("silver", "zebra")
    assert total(doubts(heard, also=frozenset({(4, "zebra")}))) < 0.5 * total(doubts(heard))


@given(words, st.sampled_from([0.02, 0.3, 0.6]))
def test_doubts_are_finite_and_never_below_nothing(heard: list[str], errors: float) -> None:
    found = doubts(" ".join(heard), errors)
    assert all(math.isfinite(value) and value >= 0 for value in vars(found).values())
