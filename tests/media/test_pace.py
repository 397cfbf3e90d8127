from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from media import pace


class Clock:
    """Time that passes when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@given(st.lists(st.integers(1, 10_000_000), min_size=1, max_size=50), st.integers(1000, 10**8))
def test_no_more_is_handed_out_than_the_rate_and_one_burst(counts: list[int], rate: int) -> None:
    clock = Clock()
    bucket = pace.Bucket(rate, clock, clock.sleep)
    handed = 0
    for count in counts:
        bucket.take(count)
        handed += count
        assert handed <= rate * (clock.now + 0.5) * (1 + 1e-9) + 1
    assert clock.now <= sum(counts) / rate + 1e-6


def test_time_in_which_nothing_was_read_is_not_saved_up() -> None:
    clock = Clock()
    bucket = pace.Bucket(100, clock, clock.sleep)
    clock.now = 1000
    bucket.take(500)
    assert clock.now == 1000 + 4.5


def test_threads_share_one_bucket() -> None:
    bucket = pace.of("a-folder", 2)
    assert pace.of("a-folder", 2) == bucket
    assert pace.of("another", 2) != bucket
    assert pace.of("a-folder", 0) is pace.unlimited


def test_ffmpeg_reads_at_half_of_the_limit() -> None:
    options = pace.read_rate(8, size=60_000_000, seconds=Fraction(60))
    assert options == {"readrate": 4.0}  # 4 MB of the 1 MB that a second of it has
    assert pace.read_rate(0, 1, Fraction(1)) == {}
    assert pace.read_rate(8, 0, Fraction(1)) == {}
