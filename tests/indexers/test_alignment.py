"""Laying a script line over heard words."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexers.matching.alignment import Fit, likeness, pause_costs, peaks, sweep, trace
from indexers.matching.numerals import spoken

WORDS = ["we", "will", "meet", "again", "at", "the", "old", "station", "before", "midnight"]


def fit(script: list[str], heard: list[str], pauses: list[float] | None = None) -> Fit:
    costs = pause_costs(pauses or [0.0] * len(heard))
    found = trace(script, heard, np.ones(len(script), np.float32), costs)
    assert found is not None
    return found


def test_the_same_words_are_found_where_they_are() -> None:
    found = fit(WORDS, ["so", "then", *WORDS, "okay"])
    assert (found.start, found.end) == (2, 12)
    assert found.said == tuple(range(10))
    assert found.additions(10) == 0


def test_badly_heard_words_count_and_wrong_ones_do_not() -> None:
    heard = ["we", "wall", "meat", "again", "at", "the", "gold", "nation", "before", "midnight"]
    found = fit(WORDS, heard)
    assert (found.start, found.end) == (0, 10)
    assert set(found.said) >= {0, 3, 4, 5, 8, 9}
    assert found.additions(10) == 0


@pytest.mark.parametrize(
    ("script", "heard"),
    [("we leave tonight then", "we leave to night then"), ("it is all right", "it is allright")],
)
def test_words_written_together_or_apart_are_the_same(script: str, heard: str) -> None:
    found = fit(script.split(), heard.split())
    assert len(found.said) == len(script.split())
    assert found.additions(len(script.split())) == 0


def test_a_word_that_is_left_out_is_not_hidden_in_its_neighbour() -> None:
    script, heard = "chapter number two is about", "chapter number is about"
    assert fit(script.split(), heard.split()).said == (0, 1, 3, 4)
    assert fit(heard.split(), script.split()).additions(4) == 1


def test_extra_words_are_counted() -> None:
    found = fit(
        WORDS,
        [
            "we",
            "will",
            "um",
            "meet",
            "you",
            "know",
            "again",
            "at",
            "the",
            "old",
            "station",
            "before",
            "midnight",
        ],
    )
    assert found.additions(10) == 3


def test_a_long_pause_is_not_read_over() -> None:
    heard = ["we", "will", "we", "will", "meet", "again"]
    found = fit(WORDS[:4], heard, [0, 0, 5.0, 0, 0, 0])
    assert (found.start, found.end) == (2, 6)


def test_chinese_is_laid_over_characters() -> None:
    found = fit(list("你怎么才来"), list("我说你怎么到现在才来啊"))
    assert "".join("我说你怎么到现在才来啊"[p.heard] for p in found.pairs) == "你怎么才来"


def test_nothing_alike_is_no_fit() -> None:
    assert trace(["zebra"], ["moon", "tax"], np.ones(1, np.float32), pause_costs([0, 0])) is None


@given(
    before=st.lists(st.sampled_from("abcdefgh"), max_size=12),
    after=st.lists(st.sampled_from("abcdefgh"), max_size=12),
)
def test_the_sweep_is_highest_where_the_line_ends(before: list[str], after: list[str]) -> None:
    script = ["river", "station", "midnight", "again"]
    heard = [*before, *script, *after]
    scores = sweep(likeness(script, heard), np.ones(4, np.float32), pause_costs([0.0] * len(heard)))
    assert peaks(scores, 2, 0.3, 5)[0] == len(before) + 3
    assert scores[len(before) + 3] == pytest.approx(1)


@pytest.mark.parametrize(
    ("token", "chinese", "expected"),
    [
        ("25", False, "twenty five"),
        ("1999", False, "nineteen ninety nine"),
        ("2026", False, "twenty twenty six"),
        ("2005", False, "two thousand five"),
        ("300", False, "three hundred"),
        ("007", False, "zero zero seven"),
        ("25", True, "二 十 五"),
        ("2026", True, "二 零 二 六"),
        ("night", False, "night"),
    ],
)
def test_numbers_are_spoken(token: str, chinese: bool, expected: str) -> None:
    assert spoken(token, chinese) == expected.split()
