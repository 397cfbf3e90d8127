"""Which clips stay: held against every order of uses, sizes and pins."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.cache.policy import Place, Policy

CLIPS, SIZE = 10, 1000

uses = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 400), st.booleans()), min_size=1, max_size=200
)


class Tier:
    """What a tier does with the policy: it holds clips, and some of them are in use."""

    def __init__(self) -> None:
        self.policy = Policy(CLIPS, SIZE)
        self.held: dict[str, int] = {}
        self.pinned: set[str] = set()

    def let_go(self, key: str) -> bool:
        if key in self.pinned:
            return False
        del self.held[key]
        return True

    def want(self, key: str, size: int) -> bool:
        if self.policy.use(key):
            return True
        if self.policy.admit(key, size, self.let_go):
            self.held[key] = size
        return False


@given(uses)
def test_it_never_holds_more_than_fits(wanted):
    tier = Tier()
    for number, size, pin in wanted:
        key = str(number)
        tier.want(key, size)
        if pin:
            tier.pinned ^= {key}
        assert len(tier.held) <= CLIPS
        assert sum(tier.held.values()) <= SIZE


@given(uses)
def test_what_is_in_use_is_never_let_go(wanted):
    tier = Tier()
    for number, size, pin in wanted:
        key = str(number)
        tier.want(key, size)
        if pin and key in tier.held:
            tier.pinned.add(key)
        assert tier.pinned <= set(tier.held)


@given(uses)
def test_the_policy_knows_exactly_what_is_held(wanted):
    tier = Tier()
    for number, size, _ in wanted:
        tier.want(str(number), size)
        assert {key for key in map(str, range(31)) if key in tier.policy} == set(tier.held)
        assert (len(tier.policy), tier.policy.size) == (len(tier.held), sum(tier.held.values()))


@given(uses)
def test_one_that_was_written_down_goes_on_as_before(wanted):
    first, second = Tier(), Tier()
    for number, size, _ in wanted:
        second.policy = Policy(CLIPS, SIZE, second.policy.rows())
        assert first.want(str(number), size) == second.want(str(number), size)
    assert first.held == second.held


def test_what_is_worked_with_outlives_a_search_that_looks_at_everything_once():
    tier = Tier()
    for _ in range(3):
        for key in ("a", "b", "c"):
            tier.want(key, 10)
    for number in range(200):
        tier.want(f"search {number}", 10)
    assert {"a", "b", "c"} <= set(tier.held)


def test_what_comes_back_soon_is_taken_for_good():
    tier = Tier()
    for number in range(CLIPS + 1):
        tier.want(str(number), 10)
    gone = next(str(number) for number in range(CLIPS + 1) if str(number) not in tier.held)
    tier.want(gone, 10)
    assert (gone, Place.MAIN) in [(key, place) for key, place, _ in tier.policy.rows()]


@pytest.mark.parametrize("size", [SIZE + 1, 10 * SIZE])
def test_a_clip_that_would_never_fit_pushes_nothing_out(size):
    tier = Tier()
    tier.want("a", 10)
    assert not tier.policy.admit("huge", size, tier.let_go)
    assert set(tier.held) == {"a"}
