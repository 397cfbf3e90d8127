from dataclasses import replace
from fractions import Fraction

import pytest

from media.errors import Rejected
from renderers import rules
from renderers.sequence import Alternate, Event, Marker, MarkerKind, Sequence, Track
from tests.renderers.plans import FILM, frozen, gap, sequence, source, use

GOOD = sequence([use(source(), 0, 50), gap(20), use(source(2, FILM), 24, 96)])


def changed(which: int, **values: object) -> Sequence:
    """GOOD with other values in one event."""
    events = list(GOOD.events)
    events[which - 1] = replace(events[which - 1], **values)  # type: ignore[arg-type]
    return replace(GOOD, events=tuple(events))


def test_a_good_cut_passes() -> None:
    rules.require(GOOD)


@pytest.mark.parametrize(
    ("cut", "words"),
    [
        (replace(GOOD, events=()), "no events"),
        (replace(GOOD, rate=Fraction(120)), "cut.rate"),
        (changed(2, number=5), "event 5 stands where event 2 belongs"),
        (changed(2, record_in=51), "event 2 begins at record frame 51, not at 50"),
        (changed(2, record_in=49), "event 2 begins at record frame 49, not at 50"),
        (changed(2, record_out=50), "event 2 ends at record frame 50"),
        (changed(2, out_frame=7), "event 2 is a gap but has source frames"),
        (changed(1, in_frame=1451, out_frame=1501), "event 1 wants frames 1451 to 1501"),
        (changed(1, in_frame=-1), "event 1 wants frames -1"),
        (changed(1, in_frame=50), "event 1 wants frames 50 to 50"),
        (changed(1, speed=Fraction(-1)), "event 1 plays A001.mov at speed -1"),
        (changed(1, speed=Fraction(0)), "event 1 freezes 50 frames of A001.mov"),
        (sequence([frozen(source(width=0), 5, 9)]), "freezes A001.mov, which has no picture"),
        (sequence([frozen(source(name="a.png"), 0, 9)]), "a.png, which stands still by itself"),
        (sequence([frozen(source(), 1500, 9)]), "event 1 wants frames 1500 to 1501"),
        (changed(1, dissolve=8), "event 1 has nothing before it"),
        (changed(3, dissolve=8), "event 3 dissolves where a picture is missing"),
        (changed(1, out_frame=49), "event 1 puts 49 source frames into 50 record frames"),
        (changed(3, out_frame=100), "event 3 plays frames 24 to 100"),
        (sequence([use(replace(source(2, FILM), frames=10), 0, 10)], Fraction(50)), "longer than"),
        (changed(1, source=replace(source(), drop_frame=True)), "numbers A001.mov in drop-frame"),
    ],
)
def test_a_broken_plan_is_refused_and_the_event_named(cut: Sequence, words: str) -> None:
    with pytest.raises(Rejected, match=words):
        rules.require(cut)


PAIR = (use(source(), 100, 150), use(source(2), 100, 150))


def pair(*changes: dict[str, object]) -> Sequence:
    return sequence(
        replace(event, **values)  # type: ignore[arg-type]
        for event, values in zip(PAIR, changes, strict=True)
    )


@pytest.mark.parametrize(
    ("cut", "words"),
    [
        (pair({}, {"dissolve": 1}), "event 2 dissolves over 1 frames"),
        (pair({}, {"dissolve": 256}), "event 2 dissolves over 256 frames"),
        (pair({}, {"dissolve": 102}), "event 2 dissolves while event 1 still does"),
        (pair({}, {"dissolve": 20, "in_frame": 9, "out_frame": 59}), "lacks the handle of 10"),
        (
            pair({"in_frame": 1441, "out_frame": 1491}, {"dissolve": 20}),
            "event 2 needs 10 frames of event 1",
        ),
        (pair({}, {"split": 50}), "event 2 splits its sound by 50 frames"),
        (pair({}, {"split": -50}), "event 2 splits its sound by -50 frames"),
        (pair({}, {"split": -9, "in_frame": 8, "out_frame": 58}), "has no sound 9 frames before"),
        (
            pair({"in_frame": 1442, "out_frame": 1492}, {"split": 9}),
            "lets event 1 sound on past the end of A001.mov",
        ),
        (
            pair({"alternates": (Alternate(source(3), 1490, 1510, 20),)}, {}),
            "event 1 has an alternate that wants frames 1490 to 1510",
        ),
        (
            pair({"alternates": (Alternate(source(3), 0, 20, 25),)}, {}),
            "event 1 has an alternate that puts A003.mov into 25",
        ),
    ],
)
def test_a_transition_without_handles_is_refused(cut: Sequence, words: str) -> None:
    with pytest.raises(Rejected, match=words):
        rules.require(cut)


def test_transitions_with_just_their_handles_are_good() -> None:
    first = use(source(), 1444, 1494)
    rules.require(sequence([first, use(source(2), 5, 55, dissolve=11)]))
    rules.require(sequence([first, use(source(2), 5, 55, split=-5)]))
    rules.require(sequence([first, use(source(2), 5, 55, split=6)]))


def over(**values: object) -> Event:
    return replace(use(source(4), 0, 10), record_in=5, record_out=15, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("track", "words"),
    [
        (Track("V3", (over(),)), "the tracks above V1 are called V3"),
        (Track("V2", (over(source=None),)), "event 1 of V2 has no picture"),
        (Track("V2", (over(), over())), "event 2 of V2 lies at 5 to 15"),
        (Track("V2", (replace(over(), record_in=495, record_out=505),)), "event 1 of V2 lies at"),
        (Track("V2", (over(dissolve=4),)), "which only V1 has"),
        (Track("V2", (over(out_frame=11),)), "event 1 of V2 puts 11 source frames into 10"),
    ],
)
def test_a_broken_track_is_refused(track: Track, words: str) -> None:
    with pytest.raises(Rejected, match=words):
        rules.require(replace(GOOD, tracks=(track,)))


def test_a_marker_outside_the_cut_is_refused() -> None:
    mark = Marker(MarkerKind.MUSIC, 140, 900, "piano")
    with pytest.raises(Rejected, match="the marker 'piano' lies at 140 to 900"):
        rules.require(replace(GOOD, markers=(mark,)))
