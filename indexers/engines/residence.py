"""The models that are loaded in this process: loaded once, kept while there is room.

All engines of a process share one memory, that of its GPU or else of the host. Who needs room in
it takes that of the model that was used least recently.
"""

import gc
import os
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from media.errors import TryLater

# Of the memory, for models: what they work on needs the rest. A host has other processes.
_SHARE_OF_GPU, _SHARE_OF_HOST = 0.7, 0.4
_AGAIN = 60.0
# As torch (GPU, CPU), cuBLAS and cuDNN say it.
_SIGNS = ("out of memory", "can't allocate memory", "ALLOC_FAILED")


@dataclass
class _Resident:
    model: Any
    size: int  # bytes
    uses: int = 0  # now


class Residence:
    """Models by name. `budget`: bytes for all together; 0 means a share of the memory."""

    def __init__(self, budget: int = 0) -> None:
        self.budget = budget
        self.loads = 0  # so often a model was loaded
        self._lock = threading.RLock()
        self._models: OrderedDict[Hashable, _Resident] = OrderedDict()  # least recent first

    @contextmanager
    def using(self, name: Hashable, load: Callable[[], Any], size: int) -> Iterator[Any]:
        """The model, loaded if it is not there; it stays at least until the end of the block.

        `size`: the bytes it is expected to take. Raises what `load` raises, and TryLater when it
        does not fit in the memory even alone.
        """
        with self._lock:
            resident = self._models.get(name) or self._load(name, load, size)
            self._models.move_to_end(name)
            resident.uses += 1
        try:
            yield resident.model
        finally:
            with self._lock:
                resident.uses -= 1

    def names(self) -> list[Hashable]:
        """What is loaded, the least recently used first."""
        with self._lock:
            return list(self._models)

    def make_room(self, needed: int | None = None) -> bool:
        """Unload what was used least recently until so many bytes fit; None: all that is idle.

        False: nothing could be unloaded.
        """
        with self._lock:
            gone = False
            while needed is None or self._taken() + needed > self._limit():
                idle = next((name for name, one in self._models.items() if not one.uses), None)
                if idle is None:
                    break
                del self._models[idle]
                gone = True
            if gone:
                give_back()
            return gone

    def _load(self, name: Hashable, load: Callable[[], Any], size: int) -> _Resident:
        self.make_room(size)
        try:
            model = load()
        except Exception as error:
            if not out_of_memory(error):
                raise
            model = None
        if model is None:  # outside of the handler, which would keep what has been allocated
            model = self._load_alone(load)
        self.loads += 1
        resident = self._models[name] = _Resident(model, max(size, _bytes(model)), uses=1)
        self.make_room(0)  # it may be larger than its file
        resident.uses -= 1
        return resident

    def _load_alone(self, load: Callable[[], Any]) -> Any:
        self.make_room()
        give_back()
        try:
            return load()
        except Exception as error:
            if not out_of_memory(error):
                raise
            raise TryLater(f"the memory is too small for the model ({error})", _AGAIN) from error

    def _taken(self) -> int:
        return sum(resident.size for resident in self._models.values())

    def _limit(self) -> int:
        if not self.budget:
            self.budget = _share()
        return self.budget


RESIDENCE = Residence()  # of this process


def out_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory could not be had, on a GPU or on the host."""
    text = str(error)
    return isinstance(error, MemoryError) or any(sign in text for sign in _SIGNS)


def give_back() -> None:
    """Return freed memory to the device; a freed tensor may hang in a cycle."""
    gc.collect()
    torch = sys.modules.get("torch")
    if torch and torch.cuda.is_available():
        torch.cuda.empty_cache()


def file_bytes(path: Path) -> int:
    """Of a file, or of all in a folder: about what a model takes that is stored in it."""
    files = [path] if path.is_file() else [each for each in path.rglob("*") if each.is_file()]
    return sum(each.stat().st_size for each in files)


def _bytes(model: Any) -> int:
    """Of the weights of a torch module; 0 of anything else."""
    if not hasattr(model, "parameters"):
        return 0
    tensors = (*model.parameters(), *model.buffers())
    return sum(each.nbytes for each in tensors if not each.is_sparse)  # Whisper has a small one


def _share() -> int:
    import torch

    if torch.cuda.is_available():
        return int(torch.cuda.mem_get_info()[1] * _SHARE_OF_GPU)
    return int(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * _SHARE_OF_HOST)
