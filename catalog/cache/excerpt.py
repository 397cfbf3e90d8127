"""What is asked of the cache, and what it answers with."""

from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from pathlib import Path

from media.timecode import nominal

_HANDLE = Fraction(1)  # second on either side: a cut that is trimmed later finds its frames


@dataclass(frozen=True)
class Whole:
    """A published file that clips are cut from: its frame n is frame n of the original.

    `checksum`: of this file, as its Rendition says (xxh3-128): when it is made again with other
    settings, nothing of the old one is found any more.
    """

    path: Path
    checksum: str
    rate: Fraction
    frames: int
    picture: bool
    sound: bool
    stands_alone: bool = False  # every frame of it is a key frame


@dataclass(frozen=True)
class Excerpt:
    """Frames [in_frame, out_frame) of a published file."""

    whole: Whole
    in_frame: int
    out_frame: int

    @property
    def frames(self) -> int:
        """How many there are."""
        return self.out_frame - self.in_frame

    @property
    def wide(self) -> "Excerpt":
        """With a second on either side, on whole seconds, as far as there is footage."""
        second = nominal(self.whole.rate)
        handle = round(_HANDLE * second)
        begin = max(0, self.in_frame - handle) // second * second
        end = -(-(self.out_frame + handle) // second) * second
        return replace(self, in_frame=begin, out_frame=min(self.whole.frames, end))


class Tier(StrEnum):
    """Where something came from."""

    MEMORY = "memory"  # L1: frames in the memory of the GPU, or of the machine
    DISK = "disk"  # L2: clips on the local SSD
    PUBLISHED = "published"  # L3: proxies on the share


@dataclass(frozen=True)
class Media:
    """A file that has the frames asked for, and in which its own first frame is frame `first`
    of the original. From the disk tier: every frame is a key frame, the sound is PCM (48 kHz,
    stereo, sample 0 with the first frame), and both begin at 0.
    """

    path: Path
    first: int
    frames: int
    tier: Tier

    def zero(self, rate: Fraction) -> Fraction:
        """The time in the file, in seconds, at which frame 0 of the original would be."""
        return -self.first / rate
