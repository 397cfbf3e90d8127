import pytest

from catalog.words import tokens
from renderers.written import written


@pytest.mark.parametrize(
    ("text", "words", "parts"),
    [
        ("Don't go, Anna!", "Don't go Anna", ["Don't", "go,", "Anna!"]),
        ("He is 25 years.", "he is twenty five years", ["He", "is", "25", "", "years."]),
        ("3% in 1984.", "three percent in nineteen eighty four", ["3%", "", "in", "1984.", "", ""]),
        ("It's twenty-five.", "it's twenty five", ["It's", "twenty-five.", ""]),
        ("“我们”，走吧。", "我 们 走 吧", ["“我", "们”，", "走", "吧。"]),
        ("Hello.", "something else", ["Hello.", ""]),
    ],
)
def test_each_word_has_its_part_of_the_text(text: str, words: str, parts: list[str]) -> None:
    assert written(text, words.split()) == parts
    assert tokens(" ".join(parts)) == tokens(text)  # and nothing of it is lost
