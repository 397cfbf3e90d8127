"""How a line is delivered in a take: what is missing, what is said twice, what fills a pause.

The counts are what people are told. What they weigh is for the channel to say: a recogniser's
errors look like a speaker's (indexers/matching/channel.py).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from rapidfuzz import fuzz

from indexers.matching.alignment import EXACT, SAME, Pair
from indexers.matching.channel import FILLERS, Doubts, Instead, Reading
from indexers.matching.spoken import Corpus
from indexers.matching.takes import Candidate

_LOOK_BACK = 6  # words before a take in which a false start is looked for
_NEAR = 3  # words beside a word in which it may be said again
_TELLING = 5  # letters from which two words are hardly alike by chance
_SURE, _DEAF = 0.02, 0.6  # of the words that a recogniser gets wrong: at least, at most
_UNHEARD = 0.5  # of its errors; the others are written much like the word, or one too many
_PART = 60  # words of a line that are judged at once: 12 bits each stay within a float


@dataclass(frozen=True)
class Delivery:
    """Counts of words. `extra` are neither the line's nor fillers; `repeated` are among them."""

    extra: int
    repeated: int
    fillers: tuple[str, ...]
    false_start: int  # words before the take that begin the line in vain


@dataclass(frozen=True)
class Ears:
    """A recogniser. `errors`: the share of the words of this story that it gets wrong."""

    errors: float
    corpus: Corpus


def ears(takes: Iterable[Candidate], corpus: Corpus) -> Ears:
    """What all takes together tell of the recogniser: most of them are said as written."""
    shares = [take.coverage for take in takes if not take.speech.read]
    wrong = (1 - median(shares)) / _UNHEARD if shares else 0.0
    return Ears(min(_DEAF, max(_SURE, wrong)), corpus)


def delivery(take: Candidate) -> Delivery:
    """Count."""
    matched = {pair.heard + i for pair in take.fit.pairs for i in range(pair.count)}
    others = [at for at in range(take.start, take.end) if at not in matched]
    texts = take.speech.texts
    known = set(take.wanted.words)
    fillers = tuple(texts[at] for at in others if texts[at] in FILLERS - known)
    return Delivery(
        extra=max(0, take.extra - len(fillers)),
        repeated=sum(_again(texts, at, matched) for at in others),
        fillers=fillers,
        false_start=_false_start(take),
    )


def doubts(take: Candidate, others: Iterable[Candidate], hearing: Ears) -> Doubts:
    """What speaks against the line as written. `others`: takes of the same line.

    What is heard in the same place of another take is how the recogniser writes it: an accent,
    or a name that it does not know.
    """
    errors = _SURE if take.speech.read else hearing.errors
    also = {pair for other in others if other is not take for pair in _instead(other)}
    total = Doubts()
    for (first, last), heard in _parts(take):
        line = take.wanted.words[first:last]
        here = frozenset((i - first, word) for i, word in also if first <= i < last)
        total += Reading(line, heard, hearing.corpus, errors, here).doubts()
    return total


def _parts(take: Candidate) -> list[tuple[tuple[int, int], list[str]]]:
    """The words of the line [first, last), and those heard of it; long lines in parts."""
    begin, end = take.around or (take.start, take.end)
    cuts = [(0, begin)]
    for pair in take.fit.pairs:
        if pair.script - cuts[-1][0] >= _PART and pair.heard > cuts[-1][1]:
            cuts.append((pair.script, pair.heard))
    cuts.append((len(take.wanted.words), end))
    return [
        ((one[0], two[0]), _joined(take, range(one[0], two[0]), one[1], two[1]))
        for one, two in pairwise(cuts)
    ]


def _joined(take: Candidate, words: range, start: int, end: int) -> list[str]:
    """The words heard; what two of them stand for, and what stands for two, is as in the line."""
    line, texts = take.wanted.words, take.speech.texts
    pairs: dict[int, list[Pair]] = {}
    for pair in take.fit.pairs:
        if pair.script in words:
            pairs.setdefault(pair.heard, []).append(pair)
    found: list[str] = []
    at = start
    while at < end:
        here = pairs.get(at, [])
        joint = len(here) > 1 or any(pair.count > 1 for pair in here)
        found += [line[pair.script] for pair in here] if joint else [texts[at]]
        at += here[0].count if here else 1
    return found


def _instead(take: Candidate) -> set[Instead]:
    """Words of the line that another word is heard for, one for one."""
    line, texts = take.wanted.words, take.speech.texts
    found: set[Instead] = set()
    script, heard = -1, take.start
    for pair in (*take.fit.pairs, Pair(len(line), take.end, 0, 0.0)):
        missing, others = range(script + 1, pair.script), texts[heard : pair.heard]
        if len(missing) == len(others):
            found |= set(zip(missing, others, strict=True))
        if pair.count == 1 and pair.likeness < 1:
            found.add((pair.script, texts[pair.heard]))
        script, heard = pair.script, pair.heard + pair.count
    return found


def _again(texts: Sequence[str], at: int, matched: set[int]) -> bool:
    """Whether the word stands a second time among the line's words beside it."""
    near = (i for i in range(at - _NEAR, at + _NEAR + 1) if i in matched)
    least = SAME if len(texts[at]) >= _TELLING else EXACT
    return any(fuzz.ratio(texts[at], texts[i]) >= least * 100 for i in near)


def _false_start(take: Candidate) -> int:
    """How many words before the take, without a pause, begin the line in vain."""
    before, _ = take.speech.utterance(take.start, take.end)
    first = take.wanted.words[:2]  # the very first word may be lost
    earliest = max(before, take.start - min(_LOOK_BACK, len(take.wanted.words)))
    for at in range(earliest, take.start):
        if any(fuzz.ratio(take.speech.texts[at], word) >= EXACT * 100 for word in first):
            return take.start - at
    return 0
