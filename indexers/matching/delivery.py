"""How a line is delivered in a take: what is missing, what is said twice, what fills a pause.

A recogniser's errors look like an actor's: what is not heard may have been said all the same.
So each count is weighed by how probable it is that the fault is the actor's (`Ears`).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz

from indexers.matching.alignment import EXACT, SAME
from indexers.matching.evidence import cut_short
from indexers.matching.takes import Candidate

FILLERS = frozenset(
    ("um", "uh", "er", "erm", "uhm", "mm", "hmm", "ah", "eh", "嗯", "呃", "额", "唔")
)
_LOOK_BACK = 6  # words before a take in which a false start is looked for
_NEAR = 3  # words beside a word in which it may be said again
_TELLING = 5  # letters from which two words are hardly alike by chance
_FAULTS = 0.1  # words of a take that people get wrong, before anything is heard
_SURE, _DEAF = 0.02, 0.6  # of the words that a recogniser gets wrong: at least, at most
_INSERTED = 0.5  # of its errors leave a word more than were said, or one that fits nowhere


@dataclass(frozen=True)
class Delivery:
    """Counts of words. `extra` are neither the line's nor fillers; `repeated` are among them.

    `cut_short` are those of the missing before the first or after the last that is heard, where
    nothing else is heard either: a recogniser hears something where somebody speaks.
    """

    missing: int
    cut_short: int
    extra: int
    repeated: int
    fillers: tuple[str, ...]
    false_start: int  # words before the take that begin the line in vain


@dataclass(frozen=True)
class Ears:
    """How much of what the recogniser heard to believe. `errors`: share of words heard wrong."""

    errors: float

    @property
    def missing(self) -> float:
        """How probable it is that a word that was not heard was not said."""
        return _FAULTS / (_FAULTS + self.errors)

    @property
    def extra(self) -> float:
        """How probable it is that a word beyond the line was said."""
        return _FAULTS / (_FAULTS + self.errors * _INSERTED)


def ears(takes: Iterable[Candidate]) -> Ears:
    """What all takes together tell of the recogniser: most of them are said as written."""
    shares = [take.coverage for take in takes]
    wrong = 1 - sum(shares) / len(shares) if shares else 0.0
    return Ears(min(_DEAF, max(_SURE, wrong)))


def delivery(take: Candidate) -> Delivery:
    """Count."""
    matched = {pair.heard + i for pair in take.fit.pairs for i in range(pair.count)}
    others = [at for at in range(take.start, take.end) if at not in matched]
    texts = take.speech.texts
    known = set(take.wanted.words)
    fillers = tuple(texts[at] for at in others if texts[at] in FILLERS - known)
    return Delivery(
        missing=len(take.wanted.words) - len(take.fit.said),
        cut_short=cut_short(take.wanted, take.speech, take.fit),
        extra=max(0, take.extra - len(fillers)),
        repeated=sum(_again(texts, at, matched) for at in others),
        fillers=fillers,
        false_start=_false_start(take),
    )


def _again(texts: list[str], at: int, matched: set[int]) -> bool:
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
