"""Where in a recording the sentences of a plain transcript are said, roughly.

A recogniser that knows no words but the transcript's hears where some of them are; words that
stand in both in the same order hold the rest between them. `timed` finds the exact times then.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from indexers.engines import decoder, vad
from indexers.engines.captions import timed_words
from indexers.engines.expected import Expected, script_of
from indexers.engines.speech import SAMPLE_RATE, Utterance, Word

_RUN = 3  # words in a row that both have: two are heard by chance


def anchored(
    sound: Path,
    lines: Sequence[Utterance],
    speech: Sequence[vad.Span],
    tell: Callable[[int], None] = lambda _sample: None,
) -> list[Utterance]:
    """The lines, in the order in which they are said, near to where they are said.

    Words that are not heard share the time between their neighbours; before the first and after
    the last that are heard lines stay where they were. Raises Rejected when `sound` is no WAV.
    """
    script = script_of(line.text for line in lines)
    expected = max((script.english, script.chinese), key=lambda one: len(one.lines))
    if not expected:
        return list(lines)
    heard = list(_heard(sound, expected, speech, tell))
    words = [word for line in lines for word in line.words]
    known: dict[int, Word] = {}
    told = [word.text.lower().replace("’", "'") for word in words]
    blocks = Levenshtein.opcodes(told, [word.text for word in heard])
    for block in blocks:
        if block.tag == "equal" and block.src_end - block.src_start >= _RUN:
            places = range(block.src_start, block.src_end)
            known.update(zip(places, heard[block.dest_start : block.dest_end], strict=True))
    return _lines(lines, _between(words, known))


def _heard(
    sound: Path, expected: Expected, speech: Sequence[vad.Span], tell: Callable[[int], None]
) -> Iterator[Word]:
    ears = decoder.expecting(expected)
    for span in speech:
        begin = Fraction(span.start, SAMPLE_RATE)
        for word in ears.words(vad.read(sound, span)):
            yield replace(word, start=begin + word.start, end=begin + word.end)
        tell(span.end)


def _between(words: Sequence[Word], known: dict[int, Word]) -> list[Word]:
    """All words: those known with their times, the ones between two such in the time between."""
    placed = [
        replace(word, start=known[at].start, end=known[at].end) if at in known else word
        for at, word in enumerate(words)
    ]
    for before, after in pairwise(sorted(known)):
        start, end = placed[before].end, placed[after].start
        inner = words[before + 1 : after]
        if not inner:
            continue
        text = " ".join(word.text for word in inner)
        shares = timed_words(text, start, max(start, end), inner[0].confidence)
        placed[before + 1 : after] = [
            replace(word, start=share.start, end=share.end)
            for word, share in zip(inner, shares, strict=True)
        ]
    return placed


def _lines(lines: Sequence[Utterance], words: Sequence[Word]) -> list[Utterance]:
    rest = iter(words)
    return [replace(line, words=tuple(next(rest) for _ in line.words)) for line in lines]
