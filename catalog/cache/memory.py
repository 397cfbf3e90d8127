"""The memory tier: pictures of clips, decoded, in the memory of the GPU where there is one.

Of one process: whoever looks at pictures again and again (a vision model over the same clips)
finds them where it computes, without a disk, a decoder or a copy in between.
"""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from catalog.cache.excerpt import Excerpt, Media
from catalog.cache.policy import Policy
from media.ffmpeg import open_input, read

if TYPE_CHECKING:
    from torch import Tensor

_LIMIT = 60.0  # seconds for one clip
_LEAST = 1 << 20  # bytes below which a tier that has shrunk is given up

Bytes = NDArray[np.uint8]
Source = Callable[[Excerpt], AbstractContextManager[Media]]


@dataclass(frozen=True)
class Frames:
    """`pictures`: uint8, N × rows × columns × 3 (RGB); `numbers`: the source frame of each."""

    pictures: "Tensor"
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Room:
    """What the tier may hold, and how many pictures of how many rows it takes of a clip."""

    clips: int
    size: int  # bytes
    pictures: int
    rows: int


NO_ROOM = Room(0, 0, 16, 224)


class Memory:
    """`media`: where a clip comes from that is not held. `place`: puts pictures where they are
    kept; by default on the GPU, by way of pinned memory, else in this machine's memory."""

    def __init__(
        self, room: Room, media: Source, place: "Callable[[Bytes], Tensor] | None" = None
    ) -> None:
        self.room, self.hits, self.misses = room, 0, 0
        self._media, self._place = media, place or placed
        self._policy = Policy(room.clips, room.size)
        self._held: dict[str, Frames] = {}
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """Bytes that are held."""
        return self._policy.size

    def __len__(self) -> int:
        return len(self._held)

    def frames(self, excerpt: Excerpt, *, fill: bool = True) -> Frames:
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

    def _keep(self, key: str, found: Bytes, numbers: tuple[int, ...]) -> Frames:
        with self._lock:
            room = key in self._policy or self._policy.admit(key, found.nbytes, self._let_go)
            frames = Frames(self._put(found), numbers)
            if room and key in self._policy:  # it may have shrunk
                self._held[key] = frames
        return frames

    def _put(self, found: Bytes) -> "Tensor":
        """Where pictures are kept; out of memory there, the tier shrinks, and these stay here."""
        import torch

        while True:
            try:
                return self._place(found)
            except torch.OutOfMemoryError:
                if self._policy.size < _LEAST:
                    return torch.from_numpy(found)
                self._policy.shrink(self._policy.size // 2, self._let_go)
                if torch.cuda.is_available():
                    torch.cuda.empty_cache()

    def _let_go(self, key: str) -> bool:
        self._held.pop(key, None)
        return True


def placed(found: Bytes) -> "Tensor":
    """On the GPU where there is one. Raises torch.OutOfMemoryError."""
    import torch

    here = torch.from_numpy(found)
    if not torch.cuda.is_available():
        return here
    return here.pin_memory().to("cuda", non_blocking=True)


def _spread(excerpt: Excerpt, count: int) -> tuple[int, ...]:
    """`count` frames in the middle of equal parts; all of them where there are fewer."""
    count = min(count, excerpt.frames)
    return tuple(
        excerpt.in_frame + (2 * number + 1) * excerpt.frames // (2 * count)
        for number in range(count)
    )


def _decoded(excerpt: Excerpt, media: Media, room: Room) -> Bytes:
    numbers, rate = _spread(excerpt, room.pictures), excerpt.whole.rate
    seek = float((numbers[0] - media.first - Fraction(1, 2)) / rate)
    chosen = "+".join(f"eq(n,{number - numbers[0]})" for number in numbers)
    shown = (
        open_input(media.path, **({"ss": f"{seek:.6f}"} if seek > 0 else {}))["v:0"]
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
