"""Where a take begins and ends among the words around it, and which of those may be part of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from indexers.matching.takes import Candidate

_BESIDE = 8  # words before a take, and after it, that may be of the same attempt


def apart(takes: Sequence[Candidate], owned: Mapping[int, Sequence[Candidate]]) -> list[Candidate]:
    """The takes with the ends that no other take claims. `owned`: those of all lines."""
    others = [other for places in owned.values() for other in places]
    return [
        _edged(take, [o for o in others if o is not take and o.speech is take.speech])
        for take in takes
    ]


def _edged(take: Candidate, others: Sequence[Candidate]) -> Candidate:
    """Give up unmatched words at the ends that another take has, and take in the rest of the
    utterance where it stands for words of the line that were not recognised."""
    claimed = {at for other in others for at in range(other.start, other.end)}
    start, end = take.start, take.end
    first, last = take.fit.pairs[0], take.fit.pairs[-1]
    while start < first.heard and start in claimed:
        start += 1
    while end > last.heard + last.count and end - 1 in claimed:
        end -= 1
    missing_after = len(take.wanted.words) - 1 - last.script
    before, after = take.speech.utterance(start, end)
    if first.script and start - before <= first.script + 1 - (first.heard - start):
        start = before if claimed.isdisjoint(range(before, start)) else start
    if missing_after and after - end <= missing_after + 1 - (end - last.heard - last.count):
        end = after if claimed.isdisjoint(range(end, after)) else end
    earliest, latest = max(before, start - _BESIDE), min(after, end + _BESIDE)
    around = (
        start - _free(range(start - 1, earliest - 1, -1), claimed),
        end + _free(range(end, latest), claimed),
    )
    return replace(take, fit=replace(take.fit, start=start, end=end), around=around)


def _free(words: range, claimed: Iterable[int]) -> int:
    """How many of them, from the first on, no other take has."""
    return next((count for count, at in enumerate(words) if at in claimed), len(words))
