"""What must run again, or can start now, because something else has changed.

A story's new footage makes its scripts match again; a sidecar makes its footage's
transcript or probe run again. The stages say what they depend on (Sensitive.inputs); these
functions compare it with what the last run saw.
"""

import logging
from collections.abc import Iterable
from pathlib import Path

from sqlmodel import Session, col, select

from catalog import behind, moves, runs, stories
from catalog.models import Clip, Item, Kind, StageRun, Status
from catalog.stories import INDEX
from catalog.work import Gated, Sensitive
from config.settings import Settings
from media.errors import Misconfigured
from tasks.doorbell import Ring
from tasks.perform import work
from tasks.pipeline import PIPELINE, STAGES, needs

_log = logging.getLogger("stringout.changes")
IDENTITY = "checksum"
# What needs these runs again only when they have found something else than before.
ALONE = (IDENTITY, "probe")
AT_ONCE = 50  # items looked at in one transaction


def footage_settled(session: Session, settings: Settings, item: Item) -> list[Ring]:
    """A footage item is indexed, failed, or known already: look at the scripts of its stories."""
    found = {item.story_id}
    if item.asset_id is not None:
        found.update(stories.of_asset(session, item.asset_id))
    scripts = [script for story in found for script in stories.current(session, story, Kind.SCRIPT)]
    return check(session, settings, scripts)


def script_parsed(session: Session, settings: Settings, item: Item) -> list[Ring]:
    """A script is parsed: what is said in its story's footage may be heard better now."""
    return check(session, settings, stories.current(session, item.story_id, Kind.FOOTAGE))


def followed(session: Session, settings: Settings, found: moves.Followed) -> list[Ring]:
    """The file of an item was moved, or is back: go on with it, in its old story and its new."""
    item = found.item
    # Its own inputs are not looked at: the captions beside it may still be on their way here.
    rings = [Ring(item.id or 0, stage) for stage in moves.wake(session, item)]
    if item.kind == Kind.FOOTAGE:
        rings += footage_settled(session, settings, item)
    if item.kind == Kind.FOOTAGE and found.story_id != item.story_id:
        rings += check(session, settings, stories.current(session, found.story_id, Kind.SCRIPT))
    return rings


def after(session: Session, settings: Settings, item_id: int) -> tuple[list[Ring], int | None]:
    """Look at the next items after this id: what a killed process could not, before it went.

    Returns what is queued, and the id to go on from; None at the end. A part at a time, so
    that a start with ten thousand items keeps nobody waiting.
    """
    items = session.exec(
        select(Item)
        .where(col(Item.id) > item_id, col(Item.replaced_at).is_(None))
        .order_by(col(Item.id))
        .limit(AT_ONCE)
    ).all()
    rings = check(session, settings, items)
    return rings, items[-1].id if items else None


def left_behind(session: Session) -> list[int]:
    """The items in which an older version beside this one may have left something to begin."""
    return [
        item
        for kind, stages in PIPELINE.items()
        for item in behind.items(session, kind, needs(kind), {s.name: s.version for s in stages})
    ]


def index_lost(session: Session) -> None:
    """The vector index is empty: queue its making from the embeddings, if it should not be."""
    if session.exec(select(Clip.key).where(Clip.text != "").limit(1)).first() is None:
        return
    done = select(StageRun).where(StageRun.stage == INDEX, StageRun.status == Status.DONE)
    for run in session.exec(done).all():
        runs.again(session, run.item_id, INDEX, needs(Kind.FOOTAGE), "the vector index was lost")


def check(session: Session, settings: Settings, items: Iterable[Item]) -> list[Ring]:
    """Queue what is due in these items: promotions, holds that may have ended, stale inputs."""
    rings = []
    for item in items:
        assert item.id is not None
        runs.lock(session, item.id)
        found = {run.stage: run for run in runs.of_item(session, item.id)}
        queued = []
        for stage in PIPELINE[item.kind]:
            if run := found.get(stage.name):
                queued += _look(session, settings, item, run)
        rings += queued
        known = None if queued else found
        promoted = runs.promote(session, item.id, needs(item.kind), known)
        rings += [Ring(item.id, name) for name in promoted]
    return rings


def _look(session: Session, settings: Settings, item: Item, run: StageRun) -> list[Ring]:
    held = isinstance(STAGES[run.stage], Gated) and run.next_try_at is not None
    if run.status == Status.WAITING and held:
        return [Ring(run.item_id, run.stage)] if runs.hasten(session, run) else []
    if run.status not in (Status.DONE, Status.SKIPPED, Status.FAILED) or not run.started_at:
        return []
    if run.version > STAGES[run.stage].version:  # a newer one beside us knows better
        return []
    try:
        seen = inputs(session, settings, run.item_id, run.stage)
    except Misconfigured as error:  # an engine vanished: what is done stays done
        _log.warning("%s", error)
        return []
    if run.version == STAGES[run.stage].version and run.inputs == seen:
        return []
    queued = runs.again(
        session,
        run.item_id,
        run.stage,
        needs(item.kind),
        "runs again: what it works on has changed",
        alone=run.stage in ALONE and run.version == STAGES[run.stage].version,
    )
    return [Ring(run.item_id, name) for name in queued]


def inputs(session: Session, settings: Settings, item_id: int, stage: str) -> str:
    """What the stage would see now besides its needs; "" if that can't change."""
    found = STAGES[stage]
    if not isinstance(found, Sensitive):
        return ""
    return found.inputs(work(session, settings, item_id, scratch=Path()))
