"""Hit ratios: what people ask for, over generated days and over the families of the literature."""

import heapq
import statistics
from collections import OrderedDict

from benchmarks.caching.rivals import Aged, Arc, Rival, TinyLfu
from benchmarks.caching.traces import KINDS, Access, families, trace
from catalog.cache.policy import Policy

GOALS = {100: 1.6, 1000: 1.08}
FIRST_SEED = 2000  # the policy was built on 0 to 2, the traces were shaped on 1000 to 1003
NEVER = 1 << 60
_TRIED = ("LRU", "LRU, bulk left out", "ARC", "W-TinyLFU", "GDSF", "ours", "optimum")
_LRU, _OURS, _OPTIMUM = 0, 5, 6

Trace = list[Access]


def policies(seeds: int) -> bool:
    missed = False
    print(f"| clips | trace | {' | '.join(_TRIED)} | ours : LRU | optimum : LRU |")
    print("|---" * (len(_TRIED) + 4) + "|")
    for clips, goal in GOALS.items():
        newsrooms = [
            _row(clips, kind, [trace(kind, FIRST_SEED + seed) for seed in range(seeds)])
            for kind in KINDS
        ]
        ratios, bounds = (
            statistics.geometric_mean([each[at] / each[_LRU] for row in newsrooms for each in row])
            for at in (_OURS, _OPTIMUM)
        )
        blank = "| " * len(_TRIED)
        print(f"| {clips} | newsrooms {blank}| {ratios:.2f}, goal {goal} | {bounds:.2f} |")
        missed |= ratios < goal
        for name, days in families(FIRST_SEED, seeds):
            _row(clips, name, days)
    return missed


def _row(clips: int, name: str, days: list[Trace]) -> list[list[float]]:
    """Print a line; the hit ratio of each that was tried, for each trace."""
    found = [_all(each, clips) for each in days]
    means = [statistics.mean(column) for column in zip(*found, strict=True)]
    spans = []
    for at in (_OURS, _OPTIMUM):
        each = [one[at] / one[_LRU] for one in found]
        spans.append(f"{min(each):.2f} to {max(each):.2f}")
    shown = " | ".join(f"{100 * mean:.1f} %" for mean in means)
    print(f"| {clips} | {name} | {shown} | {' | '.join(spans)} |")
    return found


def _all(days: Trace, clips: int) -> list[float]:
    """In the order of _TRIED."""
    rivals = [_rival(days, rival) for rival in (Arc(clips), TinyLfu(clips), Aged(clips))]
    return [lru(days, clips), lru(days, clips, bulk=False), *rivals, ours(days, clips),
            optimum(days, clips)]  # fmt: skip


def _rival(days: Trace, rival: Rival) -> float:
    used = [rival.use(access.key) for access in days if not access.bulk]
    return sum(used) / len(used)


def ours(days: list[Access], clips: int) -> float:
    policy, hits, asked = Policy(clips, NEVER), 0, 0
    for access in days:
        key = str(access.key)
        if access.bulk:
            continue
        asked += 1
        if policy.use(key):
            hits += 1
        else:
            policy.admit(key, access.size, lambda _key: True)
    return hits / asked


def lru(days: list[Access], clips: int, *, bulk: bool = True) -> float:
    held: OrderedDict[int, None] = OrderedDict()
    hits = asked = 0
    for access in days:
        if access.bulk and not bulk:
            continue
        asked += not access.bulk
        if access.key in held:
            held.move_to_end(access.key)
            hits += not access.bulk
        else:
            held[access.key] = None
            if len(held) > clips:
                held.popitem(last=False)
    return hits / asked


def optimum(days: list[Access], clips: int) -> float:
    keys = [access.key for access in days if not access.bulk]
    later, last = [NEVER] * len(keys), dict[int, int]()
    for at in range(len(keys) - 1, -1, -1):
        later[at] = last.get(keys[at], NEVER)
        last[keys[at]] = at
    held: dict[int, int] = {}
    order: list[tuple[int, int]] = []
    hits = 0
    for key, again in zip(keys, later, strict=True):
        hits += key in held
        held[key] = again
        heapq.heappush(order, (-again, key))
        while len(held) > clips:
            when, gone = heapq.heappop(order)
            if held.get(gone) == -when:
                del held[gone]
    return hits / len(keys)
