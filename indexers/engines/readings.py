"""How written words are said, in the phones of the English model.

By its dictionary, as a possessive of a word in it, as a number, letter by letter where it is an
abbreviation, else by letters.py; Chinese characters by pinyin.py.
"""

import re
from collections.abc import Callable, Sequence

from catalog.words import is_han
from indexers.engines import letters, pinyin
from indexers.matching.numerals import spoken

LookUp = Callable[[str], list[str]]  # a word in lower case → its pronunciations in a dictionary

_PART = re.compile(r"\d+|[^\d]+")
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)$")
_ABBREVIATED = range(2, 6)  # letters of a word in capitals that are perhaps said one by one


def english(word: str, look_up: LookUp) -> list[str]:
    """The ways a word of letters is said, as phones separated by spaces; [] when nobody knows."""
    if found := look_up(word):
        return found
    if word.endswith("'s") and (stems := look_up(word[:-2])):
        return [f"{stem} Z" for stem in stems]
    spelled = " ".join(letters.phones(word))
    return [spelled] if spelled else []


def written(word: str, look_up: LookUp) -> list[str]:
    """As `english`, of a word as it is written: with capitals, digits, typographic quotes."""
    plain = word.replace("’", "'").replace(",", "")
    if not any(character.isdigit() for character in plain):
        found = english(plain.lower(), look_up)
        one_by_one = plain.isupper() and plain.isalpha() and len(plain) in _ABBREVIATED
        return [*found, *_said([*plain.lower()], look_up)] if one_by_one else found
    ending = " TH" if _ORDINAL.search(plain.lower()) else ""
    parts = _PART.findall(_ORDINAL.sub("", plain.lower()))
    words = [said for part in parts for said in (spoken(part, False) if part.isdigit() else part)]
    return [said + ending for said in _said(words, look_up)]


def chinese(characters: Sequence[str]) -> list[str]:
    """The reading of each character among its neighbours; "" where nobody knows."""
    return pinyin.in_context("".join(characters))


def line(words: Sequence[str], look_up: LookUp) -> list[list[str]]:
    """The ways each word of a line is said, [] where nobody knows; digits in its language."""
    han = [word for word in words if is_han(word)]
    read = iter(chinese(han))
    mostly = 2 * len(han) >= len(words)
    ways: list[list[str]] = []
    for word in words:
        if is_han(word):
            ways.append([one for one in (next(read),) if one])
        elif mostly and word.isascii() and word.isdigit():
            said = chinese(spoken(word, True))
            ways.append([" ".join(said)] if all(said) else [])
        else:
            ways.append(written(word, look_up))
    return ways


def _said(words: Sequence[str], look_up: LookUp) -> list[str]:
    """Several words one after the other, each in its first way; [] when one is unknown."""
    ways = [english(word, look_up) for word in words]
    return [" ".join(way[0] for way in ways)] if all(ways) else []
