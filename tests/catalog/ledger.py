"""Words of the tests of the ledger: items with runs, and what happens to them."""

from collections.abc import Callable

from sqlmodel import Session, col, select

from catalog import claims, runs
from catalog.claims import Claim, Ending
from catalog.models import StageRun, Status

CHAIN = {"a": (), "b": ("a",), "c": ("b",)}
DIAMOND = {"a": (), "b": ("a",), "c": ("a",), "d": ("b", "c")}
DONE = Ending(Status.DONE, "made it")

New = Callable[[runs.Needs], int]


def get(session: Session, item: int, stage: str) -> StageRun:
    session.expire_all()
    return session.get_one(StageRun, (item, stage))


def claim(session: Session, item: int, stage: str, lease: float = 30) -> Claim:
    found = claims.claim(session, item, stage, "me", lease)
    assert found
    return found


def states(session: Session, item: int) -> str:
    """The first letter of each run's status, in order of the stages."""
    session.expire_all()
    found = session.exec(
        select(StageRun).where(StageRun.item_id == item).order_by(col(StageRun.stage))
    )
    return "".join(run.status[0] for run in found)


def finish(session: Session, item: int, stage: str, needs: runs.Needs) -> list[str]:
    assert claims.end(session, claim(session, item, stage), DONE)
    return runs.promote(session, item, needs)


def outdate(session: Session, item: int) -> Claim:
    """`b` runs while `a`, which it reads, is to run again."""
    runs.promote(session, item, CHAIN)
    finish(session, item, "a", CHAIN)
    reader = claim(session, item, "b")
    runs.again(session, item, "a", CHAIN, "changed")
    return reader
