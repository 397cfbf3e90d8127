"""Every place in the footage where a script line may be said.

Pure. Whether two lines may share a place is decided in indexers/matching/casting.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from indexers.matching.alignment import Fit, Floats, likeness, peaks, sweep, trace
from indexers.matching.evidence import Evidence, evidence, score
from indexers.matching.nearby import Place, places, vocabulary
from indexers.matching.spoken import Corpus, Speech, Wanted, line_weights

_MOST_TAKES = 24  # of one line that are looked at closely
_FLOOR = 0.1  # of the sweep's score, below which no position is looked at
_SHARE = 0.45  # … and of the best position's
_AFTER = 2  # words after a position of the sweep where the line may still end


@dataclass(frozen=True)
class Candidate:
    """A place where a line may be said: heard words [start, end) of an asset."""

    wanted: Wanted
    speech: Speech
    fit: Fit
    evidence: Evidence
    score: float
    neighbours: int = 0  # how many of the script's neighbouring lines are said beside it
    around: tuple[int, int] | None = None  # with the words beside it that no other take claims

    @property
    def start(self) -> int:
        return self.fit.start

    @property
    def end(self) -> int:
        return self.fit.end

    @property
    def coverage(self) -> float:
        """The share of the line's words that are heard."""
        return len(self.fit.said) / len(self.wanted.words)

    @property
    def extra(self) -> int:
        """Words in it that the line does not have."""
        return self.fit.additions(len(self.wanted.words))


def find(lines: Sequence[Wanted], corpus: Corpus) -> dict[int, list[Candidate]]:
    """For each line (by its number) every place that may be a take of it, the best first."""
    lines = [line for line in lines if line.words]
    alike = likeness(sorted({w for line in lines for w in line.words}), sorted(corpus.counts))
    known = vocabulary(lines, corpus, alike)
    columns = {
        speech.asset_id: np.array([known.column[text] for text in speech.texts])
        for speech in corpus.speeches
    }
    found = {}
    for line, looked_at in zip(lines, places(lines, corpus, known), strict=True):
        weights = line_weights(line, corpus)
        likes = alike[known.words(line)]
        ends = [
            (score, place.start + end, place.speech)
            for place in looked_at
            for score, end in _ends(line, likes, weights, place, columns[place.speech.asset_id])
        ]
        found[line.number] = _closely(line, ends, corpus)
    return found


def _ends(
    line: Wanted, likes: Floats, weights: Floats, place: Place, columns: NDArray[np.intp]
) -> list[tuple[float, int]]:
    """Where in a place the line may end, from the place's start: score and word."""
    span = slice(place.start, place.end)
    scores = sweep(likes[:, columns[span]], weights, place.speech.costs[span])
    apart = max(1, len(line.words) // 2)
    return [(float(scores[end]), end) for end in peaks(scores, apart, _FLOOR, _MOST_TAKES)]


def _closely(
    line: Wanted, ends: list[tuple[float, int, Speech]], corpus: Corpus
) -> list[Candidate]:
    """The exact words at the most promising positions, each place once."""
    best = max((score for score, _, _ in ends), default=0.0)
    ends = sorted((end for end in ends if end[0] >= best * _SHARE), key=lambda end: -end[0])
    found: list[Candidate] = []
    for _, end, speech in ends[:_MOST_TAKES]:
        candidate = _candidate(line, end, speech, corpus)
        if candidate and not any(_same_place(candidate, other) for other in found):
            found.append(candidate)
    return sorted(found, key=lambda candidate: -candidate.score)


def _candidate(line: Wanted, end: int, speech: Speech, corpus: Corpus) -> Candidate | None:
    first = max(0, end - 2 * len(line.words) - 6)
    last = min(len(speech.words), end + 1 + _AFTER)
    weights = line_weights(line, corpus)
    fit = trace(line.words, speech.texts[first:last], weights, speech.costs[first:last])
    if fit is None:
        return None
    pairs = tuple(replace(pair, heard=pair.heard + first) for pair in fit.pairs)
    fit = Fit(fit.start + first, fit.end + first, pairs)
    found = evidence(line, speech, fit, corpus)
    return Candidate(line, speech, fit, found, score(found))


def _same_place(one: Candidate, other: Candidate) -> bool:
    shared = min(one.end, other.end) - max(one.start, other.start)
    return one.speech is other.speech and shared > 0
