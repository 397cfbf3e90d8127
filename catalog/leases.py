"""Roles: of many processes one watches a folder, and one sweeps the ledger.

A role is a row with an owner and an end. Who has it says so again before the end; when nobody
does, the next one to ask has it. What a role does is safe twice (drops are accepted once,
claims are conditional), so two owners for a moment only do the same work twice.
"""

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, delete, select

from catalog.clock import Now
from catalog.models import Lease

SWEEP = "sweep"


def watching(folder: str) -> str:
    """The role of watching the folder of this name."""
    return f"watch {folder}"


def take(session: Session, role: str, owner: str, seconds: float) -> bool:
    """Take or keep a role for so long. False: somebody else has it."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    mine = insert(Lease).values(role=role, owner=owner, until=Now() + seconds)
    taken = mine.on_conflict_do_update(
        index_elements=[col(Lease.role)],
        set_={"owner": mine.excluded.owner, "until": mine.excluded.until},
        where=(col(Lease.owner) == owner) | (col(Lease.until) < Now()),
    ).returning(col(Lease.role))
    return session.connection().execute(taken).first() is not None


def release(session: Session, role: str, owner: str) -> None:
    """Give a role back, if it is still ours: the next one need not wait for its end."""
    session.exec(delete(Lease).where(col(Lease.role) == role, col(Lease.owner) == owner))


def held(session: Session) -> dict[str, str]:
    """Who has which role now."""
    found = session.exec(select(Lease).where(Lease.until > Now())).all()
    return {lease.role: lease.owner for lease in found}
