"""How sure it is that a line is said at a place: the score, 0 to 1."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from catalog.words import is_han
from indexers.matching import background
from indexers.matching.alignment import EXACT, Fit, Floats, Pair
from indexers.matching.spoken import Corpus, Speech, Wanted, line_weights

_LONG_LETTERS = 8
_TELLING = 40.0  # bits beyond chance, more of which tell nothing new
_PURE = 0.75  # share of a take's words that are the line's in all but pieced-together ones
_RARE = 8.0  # bits beyond chance
_PHRASE = 4.5  # bits that words heard side by side tell, to stand for more than "in the"
_STUMBLES = 0.03  # swapped words of a line that recognisers and people alike may get wrong
_EDGE = 0.2  # recognisers lose the ends of a line to the pause more often than its middle
_CUT_SHORT = 2  # words missing at an end from which the speaker left them out
_SURELY = 0.9999  # of a score that can say no more
_DOUBT = 0.3  # the highest score of a short line without further evidence


@dataclass(frozen=True)
class Evidence:
    """What speaks for a place."""

    coverage: float  # share of the line's words heard in order, by weight and likeness
    letters: float  # likeness of the letters of the line and of what was heard
    surprise: float  # bits in the words heard, beyond what chance finds in this much speech
    precision: float  # share of the heard words that are the line's
    exact: bool  # every word heard right, nothing between
    open_ends: int  # 0 to 2: at how many ends speech goes on without a pause
    read: bool  # the words come from captions
    swapped: float  # share of the line's words in whose place others are heard, in runs
    phrases: float  # the same from phrase to phrase: "in the" between them does not part them
    cut_short: float  # share of the line's words missing at its ends, nothing in their place


def evidence(line: Wanted, speech: Speech, fit: Fit, corpus: Corpus) -> Evidence:
    """Measure a place."""
    bits, weights = corpus.bits(line.words), line_weights(line, corpus)
    told = sum(pair.likeness * float(bits[pair.script]) for pair in fit.pairs)
    said = sum(pair.likeness * float(weights[pair.script]) for pair in fit.pairs)
    additions = fit.additions(len(line.words))
    return Evidence(
        coverage=min(1.0, said / float(weights.sum())),
        letters=_letters(line.words, speech.texts[fit.start : fit.end]),
        surprise=told - math.log2(max(corpus.size, background.ENOUGH) + 1),
        precision=1 - additions / (fit.end - fit.start),
        exact=len(fit.said) == len(line.words)
        and min(pair.likeness for pair in fit.pairs) >= EXACT
        and additions == 0,
        open_ends=speech.open_ends(fit.start, fit.end),
        read=speech.read,
        swapped=_swapped(line, speech, fit),
        phrases=_phrases(line, speech, fit, bits),
        cut_short=_cut_short(line, speech, fit) / len(line.words),
    )


def score(found: Evidence) -> float:
    """How sure it is that the line is said here, 0 to 1; a take has 0.45 and more.

    A logistic curve over the evidence, graded by coverage so that a take with all words
    stands above one that lacks some. The first four coefficients are a logistic regression
    on 500 lines of written comments in 200 to 5,000 heard words with 0 to 70 % simulated
    word errors, rounded and moved until 800 lines that nobody says stayed out; the others
    were set on the same lines. With 40 % of the words wrong it keeps 97 % of the lines, with
    60 % 91 %, and of 81 lines that pocketsphinx did not hear it finds none.

    What is `swapped` tells a line from another one that shares its phrases ("before the storm
    the captain sold …"): recognisers get words wrong here and there, not phrase by phrase. On
    300 generated lines made of 80 phrases, half of what shares a phrase has 0.06 (English) or
    0.2 (Chinese) and more, 97 % of the true takes less than 0.07 or 0.12 with 20 % errors.
    """
    logit = (
        4.0 * found.coverage
        + 11.0 * found.letters
        + 5.0 * min(found.surprise, _TELLING) / _TELLING
        - 12.3
        - 12.0 * max(0.0, _PURE - found.precision)  # pieced together from other lines
        - 2.5 * found.open_ends * (1 - found.coverage)  # a part of something else
        - (2.0 if found.read else 0.0)  # what captions lack was not said
        - (40.0 if found.read else 20.0) * max(0.0, found.swapped - _STUMBLES)
    )
    return _graded(found) / (1 + math.exp(-logit))


def believed(line: Wanted, found: Evidence, beside: int) -> bool:
    """Whether a short line is more than chance, which says "yes" somewhere.

    `beside`: how many of its neighbours in the script are said beside it. Enough is: exactly
    these words, alone between pauses or beside a neighbour or rare; or nearly these words,
    alone, and beside a neighbour or long.
    """
    if not line.short:
        return True
    alone = found.open_ends == 0
    if found.exact and (alone or beside > 0 or found.surprise >= _RARE):
        return True
    long_enough = len("".join(line.words)) >= _LONG_LETTERS
    near = found.letters >= 0.6 and beside > 0
    return alone and (near or (found.letters >= 0.8 and long_enough))


def doubtful(score: float) -> float:
    """The score of a short line that is not believed."""
    return min(score, _DOUBT)


def _letters(words: Sequence[str], heard_words: Sequence[str]) -> float:
    """Likeness of two strings of letters, 0 to 1.

    Two English strings share 45 % by chance, two Chinese ones next to nothing: theirs is
    brought to the same scale.
    """
    found = fuzz.ratio("".join(words), "".join(heard_words)) / 100
    han = sum(map(is_han, words))
    return 0.3 + 0.7 * found if 2 * han >= len(words) else found


def _cut_short(line: Wanted, speech: Speech, fit: Fit) -> int:
    """Words that are missing at the ends without others in their place.

    There the speaker broke off, or came in late: a recogniser hears something where somebody
    speaks.
    """
    before, after = speech.utterance(fit.start, fit.end)
    first, last = fit.pairs[0], fit.pairs[-1]
    head = first.script - (first.heard - before)
    tail = len(line.words) - 1 - last.script - (after - last.heard - last.count)
    return sum(words for words in (head, tail) if words >= _CUT_SHORT)


def certainty(found: Evidence, points: float, heard: float) -> float:
    """How probable it is that a line is said at its best place, 0 to 1.

    `points`: its score. `heard`: the coverage that half of the story's lines reach: where all
    other words are heard, a line that lacks a third of its own is another sentence.

    A logistic regression on 11,000 best places of lines that are said, in one take or three,
    well and badly, and of lines that are not but share phrases with what is (English, 10, 20
    and 40 % word errors, benchmarks/shooting.py, seeds 21 to 26). Of the lines that are said it
    keeps, at one invented clip in a hundred, 97 % instead of 94.
    """
    own = min(_SURELY, max(1 - _SURELY, points / _graded(found)))
    logit = (
        13.4
        + 0.9 * math.log(own / (1 - own))
        + 5.3 * found.coverage
        - 18.6 * heard
        - 8.6 * found.phrases
        + 3.9 * found.cut_short
        + (1.2 if found.read else 0.0)  # the score has doubted captions enough
    )
    return 1 / (1 + math.exp(-logit))


def _graded(found: Evidence) -> float:
    """What a score is at most."""
    return 0.7 + 0.3 * found.coverage


def _swapped(line: Wanted, speech: Speech, fit: Fit) -> float:
    """How much of the line is said in other words, 0 to 1: single words don't count."""
    total = sum(
        (count - 1) * unlike * (_EDGE if at_the_edge and not speech.read else 1)
        for count, unlike, at_the_edge in _replaced(line, speech, fit, fit.pairs)
    )
    return total / len(line.words)


def _phrases(line: Wanted, speech: Speech, fit: Fit, bits: Floats) -> float:
    """How much of the line is said in other words, 0 to 1, where only what tells something
    parts two phrases."""
    replaced = _replaced(line, speech, fit, _telling(fit, bits))
    return sum((count - 1) * unlike for count, unlike, _ in replaced) / len(line.words)


def _telling(fit: Fit, bits: Floats) -> list[Pair]:
    """The matches that tell something with those right beside them; all where none does."""
    groups: list[list[Pair]] = []
    for pair in fit.pairs:
        last = groups[-1][-1] if groups else None
        if last and pair.script <= last.script + 1 and pair.heard <= last.heard + last.count:
            groups[-1].append(pair)
        else:
            groups.append([pair])
    told = [sum(float(bits[pair.script]) * pair.likeness for pair in group) for group in groups]
    kept = [pair for group, bit in zip(groups, told, strict=True) for pair in group
            if bit >= _PHRASE]  # fmt: skip
    return kept or list(fit.pairs)


def _replaced(
    line: Wanted, speech: Speech, fit: Fit, pairs: Sequence[Pair]
) -> Iterator[tuple[int, float, bool]]:
    """Words of the line with others in their place: how many, how unlike, whether at an end.

    Between two of `pairs`, as many words as are missing may stand in their place; before the
    first and after the last, those of the same utterance.
    """
    before, after = speech.utterance(fit.start, fit.end)
    ends = [(pair.script, pair.heard, pair.heard + pair.count) for pair in pairs]
    ends.append((len(line.words), after, after))
    script, heard = -1, before
    for next_script, next_heard, past in ends:
        missing = list(line.words[script + 1 : next_script])
        others = speech.texts[heard:next_heard]
        count = min(len(missing), len(others))
        others = others[len(others) - count :] if script < 0 else others[:count]
        if count:
            unlike = 1 - fuzz.ratio("".join(missing), "".join(others)) / 100
            yield count, unlike, script < 0 or next_script == len(line.words)
        script, heard = next_script, max(heard, past)
