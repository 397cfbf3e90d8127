"""Opening the catalog: SQLite in WAL mode or PostgreSQL, the same schema on both."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel import Session

from catalog import clock
from media.errors import Misconfigured, TryLater

_BUSY_SECONDS = 30
_CONNECT_SECONDS = 10
_MIGRATING = 7_468_113  # of PostgreSQL's advisory locks: processes that start together take turns


class Catalog:
    """A database engine and the two ways to use it: `reading()` and `writing()`.

    One per process. `writing()` takes SQLite's write lock at once (BEGIN IMMEDIATE), so a
    read inside it can't be outdated when the transaction writes. `reading()` opens no
    transaction: a stage that reads, then works for an hour, holds nothing back.
    """

    def __init__(self, url: str) -> None:
        """`url`: an SQLAlchemy URL. Raises Misconfigured when it can't be opened."""
        self.url = url
        self.engine = _open(url)
        self._writing = self.engine.execution_options(begin="BEGIN IMMEDIATE")

    def migrate(self) -> None:
        """Bring the schema up to date. Raises TryLater when the database does not answer,
        Misconfigured when it refuses."""
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        try:
            with self._writing.begin() as connection:
                if connection.dialect.name == "postgresql":
                    connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATING})"))
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        except (DBAPIError, CommandError) as error:
            raise _unusable(self.url, error) from error

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that writes nothing; each of its queries sees what is committed by then."""
        with Session(self._reading()) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction: all of it is kept, or none of it."""
        with Session(self._writing, expire_on_commit=False) as session, session.begin():
            yield session

    def _reading(self) -> Engine:
        if self.engine.dialect.name == "sqlite":
            return self.engine
        return self.engine.execution_options(isolation_level="AUTOCOMMIT")

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def _open(url: str) -> Engine:
    if not url.startswith("sqlite"):
        server = make_url(url).set(drivername="postgresql+psycopg")
        waiting = {"connect_timeout": _CONNECT_SECONDS}
        return create_engine(server, pool_pre_ping=True, connect_args=waiting)
    engine = create_engine(url, connect_args={"timeout": _BUSY_SECONDS})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    try:
        with engine.connect():
            return engine
    except DBAPIError as error:
        raise _unusable(url, error) from error


def _unusable(url: str, error: DBAPIError | CommandError) -> TryLater | Misconfigured:
    why = str(error.orig if isinstance(error, DBAPIError) else error).strip()
    where = make_url(url).render_as_string(hide_password=True)
    if isinstance(error, OperationalError) and not url.startswith("sqlite"):
        return TryLater(f"the database at {where} does not answer ({why})")
    return Misconfigured(
        f"the catalog at {where} can't be used ({why}): put a backup in its place, or name another "
        "state folder, into which everything is taken anew"
    )


def _prepare(connection: Any, _record: Any) -> None:
    """WAL lets readers go on while one writes; NORMAL survives kill -9."""
    connection.isolation_level = None
    connection.create_function(clock.SQLITE_FUNCTION, 0, clock.local)
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Any) -> None:
    if begin := connection.get_execution_options().get("begin"):
        connection.exec_driver_sql(begin)
