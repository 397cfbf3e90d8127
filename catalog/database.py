"""Opening the catalog: SQLite in WAL mode or PostgreSQL, the same schema on both."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlmodel import Session

from catalog import clock
from media.errors import Misconfigured, TryLater

_Result = TypeVar("_Result")
_log = logging.getLogger("stringout.catalog")
_BUSY_SECONDS = 30
_AGAIN_SECONDS = 0.5
_CONNECT_SECONDS = 10
_MIGRATIONS = Path(__file__).parent / "migrations"
NEWEST = max(path.name[:4] for path in (_MIGRATIONS / "versions").glob("[0-9]*.py"))
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
        """Bring the schema up to date. A newer one is used as it is: migrations only add, so that
        processes of two versions can work side by side during an upgrade. Raises TryLater when
        the database does not answer, Misconfigured when it refuses."""
        try:
            found = self._revision()
            if found is None or found < NEWEST:
                self._upgrade()
            elif found > NEWEST:
                _log.warning("the catalog is of a newer version of Stringout; going on with it")
        except DBAPIError as error:
            raise _unusable(self.url, error) from error

    def _revision(self) -> str | None:
        """What the schema is at; None where there is none yet."""
        with self.engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()

    def _upgrade(self) -> None:
        from alembic import command  # 8 MB, needed once per version
        from alembic.config import Config
        from alembic.util.exc import CommandError

        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS))
        try:
            with self._writing.begin() as connection:
                if connection.dialect.name == "postgresql":
                    connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATING})"))
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        except CommandError as error:
            raise Misconfigured(_useless(self.url, error)) from error

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

    def write(self, change: Callable[[Session], _Result], stop: Callable[[], bool]) -> _Result:
        """`change` in one transaction, tried again while the database is away, or has chosen it
        to break a deadlock; until `stop` says no more. For what is too dear to be lost."""
        while True:
            try:
                with self.writing() as session:
                    return change(session)
            except (OperationalError, InterfaceError) as error:
                if stop():
                    raise
                _log.warning("the catalog can't be written now (%s); trying again", error.orig)
                time.sleep(_AGAIN_SECONDS)

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


def _unusable(url: str, error: DBAPIError) -> TryLater | Misconfigured:
    if isinstance(error, OperationalError) and not url.startswith("sqlite"):
        where = make_url(url).render_as_string(hide_password=True)
        return TryLater(f"the database at {where} does not answer ({str(error.orig).strip()})")
    return Misconfigured(_useless(url, error.orig or error))


def _useless(url: str, why: BaseException) -> str:
    where = make_url(url).render_as_string(hide_password=True)
    return (
        f"the catalog at {where} can't be used ({str(why).strip()}): put a backup in its place, or "
        "name another state folder, into which everything is taken anew"
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
