import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.number_words import figures, in_figures
from catalog.words import folded, sparse_terms

SMALL = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen",
]  # fmt: skip
TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def spelled(number: int, between: str) -> str:
    """A number in English words, `between` hundreds and what is less."""
    if number < 20:
        return SMALL[number]
    if number < 100:
        return f"{TENS[number // 10]} {SMALL[number % 10] if number % 10 else ''}".strip()
    for name, size in (("million", 10**6), ("thousand", 1000), ("hundred", 100)):
        if number >= size:
            rest = f"{between}{spelled(number % size, between)}" if number % size else ""
            return f"{spelled(number // size, between)} {name}{rest}"
    raise AssertionError(number)


def written(text: str) -> str:
    return " ".join(in_figures(text.split()))


@given(st.integers(10, 10**9 - 1), st.sampled_from([" ", " and "]))
def test_a_number_in_words_is_the_number_in_figures(number: int, between: str) -> None:
    (text,) = in_figures(spelled(number, between).split())
    value, _, scale = text.replace(",", "").partition(" ")
    assert int(value) * (10**6 if scale else 1) == number


@given(st.integers(1300, 2099).filter(lambda year: year % 100 > year // 100 + 5))
def test_a_year_is_said_in_two_halves(year: int) -> None:
    rest = spelled(year % 100, "")
    halves = f"{spelled(year // 100, '')} {'oh ' if year % 100 < 10 else ''}{rest}"
    assert written(f"in {halves} already") == f"in {year} already"


WORDS = [
    *SMALL, *TENS[2:], "hundred", "million", "and", "oh", "point", "percent", "a", "or", "to",
    "second", "third", "eighties", "tenth", "of",
]  # fmt: skip


@given(st.lists(st.sampled_from(WORDS), max_size=9))
def test_figures_are_spans_of_the_words_in_their_order(words: list[str]) -> None:
    ends = [0]
    for one in figures(words):
        assert ends[-1] <= one.first < one.last <= len(words)
        assert any(char.isdigit() for char in one.text)
        ends.append(one.last)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("three percent of it", "3% of it"),
        ("five to ten per cent", "5 to 10%"),
        ("three point one four", "3.14"),
        ("three point five million people", "3.5 million people"),
        ("the nineteen eighties", "the 1980s"),
        ("in nineteen oh five", "in 1905"),
        ("the battle of ten sixty six", "the battle of 1066"),
        ("twelve hundred men", "1200 men"),
        ("a hundred and fifty", "150"),
        ("the twenty first century", "the 21st century"),
        ("his nineteenth birthday", "his 19th birthday"),
        ("Ten of them", "10 of them"),
    ],
)
def test_numbers_are_written_as_captions_write_them(said: str, shown: str) -> None:
    assert written(said) == shown


@pytest.mark.parametrize(
    "said",
    [
        "one of the two", "no one", "a second later", "seven or eight", "nine or ten",
        "ten to one", "a hundred times", "one two three", "six thirty", "ten fifteen",
        "fifteen twenty people", "eighteen nineteen years old", "twenty five to six",
        "a tenth of it", "the twenty second of may", "thousand and one nights", "a point",
        "at one point two of us", "the sixties", "he and I",
    ],
)  # fmt: skip
def test_what_is_small_or_can_be_read_in_two_ways_stays_in_words(said: str) -> None:
    assert written(said) == said


def test_search_finds_a_number_however_it_is_written() -> None:
    assert folded("Twenty-five men, in 1984") == folded("25 men in nineteen eighty-four")
    assert sparse_terms("twenty five men") == sparse_terms("25 men")
    assert folded("二十五") == ["二", "十", "五"]
