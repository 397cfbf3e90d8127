"""Sends notices by apprise: mail, Teams, Slack, Feishu, WeCom, DingTalk, webhooks.

What happened is in the audit log; a moment after it, one notice for each story is put into the
outbox, and a thread sends what is there. A target that can't be reached is tried again for a
day, and never holds anything else up.
"""

import logging
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import apprise
import xxhash
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from catalog import outbox, touched
from catalog.database import Catalog
from catalog.models import AuditEntry, Deed, Notice, Story
from config.settings import Settings
from config.telling import Notify
from ingest import notices
from media.errors import Misconfigured
from renderers.status.page import NAME
from tasks.rounds import Rounds

_log = logging.getLogger("stringout.courier")
_TICK = 2.0  # seconds
_PATIENT = 1800.0  # seconds that files which are done wait for the rest of their story, at most


class Courier(Rounds):
    """The notices of one service."""

    def __init__(self, settings: Settings, catalog: Catalog) -> None:
        super().__init__("courier", lambda: _TICK)
        self.settings, self.catalog = settings, catalog

    def start(self) -> None:
        """Begin to send. Raises Misconfigured for an address that is none."""
        with self.catalog.writing() as session:
            for key in keys(self.settings.notify):
                outbox.begin(session, key)
        super().start()

    def round(self) -> None:
        """Put what is new into the outbox, and send what is due."""
        addresses = keys(self.settings.notify)
        try:
            for key in addresses:
                self._write(key)
            while not self.stopping and self._send(addresses):
                pass
        except DBAPIError as error:
            _log.debug("the catalog can't be used now (%s)", error.orig)

    def _write(self, key: str) -> None:
        """Put what is new into the outbox, when a story's news have had time to come together."""
        notify, now = self.settings.notify, time.time()
        deeds = [Deed(about) for about in notify.about]
        deeds += [Deed.RESUMED] if Deed.PAUSED in deeds else []
        with self.catalog.reading() as session:
            entries = outbox.pending(session, key, deeds)
            if not entries or entries[0].at + notify.batch_seconds > now:
                return
            if outbox.written_at(session, key) + notify.pause_seconds > now:
                return
            if entries[0].at + _PATIENT > now and _can_wait(session, entries):
                return
        with self.catalog.writing() as session:
            write = partial(
                notices.write, language=notify.language, page=partial(self._page, session)
            )
            outbox.put(session, key, entries, write, now)

    def _page(self, session: Session, story: str) -> Path | None:
        found = session.exec(select(Story).where(Story.name == story)).first()
        return self.settings.output_of(found.output) / story / NAME if found else None

    def _send(self, addresses: Mapping[str, str]) -> bool:
        """Send one notice; False: none is due."""
        with self.catalog.reading() as session:
            if outbox.next_due(session, addresses, time.time()) is None:
                return False
        with self.catalog.writing() as session:
            notice = outbox.take(session, addresses, time.time())
        if notice is None or notice.id is None:
            return False
        error = send(addresses[notice.target], notice)
        with self.catalog.writing() as session:
            if error:
                outbox.failed(session, notice.id, error, time.time())
            else:
                outbox.sent(session, notice.id, time.time())
        if error:
            _log.warning("the notice %r could not be sent: %s", notice.title, error)
        return True


def _can_wait(session: Session, entries: Sequence[AuditEntry]) -> bool:
    """Whether this is but good news of footage, of a story that more is on its way of."""
    if any(entry.deed != Deed.DONE or entry.details.get("kind") == "script" for entry in entries):
        return False
    return not {entry.story for entry in entries}.isdisjoint(touched.unfinished(session))


def send(address: str, notice: Notice) -> str:
    """Send a notice; "" if it was taken, else why not."""
    target = apprise.Apprise()
    target.add(address)
    listen = apprise.LogCapture(level=logging.WARNING, fmt="%(message)s")  # type: ignore[no-untyped-call]
    with listen as said:
        taken = target.notify(title=notice.title, body=notice.body, body_format="text")
    return "" if taken else said.getvalue().strip()[:500] or "it was not taken"


def keys(notify: Notify) -> dict[str, str]:
    """A name for each target that tells nothing of its secrets → its address.

    Raises Misconfigured for an address that apprise does not understand.
    """
    addresses = [target.get_secret_value() for target in notify.targets]
    for number, address in enumerate(addresses, 1):
        if apprise.Apprise.instantiate(address, suppress_exceptions=True) is None:
            raise Misconfigured(
                f"notify.targets: number {number} ({address.partition(':')[0]}:…) is no address "
                "that apprise understands: see docs/operations.md"
            )
    return {xxhash.xxh3_64_hexdigest(address.encode()): address for address in addresses}
