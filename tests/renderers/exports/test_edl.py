from dataclasses import replace
from fractions import Fraction
from io import StringIO
from pathlib import Path

import pycmx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.exporting import ReelLength
from media.errors import Rejected
from media.timecode import Timecode, nominal
from renderers.exports import edl, read_edl
from renderers.exports.layout import pictures
from renderers.sequence import Alternate, Event, Marker, MarkerKind, Sequence, Track
from tests.renderers.plans import (
    FILM,
    NTSC,
    PAL,
    cuts,
    delivery,
    gap,
    locate,
    sequence,
    source,
    use,
)

DAY = 24 * 3600


def texts(cut: Sequence, **values: object) -> list[str]:
    return edl.text(delivery(cut, **values), edl.tracks(cut)[0][1])


def lines(cut: Sequence, **values: object) -> list[str]:
    (text,) = texts(cut, **values)
    return text.splitlines()


def edits(cut: Sequence, **values: object) -> list[pycmx.edit.Edit]:
    """The events as the independent reader pycmx sees them."""
    found = []
    for text in texts(cut, **values):
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


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cuts(), st.sampled_from((8, 32, 128, "full")))
def test_pycmx_reads_back_the_reels_and_timecodes_of_the_plan(
    cut: Sequence, length: ReelLength
) -> None:
    """Where dissolves move a cut, read_edl.py is the judge."""
    reels = delivery(cut, reel_length=length).reels
    seen = [edit for edit in edits(cut, reel_length=length) if edit.channels.video]
    shown = [edit for edit in seen if edit.record_in != edit.record_out]
    planned = [span for span in pictures(cut) if span.source or not _heard(span.event)]
    assert len(shown) == len(planned)
    for edit, span in zip(shown, planned, strict=True):
        if span.dissolve_in or span.dissolve_out:
            assert edit.transition.dissolve == (span.dissolve_in > 0)
            continue
        assert edit.record_in == str(cut.timecode(span.record_in))
        assert edit.record_out == str(cut.timecode(span.record_out))
        if span.source is None:
            assert edit.black
            continue
        of = span.source
        start = Timecode.parse(edit.source_in, of.rate)
        assert edit.source == reels[of.asset_id]
        assert start.drop_frame == of.drop_frame
        assert str(start) == str(of.timecode(span.in_frame))
        assert edit.source_out == str(of.timecode(span.out_frame))
        assert edit.clip_name == of.name.strip()
        assert edit.source_file == str(locate(of)).strip()


def _heard(event: Event) -> bool:
    return event.source is not None and event.source.has_sound


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cuts())
def test_source_length_is_record_length_times_speed(cut: Sequence) -> None:
    for edit in edl.tracks(cut)[0][1]:
        start, end = edl.source_labels(edit, cut)
        first, last = edl.record_labels(edit, cut)
        said = edl.speed(edit, cut)
        fps = nominal(cut.rate)
        played = (last.frames - first.frames) * Fraction(said or fps) / fps
        assert round(played) == (0 if edit.span.frozen else end.frames - start.frames)


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
    assert carried(cut) == ["V", "AA"]


def test_a_source_at_another_rate_gets_its_speed_and_its_rate() -> None:
    cut = sequence([use(source(1, FILM), 24, 120)])
    event, motion = lines(cut)[2:4]
    assert event.endswith("10:00:01:00 10:00:05:00 01:00:00:00 01:00:04:00")
    assert motion == "M2   A001         024.0                10:00:01:00"
    assert lines(cut)[6] == "* COMMENT: SOURCE RATE 24000/1001 FPS IN A SEQUENCE OF 25 FPS"


def test_high_speed_sources_count_groups_of_frames() -> None:
    phone = source(1, Fraction(240), start="00:00:01:000", frames=2400)
    cut = sequence([use(phone, 241, 480)], Fraction(30))
    edit = edits(cut)[0]
    assert (edit.source_in, edit.source_out) == ("00:00:02:00", "00:00:03:00")


def test_names_keep_spaces_and_every_script_and_never_break_a_line() -> None:
    name = "采访  第一 👩‍💻\ntake 2.mov"
    cut = sequence([use(source(1, name=name, reel="采访"), 0, 25)], title="渡轮 Ferry\r\nM2")
    assert lines(cut)[0] == "TITLE: DuLun Ferry M2"
    assert edits(cut)[0].clip_name == "采访  第一 👩‍💻 take 2.mov"
    assert edits(cut)[0].source == "CAIFANG"


