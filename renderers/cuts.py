"""The cut that a script's renderers work on, and whether they already did."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from catalog.models import Cut, Item, Rendition, Story
from catalog.places import cut_home, script_name
from catalog.work import Stage, Work
from config.settings import Settings
from media.errors import Rejected
from renderers.exports.delivery import Locate
from renderers.sequence import Source


def latest(session: Session, item: Item) -> Cut:
    """The newest version of the cut of a script item.

    Versions belong to the story and the script's name, so a script that was dropped again
    under its name goes on where the one before ended. Raises Rejected when there is none.
    """
    cut = newest(session, item.story_id, script_name(item))
    if cut is None:
        raise Rejected(f"{item.path} has no cut yet: `stringout retry` makes one")
    return cut


def newest(session: Session, story_id: int, name: str) -> Cut | None:
    """The newest version of the cut called `name`; None when there is none yet."""
    return session.exec(
        select(Cut)
        .where(Cut.story_id == story_id, Cut.name == name)
        .order_by(col(Cut.version).desc())
        .limit(1)
    ).first()


def provenance(cut: Cut) -> dict[str, Any]:
    """What identifies the cut that a file was made from: Facts.settings of its renderers."""
    return {"cut": cut.version, "digest": cut.digest}


def already_made(
    work: Work, stage: Stage, cut: Cut, settings: Mapping[str, Any] | None = None
) -> bool:
    """Whether `stage`, as it is now, made its files for this version of the cut, and they are
    still there. `settings`: what else they depend on, as in Facts.settings."""
    wanted = {**provenance(cut), **(settings or {})}
    story = work.session.get_one(Story, cut.story_id)
    home = cut_home(story, cut.name, cut.version)
    made = work.session.exec(
        select(Rendition).where(
            Rendition.stage == stage.name,
            col(Rendition.path).startswith(f"{home}/", autoescape=True),
        )
    ).all()
    return bool(made) and all(
        rendition.provenance.get("settings") == wanted
        and rendition.provenance.get("version") == stage.version
        and (work.output / rendition.path).is_file()
        for rendition in made
    )


def originals(settings: Settings) -> Locate:
    """How exports find the original file of a source: under its watch folder, on this host."""

    def locate(source: Source) -> Path:
        root, _, path = source.path.partition("/")
        return settings.locate(root, path)

    return locate
