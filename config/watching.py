"""Sections of the front door: which folders are watched, when a file is complete."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import Field

from config.section import Seconds, Section


class Priority(StrEnum):
    """Whose runs go first in a lane. Work that is running is never interrupted for it."""

    BULK = "bulk"
    NORMAL = "normal"
    BREAKING = "breaking"


class WatchFolder(Section):
    """One watched folder. `name` stands for its path in the catalog, on every host."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,32}$")] = "drop"
    path: Path
    priority: Priority = Priority.NORMAL


class Folders(Section):
    """Where the service keeps what it makes and what it knows."""

    output: Path
    state: Path
    free_floor_gb: Annotated[float, Field(ge=0)]


class Intake(Section):
    """When a dropped file counts as complete, and which names are never taken."""

    quiet_seconds: Seconds
    open_seconds: Seconds
    incomplete_seconds: Seconds
    rescan_seconds: Annotated[float, Field(ge=1)]
    ignore: tuple[str, ...]
