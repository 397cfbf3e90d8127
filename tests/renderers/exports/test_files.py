"""Clips that cameras wrote as several files: each file is named, with frames of its own."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from renderers import rules
from renderers.exports.deliver import deliver
from renderers.exports.files import by_file, clips_by_file
from renderers.exports.logged import LoggedClip
from renderers.exports.registry import EXPORTS
from renderers.sequence import Alternate, Event, Part, Sequence, Source
from renderers.stringout import stringout
from tests.renderers.plans import PAL, cuts, delivery, sequence, source, use

ZERO = 10 * 3600 * 25  # 10:00:00:00


def spanned(asset_id: int = 1, at: int = 100) -> Source:
    """A minute of 25 frames a second in two files; the second has a timecode of its own."""
    whole = source(asset_id)
    files = (
        Part("GH010001.MP4", "drop/story/GH010001.MP4", 0, at, ZERO),
        Part("GH020001.MP4", "drop/story/GH020001.MP4", at, whole.frames - at, ZERO + 9_000),
    )
    return replace(whole, name="GH010001.MP4", parts=files)


def seen(cut: Sequence, frame: int) -> tuple[str, int]:
    """The file and its frame that a record frame at the sources' own rate shows."""
    event = next(e for e in cut.events if e.record_in <= frame < e.record_out)
    assert event.source
    return event.source.name, event.in_frame + frame - event.record_in


def test_an_event_over_the_end_of_a_file_goes_on_in_the_next() -> None:
    cut = by_file(sequence([use(source(2), 0, 10), use(spanned(), 90, 130)]))
    assert [(e.source.name, e.in_frame, e.out_frame, e.record_in, e.record_out)
            for e in cut.events if e.source] == [
        ("A002.mov", 0, 10, 0, 10),
        ("GH010001.MP4", 90, 100, 10, 20),
        ("GH020001.MP4", 0, 30, 20, 50),
    ]  # fmt: skip
    assert [seen(cut, frame) for frame in (19, 20)] == [("GH010001.MP4", 99), ("GH020001.MP4", 0)]


def test_the_list_names_each_file_by_its_own_reel_and_timecode(tmp_path: Path) -> None:
    cut = sequence([use(spanned(), 90, 130)])
    made = deliver(delivery(cut), EXPORTS, tmp_path / "cut")
    assert not made.blocked
    text = (tmp_path / "cut.edl").read_text()
    assert "10:00:03:15 10:00:04:00 01:00:00:00 01:00:00:10" in text
    assert "10:06:00:00 10:06:01:05 01:00:00:10 01:00:01:15" in text
    for name in ("cut.fcpxml", "cut.xml", "cut.otio"):
        assert "GH020001.MP4" in (tmp_path / name).read_text()
    assert (tmp_path / "cut.srt").read_text().count("Hello") == 1


def test_a_dissolve_whose_handle_is_in_another_file_becomes_a_cut() -> None:
    cut = sequence([use(source(2), 100, 150), use(spanned(), 102, 160, dissolve=10)])
    assert not list(rules.problems(cut))
    assert [event.dissolve for event in by_file(cut).events] == [0, 0]
    near = sequence([use(source(2), 100, 150), use(spanned(), 50, 130, dissolve=10)])
    assert [event.dissolve for event in by_file(near).events] == [0, 10, 0]


def test_an_alternate_keeps_the_file_with_most_of_it() -> None:
    other = Alternate(spanned(3), 90, 150, 60)
    (event,) = by_file(sequence([use(source(), 0, 50, alternates=(other,))])).events
    (kept,) = event.alternates
    assert (kept.source.name, kept.in_frame, kept.out_frame, kept.length) == (
        "GH020001.MP4", 0, 50, 50,
    )  # fmt: skip


@pytest.mark.parametrize("first", [96, 98, 99, 100])
def test_a_last_file_of_less_than_a_record_frame_is_left_out(first: int, tmp_path: Path) -> None:
    """Of 50 frames a second, in a sequence of 25: its one frame lasts half as long."""
    of = source(1, Fraction(50), frames=101)
    files = (Part("1.MTS", "drop/1.MTS", 0, 100, 0), Part("2.MTS", "drop/2.MTS", 100, 1, 100))
    cut = sequence([use(replace(of, parts=files), first, 101)], PAL)
    assert [(e.source.name, e.out_frame) for e in by_file(cut).events if e.source] == [
        ("1.MTS", 100)
    ]
    assert not deliver(delivery(cut), EXPORTS, tmp_path / "cut").blocked


def test_a_logged_clip_over_two_files_has_a_row_in_each() -> None:
    rows = clips_by_file([LoggedClip(spanned(), 90, 120, "hello")])
    assert [(row.source.name, row.in_frame, row.out_frame) for row in rows] == [
        ("GH010001.MP4", 90, 100), ("GH020001.MP4", 0, 20),
    ]  # fmt: skip


def in_files(of: Source, length: int) -> Source:
    starts = range(0, of.frames, length)
    parts = tuple(
        Part(f"{n}.mp4", f"drop/{of.asset_id}/{n}.mp4", at, min(length, of.frames - at), n)
        for n, at in enumerate(starts)
    )
    return replace(of, parts=parts)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cut=cuts(), length=st.integers(400, 3000))
def test_any_cut_of_clips_in_files_passes_every_gate(
    cut: Sequence, length: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    def parted(event: Event) -> Event:
        others = tuple(replace(o, source=in_files(o.source, length)) for o in event.alternates)
        of = event.source and in_files(event.source, length)
        return replace(event, source=of, alternates=others)

    assume(all(s.frames < 20 * length for s in cut.all_sources()))
    tracks = tuple(replace(t, events=tuple(map(parted, t.events))) for t in cut.tracks)
    cut = replace(cut, events=tuple(map(parted, cut.events)), tracks=tracks)
    for one in (cut, stringout(cut)):
        assume(not list(rules.problems(one)))
        assert sum(e.duration for e in by_file(one).events) == one.duration
        made = deliver(delivery(one), EXPORTS, tmp_path_factory.mktemp("out") / "cut")
        assert not made.blocked


def test_whole_files_are_left_as_they_are() -> None:
    cut = sequence([use(source(), 0, 50)], PAL)
    assert by_file(cut) is cut
