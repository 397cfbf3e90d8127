"""Figures for Prometheus on a port: `[metrics] port`. Asked for, they are read; nothing is kept."""

import logging
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from catalog import figures, pauses
from catalog.cache.cache import disk_of
from catalog.cache.state import state
from catalog.database import Catalog
from catalog.models import Status
from config.settings import Settings
from media.errors import Misconfigured
from tasks.pipeline import STAGES

if TYPE_CHECKING:
    from prometheus_client import Metric

_log = logging.getLogger("stringout.metrics")
_GPU = ("utilization.gpu", "memory.used", "memory.total")
_MEBI = 1 << 20


def serve(settings: Settings, catalog: Catalog) -> None:
    """Answer on the configured port in a thread of its own; do nothing when there is none.

    Raises Misconfigured when the port is taken.
    """
    if not settings.metrics.port:
        return
    from prometheus_client import CollectorRegistry, ProcessCollector, start_http_server

    registry = CollectorRegistry()
    registry.register(Figures(settings, catalog))
    ProcessCollector(registry=registry)
    address, port = settings.metrics.address, settings.metrics.port
    try:
        start_http_server(port, address, registry)
    except OSError as error:
        raise Misconfigured(
            f"[metrics] port {port} of {address} can't be used ({error.strerror}): name another"
        ) from error
    _log.info("metrics on http://%s:%d/metrics", address, port)


class Figures:
    """A collector: all metrics of Stringout, read when they are asked for."""

    def __init__(self, settings: Settings, catalog: Catalog) -> None:
        self._settings, self._catalog = settings, catalog

    def collect(self) -> Iterator["Metric"]:
        """See prometheus_client's Collector. A catalog that does not answer is a figure too."""
        try:
            with self._catalog.reading() as session:
                found = list(_ledger(session))
        except DBAPIError as error:
            _log.warning("the catalog can't be read now (%s)", error.orig)
            found = []
        yield _gauge("catalog_up", "Whether the catalog answers.", {(): float(bool(found))})
        yield from found
        yield _gauge("info", "What is running.", {(version("stringout"),): 1}, "version")
        yield from _disks(self._settings)
        yield from _cache(self._settings)
        yield from _children()
        yield from _gpus()


def _ledger(session: Session) -> Iterator["Metric"]:
    counts = figures.items(session)
    yield _gauge("items", "Items.", {(kind,): count for kind, count in counts.items()}, "kind")
    runs = figures.runs(session)
    yield _gauge("runs", "Runs.", dict(runs), "stage", "status")
    depth: dict[tuple[str, ...], float] = {(stage.queue.value,): 0.0 for stage in STAGES.values()}
    waited = dict(depth)
    oldest = figures.oldest_queued(session)
    for name, stage in STAGES.items():
        queue = (stage.queue.value,)
        depth[queue] += runs.get((name, Status.QUEUED), 0)
        waited[queue] = max(waited[queue], oldest.get(name, 0.0))
    yield _gauge("queue_depth", "Runs that are queued.", depth, "queue")
    yield _gauge("queue_oldest_seconds", "How long the oldest of them waits.", waited, "queue")
    lost = {(): float(figures.interruptions(session))}
    yield _gauge("lease_expiries", "Workers lost under runs that are not done since.", lost)
    yield _durations(session)
    held = {(str(each.scope), each.name, each.by): 1.0 for each in pauses.active(session)}
    yield _gauge("paused", "Pauses in force.", held, "scope", "name", "by")


def _durations(session: Session) -> "Metric":
    from prometheus_client.core import HistogramMetricFamily

    family = HistogramMetricFamily(
        "stringout_run_seconds", "How long finished runs took.", labels=("stage",)
    )
    for stage, took in figures.durations(session).items():
        buckets = [(str(b), n) for b, n in zip(figures.BOUNDS, took.counts, strict=True)]
        family.add_metric([stage], [*buckets, ("+Inf", took.count)], took.seconds)
    return family


