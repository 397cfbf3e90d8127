from dataclasses import replace
from fractions import Fraction
from io import StringIO
from pathlib import Path

import pycmx
import pytest
from hypothesis import given, settings

from media.timecode import Timecode, nominal
from renderers import edl, gates
from renderers.reels import reel_names
from renderers.sequence import Sequence
from tests.renderers.plans import FILM, NTSC, PAL, cuts, gap, locate, sequence, source, use

DAY = 24 * 3600


def lines(cut: Sequence) -> list[str]:
    (text,) = edl.text(cut, locate)
    return text.splitlines()


def edits(cut: Sequence) -> list[pycmx.edit.Edit]:
    """The events as the independent reader pycmx sees them."""
    found = []
    for text in edl.text(cut, locate):
        for event in pycmx.parse_cmx3600(StringIO(text)).events:
            found += event.edits
    return found


def test_the_list_is_written_in_the_columns_of_cmx3600() -> None:
    cut = sequence([use(source(), 50, 100, score=0.83, emotion="sadness")])
    assert lines(cut) == [
        "TITLE: Ferry",
        "FCM: NON-DROP FRAME",
        "001  A001     AA/V  C        10:00:02:00 10:00:04:00 01:00:00:00 01:00:02:00",
        "* FROM CLIP NAME: A001.mov",
        "* SOURCE FILE: /media/drop/story/A001.mov",
        "* LOC: 01:00:00:00 GREEN   MARA: Hello there.",
        "* COMMENT: SCRIPT LINE 1, SCORE 0.83, EMOTION SADNESS",
    ]


@settings(max_examples=60, deadline=None)
@given(cuts())
def test_pycmx_reads_back_the_reels_and_timecodes_of_the_plan(cut: Sequence) -> None:
    reels = reel_names(cut.sources())
    read = edits(cut)
    assert len(read) == len(cut.events)
    for edit, event in zip(read, cut.events, strict=True):
        record = Timecode.parse(edit.record_in, cut.rate)
        assert record.frames == cut.start_frame + event.record_in
        assert Timecode.parse(edit.record_out, cut.rate).frames - record.frames == event.duration
        if event.source is None:
            assert edit.black
            continue
        of = event.source
        start = Timecode.parse(edit.source_in, of.rate)
        assert edit.source == reels[of.asset_id]
        assert edit.channels.video
        assert edit.channels.a1 == edit.channels.a2 == of.has_sound
        assert start.drop_frame == of.drop_frame
        assert str(start) == str(of.timecode(event.in_frame))
        assert edit.source_out == str(of.timecode(event.out_frame))
        assert edit.clip_name == of.name.strip()
        assert edit.source_file == str(locate(of)).strip()


@settings(max_examples=60, deadline=None)
@given(cut=cuts())
def test_our_own_reader_finds_the_plan_in_every_list(
    cut: Sequence, tmp_path_factory: pytest.TempPathFactory
) -> None:
    paths = edl.write(cut, tmp_path_factory.mktemp("edl") / "cut.edl", locate)
    gates.prove_edl(cut, paths)


@settings(max_examples=60, deadline=None)
@given(cuts())
def test_source_length_is_record_length_times_speed(cut: Sequence) -> None:
    for event in cut.events:
        start, end = edl.source_span(event, cut)
        said = edl.speed(event, cut)
        fps = nominal(cut.rate)
        played = event.duration * Fraction(said or fps) / fps
        assert round(played) == end.frames - start.frames


def test_drop_frame_labels_skip_at_the_minute() -> None:
    cut = sequence([use(source(1, NTSC, start="10:00:59;28"), 0, 4)], NTSC, drop_frame=True)
    assert lines(cut)[1] == "FCM: DROP FRAME"
    assert "10:00:59;28 10:01:00;04 01:00:00;00 01:00:00;04" in lines(cut)[2]


def test_drop_frame_labels_do_not_skip_at_the_tenth_minute() -> None:
    cut = sequence([use(source(1, NTSC, start="10:09:59;28"), 0, 4)], NTSC, drop_frame=True)
    assert "10:09:59;28 10:10:00;02" in lines(cut)[2]


def test_each_source_keeps_its_own_numbering_in_one_list() -> None:
    drop = source(1, NTSC, start="01:59:59;29")
    plain = source(2, NTSC, start="01:59:59:29")
    cut = sequence([use(drop, 1, 31), use(plain, 1, 31)], NTSC)
    first, second = (edit for edit in edits(cut))
    assert (first.source_in, first.source_out) == ("02:00:00;00", "02:00:01;00")
    assert (second.source_in, second.source_out) == ("02:00:00:00", "02:00:01:00")


