"""Which clips a tier keeps: S3-FIFO, with sizes and pins.

Three queues, first in, first out. What is new enters `small`, a tenth of the tier; what was used
again while it was there moves on to `main`, the rest goes and leaves its name in `ghost`. What
comes back while its name is still known enters `main` at once. In `main`, what was used since the
last look goes round once more. So a search that touches a thousand clips once pushes out a tenth
of the tier and nothing that is being worked with; LRU would lose everything.

Source: Yang, Zhang, Qiu, Yue, Rashmi: FIFO queues are all you need for cache eviction, SOSP 2023.
Ours are the sizes (a large clip's uses wear off sooner), the pins and the two limits.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

_SMALL = 0.1  # of the tier is for what is new
_MOST_USES = 2  # are remembered: what was hot yesterday must be able to go


class Place(StrEnum):
    """The queue that a key is in. `GHOST`: the clip is gone, its name is remembered."""

    SMALL = "small"
    MAIN = "main"
    GHOST = "ghost"


@dataclass(frozen=True)
class Entry:
    """A clip of `size` bytes that was used `uses` times since it was last looked at (0 to 2)."""

    size: int
    uses: int = 0


LetGo = Callable[[str], bool]  # removes what stands behind a key; False: it is in use


class Policy:
    """Holds names and sizes only. Not safe for threads: its tier has a lock."""

    def __init__(
        self, clips: int, size: int, known: Iterable[tuple[str, Place, Entry]] = ()
    ) -> None:
        """`clips` and `size` (bytes): what fits at most. `known`: what `rows` gave before."""
        self._clips, self._size = clips, size
        self._queues: dict[Place, OrderedDict[str, Entry]] = {
            place: OrderedDict() for place in Place
        }
        self.sizes = dict.fromkeys(Place, 0)  # bytes in each queue
        for key, place, entry in known:
            self._put(place, key, entry)

    def __contains__(self, key: str) -> bool:
        return key in self._queues[Place.SMALL] or key in self._queues[Place.MAIN]

    def __len__(self) -> int:
        return len(self._queues[Place.SMALL]) + len(self._queues[Place.MAIN])

    @property
    def size(self) -> int:
        """Bytes of all clips that are held."""
        return self.sizes[Place.SMALL] + self.sizes[Place.MAIN]

    def rows(self) -> list[tuple[str, Place, Entry]]:
        """All that is known, each queue in its order."""
        return [
            (key, place, entry)
            for place, queue in self._queues.items()
            for key, entry in queue.items()
        ]

    def use(self, key: str) -> bool:
        """Note that a clip was asked for; whether it is held."""
        for place in (Place.SMALL, Place.MAIN):
            queue = self._queues[place]
            if key in queue:
                queue[key] = replace(queue[key], uses=min(_MOST_USES, queue[key].uses + 1))
                return True
        return False

    def admit(self, key: str, size: int, let_go: LetGo) -> bool:
        """Make room for a clip that is not held, and hold it; False: it has no room.

        `let_go` is called for each clip that has to go, and refuses for one that is pinned.
        """
        if not self.make_room(size, 1, let_go):
            return False
        known = key in self._queues[Place.GHOST]
        if known:
            self._take(Place.GHOST, key)
        self._put(Place.MAIN if known else Place.SMALL, key, Entry(size))
        return True

    def make_room(self, size: int, clips: int, let_go: LetGo) -> bool:
        """Let clips go until so many bytes and clips more would fit; False: they never will."""
        if size > self._size or clips > self._clips:
            return False
        looks = (_MOST_USES + 2) * (len(self) + 1)  # each clip may come round so often
        while self.size + size > self._size or len(self) + clips > self._clips:
            if not looks or not len(self):
                return False
            looks -= 1
            self._look(let_go)
        return True

    def shrink(self, size: int, let_go: LetGo) -> None:
        """From now on no more than `size` bytes fit."""
        self._size = min(self._size, size)
        self.make_room(0, 0, let_go)

    def forget(self, key: str) -> None:
        """A clip is gone for another reason than that it had to make room."""
        for place in Place:
            if key in self._queues[place]:
                self._take(place, key)

    def _look(self, let_go: LetGo) -> None:
        """Look at the oldest clip of one queue: it goes, moves on, or goes round."""
        small, main = self._queues[Place.SMALL], self._queues[Place.MAIN]
        large = self.sizes[Place.SMALL] > _SMALL * self._size or len(small) > _SMALL * self._clips
        place = Place.SMALL if small and (large or not main) else Place.MAIN
        key = next(iter(self._queues[place]))
        entry = self._take(place, key)
        if entry.uses and place == Place.SMALL:
            self._put(Place.MAIN, key, replace(entry, uses=0))
        elif entry.uses:
            self._put(place, key, replace(entry, uses=max(0, entry.uses - self._worn(entry))))
        elif not let_go(key):
            self._put(place, key, entry)
        elif place == Place.SMALL:
            self._remember(key)

    def _worn(self, entry: Entry) -> int:
        """How many uses a look costs: 1 for a clip of usual size, more for a larger one."""
        usual = self.size / max(1, len(self))
        return max(1, round(entry.size / usual)) if usual else 1

    def _remember(self, key: str) -> None:
        ghost = self._queues[Place.GHOST]
        self._put(Place.GHOST, key, Entry(0))
        while len(ghost) > max(1, len(self)):
            self._take(Place.GHOST, next(iter(ghost)))

    def _put(self, place: Place, key: str, entry: Entry) -> None:
        self._queues[place][key] = entry
        self.sizes[place] += entry.size

    def _take(self, place: Place, key: str) -> Entry:
        entry = self._queues[place].pop(key)
        self.sizes[place] -= entry.size
        return entry
