"""The memory tier: pictures of clips, decoded, where they are looked at.

Of one process: whoever looks at pictures again and again finds them without a disk, a decoder or
a copy in between: in the memory of the GPU (`DEVICE`, for a model that looks at them there), or of
the machine (`HOST`, for filmstrips of cuts, without torch: it would take 200 MB of the service).
"""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from catalog.cache.excerpt import Excerpt, Media
from catalog.cache.policy import Policy
from media.ffmpeg import beginning, open_input, read

if TYPE_CHECKING:
    from torch import Tensor

_LIMIT = 60.0  # seconds for one clip
_LEAST = 1 << 20  # bytes below which a tier that has shrunk is given up

Bytes = NDArray[np.uint8]
Kept = TypeVar("Kept")
Source = Callable[[Excerpt], AbstractContextManager[Media]]


@dataclass(frozen=True)
class Frames(Generic[Kept]):
    """`pictures`: uint8, N × rows × columns × 3 (RGB); `numbers`: the source frame of each."""

    pictures: Kept
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Place(Generic[Kept]):
    """`keep` puts pictures where they are kept, and may run out of memory; `spare` leaves them in
    this machine's memory, which they are in already."""

    keep: Callable[[Bytes], Kept]
    spare: Callable[[Bytes], Kept]


@dataclass(frozen=True)
class Room:
    """What the tier may hold, and how many pictures of how many rows it takes of a clip."""

    clips: int
    size: int  # bytes
    pictures: int
    rows: int


NO_ROOM = Room(0, 0, 16, 224)


class Memory(Generic[Kept]):
    """`media`: where a clip comes from that is not held. `place`: where pictures are kept."""

    def __init__(self, room: Room, media: Source, place: Place[Kept]) -> None:
        self.room, self.hits, self.misses = room, 0, 0
        self._media, self._place = media, place
        self._policy = Policy(room.clips, room.size)
        self._held: dict[str, Frames[Kept]] = {}
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """Bytes that are held."""
        return self._policy.size

    def __len__(self) -> int:
        return len(self._held)

    def frames(self, excerpt: Excerpt, *, fill: bool = True) -> Frames[Kept]:
        """Pictures of the excerpt, evenly spread. Raises what reading the clip raises.

        `fill`: keep them. They stay valid for who has them, also when the tier lets them go.
        """
        key = f"{excerpt.whole.checksum} {excerpt.in_frame} {excerpt.out_frame}"
        with self._lock:
            if self._policy.use(key):
                self.hits += 1
                return self._held[key]
            self.misses += 1
        with self._media(excerpt) as media:
            found = _decoded(excerpt, media, self.room)
        numbers = _spread(excerpt, self.room.pictures)[: len(found)]
        return self._keep(key, found, numbers) if fill else Frames(self._put(found), numbers)

    def _keep(self, key: str, found: Bytes, numbers: tuple[int, ...]) -> Frames[Kept]:
        with self._lock:
            room = key in self._policy or self._policy.admit(key, found.nbytes, self._let_go)
            frames = Frames(self._put(found), numbers)
            if room and key in self._policy:  # it may have shrunk
                self._held[key] = frames
        return frames

    def _put(self, found: Bytes) -> Kept:
        """Where pictures are kept; out of memory there, the tier shrinks, and these stay here."""
        while True:
            try:
                return self._place.keep(found)
            except MemoryError:
                if self._policy.size < _LEAST:
                    return self._place.spare(found)
                self._policy.shrink(self._policy.size // 2, self._let_go)

    def _let_go(self, key: str) -> bool:
        self._held.pop(key, None)
        return True


def on_device(found: Bytes) -> "Tensor":
    """On the GPU where there is one, by way of pinned memory. Raises MemoryError."""
    import torch

    here = torch.from_numpy(found)
    if not torch.cuda.is_available():
        return here
    try:
        return here.pin_memory().to("cuda", non_blocking=True)
    except torch.OutOfMemoryError as error:
        torch.cuda.empty_cache()
        raise MemoryError(str(error)) from error


def here(found: Bytes) -> "Tensor":
    """In this machine's memory, as torch sees it."""
    import torch

    return torch.from_numpy(found)


def as_it_is(found: Bytes) -> Bytes:
    """In this machine's memory."""
    return found


DEVICE: "Place[Tensor]" = Place(on_device, here)
HOST: Place[Bytes] = Place(as_it_is, as_it_is)


def _spread(excerpt: Excerpt, count: int) -> tuple[int, ...]:
    """`count` frames in the middle of equal parts; all of them where there are fewer."""
    count = min(count, excerpt.frames)
    return tuple(
        excerpt.in_frame + (2 * number + 1) * excerpt.frames // (2 * count)
        for number in range(count)
    )


def _decoded(excerpt: Excerpt, media: Media, room: Room) -> Bytes:
    numbers, rate = _spread(excerpt, room.pictures), excerpt.whole.rate
    chosen = "+".join(f"eq(n,{number - numbers[0]})" for number in numbers)
    shown = (
        open_input(media.path, **beginning(numbers[0] - media.first, rate))["v:0"]
        .filter("trim", end_frame=numbers[-1] - numbers[0] + 1)
        .filter("select", chosen)
        .filter("scale", -2, room.rows)
    )
    raw = read(
        shown.output("pipe:1", format="rawvideo", pix_fmt="rgb24", fps_mode="passthrough"),
        _LIMIT,
        media.path,
    )
    return np.frombuffer(bytearray(raw), np.uint8).reshape(len(numbers), room.rows, -1, 3)
