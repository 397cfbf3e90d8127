"""A passage in one take is better than a patchwork: who goes on where the line before ended.

Pure. Over the lines of the script the takes are chosen together (Viterbi): each take has the
price of its faults, and a cut between two lines that some take says in one go costs a join. So
a take of a whole passage wins where the prices are close, and a flub in it is still replaced.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from indexers.matching.ranking import Ranked

_JOIN = 0.5  # the price of cutting where a take goes on: a word that may not be as written
_REACH = 8.0  # seconds of pause within which speech goes on
_GOES_ON = "goes on from the line before in one take"
_LEADS_ON = "goes on to the next line in one take"  # of a take that is not the best by itself


def choose(ranked: Mapping[int, Sequence[Ranked]]) -> dict[int, list[Ranked]]:
    """The takes of each line (by number) with the one first that suits its passage.

    Only takes with a picture are chosen among; the order of the others stays.
    """
    numbers = sorted(number for number, takes in ranked.items() if takes and not takes[0].rank)
    if not numbers:
        return {number: list(takes) for number, takes in ranked.items()}
    paths = _best_path([list(ranked[number]) for number in numbers])
    chosen = {number: list(takes) for number, takes in ranked.items()}
    picks = [chosen[n].pop(position) for n, position in zip(numbers, paths, strict=True)]
    around = zip([None, *picks], picks, [*picks[1:], None], strict=False)
    for number, position, (before, first, after) in zip(numbers, paths, around, strict=True):
        reasons = first.reasons
        if before and follows(before, first):
            reasons = (*reasons, _GOES_ON)
        elif position and after and follows(first, after):
            reasons = (*reasons, _LEADS_ON)
        takes = (replace(first, reasons=reasons), *chosen[number])
        chosen[number] = [replace(take, rank=place) for place, take in enumerate(takes)]
    return chosen


def follows(one: Ranked, other: Ranked) -> bool:
    """Whether `other` is the next line of the same passage as `one`."""
    before, after = one.candidate, other.candidate
    if before.speech is not after.speech or after.start < before.end:
        return False
    if not 0 < after.wanted.order - before.wanted.order <= 2:
        return False
    return (other.in_frame - one.out_frame) / before.speech.rate <= _REACH


def _best_path(lines: Sequence[Sequence[Ranked]]) -> list[int]:
    """Which take of each line: the cheapest way through all of them."""
    totals = [take.price for take in lines[0]]
    back: list[list[int]] = []
    for last, takes in pairwise(lines):
        step: list[int] = []
        sums: list[float] = []
        join = _JOIN if any(follows(one, two) for one in last for two in takes) else 0.0
        for take in takes:
            ways = [
                total + (0.0 if follows(one, take) else join)
                for one, total in zip(last, totals, strict=True)
            ]
            best = min(range(len(ways)), key=lambda i: ways[i])
            step.append(best)
            sums.append(ways[best] + take.price)
        back.append(step)
        totals = sums
    at = min(range(len(totals)), key=lambda i: totals[i])
    path = [at]
    for step in reversed(back):
        at = step[at]
        path.append(at)
    return path[::-1]
