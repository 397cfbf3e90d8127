from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.timecode import (
    KNOWN_RATES,
    Timecode,
    exact_rate,
    nominal,
    rescale,
    seconds_to_frames,
)  # fmt: skip

NTSC = Fraction(30000, 1001)
rates = st.sampled_from(KNOWN_RATES)
drop_rates = st.sampled_from([rate for rate in KNOWN_RATES if nominal(rate) % 30 == 0])


def day(rate: Fraction) -> int:
    return 24 * 3600 * nominal(rate)


@given(rates, st.data())
def test_every_frame_of_a_day_reads_back_from_its_label(
    rate: Fraction, data: st.DataObject
) -> None:
    frames = data.draw(st.integers(0, day(rate) - 1))
    timecode = Timecode(frames, rate)
    assert Timecode.parse(str(timecode), rate) == timecode


@given(drop_rates, st.data())
def test_every_drop_frame_reads_back_from_its_label(rate: Fraction, data: st.DataObject) -> None:
    left_out = nominal(rate) // 15 * (24 * 60 - 24 * 6)
    frames = data.draw(st.integers(0, day(rate) - left_out - 1))
    timecode = Timecode(frames, rate, drop_frame=True)
    assert Timecode.parse(str(timecode), rate) == timecode


@given(drop_rates, st.integers(0, 2_000_000))
def test_the_next_frame_has_a_later_label(rate: Fraction, frames: int) -> None:
    frames %= nominal(rate) * 3600 * 23
    timecode = Timecode(frames, rate, drop_frame=True)
    assert str(timecode + 1) > str(timecode)


@given(st.integers(0, 23), st.integers(0, 59), st.integers(0, 29))
def test_labels_that_drop_frame_leaves_out_are_refused(hour: int, minute: int, frame: int) -> None:
    label = f"{hour:02}:{minute:02}:00;{frame:02}"
    if frame < 2 and minute % 10:
        with pytest.raises(ValueError, match="does not exist"):
            Timecode.parse(label, NTSC)
    else:
        assert str(Timecode.parse(label, NTSC)) == label


@pytest.mark.parametrize("rate", [NTSC, Fraction(60000, 1001)])
def test_drop_frame_labels_keep_to_the_clock(rate: Fraction) -> None:
    hour = Timecode(round(3600 * rate), rate, drop_frame=True)
    assert str(hour).startswith(("01:00:00", "00:59:59"))


def test_the_labels_around_a_dropped_minute() -> None:
    last = Timecode.parse("10:59:59;29", NTSC)
    assert str(last + 1) == "11:00:00;00"
    before = Timecode.parse("10:00:59;29", NTSC)
    assert str(before + 1) == "10:01:00;02"


def test_an_hour_of_23_976_is_not_an_hour_of_its_timecode() -> None:
    rate = Fraction(24000, 1001)
    frames = seconds_to_frames(3600, rate)
    assert (frames, str(Timecode(frames, rate))) == (86314, "00:59:56:10")


def test_drop_frame_is_a_flag_and_not_a_rate() -> None:
    assert str(Timecode.parse("00:01:00;02", Fraction(30))) == "00:01:00;02"
    assert str(Timecode.parse("00:01:00:00", NTSC)) == "00:01:00:00"


def test_labels_wrap_after_24_hours() -> None:
    assert str(Timecode(24 * 3600 * 25 + 3, Fraction(25))) == "00:00:00:03"


@pytest.mark.parametrize("label", ["", "1:2:3", "aa:bb:cc:dd", "00:00:00:25", "00:60:00:00", "٠"])
def test_what_is_no_timecode_is_refused(label: str) -> None:
    with pytest.raises(ValueError, match=r"timecode|exist"):
        Timecode.parse(label, Fraction(25))


def test_drop_frame_at_25_is_refused() -> None:
    with pytest.raises(ValueError, match="drop-frame is defined for 30 and 60"):
        Timecode(0, Fraction(25), drop_frame=True)


def test_a_negative_timecode_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        Timecode(-1, Fraction(25))


@given(rates, st.integers(0, 10_000_000))
def test_time_goes_to_frames_and_back(rate: Fraction, frames: int) -> None:
    assert seconds_to_frames(frames / rate, rate) == frames


@given(rates, rates, st.integers(0, 1_000_000))
def test_rescaling_is_off_by_at_most_half_a_frame(
    source: Fraction, target: Fraction, frames: int
) -> None:
    assert abs(rescale(frames, source, target) / target - frames / source) <= 1 / (2 * target)


@given(rates, st.integers(0, 1_000_000), st.integers(0, 1000))
def test_rescaling_keeps_the_order(rate: Fraction, frames: int, more: int) -> None:
    other = Fraction(24000, 1001)
    assert rescale(frames, rate, other) <= rescale(frames + more, rate, other)


@given(rates)
def test_a_known_rate_is_itself_in_every_spelling(rate: Fraction) -> None:
    assert exact_rate(f"{rate.numerator}/{rate.denominator}") == rate
    assert exact_rate(round(float(rate), 3)) == rate


@pytest.mark.parametrize("value", ["0/0", "", "-25", "abc", 0, float("inf"), float("nan")])
def test_what_is_no_rate_is_refused(value: str | float) -> None:
    with pytest.raises(ValueError, match="not a frame rate"):
        exact_rate(value)


def test_23_976_and_24_stay_apart() -> None:
    assert exact_rate("23.976") == Fraction(24000, 1001)
    assert exact_rate("24") == Fraction(24)
    assert exact_rate("12.5") == Fraction(25, 2)
