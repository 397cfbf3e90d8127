"""Windows of time in which heavy work may begin: "20:00-06:00", "sat-sun 00:00-24:00".

A window is a span of the wall clock in its time zone, so that the night that the clock is put
forward is an hour shorter and the one that it is put back an hour longer. An end that is not
after its start is on the next day; an hour that the clock shows twice belongs to the window
both times.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import tzlocal

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FORM = re.compile(
    r"(?:(?P<first>[a-z]{3})(?:-(?P<last>[a-z]{3}))? )?"
    r"(?P<start>[0-2]\d:[0-5]\d)-(?P<end>[0-2]\d:[0-5]\d)"
)
_AHEAD = 8  # days: a window of one weekday opens once in seven


@dataclass(frozen=True)
class Window:
    """A daily span of minutes since midnight, on the days it starts on (0 is Monday)."""

    days: frozenset[int]
    start: int
    end: int  # greater than 1440: on the next day


def parse(text: str) -> Window:
    """Read one window. Raises ValueError with a sentence."""
    found = _FORM.fullmatch(text.strip().lower())
    if not found:
        raise ValueError(f'{text!r} is no window: write "20:00-06:00" or "sat-sun 00:00-24:00"')
    start, end = _minutes(found["start"]), _minutes(found["end"])
    if start >= 1440 or end > 1440:
        raise ValueError(f"{text!r} goes past midnight: the day ends at 24:00")
    return Window(_days(found["first"], found["last"]), start, end if end > start else end + 1440)


def zone(name: str) -> ZoneInfo:
    """The time zone called `name` in the IANA database; "" is this machine's.

    Raises ValueError when there is none.
    """
    try:
        return ZoneInfo(name) if name else tzlocal.get_localzone()
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"there is no time zone {name!r}: write Asia/Shanghai, say") from error


def opens(windows: Iterable[Window], at: ZoneInfo, now: float) -> float:
    """The moment, in seconds since 1970, from which work may begin: `now` inside a window."""
    chosen = list(windows)
    today = datetime.fromtimestamp(now, at).date()
    starts = []
    for offset in range(-2, _AHEAD + 1):  # -2: a window of yesterday may still be open
        day = today + timedelta(days=offset)
        for window in chosen:
            if day.weekday() not in window.days:
                continue
            start = _moment(day, window.start, at, fold=0)
            if start <= now < _moment(day, window.end, at, fold=1):
                return now
            starts.append(start)
    return min((start for start in starts if start > now), default=now)


def _moment(day: date, minute: int, at: ZoneInfo, fold: int) -> float:
    """When the clock shows it. A time that a clock skips is as long after the last one before."""
    days, minute = divmod(minute, 1440)
    clock = time(minute // 60, minute % 60, fold=fold)
    local = datetime.combine(day + timedelta(days=days), clock, at)
    return local.astimezone(UTC).timestamp()


def _minutes(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def _days(first: str | None, last: str | None) -> frozenset[int]:
    if first is None:
        return frozenset(range(7))
    for name in (first, last or first):
        if name not in _DAYS:
            raise ValueError(f"{name!r} is no day: write mon, tue, wed, thu, fri, sat or sun")
    start, end = _DAYS.index(first), _DAYS.index(last or first)
    return frozenset((start + step) % 7 for step in range((end - start) % 7 + 1))
