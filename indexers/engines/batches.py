"""How much is done at once: as much as the memory holds, found out by doing it."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from indexers.engines.residence import RESIDENCE, give_back, out_of_memory
from media.errors import TryLater

T = TypeVar("T")
R = TypeVar("R")

_CALM = 8  # full batches without trouble, then twice as many are tried
_AGAIN = 60.0


class BatchSize:
    """A number that halves when there is trouble and grows back, to at most `most`."""

    def __init__(self, most: int) -> None:
        self.most = self.now = most
        self._calm = 0

    def went_well(self, count: int) -> None:
        """A batch of `count` is done."""
        if count < self.now or self.now == self.most:
            return
        self._calm += 1
        if self._calm >= _CALM:
            self.now, self._calm = min(self.most, self.now * 2), 0

    def was_too_much(self, count: int) -> None:
        """A batch of `count` did not fit."""
        self.now, self._calm = max(1, min(self.now, count) // 2), 0


def in_batches(items: Sequence[T], size: BatchSize, act: Callable[[Sequence[T]], R]) -> list[R]:
    """What `act` makes of each batch, in order, in batches that the memory holds.

    At a batch of one the other models are unloaded. Raises TryLater if that does not help.
    """
    made: list[R] = []
    done = 0
    while done < len(items):
        batch = items[done : done + size.now]
        trouble = ""
        try:
            made.append(act(batch))
        except Exception as error:
            if not out_of_memory(error):
                raise
            trouble = str(error)
        # Outside of the handler, whose error would keep what has been allocated.
        if not trouble:
            done += len(batch)
            size.went_well(len(batch))
            continue
        give_back()
        if len(batch) == 1 and not RESIDENCE.make_room():
            raise TryLater(f"the memory is too small for one at a time ({trouble})", _AGAIN)
        size.was_too_much(len(batch))
    return made
