"""Sections of the front door: which folders are watched, when a file is complete."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator

from config import schedule
from config.section import Seconds, Section


class Priority(StrEnum):
    """Whose runs go first in a lane. Work that is running is never interrupted for it."""

    BULK = "bulk"
    NORMAL = "normal"
    BREAKING = "breaking"


class Profile(StrEnum):
    """Which stages run for the files of a folder (tasks/profiles.py)."""

    FULL = "full"
    LIBRARY = "library"
    TRANSCRIPT_ONLY = "transcript-only"
    PROXY_ONLY = "proxy-only"


class Noticing(StrEnum):
    """How new files in a folder are noticed."""

    AUTO = "auto"  # polled where its file system makes the kernel blind
    INOTIFY = "inotify"
    POLL = "poll"


class WatchFolder(Section):
    """One watched folder. `name` stands for its path in the catalog, on every host."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,32}$")] = "drop"
    path: Path
    priority: Priority = Priority.NORMAL
    noticing: Noticing = Noticing.AUTO
    poll_seconds: Annotated[float, Field(ge=0.2, le=600)] = 5.0
    language: Annotated[str, Field(pattern=r"^(|auto|[a-z]{2})$")] = ""
    profile: Profile = Profile.FULL
    output: Path | None = None
    windows: tuple[str, ...] = ()
    timezone: str = ""
    kinds: tuple[Literal["footage", "script", "note"], ...] = ("footage", "script", "note")
    stills: bool = True
    growing: bool = False
    growing_seconds: Annotated[float, Field(gt=0)] = 30
    marker: Annotated[str, Field(pattern=r"^(|\.[A-Za-z0-9_-]{1,16})$")] = ""
    max_size_gb: Annotated[float, Field(ge=0)] = 0
    retention_days: Annotated[float, Field(ge=0)] = 0
    read_mb_per_second: Annotated[float, Field(ge=0)] = 0

    @field_validator("windows")
    @classmethod
    def _are_windows(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for each in value:
            schedule.parse(each)
        return value

    @field_validator("timezone")
    @classmethod
    def _is_a_time_zone(cls, value: str) -> str:
        schedule.zone(value)
        return value

    def opens(self, now: float) -> float:
        """The moment from which heavy work on its files may begin: `now` when it may now."""
        if not self.windows or self.priority == Priority.BREAKING:
            return now
        return schedule.opens(map(schedule.parse, self.windows), schedule.zone(self.timezone), now)


class Folders(Section):
    """Where the service keeps what it makes and what it knows."""

    output: Path
    state: Path
    free_floor_gb: Annotated[float, Field(ge=0)]
    state_floor_gb: Annotated[float, Field(ge=0)]
    kept_gb: Annotated[float, Field(ge=0)]


class Intake(Section):
    """When a dropped file counts as complete, and which names are never taken."""

    quiet_seconds: Seconds
    open_seconds: Seconds
    incomplete_seconds: Seconds
    rescan_seconds: Annotated[float, Field(ge=1)]
    ignore: tuple[str, ...]
