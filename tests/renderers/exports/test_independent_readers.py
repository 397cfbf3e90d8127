"""Programs that know nothing of ours read the same cut: fcp-mcp-server and OTIO's FCP 7 adapter."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import opentimelineio as otio
import pytest
from fcpxml.parser import parse_fcpxml

from config.exporting import FCPXML_VERSIONS
from renderers.exports import fcpxml, xmeml
from renderers.exports.layout import Span, lanes, pictures
from renderers.sequence import Alternate, Sequence
from tests.renderers.plans import (
    FILM,
    NTSC,
    PAL,
    RATES,
    delivery,
    gap,
    locate,
    sequence,
    source,
    use,
)

DROPPING = (NTSC, Fraction(60000, 1001))
KINDS = [(rate, False) for rate in RATES] + [(rate, True) for rate in DROPPING]


def cut(rate: Fraction, drop: bool) -> Sequence:
    """Every source at the cut's rate: a dissolve, a gap, an alternate."""
    mark = ";" if drop else ":"
    first, second, third = (
        replace(source(n, rate, start=f"0{n}:00:10{mark}00"), name=f"A{n} 采访.mov",
                path=f"drop/海边/A{n} #{n}.mov")
        for n in (1, 2, 3)
    )  # fmt: skip
    other = Alternate(third, 20, 50, 30, score=0.4)
    events = [
        use(first, 100, 150, alternates=(other,)),
        use(second, 200, 250, dissolve=14),
        gap(20),
        use(first, 300, 360),
    ]
    return sequence(events, rate, drop_frame=drop)


def mixed(rate: Fraction) -> Sequence:
    others = [one for one in (PAL, NTSC, FILM, Fraction(50)) if one != rate]
    events = [use(source(n, one), 24, 24 + 3 * round(one)) for n, one in enumerate(others, 1)]
    return sequence(events, rate)


def placed(cut: Sequence) -> list[Span]:
    return [span for span in pictures(cut) if span.source]


@pytest.mark.parametrize(
    ("rate", "drop", "version"),
    [(*kind, "1.10") for kind in KINDS] + [(PAL, False, version) for version in FCPXML_VERSIONS],
)
def test_fcp_mcp_server_reads_the_plan_from_fcpxml(
    tmp_path: Path, rate: Fraction, drop: bool, version: str
) -> None:
    plan = cut(rate, drop)
    made = delivery(plan, fcpxml_version=version)
    (path,) = fcpxml.write(made, tmp_path / "cut.fcpxml")
    project = parse_fcpxml(str(path))
    (timeline,) = project.timelines
    assert project.fcpxml_version == version
    assert timeline.frame_rate == pytest.approx(float(rate))
    assert (timeline.width, timeline.height) == (1920, 1080)
    for clip, span in zip(timeline.clips, placed(plan), strict=True):
        of = span.source
        assert of is not None
        assert (clip.name, clip.start.frames, clip.duration.frames) == (
            of.name, span.record_in, span.duration,
        )  # fmt: skip
        assert clip.source_start.frames == of.start_frame + span.in_frame
        assert unquote(urlsplit(clip.media_path).path) == str(locate(of))
    (dissolve,) = timeline.transitions
    assert dissolve.duration.frames == 14
    (lane,) = lanes(plan)
    hanging = [clip for clip in timeline.connected_clips if clip.clip_type == "asset-clip"]
    assert [clip.timeline_start.frames for clip in hanging] == [span.record_in for span in lane]
    assert len([m for clip in timeline.clips for m in clip.markers]) == 3


@pytest.mark.parametrize(("rate", "drop"), KINDS)
def test_the_fcp_7_adapter_of_opentimelineio_reads_the_plan_from_xmeml(
    tmp_path: Path, rate: Fraction, drop: bool
) -> None:
    plan = cut(rate, drop)
    (path,) = xmeml.write(delivery(plan), tmp_path / "cut.xml")
    timeline = otio.adapters.read_from_file(str(path), adapter_name="fcp_xml")
    video, above = timeline.video_tracks()
    assert [clip_at(clip, video) for clip in video.find_clips()] == [
        (locate_of(span), span.record_in, span.duration, start_of(span)) for span in placed(plan)
    ]
    (dissolve,) = (item for item in video if isinstance(item, otio.schema.Transition))
    assert (dissolve.in_offset.value, dissolve.out_offset.value) == (7, 7)
    assert [clip.source_range.start_time.value for clip in above.find_clips()] == [
        start_of(span) for (span,) in lanes(plan)
    ]
    sound = timeline.audio_tracks()[0]
    assert [clip_at(clip, sound)[1:3] for clip in sound.find_clips()] == [
        (span.record_in, span.duration) for span in placed(plan)
    ]


@pytest.mark.parametrize("rate", RATES)
def test_mixed_rates_lie_on_the_record_grid_for_both(tmp_path: Path, rate: Fraction) -> None:
    plan = mixed(rate)
    (path,) = fcpxml.write(delivery(plan), tmp_path / "cut.fcpxml")
    (timeline,) = parse_fcpxml(str(path)).timelines
    spans = [(span.record_in, span.duration) for span in placed(plan)]
    assert [(clip.start.frames, clip.duration.frames) for clip in timeline.clips] == spans
    (path,) = xmeml.write(delivery(plan), tmp_path / "cut.xml")
    video = otio.adapters.read_from_file(str(path), adapter_name="fcp_xml").video_tracks()[0]
    found = [clip_at(clip, video)[1:3] for clip in video.find_clips()]
    assert found == spans
    assert all(a[0] + a[1] == b[0] for a, b in pairwise(found))


def clip_at(clip: Any, track: Any) -> tuple[str, int, int, int]:
    """File, record in, length, and source frame counted from 00:00:00:00."""
    place = track.range_of_child(clip)
    path = unquote(urlsplit(clip.media_reference.target_url).path)
    numbers = (place.start_time.value, place.duration.value, clip.source_range.start_time.value)
    return (path, *(round(number) for number in numbers))


def locate_of(span: Span) -> str:
    assert span.source is not None
    return str(locate(span.source))


def start_of(span: Span) -> int:
    assert span.source is not None
    return span.source.start_frame + span.in_frame
