from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from catalog.models import Label
from renderers.curve import Felt, curve, mean

RATE = Fraction(25)


def certain(label: Label, first: int, end: int) -> Felt:
    return Felt(first, end, {one.value: float(one is label) for one in Label})


def test_a_change_of_feeling_is_a_turning_point_and_its_height_a_peak() -> None:
    spans = [certain(Label.CALM, 250 * n, 250 * n + 250) for n in range(3)]
    spans += [certain(Label.FEAR, 750 + 250 * n, 1000 + 250 * n) for n in range(3)]
    found = curve(spans, RATE).as_data()
    assert found["turning_points"] == [{"frame": 750, "from": "calm", "to": "fear"}]
    assert [(peak["label"], peak["frame"]) for peak in found["peaks"]] == [("fear", 1375)]
    assert found["points"][0]["chinese"] == "平静"


def test_one_short_odd_line_among_many_is_smoothed_away() -> None:
    spans = [certain(Label.JOY, 50 * n, 50 * n + 50) for n in range(9)]
    spans[4] = certain(Label.ANGER, 200, 250)
    found = curve(spans, RATE).as_data()
    assert {point["label"] for point in found["points"]} == {"joy"}
    assert found["turning_points"] == []
    assert found["dominant"] == "joy"


def test_the_dominant_feeling_has_the_most_time_and_not_the_most_lines() -> None:
    spans = [
        certain(Label.SADNESS, 0, 900),
        certain(Label.JOY, 900, 920),
        certain(Label.JOY, 920, 940),
    ]
    assert curve(spans, RATE).dominant == "sadness"


def test_nothing_known_is_an_empty_curve() -> None:
    found = curve([Felt(0, 25, {})], RATE).as_data()
    assert (found["dominant"], found["points"], found["peaks"]) == (None, [], [])


@given(st.lists(st.sampled_from(list(Label)), min_size=1, max_size=12))
def test_the_curve_stays_a_probability(labels: list[Label]) -> None:
    spans = [certain(label, 40 * n, 40 * n + 40) for n, label in enumerate(labels)]
    for point in curve(spans, RATE).as_data()["points"]:
        assert abs(sum(point["scores"].values()) - 1) < 0.01


def test_a_span_feels_as_what_is_in_it_by_its_time() -> None:
    spans = [
        certain(Label.JOY, 0, 100),
        certain(Label.FEAR, 100, 200),
        certain(Label.CALM, 300, 400),
    ]
    found = mean(spans, (70, 110))
    assert (found["joy"], found["fear"], found["calm"]) == (0.75, 0.25, 0)
    assert mean(spans, (210, 290)) == {}