def test_a_title_in_another_script_is_spelled_and_a_long_or_empty_one_still_fits() -> None:
    events = [use(source(), 0, 25)]
    assert lines(sequence(events, title="渡轮"))[0] == "TITLE: DuLun"
    assert lines(sequence(events, title="\ue000"))[0] == "TITLE: STRINGOUT"
    assert len(lines(sequence(events, title="x" * 200))[0]) == len("TITLE: ") + 70


def test_more_than_999_events_become_several_lists(tmp_path: Path) -> None:
    of = source(frames=100_000)
    cut = sequence([use(of, n * 10, n * 10 + 5) for n in range(2100)])
    paths = edl.write(delivery(cut), tmp_path / "渡轮.v2.edl")
    assert [path.name for path in paths] == [f"渡轮.v2_{n:02}.edl" for n in (1, 2, 3)]
    read_edl.prove(delivery(cut), paths)
    read = [list(pycmx.parse_cmx3600(StringIO(path.read_text())).events) for path in paths]
    assert [len(events) for events in read] == [999, 999, 102]
    assert [events[0].number for events in read] == [1, 1, 1]
    assert len(edits(cut)) == 2100


def test_pycmx_understands_every_statement_but_motion() -> None:
    cut = sequence([use(source(), 0, 25), gap(5), use(source(2, PAL), 5, 9)])
    parsed = pycmx.parse_cmx3600(StringIO(texts(cut)[0]))
    assert list(parsed.unrecognized_statements) == []
    assert parsed.format == "3600"


def test_other_sources_in_the_same_folder_do_not_change_a_line() -> None:
    event = use(source(2), 0, 25)
    alone = lines(sequence([event]))
    together = lines(sequence([event, use(replace(source(3), reel="B001"), 0, 25)]))
    assert together[: len(alone)] == alone


def carried(cut: Sequence) -> list[str]:
    return [line[14:18].strip() for line in lines(cut) if line[:3].isdigit()]


def test_mono_stereo_and_four_tracks_of_sound_have_their_channels() -> None:
    sources = [source(n, channels=n, path=f"drop/{n}.mov") for n in (1, 2, 3, 4)]
    cut = sequence([use(of, 0, 25) for of in sources])
    assert carried(cut) == ["B", "AA/V", "AA/V", "AA/V"]
    assert [line for line in lines(cut) if line.startswith("AUD")] == ["AUD   3", "AUD   3    4"]
    read = [edit.channels for edit in edits(cut)]
    assert [(c.video, c.a1, c.a2, c.a3, c.a4) for c in read] == [
        (True, True, False, False, False),
        (True, True, True, False, False),
        (True, True, True, True, False),
        (True, True, True, True, True),
    ]


def test_a_dissolve_is_two_lines_of_one_event_and_begins_before_the_cut() -> None:
    cut = sequence([use(source(1), 100, 150), use(source(2), 200, 250, dissolve=13)])
    events = [line for line in lines(cut) if line[:3].isdigit()]
    assert events == [
        "001  A001     V     C        10:00:04:00 10:00:05:19 01:00:00:00 01:00:01:19",
        "002  A001     AA    C        10:00:04:00 10:00:06:00 01:00:00:00 01:00:02:00",
        "003  A001     V     C        10:00:05:19 10:00:05:19 01:00:01:19 01:00:01:19",
        "003  A002     V     D    013 10:00:07:19 10:00:10:00 01:00:01:19 01:00:04:00",
        "004  A002     AA    C        10:00:08:00 10:00:10:00 01:00:02:00 01:00:04:00",
    ]
    text = lines(cut)
    at = text.index(events[3])
    assert text[at + 1 : at + 3] == ["* FROM CLIP NAME: A001.mov", "* TO CLIP NAME: A002.mov"]


def test_a_split_edit_has_an_event_for_picture_and_one_for_sound() -> None:
    cut = sequence([use(source(1), 100, 150), use(source(2), 200, 250, split=-5)])
    events = [line[14:].split() for line in lines(cut) if line[:3].isdigit()]
    assert [event[0] for event in events] == ["V", "AA", "AA", "V"]
    assert [event[4:] for event in events] == [
        ["01:00:00:00", "01:00:02:00"],
        ["01:00:00:00", "01:00:01:20"],
        ["01:00:01:20", "01:00:04:00"],
        ["01:00:02:00", "01:00:04:00"],
    ]


