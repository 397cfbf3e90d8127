"""Running one stage of one item: the same in a thread of the service and in a child process."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlmodel import Session

from catalog.database import Catalog
from catalog.models import Item, Kind, Story
from catalog.places import asset_home, cut_home, script_name
from catalog.stories import cut_version
from catalog.work import Facts, Together, Work
from config.settings import Settings
from media.errors import TryLater
from media.files import needing_the_disk
from tasks.pipeline import STAGES


@dataclass(frozen=True)
class Order:
    """One run to perform. `scratch`: an empty folder for its files; `token`: of its claim."""

    item_id: int
    stage: str
    scratch: Path
    token: int = 0


def perform(order: Order, settings: Settings, catalog: Catalog) -> Facts:
    """Run the stage and return what it found. Raises what the stage raises, and TryLater while
    the catalog can't be read."""
    return perform_together([order], settings, catalog)[0]


def perform_together(orders: Sequence[Order], settings: Settings, catalog: Catalog) -> list[Facts]:
    """The same for orders of one stage: one alone, or several of a stage that is Together."""
    stage = STAGES[orders[0].stage]
    with catalog.reading() as session, needing_the_disk(), needing_the_catalog():
        works = [work(session, settings, order.item_id, order.scratch) for order in orders]
        if isinstance(stage, Together) and len(works) > 1:
            return stage.run_together(works)
        return [stage.run(each) for each in works]


@contextmanager
def needing_the_catalog() -> Iterator[None]:
    """Translate what a database that is away raises: it is nobody's fault."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise TryLater(f"the catalog can't be used now ({error.orig})", seconds=3) from error


def work(session: Session, settings: Settings, item_id: int, scratch: Path) -> Work:
    """What a stage is handed for this item."""
    item = session.get_one(Item, item_id)
    story = session.get_one(Story, item.story_id)
    output = settings.output_of(story.output)
    return Work(
        item=item,
        source=settings.locate(item.root, item.path),
        scratch=scratch,
        home=output / home(session, item),
        output=output,
        settings=settings.for_files_of(item.root),
        session=session,
    )


def home(session: Session, item: Item) -> str:
    """Where files of this item are published now, relative to the output folder."""
    story = session.get_one(Story, item.story_id)
    if item.kind == Kind.FOOTAGE:
        return asset_home(item, story)
    name = script_name(item)
    return cut_home(story, name, cut_version(session, item.story_id, name))
