from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import schedule

BERLIN = ZoneInfo("Europe/Berlin")
SHANGHAI = ZoneInfo("Asia/Shanghai")
NIGHT = [schedule.parse("20:00-06:00")]


def at(text: str, zone: ZoneInfo = BERLIN, fold: int = 0) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).timestamp()


def test_inside_of_a_window_work_begins_now_and_outside_when_it_opens() -> None:
    for inside in ("2026-11-24T20:00", "2026-11-24T23:59", "2026-11-25T05:59"):
        assert schedule.opens(NIGHT, BERLIN, at(inside)) == at(inside)
    for outside in ("2026-11-24T06:00", "2026-11-24T19:59"):
        assert schedule.opens(NIGHT, BERLIN, at(outside)) == at("2026-11-24T20:00")


def test_a_window_is_of_its_time_zone() -> None:
    noon = at("2026-11-24T13:00", BERLIN)  # 20:00 in Shanghai
    assert schedule.opens(NIGHT, SHANGHAI, noon) == noon
    assert schedule.opens(NIGHT, BERLIN, noon) == at("2026-11-24T20:00")


def test_the_night_that_the_clock_is_put_forward_ends_at_the_same_time_on_the_clock() -> None:
    start, end = at("2026-03-28T20:00"), at("2026-03-29T06:00")
    assert end - start == 9 * 3600
    assert schedule.opens(NIGHT, BERLIN, end - 1) == end - 1
    assert schedule.opens(NIGHT, BERLIN, end) == at("2026-03-29T20:00")


def test_the_night_that_the_clock_is_put_back_is_an_hour_longer() -> None:
    start, end = at("2026-10-24T20:00"), at("2026-10-25T06:00")
    assert end - start == 11 * 3600
    assert schedule.opens(NIGHT, BERLIN, end - 1) == end - 1


def test_an_hour_that_the_clock_shows_twice_belongs_to_the_window_both_times() -> None:
    early = [schedule.parse("01:00-02:30")]
    second = at("2026-10-25T02:15", fold=1)
    assert schedule.opens(early, BERLIN, second) == second
    assert schedule.opens(early, BERLIN, second + 900) == at("2026-10-26T01:00")


def test_a_start_that_the_clock_skips_is_as_long_after_the_jump() -> None:
    skipped = [schedule.parse("02:30-04:00")]
    assert schedule.opens(skipped, BERLIN, at("2026-03-29T01:00")) == at("2026-03-29T03:30")


def test_days_are_those_on_which_a_window_starts() -> None:
    weekend = [schedule.parse("fri-sun 22:00-02:00")]
    saturday = at("2026-11-28T01:00")  # the window of Friday
    assert schedule.opens(weekend, BERLIN, saturday) == saturday
    monday = at("2026-11-30T03:00")
    assert schedule.opens(weekend, BERLIN, monday) == at("2026-12-04T22:00")
    across = [schedule.parse("sun-mon 00:00-24:00")]
    assert schedule.opens(across, BERLIN, at("2026-12-01T00:00")) == at("2026-12-06T00:00")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("20-06", "no window"),
        ("nights", "no window"),
        ("25:00-26:00", "past midnight"),
        ("xyz 20:00-06:00", "no day"),
    ],
)
def test_what_is_no_window_is_told_in_one_sentence(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        schedule.parse(text)


def test_a_time_zone_that_does_not_exist_is_named() -> None:
    with pytest.raises(ValueError, match="Mars/Olympus"):
        schedule.zone("Mars/Olympus")


clock = st.tuples(st.integers(0, 23), st.integers(0, 59)).map(lambda t: f"{t[0]:02}:{t[1]:02}")
moments = st.integers(int(at("2026-01-01T00:00")), int(at("2028-01-01T00:00")))


@given(
    clock, clock, st.sampled_from(["Europe/Berlin", "Asia/Shanghai", "America/New_York"]), moments
)
def test_work_begins_inside_of_a_window_and_at_most_a_day_and_an_hour_from_now(
    start: str, end: str, name: str, now: int
) -> None:
    zone, windows = ZoneInfo(name), [schedule.parse(f"{start}-{end}")]
    opens = schedule.opens(windows, zone, now)
    assert now <= opens <= now + timedelta(hours=25).total_seconds()
    assert schedule.opens(windows, zone, opens) == opens
    if opens > now:
        assert schedule.opens(windows, zone, opens - 1) == opens
