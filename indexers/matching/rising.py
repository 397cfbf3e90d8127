"""The lines of one asset that run the way of the script: what holds an alignment on its course."""

from bisect import bisect_left
from collections.abc import Sequence

_BACK = 1  # line behind the middle of a pass; further back is a retake, not a slip


def rising(orders: Sequence[int]) -> list[int]:
    """Positions of the longest run that rises strictly (patience sorting), in order."""
    ends: list[int] = []  # the smallest order that ends a run of each length
    places: list[int] = []  # … and where it stands
    before: list[int] = []
    for position, order in enumerate(orders):
        length = bisect_left(ends, order)
        before.append(places[length - 1] if length else -1)
        ends[length : length + 1] = [order]
        places[length : length + 1] = [position]
    found = []
    at = places[-1] if places else -1
    while at >= 0:
        found.append(at)
        at = before[at]
    return found[::-1]


def firm(orders: Sequence[int]) -> list[int]:
    """Positions that keep to the script's order: the longest rising run of each pass, in order.

    `orders`: places in the script of what is said, in order of time. A pass ends where the
    speech goes back further than a slip: that is the next take of the scene.
    """
    found: list[int] = []
    start = 0
    for position in range(1, len(orders) + 1):
        if position == len(orders) or _begins_again(orders, start, position):
            found += [start + at for at in rising(orders[start:position])]
            start = position
    return found


def _begins_again(orders: Sequence[int], start: int, position: int) -> bool:
    """Whether a new pass begins here: behind most of what was said in this one."""
    before = sorted(orders[start:position])
    return orders[position] < before[len(before) // 2] - (_BACK if len(before) > 1 else 0)
