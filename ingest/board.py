"""The board of each story on the share: status.html, and a note for each rejected file.

Both are read off the ledger, so that a restart, a retry or a second board changes nothing.
They are written at a calm pace: when something changed, at most every few seconds a story.
"""

import logging
import re
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from catalog import audit, overview, touched
from catalog.database import Catalog
from catalog.models import AuditEntry
from catalog.overview import StoryState
from config.settings import Settings
from ingest.underway import with_progress
from media.files import write_text
from renderers.status.notes import FOLDER, notes
from renderers.status.page import NAME, RENEWED, Printed, printed
from renderers.status.phrases import SHOWN, phrases
from renderers.status.view import compose
from tasks.pipeline import STAGES
from tasks.rounds import Rounds

_log = logging.getLogger("stringout.board")
_TICK = 1.0  # seconds
_PACE = 4.0  # seconds between two looks at a story
_IDLE = 20  # … and this many times as long as the last look took
_ALL = 30.0  # seconds after which every story with unfinished work is looked at
_AWAY = 30.0  # seconds until a folder that could not be written is tried again
_LATEST = 8
_DIGEST = re.compile(r'<meta name="stringout" content="([0-9a-f]{16})">')


@dataclass
class _Seen:
    """What is on the share for a story."""

    digest: str
    notes: dict[str, str]  # path in the story's folder → text
    written_at: float = 0.0  # monotonic
    look_at: float = 0.0  # monotonic: not before
    said: bool = False  # that it can't be written


class Board(Rounds):
    """Writes the boards of one service."""

    def __init__(self, settings: Settings, catalog: Catalog) -> None:
        super().__init__("board", lambda: _TICK)
        self.settings, self.catalog = settings, catalog
        self._due: deque[str] = deque()
        self._seen: dict[str, _Seen] = {}
        self._entry: int | None = None  # the last audit entry that was taken account of
        self._all_at = 0.0  # monotonic
        self._running: set[str] = set()
        self._away: dict[str, str] = {}  # what was wrong with each watch folder

    def round(self) -> None:
        """First every story that is known, then whatever changes."""
        self._renew(lambda: self.stopping)

    def last(self) -> None:
        """What changed a moment ago: nobody would write it until the next start."""
        self._all_at = 0.0
        for seen in self._seen.values():
            seen.look_at = 0.0
        self._renew(lambda: False)

    def _renew(self, ended: Callable[[], bool]) -> None:
        try:
            self._ask()
            for _ in range(len(self._due)):
                if ended():
                    break
                self._look(self._due.popleft())
        except DBAPIError as error:
            _log.debug("the catalog can't be used now (%s)", error.orig)

    def _ask(self) -> None:
        """Note down which stories may look different."""
        now = time.monotonic()
        with self.catalog.reading() as session:
            newest = touched.newest(session)
            found: dict[str, None] = {}
            if self._entry is None:
                found = dict.fromkeys(touched.everything(session))
            elif newest != self._entry:
                found = dict.fromkeys(touched.since(session, self._entry))
            running, away = touched.running(session), touched.troubles(session)
            if away != self._away:
                found = dict.fromkeys(touched.everything(session))
                self._away = away
            if now >= self._all_at or "" in found:
                found |= dict.fromkeys(touched.unfinished(session))
                self._all_at = now + _ALL
        found |= dict.fromkeys(self._running | running)  # what ran a moment ago may wait now
        found.pop("", None)
        self._entry, self._running = newest, running
        self._due.extend(story for story in found if story not in self._due)

    def _look(self, name: str) -> None:
        now, seen = time.monotonic(), self._seen.get(name)
        if seen and now < seen.look_at:
            self._due.append(name)  # later
            return
        with self.catalog.reading() as session:
            found = with_progress(overview.stories(session, STAGES, name), self.settings)
            latest = audit.entries(session, name, SHOWN, _LATEST)
        if not found:
            return  # files arrive for it, and none was taken yet
        folder = self.settings.output_of(found[0].output) / name
        seen = seen or self._seen.setdefault(name, _on_the_share(folder))
        try:
            self._write(found[0], latest, folder, seen)
            seen.said = False
            seen.look_at = time.monotonic() + max(_PACE, _IDLE * (time.monotonic() - now))
        except OSError as error:
            seen.look_at = now + _AWAY
            self._due.append(name)
            if not seen.said:
                _log.warning("%s can't be written (%s)", folder, error.strerror)
            seen.said = True

    def _write(
        self, story: StoryState, latest: list[AuditEntry], folder: Path, seen: _Seen
    ) -> None:
        reports = frozenset(
            place for place in story.cuts if (folder.parent / place / "report.html").is_file()
        )
        language = story.language or self._language(story)
        page = compose(story, latest, reports, phrases(language))
        made = printed(page, time.time())
        if made.digest != seen.digest or (page.working and self._old(seen)):
            self._print(folder / NAME, made, seen)
        originals = {each.name: str(each.path) for each in self.settings.watch}
        _renew(folder, seen.notes, notes(story, language, originals))

    def _print(self, target: Path, made: Printed, seen: _Seen) -> None:
        write_text(target, made.text)
        seen.digest, seen.written_at = made.digest, time.monotonic()

    def _old(self, seen: _Seen) -> bool:
        return time.monotonic() - seen.written_at > RENEWED

    def _language(self, story: StoryState) -> str:
        """What the watch folder says, while nothing else is known."""
        roots = {item.root for item in story.items}
        said = {folder.language for folder in self.settings.watch if folder.name in roots}
        return said.pop() if len(said) == 1 else ""


def _on_the_share(folder: Path) -> _Seen:
    """What an earlier process has left: it is not written again if nothing has changed.

    What it was writing when it was killed goes.
    """
    there = folder / FOLDER
    for partial in (*folder.glob(f".{NAME}.*.part"), *there.rglob(".*.part")):
        with suppress(OSError):
            partial.unlink()
    old = {
        path.relative_to(folder).as_posix(): path.read_text("utf-8", "replace")
        for path in there.rglob("*.txt")
    }
    try:
        with (folder / NAME).open(encoding="utf-8") as file:
            found = _DIGEST.search(file.read(2000))
    except OSError:
        found = None
    return _Seen(found[1] if found else "", old)


def _renew(folder: Path, there: dict[str, str], wanted: dict[str, str]) -> None:
    """Write the notes that are new, remove those whose file has been used after all."""
    for path, text in wanted.items():
        if there.get(path) != text:
            write_text(folder / path, text)
            there[path] = text
    for path in [path for path in there if path not in wanted]:
        (folder / path).unlink(missing_ok=True)
        del there[path]
        _remove_empty((folder / path).parent, folder)


def _remove_empty(folder: Path, top: Path) -> None:
    while folder != top:
        try:
            folder.rmdir()
        except OSError:
            return  # something else is in it
        folder = folder.parent
