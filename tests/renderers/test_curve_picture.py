"""The emotion curve as a picture."""

import xml.etree.ElementTree as ET
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from catalog.models import CHINESE, Label
from renderers.curve import Felt, curve
from renderers.page.curve import Band, Beat, Mark, clock, draw, ticks

RATE = Fraction(30000, 1001)
SVG = "{http://www.w3.org/2000/svg}"


def beat(first: int, end: int, missing: bool = False) -> Beat:
    return Beat(first, end, missing, "MAYA: hello", "0.5")


BEATS = (beat(0, 100), beat(100, 160, missing=True), beat(160, 300))
FELT = curve([Felt(0, 100, {"joy": 0.9, "calm": 0.1}), Felt(160, 300, {"fear": 1.0})], RATE)
NOTHING = curve([], RATE)


def parse(svg: str) -> ET.Element:
    return ET.fromstring(svg)


def test_every_emotion_has_a_lane_named_in_both_languages() -> None:
    words = "".join(parse(draw(BEATS, FELT, [], [], 1000)).itertext())
    for label in Label:
        assert label.title() in words
        assert CHINESE[label] in words


def test_a_missing_line_is_hatched_where_its_gap_is() -> None:
    root = parse(draw(BEATS, FELT, [], [], 1000))
    gaps = [rect for rect in root.iter(f"{SVG}rect") if rect.get("class") == "missing"]
    assert len(gaps) == 1
    left, width = float(gaps[0].get("x", "")), float(gaps[0].get("width", ""))
    plot = 1000 - 118 - 8
    assert abs(left - (118 + plot / 3)) < 0.1
    assert abs(width - plot / 5) < 0.1


def test_the_leading_emotion_rises_in_its_own_lane_only() -> None:
    root = parse(draw(BEATS, FELT, [], [], 1000))
    full = {path.get("data-emotion"): path.get("d", "") for path in root.iter(f"{SVG}path")}
    assert "C" in full["joy"]
    assert "C" in full["fear"]
    assert "C" not in full["anger"]
    assert "C" not in full["calm"], "calm is known, but joy leads"


def test_every_event_can_be_clicked() -> None:
    root = parse(draw(BEATS, FELT, [], [], 1000))
    assert [rect.get("data-seek") for rect in root.iter(f"{SVG}rect")].count("0.5") == 3


def test_hostile_names_stay_text() -> None:
    hostile = '</svg><script>alert(1)</script>"&'
    svg = draw(
        [Beat(0, 9, False, hostile, "0")],
        NOTHING,
        [Mark(0, hostile)],
        [Band(0, 9, "joy", True, hostile)],
        1000,
    )
    root = parse(svg)
    assert not list(root.iter(f"{SVG}script"))
    assert hostile in list(root.itertext())


def test_an_empty_cut_still_draws() -> None:
    assert parse(draw([], NOTHING, [], [], 352)).get("width") == "352"


def test_scene_names_are_cut_where_the_next_scene_begins() -> None:
    marks = [Mark(0, "INT. A VERY LONG NAME OF A SCENE"), Mark(30, "EXT. B")]
    words = list(parse(draw(BEATS, FELT, marks, [], 352)).itertext())
    assert "EXT. B" in words
    assert "INT. A VERY LONG NAME OF A SCENE" not in words


@given(st.fractions(0, 20_000), st.integers(1, 30))
def test_ticks_fit_and_begin_at_zero(seconds: Fraction, room: int) -> None:
    found = ticks(seconds, room)
    assert found[0] == 0
    assert found[-1] <= seconds
    assert len(found) <= room + 1 or seconds > room * 3600


@given(st.lists(st.tuples(st.integers(1, 200), st.floats(0, 1), st.booleans()), max_size=12))
def test_any_cut_gives_well_formed_waves_inside_the_picture(
    lengths: list[tuple[int, float, bool]],
) -> None:
    beats, felt, at = [], [], 0
    for length, value, missing in lengths:
        beats.append(beat(at, at + length, missing))
        felt += [] if missing else [Felt(at, at + length, {"joy": value, "calm": 1 - value})]
        at += length
    for path in parse(draw(beats, curve(felt, RATE), [], [], 352)).iter(f"{SVG}path"):
        if path.get("class") == "peak":
            continue  # drawn by steps, not by places
        numbers = path.get("d", "").replace("M", " ").replace("H", " ").replace("V", " ")
        numbers = numbers.replace("C", " ").replace("Z", " ")
        assert all(0 <= float(number) <= 352 for number in numbers.split())


def test_a_peak_is_a_triangle_that_says_how_sure_it_is() -> None:
    root = parse(draw(BEATS, FELT, [], [], 1000))
    told = [path.findtext(f"{SVG}title") for path in root.findall(f"{SVG}path[@class='peak']")]
    assert told == [
        f"{peak.label.title()} {CHINESE[peak.label]} {100 * peak.height:.0f} %"
        for peak in FELT.peaks
    ]
    assert len(told) == 2


def test_clocks() -> None:
    assert clock(0) == "0:00"
    assert clock(102) == "1:42"
    assert clock(3723) == "1:02:03"


def test_music_is_a_bar_with_the_text_that_fits_and_a_transition_a_rhomb() -> None:
    bands = [
        Band(0, 90, "joy", True, "bright piano and strings, 120–140 BPM"),
        Band(90, 99, "calm", False, "dissolve into calm"),
        Band(90, 93, "calm", True, "natural noise"),
    ]
    root = parse(draw(BEATS, FELT, [], bands, 1000))
    bars = root.findall(f"{SVG}g[@class='music']")
    assert [bar.findtext(f"{SVG}title") for bar in bars] == [
        "bright piano and strings, 120–140 BPM", "natural noise",
    ]  # fmt: skip
    assert bars[0].findtext(f"{SVG}text") == "bright piano and strings, 120–140 BPM"
    assert bars[1].findtext(f"{SVG}text") != "natural noise"
    assert len(root.findall(f"{SVG}path[@class='transition']")) == 1
