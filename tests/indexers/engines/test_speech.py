from fractions import Fraction
from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexers.engines.speech import Utterance, Word, moved, spoken_lines, word_texts


def words_of(durations: list[tuple[int, int]]) -> list[Word]:
    ends = list(accumulate(gap + long for gap, long in durations))
    return [
        Word(str(n), Fraction(end - long, 100), Fraction(end, 100), 1.0)
        for n, ((_, long), end) in enumerate(zip(durations, ends, strict=True))
    ]


timings = st.lists(st.tuples(st.integers(0, 150), st.integers(1, 300)), max_size=40)


@given(timings)
def test_splitting_into_lines_loses_no_word(durations: list[tuple[int, int]]) -> None:
    words = words_of(durations)
    assert [word for line in spoken_lines(words) for word in line] == words


@given(timings)
def test_a_line_has_no_pause_inside_and_is_short_enough_to_cut(
    durations: list[tuple[int, int]],
) -> None:
    for line in spoken_lines(words_of(durations)):
        assert all(b.start - a.end < Fraction(45, 100) for a, b in pairwise(line))
        assert len(line) == 1 or line[-1].end - line[0].start <= 15


def test_moving_a_line_moves_every_word() -> None:
    line = Utterance("a b", tuple(words_of([(10, 20), (10, 20)])), "en", 1.0)
    later = moved(line, Fraction(1001, 30000))
    assert later.start - line.start == later.end - line.end == Fraction(1001, 30000)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Don’t go, Anna!", ["Don’t", "go", "Anna"]),
        ("It’s 1,000 well-known men.", ["It’s", "1,000", "well", "known", "men"]),
        ("我们走吧。", ["我", "们", "走", "吧"]),
        ("打开iPhone，OK？", ["打", "开", "iPhone", "OK"]),
        ("— …", []),
    ],
)
def test_words_are_words_and_chinese_characters(text: str, expected: list[str]) -> None:
    assert word_texts(text) == expected
