"""What the movie shows from frame to frame."""

from dataclasses import replace
from itertools import pairwise

from hypothesis import HealthCheck, given, settings

from renderers.segments import segments
from renderers.sequence import Sequence, Track
from tests.renderers.plans import cuts, gap, sequence, source, use


def shape(cut: Sequence) -> list[tuple[int, int, int, int]]:
    return [
        (s.record_in, s.record_out, s.event.number, s.under.number if s.under else 0)
        for s in segments(cut)
    ]


def test_events_are_segments_and_dissolves_lie_between_them() -> None:
    cut = sequence([use(source(1), 100, 150), use(source(2), 200, 250, dissolve=13), gap(9)])
    assert shape(cut) == [(0, 44, 1, 0), (44, 57, 2, 1), (57, 100, 2, 0), (100, 109, 3, 0)]
    mixed = segments(cut)[1]
    assert mixed.weight(0) == 1 / 14
    assert mixed.weight(12) == 13 / 14


def test_the_highest_track_hides_what_is_below_also_in_a_dissolve() -> None:
    low = replace(use(source(3), 0, 20), record_in=30, record_out=50)
    high = replace(use(source(4), 0, 10), number=9, record_in=45, record_out=55)
    cut = sequence(
        [use(source(1), 100, 150), use(source(2), 200, 250, dissolve=20)],
        tracks=(Track("V2", (low,)), Track("V3", (high,))),
    )
    assert [(s.record_in, s.record_out, s.event.source.asset_id) for s in segments(cut)  # type: ignore[union-attr]
            ] == [(0, 30, 1), (30, 40, 3), (40, 45, 3), (45, 50, 4), (50, 55, 4), (55, 60, 2),
                  (60, 100, 2)]  # fmt: skip
    assert segments(cut)[5].weight(0) == 16 / 21


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cuts())
def test_segments_fill_every_cut_without_holes(cut: Sequence) -> None:
    found = segments(cut)
    assert found[0].record_in == 0
    assert found[-1].record_out == cut.duration
    assert all(a.record_out == b.record_in for a, b in pairwise(found))
    assert sum(s.duration for s in found if s.under) <= sum(e.dissolve for e in cut.events)
    assert all(0 < s.weight(0) < 1 for s in found if s.under)