def test_dissolves_are_proved_in_every_part_of_a_long_list(tmp_path: Path) -> None:
    """Numbers begin anew in each part: a dissolve must not be held against another part's."""
    of = [source(n, frames=100_000, path=f"drop/{n}.mov") for n in (1, 2, 3)]
    events = [
        use(of[n % 3], 100 + n, 150 + n, dissolve=10 if n % 20 == 10 else 0) for n in range(1000)
    ]
    cut = sequence(events)
    paths = edl.write(delivery(cut), tmp_path / "long.edl")
    assert len(paths) == 2
    read_edl.prove(delivery(cut), paths)


def test_each_track_above_the_first_has_a_list_of_its_own(tmp_path: Path) -> None:
    over = Track("V2", (replace(use(source(2), 50, 60), record_in=5, record_out=15),))
    cut = sequence([use(source(1), 0, 50)], tracks=(over,))
    paths = edl.write(delivery(cut), tmp_path / "scene_01.edl")
    assert [path.name for path in paths] == ["scene_01.edl", "scene_01_V2.edl"]
    read_edl.prove(delivery(cut), paths)
    (event,) = pycmx.parse_cmx3600(StringIO(paths[1].read_text())).events
    assert event.edits[0].record_in == "01:00:00:05"
    assert not event.edits[0].channels.a1


def test_alternates_and_suggestions_are_comments() -> None:
    other = Alternate(source(2), 25, 50, 25, score=0.71)
    mark = Marker(MarkerKind.MUSIC, 10, 40, "bright piano, 120–140 BPM", "joy", (120, 140))
    text = lines(sequence([use(source(), 0, 50, alternates=(other,))], markers=(mark,)))
    assert "* COMMENT: ALTERNATE A002 10:00:01:00 10:00:02:00 SCORE 0.71" in text
    assert "* LOC: 01:00:00:10 PURPLE  MUSIC bright piano, 120–140 BPM" in text


@pytest.mark.parametrize(
    ("length", "reel"),
    [(8, "A001C003"), (32, "A001_C003_0412XY"), (128, "A001_C003_0412XY"), ("full", "A001.mov")],
)
def test_reels_of_every_length_are_read_by_pycmx(length: ReelLength, reel: str) -> None:
    cut = sequence([use(source(1, reel="A001_C003_0412XY"), 0, 25)])
    assert edits(cut, reel_length=length)[0].source == reel


GOOD = sequence([use(source(), 0, 50), gap(20), use(source(2, FILM), 24, 96)])


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("10:00:02:00 01:", "10:00:02:01 01:", "event 1 takes 50.00 frames"),
        ("01:00:02:20\n", "01:00:02:19\n", "black events differ"),
        ("10:00:00:00 ", "10:00:00;00 ", "drop-frame is defined for 30 and 60, not for 25"),
        ("A001     AA/V", "A009     AA/V", "names 'A009', which is no reel"),
        (
            "A001     AA/V",
            "A002     AA/V",
            "event 1 takes 50.00 frames",
        ),
        ("AA/V", "V   ", "A1 has 1 clips, planned 2"),
        ("AA/V", "B   ", "carries 1 channels"),
        ("NON-DROP", "DROP", "numbering"),
        ("002  BL", "004  BL", "numbering"),
        ("M2   A002         024.0", "M2   A002         048.0", "event 3 takes 144.00 frames"),
        ("M2 ", "M3 ", "not a CMX3600 statement"),
        ("TITLE: Ferry", "TITLE: 渡轮", "title"),
        ("FCM: NON-DROP FRAME", "FCM: NO", "second line"),
        ("001  A001", "001 A001", "line 3"),
    ],
)
def test_a_broken_list_is_refused(tmp_path: Path, old: str, new: str, words: str) -> None:
    (path,) = edl.write(delivery(GOOD), tmp_path / "cut.edl")
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(Rejected, match=words):
        read_edl.prove(delivery(GOOD), [path])


def test_a_cut_in_drop_frame_over_midnight_passes(tmp_path: Path) -> None:
    of = source(1, NTSC, start="23:59:59;28", frames=2000)
    cut = sequence([use(of, 0, 1000), use(of, 1000, 2000)], NTSC, drop_frame=True)
    read_edl.prove(delivery(cut), edl.write(delivery(cut), tmp_path / "cut.edl"))
