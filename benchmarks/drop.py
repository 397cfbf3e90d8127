"""One dropped file in a catalog of its own, as the runner hands it to stages."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlmodel import Session, SQLModel

from catalog import facts as saved
from catalog.database import Catalog
from catalog.models import Item, Kind, Story
from catalog.work import Facts, Work
from config.settings import load


@contextmanager
def dropped(path: Path, folder: Path) -> Iterator[Work]:
    """Work on a file that was just accepted; what is made of it is left in `folder`/scratch."""
    folders = {"output": folder / "output", "state": folder / "state", "free_floor_gb": 0}
    settings = load(watch=[{"name": "drop", "path": path.parent}], folders=folders)
    scratch = folder / "scratch"
    scratch.mkdir()
    catalog = Catalog(f"sqlite:///{folder / 'catalog.db'}")
    SQLModel.metadata.create_all(catalog.engine)
    with Session(catalog.engine, expire_on_commit=False) as session:
        story = Story(name="story", created_at=0)
        session.add(story)
        session.flush()
        stat = path.stat()
        item = Item(
            root="drop", path=path.name, size=stat.st_size, mtime_ns=stat.st_mtime_ns,
            kind=Kind.FOOTAGE, story_id=story.id or 0, accepted_at=0,
        )  # fmt: skip
        session.add(item)
        session.commit()
        yield Work(item, path, scratch, folder / "home", folder / "output", settings, session)
    catalog.close()


def keep(work: Work, facts: Facts) -> None:
    """Save what a stage found."""
    if facts.checksum:
        saved.identify(work.session, work.item, facts.checksum, facts.sampled)
    work.session.add_all(facts.rows)
    work.session.commit()
