"""The database's clock. Leases and moments are written by several hosts and compared: by one
clock, so that a host whose own is wrong takes nobody's work and keeps nothing too long."""

import time
from typing import Any

from sqlalchemy import Float
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import Session, select

SQLITE_FUNCTION = "stringout_now"  # catalog/database.py gives it to every connection


class Now(FunctionElement[float]):
    """Seconds since 1970 while the statement runs, as an expression in it."""

    type = Float()
    inherit_cache = True


def read(session: Session) -> float:
    """Seconds since 1970 by the database."""
    return session.exec(select(Now())).one()


def local() -> float:
    """SQLite's clock: that of the one host it is on."""
    return time.time()


@compiles(Now, "sqlite")
def _on_sqlite(_now: Now, _compiler: Any, **_options: Any) -> str:
    return f"{SQLITE_FUNCTION}()"


@compiles(Now, "postgresql")
def _on_postgresql(_now: Now, _compiler: Any, **_options: Any) -> str:
    return "CAST(extract(epoch FROM clock_timestamp()) AS double precision)"
