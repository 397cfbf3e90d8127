import multiprocessing
import time
from fractions import Fraction
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from media import pace


class Clock:
    """Time that passes when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


counts = st.lists(st.integers(1, 10_000_000), min_size=1, max_size=30)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(counts=counts, rate=st.integers(1000, 10**8))
def test_no_more_is_handed_out_than_the_rate_and_one_burst(
    tmp_path: Path, counts: list[int], rate: int
) -> None:
    clock, ledger, handed = Clock(), tmp_path / "ledger", 0
    ledger.unlink(missing_ok=True)
    for count in counts:
        pace.take(ledger, rate, count, clock, clock.sleep)
        handed += count
        assert handed <= rate * (clock.now - 1000 + 0.5) * (1 + 1e-9) + 1
    assert clock.now - 1000 <= sum(counts) / rate + 1e-6


def test_time_in_which_nothing_was_read_is_not_saved_up(tmp_path: Path) -> None:
    clock = Clock()
    pace.take(tmp_path / "ledger", 100, 1, clock, clock.sleep)
    clock.now = 5000
    pace.take(tmp_path / "ledger", 100, 500, clock, clock.sleep)
    assert clock.now == 5000 + 4.5


def test_what_a_reboot_left_behind_holds_nobody_up_for_long(tmp_path: Path) -> None:
    clock = Clock()
    clock.now = 9e6
    pace.take(tmp_path / "ledger", 100, 100, clock, clock.sleep)
    clock.now = 0
    pace.take(tmp_path / "ledger", 100, 100, clock, clock.sleep)
    assert clock.now <= 65


def _read(ledger: Path) -> None:
    for _ in range(5):
        pace.take(ledger, 1e6, 100_000)


def test_processes_share_one_rate(tmp_path: Path) -> None:
    started = time.monotonic()
    context = multiprocessing.get_context("fork")
    readers = [context.Process(target=_read, args=(tmp_path / "ledger",)) for _ in range(3)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join(60)
    assert time.monotonic() - started >= 1.0 - 0.1  # 1.5 MB at 1 MB/s, less one burst


def test_ffmpeg_reads_at_half_of_the_limit() -> None:
    options = pace.read_rate(8, size=60_000_000, seconds=Fraction(60))
    assert options == {"readrate": 4.0}  # 4 MB of the 1 MB that a second of it has
    assert pace.read_rate(0, 1, Fraction(1)) == {}
    assert pace.read_rate(8, 0, Fraction(1)) == {}


def test_a_folder_without_a_limit_is_read_as_fast_as_it_goes(tmp_path: Path) -> None:
    assert pace.of(tmp_path, "drop", 0) is pace.unlimited
    assert not list(tmp_path.iterdir())
