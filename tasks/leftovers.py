"""What killed attempts left behind: scratch folders, and files moved in place for nothing.

Whoever is killed between moving a run's files and the end of its transaction leaves files that
no row names. The run is tried again as a rule and moves the same files; if it is cancelled
instead, they would stay for ever. So every attempt says in its scratch folder what it is about
to move (tasks/publish.py), and this looks the list up once nobody works on the run any more.
"""

import shutil
from contextlib import suppress
from pathlib import Path

from sqlmodel import Session, col, select

from catalog import recovery, runs
from catalog.database import Catalog
from catalog.models import Item, Rendition, StageRun
from config.settings import Settings
from tasks.publish import attempt, attempts, listed


def tidy(settings: Settings, catalog: Catalog) -> None:
    """Remove what attempts left behind that nobody is at work on. What may still be needed, or
    is on a disk that is away, stays until the next look."""
    # The folders first: an attempt that begins meanwhile must not look like one that was killed.
    found = [(output, folder) for output in settings.outputs for folder in attempts(output)]
    if not found:
        return
    with catalog.reading() as session:
        running = {attempt(claim) for claim in recovery.running(session)}
    for output, folder in found:
        if folder.name in running:
            continue
        with suppress(OSError):
            if _withdrawn(catalog, output, folder):
                shutil.rmtree(folder, ignore_errors=True)


def _withdrawn(catalog: Catalog, output: Path, folder: Path) -> bool:
    """Remove the files of an attempt that no row names. False: the run is not over, and whoever
    tries it again moves them, or leaves them to the next look at this folder."""
    paths = listed(folder)
    if not paths:
        return True
    item_id, stage, _ = folder.name.split("-", 2)
    with catalog.writing() as session:
        if not _is_over(session, int(item_id), stage):
            return False
        known = session.exec(select(Rendition.path).where(col(Rendition.path).in_(paths))).all()
        for path in set(paths) - set(known):
            (output / path).unlink(missing_ok=True)
    return True


def _is_over(session: Session, item_id: int, stage: str) -> bool:
    """Whether nobody works on the run, nor can begin to before this transaction ends."""
    if session.get(Item, item_id) is None:
        return True
    runs.lock(session, item_id)
    run = session.get(StageRun, (item_id, stage))
    return run is None or run.status in (*runs.SETTLED, *runs.STOPPED)
