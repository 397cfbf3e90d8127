"""English numbers in words as captions write them in figures: "twenty five" is 25.

What is below ten stays a word unless it is a percentage, a decimal or counts millions, and so
does what can be read in two ways ("six thirty", "fifteen twenty", "one two three").
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

_UP_TO_TWENTY = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen",
)  # fmt: skip
_SMALL = {word: value for value, word in enumerate(_UP_TO_TWENTY)}
_TENS = {
    word: value
    for value, word in zip(
        range(20, 100, 10),
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"],
        strict=True,
    )
}
_SCALES = {"billion": 10**9, "million": 10**6, "thousand": 1000}
_NUMBERS = frozenset([*_SMALL, *_TENS, *_SCALES, "hundred"])
_DECADES = {word[:-1] + "ies": value for word, value in _TENS.items()}
_FIRST = {
    word: value
    for value, word in enumerate(
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"], 1
    )
}
_TEENTH = {"twelfth": 12} | {word + "th": _SMALL[word] for word in _SMALL if _SMALL[word] > 9}
_TIETH = {word[:-1] + "ieth": value for word, value in _TENS.items()}
_LEAST = 10  # what is less stays a word
_HOURS = 12  # "ten fifteen" is a time, "ten sixty six" a year
_ROUND = 10**6  # from here on "3 million" is easier to read than its noughts


@dataclass(frozen=True)
class Figure:
    """The words [first, last) of a text, written as `text`. `least`: it may stay a word."""

    first: int
    last: int
    text: str
    least: bool = False


def in_figures(words: Sequence[str]) -> list[str]:
    """The words, each number that `figures` finds in the place of its own."""
    found, at = [], 0
    for figure in figures([word.lower() for word in words]):
        found += [*words[at : figure.first], figure.text]
        at = figure.last
    return [*found, *words[at:]]


def figures(words: Sequence[str]) -> list[Figure]:
    """The numbers in these words (lower case, hyphens parted) that are written in figures."""
    found = list(_numbers(words))
    joined = {one.last: one for one in found}
    kept = {one.first: one for one in found if not one.least}
    for right in found:
        left = joined.get(right.first - 1)
        if left is None or words[left.last] not in ("or", "to") or left.least == right.least:
            continue
        if right.text.endswith(("%", "illion")):
            kept[left.first] = replace(left, least=False)  # "5 to 10%"
        else:  # "nine or ten": both alike
            kept.pop(left.first, None)
            kept.pop(right.first, None)
    return [kept[first] for first in sorted(kept)]


def _numbers(words: Sequence[str]) -> Iterator[Figure]:
    at = 0
    while at < len(words):
        found = _figure(words, at)
        end = found.last if found else at + 1
        if words[at] in _NUMBERS and end < len(words) and words[end] in _NUMBERS:
            while end < len(words) and words[end] in _NUMBERS:  # one number after the other
                end += 1
        elif found:
            yield found
        at = end


def _figure(words: Sequence[str], at: int) -> Figure | None:
    for kind in (_year, _ordinal, _decimal, _cardinal):
        found = kind(words, at)
        if found:
            return found
    return None


def _year(words: Sequence[str], at: int) -> Figure | None:
    """ "nineteen eighty four", "nineteen oh five", "twenty twenty six", "nineteen eighties"."""
    century, middle = _below_hundred(words, at)
    if not 10 <= century <= 20 or _word(words, middle) == "zero":
        return None
    decade = _DECADES.get(_word(words, middle))
    if decade:
        return Figure(at, middle + 1, f"{century}{decade}s")
    after_oh = _word(words, middle) == "oh"
    rest, end = _below_hundred(words, middle + after_oh)
    if after_oh != (0 < rest < 10) or end == middle + after_oh:
        return None
    # "fifteen twenty" people, "eighteen nineteen" years old: from one to the other
    if (century <= _HOURS and rest < 60) or (century < 19 and 0 < rest - century <= 5):
        return None
    return Figure(at, end, f"{century}{rest:02}")


def _ordinal(words: Sequence[str], at: int) -> Figure | None:
    """ "nineteenth", "twenty first"; not "a tenth", nor "twenty second", which counts seconds."""
    before = _word(words, at - 1) if at else ""
    if before in ("a", "an") or before in _NUMBERS:
        return None
    one = words[at]
    if one in _TEENTH or one in _TIETH:
        return Figure(at, at + 1, f"{_TEENTH.get(one) or _TIETH[one]}th")
    unit = _FIRST.get(_word(words, at + 1), 0)
    if one not in _TENS or unit in (0, 2):
        return None
    return Figure(at, at + 2, f"{_TENS[one] + unit}{ {1: 'st', 3: 'rd'}.get(unit, 'th') }")


def _decimal(words: Sequence[str], at: int) -> Figure | None:
    """ "three point one four", "three point five million"; not "at one point two of them"."""
    value, end = _whole(words, at)
    if end == at or _word(words, end) != "point" or (at and words[at - 1] == "at"):
        return None
    digits, end = "", end + 1
    while (digit := {"oh": 0, **_SMALL}.get(_word(words, end), 10)) < 10:
        digits, end = f"{digits}{digit}", end + 1
    return _counted(words, at, end, f"{value}.{digits}") if digits else None


def _cardinal(words: Sequence[str], at: int) -> Figure | None:
    value, end = _whole(words, at)
    if end == at or (words[end - 1] in _TENS and _word(words, end) == "second"):
        return None  # of May, or of time
    scale = words[end - 1]
    noughts = _SCALES.get(scale, 1)
    if value >= _ROUND and value % noughts == 0 and value < 1000 * noughts:
        text = f"{value // noughts} {scale}"
    else:  # years have no comma, and of four digits nobody misses it
        text = f"{value:,}" if value >= 10_000 else str(value)
    found = _counted(words, at, end, text)
    bare = words[at] == "a" and end == at + 2  # "a hundred times"
    return replace(found, least=found.text == text and (value < _LEAST or bare))


def _counted(words: Sequence[str], first: int, last: int, text: str) -> Figure:
    """With what it counts, where that has a sign."""
    if _word(words, last) == "percent":
        return Figure(first, last + 1, f"{text}%")
    if list(words[last : last + 2]) == ["per", "cent"]:
        return Figure(first, last + 2, f"{text}%")
    if _word(words, last) in _SCALES:
        return Figure(first, last + 1, f"{text} {words[last]}")
    return Figure(first, last, text)


def _whole(words: Sequence[str], at: int) -> tuple[int, int]:
    """A whole number and where it ends; (0, at) where none begins."""
    total, end, below = 0, at, 10**12
    while True:
        start = end + (end > at and _word(words, end) == "and")
        group, after = _below_thousand(words, start)
        scale = _SCALES.get(_word(words, after), 1)
        if after == start or group * scale >= below:
            return total, end
        total, end, below = total + group * scale, after + (scale > 1), scale
        if scale == 1:
            return total, end


def _below_thousand(words: Sequence[str], at: int) -> tuple[int, int]:
    """Also "nineteen hundred"; "a" counts before hundred, thousand and so on."""
    value, end = _below_hundred(words, at)
    if _word(words, at) == "a" and _word(words, at + 1) in ("hundred", *_SCALES):
        value, end = 1, at + 1
    if end == at or _word(words, end) != "hundred" or not value % 10:
        return value, end
    start = end + 1 + (_word(words, end + 1) == "and")
    rest, after = _below_hundred(words, start)
    return (value * 100 + rest, after) if after > start else (value * 100, end + 1)


def _below_hundred(words: Sequence[str], at: int) -> tuple[int, int]:
    one, two = _word(words, at), _word(words, at + 1)
    if one in _TENS:
        unit = _SMALL.get(two, 10)
        return (_TENS[one] + unit, at + 2) if 0 < unit < 10 else (_TENS[one], at + 1)
    return (_SMALL[one], at + 1) if one in _SMALL else (0, at)


def _word(words: Sequence[str], at: int) -> str:
    return words[at] if at < len(words) else ""
