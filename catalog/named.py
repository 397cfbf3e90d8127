"""What a person means by a word on the command line: a story, a path, or an item's number."""

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from catalog.models import Item, Story


def items(session: Session, what: str) -> list[Item]:
    """The current items meant by `what`, in order of paths; [] if nothing is called so.

    A story's name means all its items; a path is relative to the watch folder; a bare file name
    will do where only one file is called so.
    """
    current = _current()
    if what.isdecimal() and (found := session.exec(current.where(Item.id == int(what))).all()):
        return list(found)
    story = session.exec(select(Story).where(Story.name == what)).first()
    if story:
        return list(session.exec(current.where(Item.story_id == story.id)))
    if found := session.exec(current.where(Item.path == what)).all():
        return list(found)
    ends = session.exec(current.where(col(Item.path).endswith(f"/{what}", autoescape=True))).all()
    return list(ends) if len(ends) == 1 else []


def everything(session: Session) -> list[Item]:
    """All current items, in order of paths."""
    return list(session.exec(_current()))


def _current() -> SelectOfScalar[Item]:
    return select(Item).where(col(Item.replaced_at).is_(None)).order_by(Item.path)
