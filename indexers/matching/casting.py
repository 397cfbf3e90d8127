"""Which line gets which place: nobody's words are cut in twice.

Pure. The script's order helps: a line that is said right beside its neighbours in the
script is more likely meant, and short lines ("Yes.") are believed only with such evidence.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from math import prod
from statistics import median

import numpy as np

from indexers.matching.edges import apart
from indexers.matching.evidence import believed, certainty, doubtful
from indexers.matching.rising import firm
from indexers.matching.takes import Candidate

_SURE = 0.6  # score from which a longer line is an anchor for its neighbours
_PASSAGE = 3  # lines at most between two anchors that enclose a passage
_BESIDE = 20.0  # seconds within which a neighbour counts
_BONUS = 0.04  # of the score for each neighbour beside it
_PER_WORD = 0.05  # what each explained word is worth when two lines want the same words
_TIE = 0.04  # values nearer than this are equal: the texts are the same, or nearly
_USUALLY = 0.8  # coverage of lines with a fifth of the words heard wrong
_ORDER = 0.02  # at most; tells equals apart by the order of script and footage
# Places that are too weak by themselves, of words that nobody else wants, together: from which
# score they count, how many there are at least (people do takes), and their joint certainty. Of 873
# lines without a take (benchmarks/shooting.py, seeds 31 to 37, 10, 20 and 40 % word errors, a
# quarter of the lines never said) it finds 10 of the 17 that are said, and no other one. Where
# other talk is said three times as well, it adds 1 of 360 absent lines; 0.7 would add 6.
_WEAK, _PLACES, _TOGETHER = 0.2, 2, 0.9


@dataclass(frozen=True)
class _Anchor:
    start: int
    end: int
    order: int


def cast(
    found: dict[int, list[Candidate]], threshold: float, sure: float = 0.0
) -> dict[int, list[Candidate]]:
    """The takes of each line (by its number), none sharing words with another's.

    Only candidates with at least `threshold` count, and only lines that are said somewhere with
    a certainty of at least `sure`. A line's first take is the one that was assigned to it; the
    order of the others says nothing.
    """
    everything = [candidate for places in found.values() for candidate in places]
    anchors = _anchors(everything)
    judged = [_judged(candidate, anchors) for candidate in everything]
    good = [one for one in judged if one.score >= threshold]
    heard = _heard(good)
    good = _of_sure_lines(good, sure, heard)
    places = _places(_undominated(good))
    owned = [one for takes in _owners(places).values() for one in takes]
    left = _by_line(_of_sure_lines(owned, sure, heard))
    left |= _together(judged, left, heard)
    return {number: apart(takes, left) for number, takes in left.items()}


def value(candidate: Candidate) -> float:
    """What a candidate is worth against other lines that want the same words."""
    return candidate.score + _PER_WORD * len(candidate.fit.said)


def overlap(one: Candidate, other: Candidate) -> int:
    """How many heard words both take."""
    if one.speech is not other.speech:
        return 0
    return max(0, min(one.end, other.end) - max(one.start, other.start))


def _heard(candidates: Sequence[Candidate]) -> float:
    """How well the story is heard: the coverage that half of its lines have at their best.

    One line tells little of it: what is usual counts as one more.
    """
    best = _best_of_lines(candidates)
    return median([*(one.evidence.coverage for one in best.values()), _USUALLY])


def _of_sure_lines(candidates: Sequence[Candidate], sure: float, heard: float) -> list[Candidate]:
    """Without the lines that are nowhere said for sure.

    Takes of a line support each other: a weak one is believed beside a strong one. A line that
    is weak wherever it is looked for is mostly another sentence with some of its phrases.
    """
    best = _best_of_lines(candidates)
    said = {
        number
        for number, one in best.items()
        if one.wanted.short or certainty(one.evidence, one.score, heard) >= sure
    }
    return [one for one in candidates if one.wanted.number in said]


def _together(
    judged: Sequence[Candidate], left: dict[int, list[Candidate]], heard: float
) -> dict[int, list[Candidate]]:
    """The lines that are nowhere said for sure, but in several takes, each of them heard badly."""
    taken: dict[int, set[int]] = {}
    for one in chain.from_iterable(left.values()):
        taken.setdefault(one.speech.asset_id, set()).update(range(one.start, one.end))
    weak = [
        one
        for one in judged
        if one.score >= _WEAK
        and not one.wanted.short
        and one.wanted.number not in left
        and taken.get(one.speech.asset_id, set()).isdisjoint(range(one.start, one.end))
    ]
    found = _by_line(
        [one for takes in _owners(_places(_undominated(weak))).values() for one in takes]
    )
    return {
        number: takes
        for number, takes in found.items()
        if len(takes) >= _PLACES and _any(takes, heard) >= _TOGETHER
    }


def _any(takes: Sequence[Candidate], heard: float) -> float:
    """How probable it is that the line is said at one of the places."""
    return 1 - prod(1 - certainty(one.evidence, one.score, heard) for one in takes)


def _best_of_lines(candidates: Iterable[Candidate]) -> dict[int, Candidate]:
    return {one.wanted.number: one for one in sorted(candidates, key=lambda one: one.score)}


def _by_line(candidates: Sequence[Candidate]) -> dict[int, list[Candidate]]:
    found: dict[int, list[Candidate]] = {}
    for one in candidates:
        found.setdefault(one.wanted.number, []).append(one)
    return found


def _anchors(everything: Iterable[Candidate]) -> dict[int, list[_Anchor]]:
    """The places of lines that need no context, by asset, in order of time."""
    sure = [c for c in everything if c.score >= _SURE and not c.wanted.short]
    anchors: dict[int, list[_Anchor]] = {}
    for candidate in _undominated(sure):
        anchor = _Anchor(candidate.start, candidate.end, candidate.wanted.order)
        anchors.setdefault(candidate.speech.asset_id, []).append(anchor)
    return {asset: _firm(found) for asset, found in anchors.items()}


def _firm(anchors: list[_Anchor]) -> list[_Anchor]:
    """Those that keep to the script's order, take by take."""
    ordered = sorted(anchors, key=_start)
    return [ordered[i] for i in firm([anchor.order for anchor in ordered])]


