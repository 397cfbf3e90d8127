"""Sections of the engine room: database, broker, lanes, vectors, the log."""

import os
from typing import Annotated, Literal

from pydantic import Field

from config.section import Seconds, Section

_CORES_A_SCAN = 4  # more threads than these hardly make one scan faster
# Stages wait for files, processes and each other: one at a time left a third of two cores idle on
# a quiet machine; with two at a time 2.8 stages ran at once instead of 2.0 (benchmarks.stories).
_OVERLAP = 2
_MEMORY_A_SCAN = 2 << 30  # bytes; HEVC in UHD takes 0.4 GB, in 8K 4, the child 0.3


def _cores() -> int:
    """Those that this process may run on."""
    return len(os.sched_getaffinity(0))


def _memory() -> int:
    """Of this machine, in bytes."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


class Vectors(Section):
    """The vector index. Empty `url` means the embedded one in the state folder."""

    url: str
    collection: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")]


class Database(Section):
    """The catalog. Empty `url` means SQLite in the state folder."""

    url: Annotated[str, Field(pattern=r"^($|postgresql(\+psycopg)?://)")]


class Broker(Section):
    """Who carries the doorbells. Empty `url` means this process: embedded mode."""

    url: Annotated[str, Field(pattern=r"^($|rediss?://|redis\+socket://|amqps?://)")]
    lost_seconds: Annotated[float, Field(ge=1)]


class Lanes(Section):
    """How much runs at once, how lost work is noticed, how patient a stop is."""

    io: Annotated[int, Field(ge=1, le=64)]
    cpu: Annotated[int, Field(ge=0, le=64)]
    gpu: Annotated[int, Field(ge=0, le=16)]
    together: Annotated[int, Field(ge=1, le=256)]
    models_gb: Annotated[float, Field(ge=0)]
    lease_seconds: Annotated[float, Field(ge=3)]
    sweep_seconds: Annotated[float, Field(ge=0.2)]
    attempts: Annotated[int, Field(ge=1, le=20)]
    interruptions: Annotated[int, Field(ge=1)]
    retry_ceiling_seconds: Annotated[float, Field(ge=1)]
    stop_seconds: Seconds
    idle_seconds: Seconds
    limits: dict[str, Annotated[float, Field(gt=0)]]

    @property
    def scans(self) -> int:
        """How many runs of the cpu lane at once. If nobody says: one for each four cores, two at
        least where there are so many cores, none without 2 GB of memory for it."""
        wanted = max(min(_OVERLAP, _cores()), _cores() // _CORES_A_SCAN)
        return self.cpu or max(1, min(wanted, _memory() // _MEMORY_A_SCAN))

    @property
    def threads(self) -> int:
        """How many each of them should have; 0 = all that it wants, for it runs alone. Two at
        least, so that one alone is as fast as a small machine can be."""
        return max(min(_OVERLAP, _cores()), _cores() // self.scans) if self.scans > 1 else 0


class Log(Section):
    """What the service says while it works."""

    level: Literal["debug", "info", "warning", "error"]
    format: Literal["text", "json"]


class Metrics(Section):
    """Figures for Prometheus. Port 0 means none."""

    port: Annotated[int, Field(ge=0, le=65535)]
    address: str


class Tracing(Section):
    """OpenTelemetry. Empty `endpoint` means none."""

    endpoint: Annotated[str, Field(pattern=r"^($|https?://)")]
