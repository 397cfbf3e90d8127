"""What `stringout status` tells: the stories, the service, and this host's folders and disks."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session

from catalog import condition, overview
from catalog.condition import Condition
from catalog.overview import StoryState
from config.settings import Settings
from ingest.underway import with_progress
from tasks.pipeline import STAGES
from tasks.premises import is_running


@dataclass(frozen=True)
class Disk:
    """A disk that we write to. Bytes; `floor`: below it nothing new starts."""

    path: str
    free: int
    total: int
    floor: int


@dataclass(frozen=True)
class Report:
    """Everything, at one moment."""

    running: bool  # a service works with the state folder, on this host
    stories: tuple[StoryState, ...]
    service: Condition
    disks: tuple[Disk, ...]
    away: tuple[str, ...]  # watch folders that somebody has named and that are not there


def gather(session: Session, settings: Settings, story: str | None) -> Report:
    """Look at the catalog, the folders and the disks; nothing is changed."""
    queues = {name: stage.queue.value for name, stage in STAGES.items()}
    folders = settings.folders
    floors = dict.fromkeys(settings.outputs, folders.free_floor_gb)
    floors[folders.state] = folders.state_floor_gb
    disks = [_disk(path, int(floor * 1e9)) for path, floor in floors.items()]
    return Report(
        running=is_running(folders.state),
        stories=tuple(with_progress(overview.stories(session, STAGES, story), settings)),
        service=condition.look(session, queues),
        disks=tuple(disk for disk in disks if disk),
        away=tuple(
            str(each.path)
            for each in settings.watch
            if settings.names_a_watch_folder and not each.path.is_dir()
        ),
    )


def _disk(path: Path, floor: int) -> Disk | None:
    try:
        usage = shutil.disk_usage(path)
    except OSError:
        return None
    return Disk(str(path), usage.free, usage.total, floor)
