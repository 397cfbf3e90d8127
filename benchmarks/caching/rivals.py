"""Policies that ours is compared with, for clips of one size. Each has `use(key)`: whether it is
held; it is afterwards, or was not worth it."""

from collections import OrderedDict
from heapq import heappop, heappush
from typing import Protocol

Keys = OrderedDict[int, None]


class Rival(Protocol):
    """A cache of so many clips."""

    def use(self, key: int) -> bool:
        """Somebody asks for a clip."""


class Arc:
    """Megiddo, Modha: ARC, a self-tuning, low overhead replacement cache, FAST 2003."""

    def __init__(self, clips: int) -> None:
        self._clips, self._target = clips, 0
        self._once, self._often, self._once_gone, self._often_gone = (Keys() for _ in range(4))

    def use(self, key: int) -> bool:
        once, often = self._once, self._often
        if key in once or key in often:
            once.pop(key, None)
            often.pop(key, None)
            often[key] = None
            return True
        seldom, popular = len(self._once_gone), len(self._often_gone)
        if key in self._once_gone:
            self._known(key, self._once_gone, max(1, popular // seldom))
        elif key in self._often_gone:
            self._known(key, self._often_gone, -max(1, seldom // popular))
        else:
            self._new(key)
        return False

    def _known(self, key: int, gone: Keys, change: int) -> None:
        self._target = min(self._clips, max(0, self._target + change))
        self._make_room(key in self._often_gone)
        del gone[key]
        self._often[key] = None

    def _new(self, key: int) -> None:
        one = len(self._once) + len(self._once_gone)
        total = one + len(self._often) + len(self._often_gone)
        if one == self._clips and len(self._once) == self._clips:
            self._once.popitem(last=False)
        elif total >= self._clips:
            if one == self._clips:
                self._once_gone.popitem(last=False)
            elif total == 2 * self._clips:
                self._often_gone.popitem(last=False)
            self._make_room(False)
        self._once[key] = None

    def _make_room(self, often: bool) -> None:
        least = self._target if often else self._target + 1
        if self._once and len(self._once) >= max(1, least):
            self._once_gone[self._once.popitem(last=False)[0]] = None
        else:
            self._often_gone[self._often.popitem(last=False)[0]] = None


class TinyLfu:
    """Einziger, Friedman, Manes: TinyLFU, a highly efficient cache admission policy, ACM Trans.
    Storage 2017: W-TinyLFU with a window of 1 % and exact counts instead of a sketch."""

    def __init__(self, clips: int) -> None:
        self._window_size, self._clips = max(1, clips // 100), clips
        self._window, self._probation, self._protected = (Keys() for _ in range(3))
        self._counts: dict[int, int] = {}
        self._asked = 0

    def use(self, key: int) -> bool:
        self._count(key)
        for queue in (self._window, self._protected):
            if key in queue:
                queue.move_to_end(key)
                return True
        if key in self._probation:
            self._promote(key)
            return True
        self._window[key] = None
        if len(self._window) > self._window_size:
            self._admit(self._window.popitem(last=False)[0])
        return False

    def _count(self, key: int) -> None:
        self._counts[key] = min(15, self._counts.get(key, 0) + 1)
        self._asked += 1
        if self._asked >= 10 * self._clips:
            self._asked //= 2
            self._counts = {key: n // 2 for key, n in self._counts.items() if n > 1}

    def _promote(self, key: int) -> None:
        del self._probation[key]
        self._protected[key] = None
        if len(self._protected) > 0.8 * (self._clips - self._window_size):
            self._probation[self._protected.popitem(last=False)[0]] = None

    def _admit(self, key: int) -> None:
        if len(self._probation) + len(self._protected) >= self._clips - self._window_size:
            victim = next(iter(self._probation or self._protected))
            if self._counts.get(key, 0) <= self._counts.get(victim, 0):
                return
            (self._probation if self._probation else self._protected).pop(victim)
        self._probation[key] = None


class Aged:
    """Least frequently used with ageing, which GDSF is for clips of one size (Cherkasova: Improving
    WWW proxies performance with Greedy-Dual-Size-Frequency caching policy, HP Labs 1998)."""

    def __init__(self, clips: int) -> None:
        self._clips, self._age, self._asked = clips, 0, 0
        self._worth: dict[int, tuple[int, int]] = {}  # age when used + uses; order
        self._uses: dict[int, int] = {}
        self._order: list[tuple[int, int, int]] = []

    def use(self, key: int) -> bool:
        held = key in self._worth
        if not held and len(self._worth) >= self._clips:
            self._let_go()
        self._asked += 1
        self._uses[key] = self._uses.get(key, 0) + 1 if held else 1
        self._worth[key] = self._age + self._uses[key], self._asked
        heappush(self._order, (*self._worth[key], key))
        return held

    def _let_go(self) -> None:
        while True:
            worth, asked, key = heappop(self._order)
            if self._worth.get(key) == (worth, asked):
                self._age = worth
                del self._worth[key]
                return
