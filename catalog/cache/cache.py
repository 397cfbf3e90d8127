"""The one way to a clip: from the nearest tier that has it; what misses is filled from below.

No tier is ever needed: whatever is wrong with one (a full disk, a folder that can't be written,
a damaged index) is said once in the log, and the clip comes from below.
"""

import logging
import re
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from catalog.cache.disk import Disk, Limits
from catalog.cache.excerpt import Excerpt, Media, Tier
from catalog.cache.memory import HOST, NO_ROOM, Bytes, Frames, Memory, Room
from catalog.cache.segment import Format
from config.footage import Profile
from config.settings import Settings
from media.errors import Misconfigured, StringoutError

_log = logging.getLogger("stringout.cache")
_NUMBER = re.compile(r"\d[\d.]*")  # how much is free changes all the time
_TROUBLE = (OSError, sqlite3.Error, StringoutError)
_SPARE_GB = 1.5  # above the floor at which the service pauses: a cache must never be why
_NOMINAL = 25  # frames a second; every frame is a key frame at any rate


@dataclass
class Cache:
    """The tiers of this process. `disk`: None when there is none."""

    disk: Disk | None
    room: Room = NO_ROOM
    _said: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, settings: Settings) -> "Cache":
        """As `[cache]` says. Raises Misconfigured."""
        cache = settings.cache
        size = int(cache.memory_gigabytes * 1e9)
        return cls(disk_of(settings), Room(cache.memory_clips, size, cache.pictures, cache.height))

    @cached_property
    def memory(self) -> Memory[Bytes]:
        """The memory tier of this process."""
        return Memory(self.room, self.media, HOST)

    def frames(self, excerpt: Excerpt, *, bulk: bool = False) -> Frames[Bytes]:
        """Pictures of a clip, evenly spread over it.

        `bulk`: as with `media`; nothing is kept. Raises what reading the proxy raises.
        """
        return self.memory.frames(excerpt, fill=not bulk)

    @contextmanager
    def media(self, excerpt: Excerpt, *, bulk: bool = False) -> Iterator[Media]:
        """The clip's media, which nobody takes away while the block lasts.

        `bulk`: for work that looks at everything once, such as the night's: it uses what is
        there and leaves the cache as it is.
        """
        with ExitStack() as stack:
            found = None
            if self.disk:
                try:
                    found = stack.enter_context(self.disk.media(excerpt, fill=not bulk))
                except _TROUBLE as error:
                    self._say(error)
            whole = excerpt.whole
            yield found or Media(whole.path, 0, whole.frames, Tier.PUBLISHED)

    def prefetch(self, excerpt: Excerpt) -> bool:
        """Bring a clip to the disk tier before it is needed; whether it is there now."""
        try:
            return self.disk is not None and self.disk.prefetch(excerpt)
        except _TROUBLE as error:
            self._say(error)
            return False

    def _say(self, error: Exception) -> None:
        """Each trouble once, whatever its numbers are: a cut has hundreds of clips."""
        if self.disk:
            self.disk.doubt()
        told = str(error) or type(error).__name__
        kind = _NUMBER.sub("", told)
        if kind not in self._said:
            self._said.add(kind)
            _log.warning("the clip cache is left out: %s", told)


def disk_of(settings: Settings) -> Disk | None:
    """The disk tier; None when it is switched off. Raises Misconfigured."""
    cache = settings.cache
    if not cache.clips or not cache.gigabytes:
        return None
    profile = settings.profiles.get(cache.profile)
    if not isinstance(profile, Profile) or not profile.stands_alone:
        raise Misconfigured(
            f"[cache] profile names {cache.profile!r}: it must be one of [profiles] of codec h264 "
            "with key_seconds = 0"
        )
    floor = int((settings.folders.state_floor_gb + _SPARE_GB) * 1e9)
    return Disk(
        Path(cache.folder).expanduser().absolute() if cache.folder
        else settings.folders.state / "cache",
        Limits(cache.clips, int(cache.gigabytes * 1e9), floor),
        Format(profile.encoding(_NOMINAL, settings.proxy.threads), profile.height),
    )  # fmt: skip