def _astray(candidate: Candidate, anchors: Sequence[_Anchor]) -> bool:
    """Whether a weak candidate stands inside a passage of the script that it is not of."""
    if candidate.score >= _SURE and not candidate.wanted.short:
        return False
    order = candidate.wanted.order
    before = max((a for a in anchors if a.end <= candidate.start), key=_end, default=None)
    after = min((a for a in anchors if a.start >= candidate.end), key=_start, default=None)
    if not before or not after or not 0 < after.order - before.order <= _PASSAGE:
        return False
    return not before.order - 1 <= order <= after.order + 1


def _judged(candidate: Candidate, anchors: dict[int, list[_Anchor]]) -> Candidate:
    """The candidate with its neighbours counted in its score."""
    here = anchors.get(candidate.speech.asset_id, [])
    beside = _neighbours(candidate, here)
    score = candidate.score
    if not believed(candidate.wanted, candidate.evidence, beside) or _astray(candidate, here):
        score = doubtful(score)
    return replace(candidate, neighbours=beside, score=min(1.0, score + _BONUS * beside))


def _neighbours(candidate: Candidate, anchors: Sequence[_Anchor]) -> int:
    """0 to 2: whether the anchors before and after it are its neighbours in the script.

    One line in between is allowed: it may be a short one, which is no anchor.
    """
    words, order = candidate.speech.words, candidate.wanted.order
    reach = _BESIDE * candidate.speech.rate
    before = max((a for a in anchors if a.end <= candidate.start), key=_end, default=None)
    after = min((a for a in anchors if a.start >= candidate.end), key=_start, default=None)
    count = 0
    if before and 1 <= order - before.order <= 2:
        near = words[candidate.start].in_frame - words[before.end - 1].out_frame <= reach
        count += near
    if after and 1 <= after.order - order <= 2:
        near = words[after.start].in_frame - words[candidate.end - 1].out_frame <= reach
        count += near
    return count


def _start(anchor: _Anchor) -> int:
    return anchor.start


def _end(anchor: _Anchor) -> int:
    return anchor.end


def _undominated(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Without those that want mostly the words that another line explains better."""
    by_asset: dict[int, list[Candidate]] = {}
    for candidate in candidates:
        by_asset.setdefault(candidate.speech.asset_id, []).append(candidate)
    return [
        candidate
        for candidate in candidates
        if not any(_dominates(other, candidate) for other in by_asset[candidate.speech.asset_id])
    ]


def _dominates(one: Candidate, other: Candidate) -> bool:
    if one.wanted == other.wanted or value(one) <= value(other) + _TIE:
        return False
    return _same(one, other)


def _places(candidates: Sequence[Candidate]) -> list[list[Candidate]]:
    """Candidates that want mostly the same words, together; in order of asset and time."""
    places: list[list[Candidate]] = []
    for candidate in sorted(candidates, key=lambda c: (c.speech.asset_id, c.start, c.end)):
        shared = next((place for place in reversed(places) if _same(place[-1], candidate)), None)
        if shared is None:
            places.append([candidate])
        else:
            shared.append(candidate)
    return places


def _same(one: Candidate, other: Candidate) -> bool:
    shortest = min(one.end - one.start, other.end - other.start)
    return 2 * overlap(one, other) > shortest


def _owners(places: list[list[Candidate]]) -> dict[int, list[Candidate]]:
    """Each place to one line: first so that as many lines as possible get one, the best
    places first; then what is left to the line that it fits best."""
    from scipy.optimize import linear_sum_assignment  # 42 MB: only where scripts are matched

    lines = sorted({c.wanted.number for place in places for c in place})
    owned: dict[int, list[Candidate]] = {}
    if not lines:
        return owned
    row = {number: i for i, number in enumerate(lines)}
    worth = np.zeros((len(lines), len(places)))
    for column, place in enumerate(places):
        for candidate in place:
            i = row[candidate.wanted.number]
            # A product of both orders is greatest when both run the same way.
            order = (i + 1) * (column + 1) / (len(lines) * len(places))
            worth[i, column] = max(worth[i, column], value(candidate) + _ORDER * order)
    taken = set()
    for i, column in zip(*linear_sum_assignment(worth, maximize=True), strict=True):
        if worth[i, column] > 0:
            taken.add(column)
            owned.setdefault(lines[i], []).append(_best(places[column], lines[i]))
    for column, place in enumerate(places):
        if column not in taken:
            best = max(place, key=value)
            owned.setdefault(best.wanted.number, []).append(best)
    return owned


def _best(place: list[Candidate], number: int) -> Candidate:
    return max((c for c in place if c.wanted.number == number), key=value)