def test_drop_frame_is_a_numbering_and_not_a_rate() -> None:
    phone = source(1, Fraction(30), start="00:00:59;29")
    cut = sequence([use(phone, 0, 2)], Fraction(30))
    assert edits(cut)[0].source_out == "00:01:00;03"


def test_an_hour_at_23_976_ends_where_the_clock_is_behind() -> None:
    long = source(1, FILM, start="00:00:00:00", frames=86_400)
    cut = sequence([use(long, 0, 86_314)], FILM)
    assert edits(cut)[0].source_out == "00:59:56:10"


def test_a_source_that_crosses_midnight_wraps() -> None:
    cut = sequence([use(source(start="23:59:59:00"), 0, 50)])
    assert edits(cut)[0].source_out == "00:00:01:00"


def test_a_gap_is_a_black_event_that_names_the_missing_line() -> None:
    cut = sequence([gap(30, "你在哪里？")])
    assert lines(cut)[2:] == [
        "001  BL       V     C        00:00:00:00 00:00:01:05 01:00:00:00 01:00:01:05",
        "* LOC: 01:00:00:00 RED     MISSING MARA: 你在哪里？",
        "* COMMENT: SCRIPT LINE 1",
    ]


def test_a_source_without_sound_has_only_picture_and_sound_without_picture_only_sound() -> None:
    mute = source(1, channels=0)
    radio = source(2, width=0, height=0)
    cut = sequence([use(mute, 0, 25), use(radio, 0, 25)])
    assert [line[14:18].strip() for line in lines(cut) if line[:3].isdigit()] == ["V", "AA"]


def test_a_source_at_another_rate_gets_its_speed_and_its_rate() -> None:
    cut = sequence([use(source(1, FILM), 24, 120)])
    event, motion = lines(cut)[2:4]
    assert event.endswith("10:00:01:00 10:00:05:00 01:00:00:00 01:00:04:00")
    assert motion == "M2   A001         024.0                10:00:01:00"
    assert lines(cut)[-1] == "* COMMENT: SOURCE RATE 24000/1001 FPS IN A SEQUENCE OF 25 FPS"


def test_high_speed_sources_count_groups_of_frames() -> None:
    phone = source(1, Fraction(240), start="00:00:01:000", frames=2400)
    cut = sequence([use(phone, 241, 480)], Fraction(30))
    edit = edits(cut)[0]
    assert (edit.source_in, edit.source_out) == ("00:00:02:00", "00:00:03:00")


def test_names_keep_spaces_and_every_script_and_never_break_a_line() -> None:
    name = "采访  第一 👩‍💻\ntake 2.mov"
    cut = sequence([use(source(1, name=name, reel="采访"), 0, 25)], title="渡轮 Ferry\r\nM2")
    assert lines(cut)[0] == "TITLE: Ferry M2"
    assert edits(cut)[0].clip_name == "采访  第一 👩‍💻 take 2.mov"
    assert edits(cut)[0].source == "CLIP0001"


def test_a_title_without_ascii_letters_and_a_long_one_still_fit() -> None:
    events = [use(source(), 0, 25)]
    assert lines(sequence(events, title="渡轮"))[0] == "TITLE: STRINGOUT"
    assert len(lines(sequence(events, title="x" * 200))[0]) == len("TITLE: ") + 70


def test_more_than_999_events_become_several_lists(tmp_path: Path) -> None:
    of = source(frames=100_000)
    cut = sequence([use(of, n * 10, n * 10 + 5) for n in range(2100)])
    paths = edl.write(cut, tmp_path / "渡轮.v2.edl", locate)
    assert [path.name for path in paths] == [f"渡轮.v2_{n:02}.edl" for n in (1, 2, 3)]
    gates.prove_edl(cut, paths)
    read = [list(pycmx.parse_cmx3600(StringIO(path.read_text())).events) for path in paths]
    assert [len(events) for events in read] == [999, 999, 102]
    assert [events[0].number for events in read] == [1, 1, 1]
    assert len(edits(cut)) == 2100


def test_pycmx_understands_every_statement_but_motion() -> None:
    cut = sequence([use(source(), 0, 25), gap(5), use(source(2, PAL), 5, 9)])
    parsed = pycmx.parse_cmx3600(StringIO(edl.text(cut, locate)[0]))
    assert list(parsed.unrecognized_statements) == []
    assert parsed.format == "3600"


def test_other_sources_in_the_same_folder_do_not_change_a_line() -> None:
    event = use(source(2), 0, 25)
    alone = lines(sequence([event]))
    together = lines(sequence([event, use(replace(source(3), reel="B001"), 0, 25)]))
    assert together[: len(alone)] == alone
