"""The ledger on a real PostgreSQL: one clock, claims and joins of many at once."""

import threading
import time
from collections.abc import Iterator

import pytest

from catalog import claims, clock, facts, leases, recovery, runs
from catalog.database import Catalog
from catalog.models import Item, Kind, StageRun, Status, Story
from media.errors import TryLater
from tests.servers import PostgreSQL, free_port

NEEDS = {"a": (), "b": (), "c": ("a", "b")}
DONE = claims.Ending(Status.DONE, "done")


@pytest.fixture(scope="module")
def server() -> Iterator[PostgreSQL]:
    with PostgreSQL() as started:
        yield started


@pytest.fixture
def catalog(server: PostgreSQL) -> Iterator[Catalog]:
    opened = Catalog(server.url)
    opened.migrate()
    yield opened
    opened.close()


def _items(catalog: Catalog, count: int) -> list[int]:
    """New items, with the runs of NEEDS queued."""
    with catalog.writing() as session:
        story = Story(name=f"story {time.monotonic_ns()}", created_at=0)
        session.add(story)
        session.flush()
        items = [
            Item(root=f"r{story.id}", path=f"{n}.mov", size=1, mtime_ns=1, kind=Kind.FOOTAGE,
                 story_id=story.id or 0, accepted_at=0)
            for n in range(count)
        ]  # fmt: skip
        session.add_all(items)
        session.flush()
        ids = [item.id or 0 for item in items]
        for item in ids:
            runs.plan(session, [item], NEEDS)
        runs.begin(session, ids, NEEDS)
    return ids


def _at_once(*acts) -> None:
    threads = [threading.Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


def test_processes_that_start_together_take_turns_at_the_schema(server: PostgreSQL) -> None:
    server.sql("CREATE DATABASE together")
    url = server.url.removesuffix("stringout") + "together"
    catalogs = [Catalog(url) for _ in range(4)]
    _at_once(*(catalog.migrate for catalog in catalogs))
    with catalogs[0].reading() as session:
        assert session.get(StageRun, (1, "a")) is None
    for catalog in catalogs:
        catalog.close()


def test_a_run_that_many_claim_at_once_is_given_to_one(catalog: Catalog) -> None:
    (item,) = _items(catalog, 1)
    taken = []

    def claim() -> None:
        with catalog.writing() as session:
            taken.append(claims.claim(session, item, "a", "me", 30))

    _at_once(*[claim] * 8)
    assert len(taken) == 8
    assert sum(claim is not None for claim in taken) == 1


def test_stages_that_end_together_always_start_what_follows(catalog: Catalog) -> None:
    items = _items(catalog, 60)
    ready = threading.Barrier(2)

    def finish(stage: str) -> None:
        for item in items:
            with catalog.writing() as session:
                claim = claims.claim(session, item, stage, "me", 30)
                assert claim
            ready.wait(60)
            with catalog.writing() as session:
                runs.lock(session, item)
                assert claims.end(session, claim, DONE)
                runs.promote(session, item, NEEDS)

    _at_once(lambda: finish("a"), lambda: finish("b"))
    with catalog.reading() as session:
        found = [session.get_one(StageRun, (item, "c")).status for item in items]
    assert set(found) == {Status.QUEUED}


def test_leases_are_of_the_databases_clock(catalog: Catalog, monkeypatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 0.0)  # a host whose clock is wrong
    (item,) = _items(catalog, 1)
    with catalog.writing() as session:
        assert claims.claim(session, item, "a", "me", 30)
    with catalog.writing() as session:
        assert recovery.queue_expired(session, clock.read(session)) == []
        run = session.get_one(StageRun, (item, "a"))
        assert 25 < run.lease_until - clock.read(session) <= 30


def test_a_role_is_taken_by_one(catalog: Catalog) -> None:
    taken = []

    def take(owner: str) -> None:
        with catalog.writing() as session:
            if leases.take(session, "sweep", owner, 30):
                taken.append(owner)

    _at_once(*(lambda owner=str(n): take(owner) for n in range(8)))
    assert len(taken) == 1


def test_what_is_saved_reads_back(catalog: Catalog) -> None:
    (item,) = _items(catalog, 1)
    with catalog.writing() as session:
        found = session.get_one(Item, item)
        assert facts.identify(session, found, f"{item:032x}") is None
    with catalog.reading() as session:
        assert session.get_one(Item, item).asset_id is not None


def test_the_end_of_a_run_is_written_when_the_database_is_back(
    server: PostgreSQL, catalog: Catalog
) -> None:
    (item,) = _items(catalog, 1)
    with catalog.writing() as session:
        claim = claims.claim(session, item, "a", "me", 300)
    assert claim
    written = threading.Event()

    def come_back() -> None:
        """The server ends with the thread that started it: it stays until all is written."""
        time.sleep(1)
        server.start()
        written.wait(120)

    server.kill()
    back = threading.Thread(target=come_back)
    back.start()
    until = time.monotonic() + 100
    ended = catalog.write(
        lambda session: claims.end(session, claim, DONE), stop=lambda: time.monotonic() > until
    )
    written.set()
    back.join()
    assert ended


def test_a_database_that_is_not_there_is_waited_for() -> None:
    catalog = Catalog(f"postgresql://nobody:secret@127.0.0.1:{free_port()}/none")
    with pytest.raises(TryLater, match="does not answer") as error:
        catalog.migrate()
    assert "secret" not in str(error.value)
    catalog.close()