def _disks(settings: Settings) -> Iterator["Metric"]:
    free, total = {}, {}
    folders = [settings.folders.state, *settings.outputs, *(each.path for each in settings.watch)]
    for folder in folders:
        try:
            usage = shutil.disk_usage(folder)
        except OSError:
            continue  # a share that is away: its absence is the alarm
        free[(str(folder),)], total[(str(folder),)] = float(usage.free), float(usage.total)
    yield _gauge("disk_free_bytes", "Free space.", free, "folder")
    yield _gauge("disk_total_bytes", "Size of the disk.", total, "folder")


def _cache(settings: Settings) -> Iterator["Metric"]:
    """The disk tier of this host's clip cache."""
    try:
        disk = disk_of(settings)
        found = state(disk) if disk and disk.folder.is_dir() else None
    except (OSError, sqlite3.Error, Misconfigured) as error:
        _log.warning("the clip cache can't be read now (%s)", error)
        return
    if found is None:
        return
    yield _gauge("cache_clips", "Clips that are held.", {(): float(found.clips)})
    yield _gauge("cache_bytes", "Their size.", {(): float(found.bytes)})
    yield _gauge("cache_limit_bytes", "The most that may be held.", {(): float(found.most_bytes)})
    yield _gauge("cache_pinned", "Clips in use now.", {(): float(found.pinned)})
    asked = {("hit",): float(found.hits), ("miss",): float(found.misses)}
    yield _gauge("cache_asked", "Clips asked for since the index was made.", asked, "answer")
    yield _gauge("cache_damaged", "Clips that were damaged.", {(): float(found.damaged)})


def _children() -> Iterator["Metric"]:
    """The processes that this one has started and their memory, from the kernel."""
    pids = [
        pid
        for path in Path("/proc/self/task").glob("*/children")
        for pid in path.read_text().split()
    ]
    resident = sum(map(_resident, pids))
    yield _gauge("children", "Child processes.", {(): float(len(pids))})
    yield _gauge("children_resident_bytes", "Their resident memory.", {(): float(resident)})


def _resident(pid: str) -> int:
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0  # it has ended
    lines = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
    return int(lines.get("VmRSS", "0").split()[0]) * 1024


def _gpus() -> Iterator["Metric"]:
    program = shutil.which("nvidia-smi")
    if not program:
        return
    command = [program, f"--query-gpu=index,{','.join(_GPU)}", "--format=csv,noheader,nounits"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=5, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        _log.warning("nvidia-smi does not answer: %s", error)
        return
    yield from gpu_figures(answer.stdout)


def gpu_figures(answer: str) -> Iterator["Metric"]:
    """From nvidia-smi's lines `index, percent, MiB used, MiB there`; what is no number is left
    out, as with `[N/A]`."""
    busy: dict[tuple[str], float] = {}
    used: dict[tuple[str], float] = {}
    total: dict[tuple[str], float] = {}
    wanted = ((busy, 0.01), (used, _MEBI), (total, _MEBI))
    for line in answer.splitlines():
        index, *values = (field.strip() for field in line.split(","))
        for (target, unit), value in zip(wanted, values, strict=True):
            if value.replace(".", "", 1).isdigit():
                target[(index,)] = float(value) * unit
    yield _gauge("gpu_busy_ratio", "Part of the time that it computed.", busy, "gpu")
    yield _gauge("gpu_memory_used_bytes", "Memory in use.", used, "gpu")
    yield _gauge("gpu_memory_total_bytes", "Memory there is.", total, "gpu")


def _gauge(name: str, about: str, values: dict[Any, float], *labels: str) -> "Metric":
    from prometheus_client.core import GaugeMetricFamily

    family = GaugeMetricFamily(f"stringout_{name}", about, labels=labels)
    for key, value in values.items():
        family.add_metric(key, value)
    return family
