"""What `stringout doctor` asks of the catalog, the broker and the vectors, and of their clocks."""

import sqlite3
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from catalog import clock
from catalog.database import Catalog
from config.settings import Settings
from ingest.check import Check
from media.errors import StringoutError
from tasks.bell import unreachable

_APART = 2.0  # seconds; leases compare moments by the database's clock, people by ours


def examine(settings: Settings) -> Iterator[Check]:
    """Look at all of them; an embedded one that does not exist yet is made by the first start."""
    yield from _server(settings) if settings.database.url else [_file(settings.folders.state)]
    yield _broker(settings)
    yield _vectors(settings)


def _file(state: Path) -> Check:
    path = state / "catalog.db"
    if not path.is_file():
        return Check("catalog", True, f"{path} is made by the first start")
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as opened:
            said = opened.execute("PRAGMA quick_check(1)").fetchone()[0]
        opened.close()
    except sqlite3.Error as error:
        said = str(error)
    if said == "ok":
        return Check("catalog", True, f"{path} ({path.stat().st_size / 1e6:.0f} MB) is whole")
    return Check("catalog", False, f"{path}: {said}", "put a backup in its place")


def _server(settings: Settings) -> Iterator[Check]:
    try:
        catalog = Catalog(settings.database_url)
        with catalog.reading() as session:
            apart = abs(clock.read(session) - time.time())
        catalog.close()
    except (StringoutError, OSError) as error:
        yield Check("catalog", False, str(error), "see [database] url; is the server up?")
        return
    except Exception as error:  # noqa: BLE001 - a driver's own errors: it is only told
        yield Check("catalog", False, str(error).splitlines()[0], "see [database] url")
        return
    yield Check("catalog", True, "the database answers")
    mend = "keep the clocks of all hosts together (chrony, systemd-timesyncd)"
    told = f"{apart:.1f} s between this host and the database"
    yield Check("clocks", apart <= _APART, told, "" if apart <= _APART else mend)


def _broker(settings: Settings) -> Check:
    if not settings.broker.url:
        return Check("broker", True, "none is needed: one process")
    why = unreachable(settings.broker.url)
    if why:
        return Check("broker", False, why, "see [broker] url; is the server up?")
    return Check("broker", True, "answers")


def _vectors(settings: Settings) -> Check:
    url = settings.vectors.url
    if not url:
        return Check("vectors", True, "embedded in the state folder")
    try:
        with urllib.request.urlopen(f"{url.rstrip('/')}/collections", timeout=5):  # noqa: S310
            return Check("vectors", True, f"{url} answers")
    except (OSError, ValueError) as error:
        return Check("vectors", False, f"{url}: {error}", "see [vectors] url; is the server up?")
