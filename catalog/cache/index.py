"""What the disk tier holds: an SQLite file beside the clips, which several processes share.

It may be lost at any time: the clips' names say everything that matters, and it is made anew
from them. A connection lives for one transaction, so that nobody goes on with a file that
somebody else has replaced, and none is carried into a child process.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from catalog.cache.policy import Entry, LetGo, Place, Policy

_PATIENCE = 20.0  # seconds that somebody else may hold the file
_TABLES = """
CREATE TABLE IF NOT EXISTS clip (
    key TEXT PRIMARY KEY, content TEXT, form TEXT, first INTEGER, end INTEGER,
    digest TEXT, size INTEGER, uses INTEGER, place TEXT, rank INTEGER);
CREATE INDEX IF NOT EXISTS covering ON clip (content, form);
CREATE TABLE IF NOT EXISTS count (name TEXT PRIMARY KEY, value INTEGER);
"""
_HELD = "SELECT content, form, first, end, digest, size FROM clip "


@dataclass(frozen=True)
class Name:
    """A clip by what is in it: frames [first, end) of the content, in a form."""

    content: str  # checksum of what it was cut from
    form: str
    first: int
    end: int

    @property
    def key(self) -> str:
        """How it is called in the index and at the beginning of its file's name."""
        return f"{self.content}.{self.form}.{self.first}-{self.end}"


@dataclass(frozen=True)
class Held:
    """A clip that is there: `digest` is the xxh3-128 of its file, "" while it is being made."""

    name: Name
    digest: str
    size: int


class Index:
    """Every method is one transaction. All raise sqlite3.Error."""

    def __init__(self, path: Path, clips: int, size: int) -> None:
        """`clips`, `size` (bytes): what the tier may hold."""
        self._path, self._clips, self._size = path, clips, size

    def find(self, wanted: Name) -> Held | None:
        """The shortest clip that has all frames of `wanted`."""
        with self._opened() as session:
            row = session.execute(
                _HELD + "WHERE content = ? AND form = ? AND first <= ? AND end >= ? "
                "AND digest <> '' ORDER BY end - first LIMIT 1",
                (wanted.content, wanted.form, wanted.first, wanted.end),
            ).fetchone()
        return _held(row) if row else None

    def used(self, key: str) -> None:
        """Note that a clip was found and is whole."""
        with self._opened() as session:
            session.execute("UPDATE clip SET uses = min(2, uses + 1) WHERE key = ?", (key,))
            _add(session, "hits", 1)

    def count(self, name: str) -> None:
        """One more of something that is counted."""
        with self._opened() as session:
            _add(session, name, 1)

    def reserve(self, name: Name, size: int, let_go: LetGo) -> bool:
        """Make room for a clip of at most `size` bytes, which is about to be made; False: there
        is none. See Policy.admit."""
        with self._opened() as session:
            rows = session.execute("SELECT key, place, size, uses FROM clip ORDER BY rank")
            known = [(key, Place(place), Entry(size, uses)) for key, place, size, uses in rows]
            policy = Policy(self._clips, self._size, known)
            if name.key in policy:
                return True  # somebody was killed while he made it
            granted = policy.admit(name.key, size, let_go)
            self._save(session, policy, name)
            return granted

    def made(self, name: Name, digest: str, size: int) -> None:
        """The clip is in its place."""
        with self._opened() as session:
            session.execute(
                "UPDATE clip SET digest = ?, size = ? WHERE key = ?", (digest, size, name.key)
            )
            _add(session, "fills", 1)

    def drop(self, key: str) -> None:
        """The clip is gone, or was never made."""
        with self._opened() as session:
            session.execute("DELETE FROM clip WHERE key = ?", (key,))

    def held(self) -> list[Held]:
        """All clips, those that are being made included."""
        with self._opened() as session:
            rows = session.execute(_HELD + "WHERE place <> 'ghost'").fetchall()
        return [_held(row) for row in rows]

    def counts(self) -> dict[str, int]:
        """What was counted since the index was made."""
        with self._opened() as session:
            return dict(session.execute("SELECT name, value FROM count").fetchall())

    def renew(self, found: Iterable[Held]) -> None:
        """Add clips that are there and were not known, as the last that would go."""
        with self._opened() as session:
            (rank,) = session.execute("SELECT coalesce(max(rank), 0) FROM clip").fetchone()
            session.executemany(
                "INSERT OR REPLACE INTO clip VALUES (?, ?, ?, ?, ?, ?, ?, 0, 'main', ?)",
                [
                    (h.name.key, h.name.content, h.name.form, h.name.first, h.name.end, h.digest,
                     h.size, rank + number)
                    for number, h in enumerate(found, 1)
                ],
            )  # fmt: skip

    def discard(self) -> None:
        """Throw a damaged index away."""
        for end in ("", "-journal"):
            self._path.with_name(self._path.name + end).unlink(missing_ok=True)

    def _save(self, session: sqlite3.Connection, policy: Policy, name: Name) -> None:
        kept = policy.rows()
        session.execute(
            "INSERT OR IGNORE INTO clip (key, content, form, first, end, digest) "
            "VALUES (?, ?, ?, ?, ?, '')",
            (name.key, name.content, name.form, name.first, name.end),
        )
        session.execute("UPDATE clip SET rank = NULL")
        session.executemany(
            "UPDATE clip SET place = ?, size = ?, uses = ?, rank = ? WHERE key = ?",
            [(p, e.size, e.uses, rank, key) for rank, (key, p, e) in enumerate(kept)],
        )
        session.execute("UPDATE clip SET digest = '' WHERE place = 'ghost'")
        session.execute("DELETE FROM clip WHERE rank IS NULL")

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, _PATIENCE, isolation_level=None)) as session:
            # What is lost in a power cut is found again in the folder.
            session.execute("PRAGMA synchronous = OFF")
            session.execute("BEGIN IMMEDIATE")
            if not session.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
                for statement in _TABLES.split(";"):
                    session.execute(statement)
            yield session
            session.execute("COMMIT")


def _held(row: tuple[str, str, int, int, str, int]) -> Held:
    return Held(Name(*row[:4]), row[4], row[5])


def _add(session: sqlite3.Connection, name: str, value: int) -> None:
    session.execute(
        "INSERT INTO count VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + ?",
        (name, value, value),
    )
