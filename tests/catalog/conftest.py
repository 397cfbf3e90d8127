import pytest
from sqlmodel import Session, select

from catalog import runs
from catalog.models import Item, Kind, Story
from tests.catalog.ledger import New


@pytest.fixture
def new(session: Session) -> New:
    """An item with the runs of these stages."""

    def _new(needs: runs.Needs) -> int:
        story = session.exec(select(Story)).first() or Story(name="story", created_at=0)
        session.add(story)
        session.flush()
        number = len(session.exec(select(Item)).all())
        item = Item(
            root="drop", path=f"story/{number}.mov", size=1, mtime_ns=1, kind=Kind.FOOTAGE,
            story_id=story.id or 0, accepted_at=0,
        )  # fmt: skip
        session.add(item)
        session.flush()
        runs.plan(session, [item.id or 0], needs)
        return item.id or 0

    return _new
