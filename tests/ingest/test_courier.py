"""Notices reach a real HTTP server and a real SMTP server, once, batched, across restarts."""

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from aiosmtpd.controller import Controller
from sqlmodel import select

from catalog import audit, drops
from catalog.audit import About
from catalog.database import Catalog
from catalog.drops import Drop
from catalog.models import Deed, Item, Kind, Notice
from config.settings import Settings, load
from ingest import courier
from ingest.courier import Courier, keys
from media.errors import Misconfigured
from tests.ingest.conftest import until


class Webhook:
    """A web server that keeps what is posted to it, or refuses it."""

    def __init__(self) -> None:
        self.posted: list[dict[str, str]] = []
        self.refuse = False
        hook = self

        class Answer(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if not hook.refuse:
                    hook.posted.append(json.loads(body))
                self.send_response(503 if hook.refuse else 200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        # Patient: an answer that comes too late on a busy machine would be asked for again.
        self.address = f"json://127.0.0.1:{self.server.server_port}/hook?cto=60&rto=60"

    @property
    def titles(self) -> list[str]:
        return [each["title"] for each in self.posted]


@pytest.fixture
def hook() -> Iterator[Webhook]:
    made = Webhook()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture(autouse=True)
def _brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courier, "_TICK", 0.05)


@pytest.fixture
def catalog(settings: Settings) -> Iterator[Catalog]:
    settings.folders.state.mkdir(parents=True)
    opened = Catalog(settings.database_url)
    opened.migrate()
    yield opened
    opened.close()


def told(settings: Settings, *targets: str, batch: float = 0, pause: float = 0) -> Settings:
    notify = {"targets": targets, "batch_seconds": batch, "pause_seconds": pause}
    sections = load(notify=notify).notify
    return settings.model_copy(update={"notify": sections})


@pytest.fixture
def start() -> Iterator[list[Courier]]:
    running: list[Courier] = []
    yield running
    for each in running:
        each.stop()
        each.check()


def begin(settings: Settings, catalog: Catalog, running: list[Courier]) -> Courier:
    each = Courier(settings, catalog)
    each.start()
    running.append(each)
    return each


def item(catalog: Catalog, path: str) -> Item:
    with catalog.writing() as session:
        made = drops.accept(session, Drop("drop", path, 1, 1, Kind.SCRIPT), {})
        assert made
        return made


def happen(catalog: Catalog, deed: Deed, made: Item, message: str = "") -> None:
    with catalog.writing() as session:
        audit.record(session, deed, message, About(made), details={"kind": made.kind})


def unsent(catalog: Catalog) -> list[Notice]:
    with catalog.reading() as session:
        return list(session.exec(select(Notice).where(Notice.sent_at == None)))  # noqa: E711


def test_news_of_a_story_are_one_message_and_the_worst_comes_first(settings, catalog, hook, start):
    made = [item(catalog, f"harbor/{n}.fountain") for n in range(30)]
    begin(told(settings, hook.address, batch=1.5), catalog, start)
    for each in made:
        happen(catalog, Deed.DONE, each)
    happen(catalog, Deed.REJECTED, made[0], "0.fountain is empty: drop it again")
    until(lambda: len(hook.posted) == 1, 60)
    assert hook.titles == ["harbor: 1 not usable, 30 done"]
    message = hook.posted[0]["message"]
    assert "0.fountain is empty: drop it again" in message.splitlines()[0]
    assert "and 19 more" in message
    assert str(settings.folders.output / "harbor" / "status.html") in message


def test_news_of_many_stories_are_one_message(settings, catalog, hook, start):
    made = [item(catalog, f"story {n}/a.fountain") for n in range(9)]
    begin(told(settings, hook.address, batch=1.5), catalog, start)
    for each in made:
        happen(catalog, Deed.DONE, each)
    until(lambda: len(hook.posted) == 1, 60)
    assert hook.titles == ["9 stories: 9 done"]


def test_what_happened_before_a_target_was_named_is_not_told(settings, catalog, hook, start):
    made = item(catalog, "harbor/a.fountain")
    happen(catalog, Deed.DONE, made)
    begin(told(settings, hook.address), catalog, start)
    happen(catalog, Deed.FAILED, made)
    until(lambda: len(hook.posted) == 1, 60)
    assert hook.titles == ["harbor: 1 failed"]


def test_a_restart_neither_loses_nor_repeats_a_notice(settings, catalog, hook, start):
    made = item(catalog, "harbor/a.fountain")
    first = begin(told(settings, hook.address), catalog, start)
    happen(catalog, Deed.DONE, made, "one")
    until(lambda: len(hook.posted) == 1, 60)
    hook.refuse = True
    happen(catalog, Deed.DONE, made, "two")
    until(lambda: bool(unsent(catalog)) and bool(unsent(catalog)[0].error), 60)
    first.stop()
    happen(catalog, Deed.DONE, made, "three")  # while nobody sends
    hook.refuse = False
    with catalog.writing() as session:
        for notice in session.exec(select(Notice)):
            notice.next_try_at = 0
    begin(told(settings, hook.address), catalog, start)
    until(lambda: len(hook.posted) == 3, 60)
    until(lambda: not unsent(catalog), 60)
    bodies = [post["message"].splitlines()[0].rpartition(": ")[2] for post in hook.posted]
    assert sorted(bodies) == ["one", "three", "two"]


def test_two_services_send_a_notice_once(settings, catalog, hook, start):
    made = item(catalog, "harbor/a.fountain")
    for _ in range(3):
        begin(told(settings, hook.address), catalog, start)
    for number in range(5):
        happen(catalog, Deed.DONE, made, str(number))
        until(lambda number=number: str(number) in _all(hook), 60)
    until(lambda: not unsent(catalog), 60)
    assert sorted(_all(hook)) == ["0", "1", "2", "3", "4"]


def _all(hook: Webhook) -> list[str]:
    lines = [line for post in hook.posted for line in post["message"].splitlines()]
    return [line.rpartition(": ")[2] for line in lines if not line.startswith("Status")]


def test_good_news_of_footage_wait_for_the_rest_of_their_story_and_bad_news_do_not(
    settings, catalog, hook, start
):
    with catalog.writing() as session:
        footage = drops.accept(
            session, Drop("drop", "harbor/a.mov", 1, 1, Kind.FOOTAGE), {"probe": ()}
        )
    each = begin(told(settings, hook.address), catalog, start)
    happen(catalog, Deed.DONE, footage)
    each.round()
    assert hook.posted == []
    happen(catalog, Deed.REJECTED, footage)
    until(lambda: hook.titles == ["harbor: 1 not usable, 1 done"], 60)


class Mailbox:
    def __init__(self) -> None:
        self.mails: list[str] = []

    async def handle_DATA(self, _server, _session, envelope) -> str:
        self.mails.append(envelope.content.decode("utf-8"))
        return "250 OK"


def test_mail_reaches_a_mail_server_in_chinese(settings, catalog, start):
    box = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    address = (
        f"mailto://127.0.0.1:{port}?from=stringout@example.com&to=desk@example.com&format=text"
    )
    made = item(catalog, "港口/a.fountain")
    notify = told(settings, address).notify.model_copy(update={"language": "zh"})
    begin(settings.model_copy(update={"notify": notify}), catalog, start)
    happen(catalog, Deed.REJECTED, made, "a.fountain is empty")
    until(lambda: len(box.mails) == 1, 60)
    server.stop()
    assert "To: desk@example.com" in box.mails[0]
    assert "Subject:" in box.mails[0]
    until(lambda: not unsent(catalog), 60)


def test_an_address_that_is_none_is_told_without_its_secrets(settings):
    with pytest.raises(Misconfigured) as raised:
        keys(told(settings, "json://localhost/fine", "nonsense://token-1234").notify)
    assert "number 2" in str(raised.value)
    assert "token-1234" not in str(raised.value)


@pytest.mark.parametrize(
    "address",
    [
        "mailtos://user:password@mail.example?to=desk@example.com",
        "workflows://prod.azure.com:443/abcd/efgh",
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
        "feishu://abcdefgh-1234",
        "wecombot://botkey1234",
        "dingtalk://12345678901234567890",
        "jsons://hook.example/path",
    ],
)
def test_every_kind_of_target_that_the_handbook_names_is_understood(settings, address):
    (key,) = keys(told(settings, address).notify)
    assert address not in key
    assert address not in load(notify={"targets": [address]}).model_dump_json()
