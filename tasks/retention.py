"""Retention: what can be made again is removed when a story has been finished for long enough.

Proxies, thumbnails and movies go, and never an original; captions, logs, reports and exports,
which are small, stay. When something new comes to the story, its footage is scanned again first.
"""

from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, delete, exists, func, select

from catalog import audit, runs, touched
from catalog.audit import About
from catalog.models import Asset, Deed, Item, Rendition, StageRun, Status, Story
from catalog.words import counted
from config.settings import Settings
from media.files import inside
from tasks.doorbell import Ring
from tasks.pipeline import needs

_SCAN = "scan"
_KINDS = ("movie", "ladder", "master")  # besides everything that the scan has made
_DAY = 86_400.0


def due(session: Session, settings: Settings, now: float) -> list[str]:
    """The stories whose time is over and that something can be removed of."""
    if not any(folder.retention_days for folder in settings.watch):
        return []
    unfinished = touched.unfinished(session)
    found = session.exec(
        select(Story.name, func.max(StageRun.finished_at))
        .join(Item, col(Item.story_id) == Story.id)
        .join(StageRun, col(StageRun.item_id) == Item.id)
        .where(col(Story.id).in_(select(Item.story_id).join(Rendition).where(_removable())))
        .group_by(Story.name)
    ).all()
    return [
        story
        for story, last in found
        if story not in unfinished and last and now - last > _kept(session, settings, story)
    ]


def expire(session: Session, settings: Settings, name: str) -> int:
    """Remove the files of a story that is due, then their rows; how many there were.

    In this order, so that whoever is killed in between does it again. Raises OSError.
    """
    story = session.exec(select(Story).where(Story.name == name)).one()
    items = select(Item.id).where(Item.story_id == story.id)
    output = settings.output_of(story.output)
    chosen = col(Rendition.item_id).in_(items) & _removable()
    paths = session.exec(select(Rendition.path).where(chosen)).all()
    for path in paths:
        _remove(output / path, output)
    session.exec(delete(Rendition).where(chosen))
    audit.record(session, Deed.EXPIRED, counted(len(paths), "file"), About(story=name))
    return len(paths)


def bring_back(session: Session, story_ids: Iterable[int]) -> list[Ring]:
    """Scan footage of these stories again whose proxies were removed: a cut needs them."""
    made = exists().where(col(Rendition.item_id) == Item.id, col(Rendition.stage) == _SCAN)
    found = session.exec(
        select(Item)
        .join(Asset, col(Asset.item_id) == Item.id)
        .join(StageRun, col(StageRun.item_id) == Item.id)
        .where(
            col(Item.story_id).in_(list(story_ids)),
            StageRun.stage == _SCAN,
            StageRun.status == Status.DONE,
            ~made,
        )
    ).all()
    reason = "runs again: its proxy was removed after its time, and the story goes on"
    return [
        Ring(item.id, stage)
        for item in found
        if item.id is not None
        for stage in runs.again(session, item.id, _SCAN, needs(item.kind), reason)
    ]


def _removable() -> ColumnElement[bool]:
    return (col(Rendition.stage) == _SCAN) | col(Rendition.kind).in_(_KINDS)


def _kept(session: Session, settings: Settings, story: str) -> float:
    """For how many seconds: the longest time that any of its watch folders says."""
    roots = session.exec(select(Item.root).join(Story).where(Story.name == story).distinct())
    days = [settings.folder(root).retention_days for root in roots]
    return max(days) * _DAY if days and all(days) else float("inf")


def _remove(file: Path, output: Path) -> None:
    if inside(file.parent, output):  # a link could lead out
        file.unlink(missing_ok=True)
