"""Items that a process of an older version has worked on, beside a newer one.

It leaves stages that it does not know alone, and plans no runs of them; where it finishes what such
a stage needs, nobody begins it. What it left is found from time to time.
"""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, and_, false, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from catalog.models import Item, Kind, StageRun, Status
from catalog.runs import SETTLED, Needs

_ENDED = (*SETTLED, Status.FAILED)


def items(session: Session, kind: Kind, needs: Needs, versions: Mapping[str, int]) -> list[int]:
    """The ids of items of a kind that lack a run, have one that waits for nothing any more, or one
    that an older version than `versions` (of each stage) has ended.

    Not all of them are behind: a run also waits until what depends on it has ended.
    """
    if not needs:
        return []
    asked = (_lacking(needs), _ready(needs), _older(versions))
    behind = or_(*(col(Item.id).in_(each) for each in asked))
    chosen = select(Item.id).where(Item.kind == kind, col(Item.replaced_at).is_(None), behind)
    return [item for item in session.exec(chosen.order_by(col(Item.id))) if item is not None]


def _lacking(needs: Needs) -> SelectOfScalar[int]:
    known = col(StageRun.stage).in_(needs)
    have = select(StageRun.item_id).where(known).group_by(col(StageRun.item_id))
    return have.having(func.count() < len(needs))


def _ready(needs: Needs) -> SelectOfScalar[int]:
    return select(StageRun.item_id).where(
        StageRun.status == Status.WAITING,
        col(StageRun.next_try_at).is_(None),
        or_(*(_settled(stage, needed) for stage, needed in needs.items())),
    )


def _settled(stage: str, needed: tuple[str, ...]) -> ColumnElement[bool]:
    """That a run of this stage waits for none of what it needs."""
    other = aliased(StageRun)
    unsettled = select(other.item_id).where(
        other.item_id == StageRun.item_id,
        col(other.stage).in_(needed),
        col(other.status).not_in(SETTLED),
    )
    return and_(col(StageRun.stage) == stage, ~unsettled.exists())


def _older(versions: Mapping[str, int]) -> SelectOfScalar[int]:
    older = (
        and_(col(StageRun.stage) == stage, col(StageRun.version) < version)
        for stage, version in versions.items()
        if version > 1
    )
    return select(StageRun.item_id).where(
        col(StageRun.status).in_(_ENDED), StageRun.started_at > 0, or_(false(), *older)
    )
