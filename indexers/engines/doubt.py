"""What a recogniser says it heard and nobody said: found by its signs, and marked or left out.

Doubtful lines stay in the transcript and can be searched; nothing is cut on them.
"""

import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path

from catalog.words import is_han, tokens
from indexers.engines.speech import Utterance

_INVENTED = Path(__file__).parent / "invented.txt"
_ANY_ENDING = "…"

# Of a line's time: less of it lies in speech than this, and its words are not where they seem.
_SPOKEN = Fraction(1, 2)
# The limit of openai-whisper for the same sign: text that zlib packs better repeats itself.
# Below this many bytes zlib's own head and chance decide.
_REPETITIVE, _PACKED = 2.4, 80
_LOOP = 4  # times the same words in a row …
_LOOPED = 8  # … of this many words in all: "no, no, no, no" is said
_SAME_LINES = 4  # in a row
# Auctioneers reach some 6 English words a second, and newsreaders 7 Chinese syllables; measured
# from the first word to the last, of lines long enough that the time of one word decides nothing.
_FASTEST_WORDS, _FASTEST_HAN, _ENOUGH = 8, 12, 6
_SLOWEST, _LONG = Fraction(2, 5), 6  # words a second of a line of at least so many seconds


def doubted(lines: Sequence[Utterance], expected: Iterable[str] = ()) -> list[Utterance]:
    """The lines, those with signs of invention marked by the reason.

    `expected` are lines of a script: a phrase that stands there is no sign. What an engine
    doubted already stays so.
    """
    known = {tuple(tokens(text)) for text in expected}
    again = _same_again([tuple(tokens(line.text)) for line in lines])
    return [
        line if line.doubt else replace(line, doubt=_reason(line, known, repeated))
        for line, repeated in zip(lines, again, strict=True)
    ]


def outside(line: Utterance, speech: Iterable[tuple[Fraction, Fraction]]) -> Fraction:
    """The part of a line's time, 0 to 1, that lies outside of `speech`, seconds apart in order."""
    inside = sum(
        (max(Fraction(0), min(line.end, end) - max(line.start, start)) for start, end in speech),
        Fraction(0),
    )
    length = line.end - line.start
    return 1 - inside / length if length else Fraction(0)


def unheard(line: Utterance, speech: Sequence[tuple[Fraction, Fraction]]) -> Utterance:
    """The line, doubted when most of it lies where nobody is heard to speak."""
    if line.doubt or outside(line, speech) <= 1 - _SPOKEN:
        return line
    return replace(line, doubt="most of it lies where no speech is heard")


def repeats(text: str) -> bool:
    """Whether a text goes round in circles, as recognisers do that have lost the thread."""
    data = " ".join(tokens(text)).encode()
    if len(data) >= _PACKED and len(data) / len(zlib.compress(data)) > _REPETITIVE:
        return True
    words = tokens(text)
    return any(_looped(words, length) for length in range(1, len(words) // _LOOP + 1))


def invented(text: str) -> bool:
    """Whether a text is nothing but phrases that recognisers are known to make up."""
    words = tuple(tokens(text))
    at = 0
    while at < len(words):
        found = next((one for one in _phrases() if words[at : at + len(one[0])] == one[0]), None)
        if found is None:
            return False
        phrase, open_ended = found
        at = len(words) if open_ended else at + len(phrase)
    return bool(words)


def _reason(line: Utterance, known: set[tuple[str, ...]], repeated: bool) -> str:
    if repeated or repeats(line.text):
        return "it repeats itself"
    if invented(line.text) and tuple(tokens(line.text)) not in known:
        return "recognisers are known to make this up"
    return _pace(line)


def _pace(line: Utterance) -> str:
    """Why nobody speaks at this rate; "" when somebody could."""
    words = [word for text in line.words for word in tokens(text.text)]
    seconds = line.end - line.start
    chinese = sum(map(is_han, words)) * 2 > len(words)
    fastest = _FASTEST_HAN if chinese else _FASTEST_WORDS
    if len(words) >= _ENOUGH and len(words) > fastest * seconds:
        return "nobody speaks so fast"
    if seconds >= _LONG and len(words) < _SLOWEST * seconds:
        return "nobody speaks so slowly"
    return ""


def _same_again(lines: Sequence[tuple[str, ...]]) -> list[bool]:
    """For each line whether it is one of several equal ones in a row."""
    found = [False] * len(lines)
    first = 0
    for at in range(1, len(lines) + 1):
        if at < len(lines) and lines[at] == lines[first]:
            continue
        if at - first >= _SAME_LINES:
            found[first:at] = [True] * (at - first)
        first = at
    return found


def _looped(words: Sequence[str], length: int) -> bool:
    """Whether the same `length` words come often enough in a row."""
    run = 0
    for at in range(length, len(words)):
        run = run + 1 if words[at] == words[at - length] else 0
        if run >= (_LOOP - 1) * length and run + length >= _LOOPED:
            return True
    return False


@cache
def _phrases() -> list[tuple[tuple[str, ...], bool]]:
    """Words of the phrases, the longest first, and whether any words may follow."""
    rows = (row.strip() for row in _INVENTED.read_text(encoding="utf-8").splitlines())
    found = {tuple(tokens(row)): row.endswith(_ANY_ENDING) for row in rows if row and row[0] != "#"}
    return sorted(found.items(), key=lambda one: -len(one[0]))


def told(lines: Iterable[Utterance]) -> str:
    """How many lines are doubtful and why: "2 lines are doubtful (it repeats itself)"; or ""."""
    counts = Counter(line.doubt for line in lines if line.doubt)
    if not counts:
        return ""
    reasons = "; ".join(reason for reason, _ in counts.most_common())
    number = counts.total()
    return f"{number} {'line is' if number == 1 else 'lines are'} doubtful ({reasons})"
