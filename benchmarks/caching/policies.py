"""Hit ratios: what people ask for, over generated days and over the families of the literature."""

import heapq
import statistics
from collections import OrderedDict

from benchmarks.caching.traces import KINDS, Access, families, trace
from catalog.cache.policy import Policy

GOALS = {100: 1.6, 1000: 1.08}
FIRST_SEED = 1000  # the policy was built on 0 to 2
NEVER = 1 << 60


def policies(seeds: int) -> bool:
    missed = False
    print("| clips | newsroom | LRU | LRU, bulk left out | ours | optimum | ours : LRU |")
    print("|---|---|---|---|---|---|---|")
    for clips, goal in GOALS.items():
        ratios = []
        for kind in KINDS:
            found = [_all(trace(kind, FIRST_SEED + seed), clips) for seed in range(seeds)]
            means = [statistics.mean(column) for column in zip(*found, strict=True)]
            each = [ours / lru for lru, _, ours, _ in found]
            ratios += each
            shown = " | ".join(f"{100 * mean:.1f} %" for mean in means)
            print(f"| {clips} | {kind} | {shown} | {min(each):.2f} to {max(each):.2f} |")
        mean = statistics.geometric_mean(ratios)
        print(f"| {clips} | all | | | | | {mean:.2f}, goal {goal} |")
        missed |= mean < goal
        for name, days in families(FIRST_SEED, seeds):
            found = [_all(each, clips) for each in days]
            means = [statistics.mean(column) for column in zip(*found, strict=True)]
            each_ = [ours / lru for lru, _, ours, _ in found]
            shown = " | ".join(f"{100 * mean:.1f} %" for mean in means)
            print(f"| {clips} | {name} | {shown} | {min(each_):.2f} to {max(each_):.2f} |")
    return missed


def _all(days: list[Access], clips: int) -> tuple[float, float, float, float]:
    return lru(days, clips), lru(days, clips, bulk=False), ours(days, clips), optimum(days, clips)


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
