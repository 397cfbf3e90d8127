"""Of several processes one has a role; another takes it over when that one stops or dies."""

import time

import pytest
from sqlalchemy.exc import OperationalError

from catalog import leases
from catalog.models import Lease
from tasks.roles import Role


@pytest.fixture
def roles(house):
    return [Role(house.catalog, "sweep", owner) for owner in ("one", "two")]


def test_one_of_two_has_a_role_until_it_gives_it_back(house, roles):
    first, second = roles
    assert first.held()
    assert not second.held()
    first.release()
    assert not first.held()
    second._ask_at = 0.0
    assert second.held()


def test_who_dies_loses_the_role_within_seconds(house, roles, deadline):
    first, second = roles
    assert first.held()  # and is never heard of again
    began = time.monotonic()
    deadline(second.held, 60)
    assert time.monotonic() - began > 1
    with house.catalog.reading() as session:
        assert leases.held(session) == {"sweep": "two"}


def test_who_was_held_up_for_too_long_knows_that_the_role_is_gone(house, roles):
    first, second = roles
    assert first.held()
    with house.catalog.writing() as session:
        session.get_one(Lease, "sweep").until = 0.0
    assert second.held()
    first._ask_at = 0.0
    assert not first.held()


def test_a_catalog_that_is_away_leaves_a_role_where_it_was_until_its_end(roles, monkeypatch):
    first, _ = roles
    assert first.held()

    def away():
        raise OperationalError("", None, ConnectionError("gone"))

    monkeypatch.setattr(first._catalog, "writing", away)
    first._ask_at = 0.0
    assert first.held()
    first._until = time.monotonic() - 1
    first._ask_at = 0.0
    assert not first.held()


def test_alone_nobody_is_asked(house):
    assert Role(house.catalog, "sweep", "me", alone=True).held()
    with house.catalog.reading() as session:
        assert leases.held(session) == {}
