"""Whatever is planned is what is read back, in every format; whatever differs is held back."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.exporting import FCPXML_VERSIONS
from media.errors import Misconfigured, Rejected
from renderers.exports.registry import EXPORTS, Format, chosen
from renderers.sequence import Alternate, Sequence, Track
from renderers.stringout import stringout
from tests.renderers.plans import FILM, cuts, delivery, gap, sequence, source, use

FORMATS = [pytest.param(form, id=form.name) for form in EXPORTS]
OTHER = Alternate(source(3), 100, 140, 40, score=0.4)
OVER = Track("V2", (replace(use(source(4), 10, 20), record_in=5, record_out=15),))


def good(length: int = 20) -> Sequence:
    """A dissolve, a gap of `length`, a split edit, another rate, an alternate, B-roll."""
    events = [
        use(source(), 100, 150, alternates=(OTHER,)),
        use(source(2), 200, 250, dissolve=13),
        gap(length),
        use(source(5), 100, 160, split=-6, heard="hello there again"),
        use(source(6, FILM), 24, 96),
    ]
    return sequence(events, tracks=(OVER,))


GOOD = good()


@pytest.mark.parametrize("form", FORMATS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cut=cuts(), version=st.sampled_from(FCPXML_VERSIONS), data=st.data())
def test_every_format_reads_back_as_the_plan(
    form: Format,
    cut: Sequence,
    version: str,
    data: st.DataObject,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    length = data.draw(st.sampled_from((8, 32, 128, "full")))
    made = delivery(cut, reel_length=length, fcpxml_version=version)
    paths = form.write(made, tmp_path_factory.mktemp(form.name) / f"渡轮 cut.{form.suffix}")
    form.prove(made, paths)


@pytest.mark.parametrize("form", FORMATS)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cut=cuts())
def test_the_stringout_of_any_cut_passes_too(
    form: Format, cut: Sequence, tmp_path_factory: pytest.TempPathFactory
) -> None:
    made = delivery(stringout(cut))
    form.prove(made, form.write(made, tmp_path_factory.mktemp("out") / f"cut.{form.suffix}"))


def changed(which: int, **values: object) -> Sequence:
    """GOOD with other values in one event."""
    events = list(GOOD.events)
    events[which - 1] = replace(events[which - 1], **values)  # type: ignore[arg-type]
    return replace(GOOD, events=tuple(events))


TIMELINES = [p for p in FORMATS if p.values[0].name in ("edl", "fcpxml", "xmeml", "otio")]


@pytest.mark.parametrize("form", TIMELINES)
@pytest.mark.parametrize(
    "other",
    [
        pytest.param(changed(1, in_frame=101, out_frame=151), id="one frame later in its source"),
        pytest.param(changed(1, source=source(9)), id="another file"),
        pytest.param(changed(1, source=source(start="10:00:00:01")), id="another timecode"),
        pytest.param(changed(2, dissolve=12), id="another dissolve"),
        pytest.param(changed(2, dissolve=0), id="no dissolve"),
        pytest.param(good(21), id="a longer gap"),
        pytest.param(changed(4, split=0), id="no split edit"),
        pytest.param(changed(5, in_frame=27, out_frame=99), id="another span at another rate"),
        pytest.param(replace(GOOD, start_frame=GOOD.start_frame + 1), id="another start"),
        pytest.param(replace(GOOD, events=GOOD.events[:4]), id="an event fewer"),
        pytest.param(replace(GOOD, tracks=()), id="no second track"),
    ],
)
def test_a_file_that_differs_from_the_plan_is_refused(
    form: Format, other: Sequence, tmp_path: Path
) -> None:
    paths = form.write(delivery(other), tmp_path / f"cut.{form.suffix}")
    with pytest.raises(Rejected):
        form.prove(delivery(GOOD), paths)


@pytest.mark.parametrize("form", TIMELINES)
def test_the_good_cut_passes(form: Format, tmp_path: Path) -> None:
    form.prove(delivery(GOOD), form.write(delivery(GOOD), tmp_path / f"cut.{form.suffix}"))


@pytest.mark.parametrize("name", ["fcpxml", "xmeml", "otio"])
def test_an_alternate_that_is_switched_on_is_refused(name: str, tmp_path: Path) -> None:
    (form,) = chosen([name])
    (path,) = form.write(delivery(GOOD), tmp_path / f"cut.{form.suffix}")
    text = path.read_text(encoding="utf-8")
    for off, on in (('enabled="0"', 'enabled="1"'), ("<enabled>FALSE", "<enabled>TRUE"),
                    ('"enabled": false', '"enabled": true')):  # fmt: skip
        text = text.replace(off, on)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Rejected, match="is on"):
        form.prove(delivery(GOOD), [path])


def test_an_unknown_format_is_refused_with_the_list_of_those_there_are() -> None:
    with pytest.raises(Misconfigured, match=r"'avi': there are edl, fcpxml, xmeml, otio, ale, srt"):
        chosen(["edl", "avi"])
