"""What each format calls the transitions of a cut, and how it says that one frame stands still."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree as ET

import opentimelineio as otio
import pytest

from config.cutting import Transition
from media.errors import Rejected
from renderers.exports import edl, fcpxml, xmeml  # fmt: skip
from renderers.exports import otio as ours
from renderers.exports.files import by_file
from renderers.exports.registry import EXPORTS, Format
from renderers.sequence import Part, Sequence
from tests.renderers.plans import FILM, delivery, frozen, sequence, source, use

TIMELINES = [
    pytest.param(form, id=form.name)
    for form in EXPORTS
    if form.name in ("edl", "fcpxml", "xmeml", "otio")
]
JOINED = sequence([use(source(), 100, 150), use(source(2), 200, 250, dissolve=13)])
STILL = sequence([use(source(), 100, 150), frozen(source(), 149, 40), use(source(2), 0, 25)])


def written(form: Callable[..., list[Path]], cut: Sequence, folder: Path, **values: object) -> str:
    (path,) = form(delivery(cut, **values), folder / "cut")
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("form", TIMELINES)
@pytest.mark.parametrize("transition", Transition)
def test_each_transition_reads_back_as_itself_and_as_no_other(
    form: Format, transition: Transition, tmp_path: Path
) -> None:
    made = delivery(JOINED, transition=transition)
    paths = form.write(made, tmp_path / f"cut.{form.suffix}")
    form.prove(made, paths)
    for other in set(Transition) - {transition}:
        told_apart = form.name != "edl" or Transition.WIPE in (transition, other)
        if told_apart:  # a list has no word for dips
            with pytest.raises(Rejected):
                form.prove(delivery(JOINED, transition=other), paths)


def test_a_list_has_the_code_of_a_wipe_and_calls_a_dip_by_its_name(tmp_path: Path) -> None:
    wiped = written(edl.write, JOINED, tmp_path, transition=Transition.WIPE)
    assert "003  A002     V     W001 013 10:00:07:19 " in wiped
    dipped = written(edl.write, JOINED, tmp_path, transition=Transition.DIP_BLACK)
    assert "003  A002     V     D    013 10:00:07:19 " in dipped
    assert "* EFFECT NAME: DIP TO BLACK" in dipped
    assert "EFFECT NAME" not in written(edl.write, JOINED, tmp_path)


def test_xmeml_names_the_colour_of_a_dip_and_the_code_of_a_wipe(tmp_path: Path) -> None:
    root = ET.fromstring(written(xmeml.write, JOINED, tmp_path, transition=Transition.DIP_WHITE))
    effect = root.find(".//transitionitem/effect")
    assert effect is not None
    assert effect.findtext("effectid") == "Dip to Color Dissolve"
    assert [part.text for part in effect.findall("parameter/value/*")] == ["255"] * 4
    wiped = ET.fromstring(written(xmeml.write, JOINED, tmp_path, transition=Transition.WIPE))
    assert wiped.findtext(".//transitionitem/effect/wipecode") == "1"


def test_what_final_cut_has_no_word_for_is_a_dissolve_that_says_so(tmp_path: Path) -> None:
    root = ET.fromstring(written(fcpxml.write, JOINED, tmp_path, transition=Transition.WIPE))
    (transition,) = root.iter("transition")
    assert transition.get("name") == "Wipe (here a cross dissolve)"
    dipped = ET.fromstring(written(fcpxml.write, JOINED, tmp_path, transition=Transition.DIP_BLACK))
    assert [(one.get("name"), one.get("uid")) for one in dipped.iter("effect")] == [
        ("Fade To Color", "FxPlug:F779C565-486D-4633-8035-0374B4DB8F5C")
    ]


def test_a_freeze_frame_in_each_format(tmp_path: Path) -> None:
    listed = written(edl.write, STILL, tmp_path)
    assert "002  A001     V     C        10:00:05:24 10:00:06:00 01:00:02:00 01:00:03:15" in listed
    assert "M2   A001         000.0                10:00:05:24" in listed
    points = ET.fromstring(written(fcpxml.write, STILL, tmp_path)).findall(".//timept")
    start = Fraction(36000) + Fraction(149, 25)
    times = [Fraction((p.get("time") or "").rstrip("s")) for p in points]
    assert times == [start, start + Fraction(40, 25)]
    assert {Fraction((p.get("value") or "").rstrip("s")) for p in points} == {start}
    seen = ET.fromstring(written(xmeml.write, STILL, tmp_path))
    assert [one.text for one in seen.iter("stillframeoffset")] == ["149"]
    assert len(seen.findall(".//audio/track")[0].findall("clipitem")) == 2
    (path,) = ours.write(delivery(STILL), tmp_path / "cut.otio")
    clip = otio.adapters.read_from_file(str(path)).tracks[0][1]
    assert isinstance(clip.effects[0], otio.schema.FreezeFrame)
    assert clip.duration().value == 40


@pytest.mark.parametrize("form", TIMELINES)
def test_another_frozen_frame_is_held_back(form: Format, tmp_path: Path) -> None:
    paths = form.write(delivery(STILL), tmp_path / f"cut.{form.suffix}")
    form.prove(delivery(STILL), paths)
    other = sequence([use(source(), 100, 150), frozen(source(), 148, 40), use(source(2), 0, 25)])
    with pytest.raises(Rejected):
        form.prove(delivery(other), paths)


def test_xmeml_does_not_count_a_frozen_frame_at_another_rate(tmp_path: Path) -> None:
    cut = sequence([frozen(source(rate=FILM), 7, 40)])
    with pytest.raises(Rejected, match=r"event 1 freezes a frame of A001\.mov, which runs at"):
        xmeml.write(delivery(cut), tmp_path / "cut.xml")
    made = delivery(cut)
    for form in (each.values[0] for each in TIMELINES if each.id != "xmeml"):
        form.prove(made, form.write(made, tmp_path / f"cut.{form.suffix}"))


def test_a_frozen_frame_lies_in_one_file_of_a_clip_of_several() -> None:
    parts = (Part("a.mov", "drop/a.mov", 0, 700, 900_000), Part("b.mov", "drop/b.mov", 700, 800, 0))
    cut = sequence([frozen(replace(source(), parts=parts), 703, 40)])
    (event,) = by_file(cut).events
    assert event.source is not None
    assert (event.source.name, event.in_frame, event.out_frame, event.duration) == (
        "b.mov",
        3,
        4,
        40,
    )
