from fractions import Fraction

import pytest

from indexers.engines.readable import Spelling, spelling_of
from indexers.engines.speech import Word


def said(text: str) -> list[Word]:
    return [Word(one, Fraction(n), Fraction(n + 1), 1.0) for n, one in enumerate(text.split())]


SCRIPT = spelling_of(
    ["Ask Zebulon, he saw the Mark of Old.", "The mark is old.", "It's 9 o'clock."]
)


def test_a_line_is_a_sentence_and_i_is_a_capital() -> None:
    assert Spelling().line(said("well i'm sure i said it"), " ") == "Well I'm sure I said it."
    assert Spelling().line(list(said("我 们 走")), "") == "我们走"


@pytest.mark.parametrize(
    ("words", "end"),
    [
        ("where were you last night", "?"), ("is this yours", "?"), ("who is there", "?"),
        ("how's it going", "?"), ("what a day", "."), ("who came", "."), ("which is why", "."),
        ("where he was i never knew", "."), ("is", "."),
    ],
)  # fmt: skip
def test_what_begins_as_a_question_is_one(words: str, end: str) -> None:
    assert Spelling().line(said(words), " ").endswith(end)


def test_numbers_are_figures_and_the_words_stay_as_heard() -> None:
    words = said("ask zebulon in nineteen eighty four twice")
    assert SCRIPT.line(words, " ") == "Ask Zebulon in 1984 twice."
    assert words[3].text == "nineteen"


def test_names_are_written_as_in_the_script_and_common_words_are_not() -> None:
    assert SCRIPT.line(said("where is zebulon mark"), " ") == "Where is Zebulon mark?"


def test_a_line_of_the_script_is_written_as_there_unless_it_has_digits() -> None:
    assert SCRIPT.line(said("the mark is old"), " ") == "The mark is old."
    assert SCRIPT.line(said("it's o'clock"), " ") == "It's o'clock."
