"""Words as matching and search count them: one rule for scripts, transcripts and queries.

English (any alphabet with spaces) counts words and numbers, Chinese counts characters:
a Chinese word segmenter needs a dictionary, and characters with bigrams find names and new
words that no dictionary has.
"""

import math
import re
import unicodedata
from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path

from catalog.number_words import in_figures

# CJK ideographs: extension A, the unified block, compatibility forms, and planes 2 and 3.
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_LETTER = rf"[^\W_{_HAN}]"
_TOKEN = re.compile(rf"[{_HAN}]|{_LETTER}+(?:'{_LETTER}+)*")
_IS_HAN = re.compile(rf"[{_HAN}]")
_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ", "'"))
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")


def tokens(text: str) -> list[str]:
    """The words of `text` in order: NFKC, lower case, simplified, without punctuation.

    Apostrophes are folded ("Don't" → "dont", with either apostrophe), "1,000" is "1000",
    hyphens part words, and every Chinese character is a token of its own. Traditional
    characters are simplified, so that 臺灣 and 台湾 are the same whoever typed or heard them.
    """
    plain = unicodedata.normalize("NFKC", text).lower().translate(_APOSTROPHES)
    if not plain.isascii():
        plain = plain.translate(_simplified())
    return [token.replace("'", "") for token in _TOKEN.findall(_THOUSANDS.sub("", plain))]


def folded(text: str) -> list[str]:
    """The tokens of `text` with English numbers in figures: "twenty-five" and "25" are one."""
    found = tokens(text)
    return tokens(" ".join(in_figures(found)))


def is_han(token: str) -> bool:
    """Whether `token` is one Chinese character."""
    return len(token) == 1 and _IS_HAN.match(token) is not None


def is_chinese(text: str) -> bool:
    """Whether `text` is Chinese: at least as many Chinese characters as other words."""
    found = tokens(text)
    han = sum(map(is_han, found))
    return han > 0 and 2 * han >= len(found)


def bigrams(text: str) -> list[str]:
    """Pairs of neighbouring Chinese characters, in order. Empty for English."""
    return [a + b for a, b in pairwise(tokens(text)) if is_han(a) and is_han(b)]


def sparse_terms(text: str) -> dict[str, float]:
    """The terms of the sparse vector: words, Chinese characters and bigrams, with weights.

    A weight is 1 + ln(count): spoken lines are short, so a word said three times tells
    little more than one said once. How rare a term is, the vector store knows (IDF).
    """
    counts = Counter(folded(text) + bigrams(text))
    return {term: 1 + math.log(count) for term, count in counts.items()}


def simplified(text: str) -> str:
    """`text` with its traditional Chinese characters as simplified ones."""
    return text if text.isascii() else text.translate(_simplified())


@cache
def _simplified() -> dict[int, str]:
    """Traditional to simplified characters, from pairs such as 萬万.

    2,873 characters of Big5 and their usual form in OpenCC's TSCharacters (Apache-2.0). A few
    have two meanings (著 is 着 or 著); both sides of a comparison are folded alike.
    """
    table = (Path(__file__).parent / "simplified.txt").read_text(encoding="utf-8").split()
    return {ord(line[i]): line[i + 1] for line in table for i in range(0, len(line), 2)}


def counted(number: int, noun: str) -> str:
    """A count for a message: "1 shot", "2 shots". `noun` takes an s in the plural."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
