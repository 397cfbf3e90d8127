"""The rough cut: script order, breath, whole frames at any rate, versions with their reasons."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, SQLModel

from catalog import models
from catalog.database import Catalog
from catalog.models import (
    Asset,
    Emotion,
    Footage,
    Item,
    Kind,
    Label,
    Line,
    Script,
    ScriptLine,
    StageRun,
    Status,
    Story,
    Take,
)
from catalog.work import Work
from config.settings import load
from media.errors import Misconfigured
from media.timecode import KNOWN_RATES, exact_rate, rescale
from renderers.assembly import Cut
from renderers.changes import differences
from renderers.edges import Pause, edges
from renderers.format import choose
from renderers.grid import gap_frames, on_grid
from renderers.roughcut import Material, assemble, digest
from renderers.sequence import Sequence as Edit
from renderers.sequence import Source

NTSC = Fraction(30000, 1001)
CUT = load().cut


def source(asset: int = 1, rate: Fraction = Fraction(25), frames: int = 1000) -> Source:
    return Source(
        asset_id=asset, name=f"A{asset:03}.mov", path=f"drop/s/A{asset:03}.mov", reel="A",
        rate=rate, drop_frame=rate == NTSC, start_frame=0, frames=frames, channels=2,
        width=1920, height=1080, proxy="s/assets/a/proxy.mp4",
    )  # fmt: skip


def line(number: int, text: str = "Meet me at the station") -> ScriptLine:
    return ScriptLine(
        item_id=2, number=number, kind="dialogue", scene="", character="ANNA", parenthetical="",
        text=text, source_line=number + 1,
    )  # fmt: skip


def take(number: int, span: tuple[int, int], asset: int = 1, rank: int = 0) -> Take:
    return Take(
        item_id=2, number=number, rank=rank, asset_id=asset, clip_key="k", in_frame=span[0],
        out_frame=span[1], score=0.9, reasons=["says all 5 words"], matched=[],
    )  # fmt: skip


def cut(
    lines: Sequence[ScriptLine], takes: Sequence[Take], *sources: Source, **change: str
) -> Edit:
    materials = {each.asset_id: Material(each) for each in sources}
    return assemble(lines, takes, materials, CUT.model_copy(update=change), "Title")


def test_takes_stand_in_script_order_with_breath_and_gaps_are_seen() -> None:
    edit = cut([line(3), line(5), line(8)], [take(3, (500, 550)), take(8, (100, 150))], source())
    spans = [(e.line, e.in_frame, e.out_frame, e.record_in, e.record_out) for e in edit.events]
    gap = gap_frames("Meet me at the station", 160, Fraction(25))
    assert spans == [
        (3, 495, 555, 0, 60),
        (5, 0, 0, 60, 60 + gap),
        (8, 95, 155, 60 + gap, 120 + gap),
    ]
    assert edit.events[1].source is None
    assert edit.events[1].reasons == ("nobody says this line",)
    assert [event.number for event in edit.events] == [1, 2, 3]


def test_breath_stops_half_way_to_the_next_word() -> None:
    rate = Fraction(25)
    assert edges((100, 150), Pause(94, 154), 5, rate, None) == (97, 152)
    assert edges((100, 150), Pause(94, 154), 1, rate, None) == (99, 151)
    assert edges((100, 150), Pause(-100, 1850), 50, rate, None) == (50, 200)


def test_a_take_without_picture_leaves_a_gap_that_says_so() -> None:
    edit = cut([line(0)], [take(0, (10, 50), rank=1)], source())
    assert edit.events[0].source is None
    assert edit.events[0].reasons == ("only heard without picture",)


def test_takes_that_were_not_chosen_are_kept_as_alternates_best_first() -> None:
    takes = [take(0, (500, 550)), take(0, (100, 150), 2, 2), take(0, (300, 340), 1, 1)]
    (event,) = cut([line(0)], takes, source(), source(2, NTSC)).events
    assert [(other.source.asset_id, other.in_frame) for other in event.alternates] == [
        (1, 295),
        (2, 94),
    ]
    assert event.alternates[1].length == rescale(62, NTSC, Fraction(25))
    assert event.alternates[0].reasons == ("says all 5 words",)


def test_a_new_take_is_a_new_version_but_its_rank_is_not() -> None:
    takes = [take(0, (500, 550)), take(0, (100, 150), 1, 1), take(0, (300, 340), 1, 2)]
    more, fewer = (cut([line(0)], found, source()) for found in (takes, takes[:2]))
    assert digest(more) != digest(fewer)
    assert differences(fewer, more) == ["line 1: another take: A001.mov 00:00:11:20"]
    assert differences(more, fewer) == ["line 1: a take is no longer there: A001.mov 00:00:11:20"]
    turned = [takes[0], take(0, (100, 150), 1, 2), take(0, (300, 340), 1, 1)]
    assert digest(cut([line(0)], turned, source())) == digest(more)


def test_a_missing_chinese_line_lasts_as_long_as_its_characters() -> None:
    assert gap_frames("一" * 240, 160, Fraction(25)) == 60 * 25
    assert gap_frames("word " * 160, 160, Fraction(25)) == 60 * 25
    assert gap_frames("Yes.", 160, Fraction(25)) == 25


def test_the_rate_is_that_of_most_events_and_drop_frame_is_theirs() -> None:
    takes = [take(0, (100, 150), 1), take(1, (100, 150), 2), take(2, (300, 350), 2)]
    edit = cut([line(0), line(1), line(2)], takes, source(1), source(2, NTSC))
    assert (edit.rate, edit.drop_frame) == (NTSC, True)
    assert str(edit.timecode(0)) == "01:00:00;00"
    assert edit.events[0].duration == rescale(60, Fraction(25), NTSC)


def test_of_two_equal_rates_the_one_with_more_footage_wins() -> None:
    takes = [take(0, (100, 150), 1), take(1, (100, 150), 2)]
    lines = [line(0), line(1)]
    assert cut(lines, takes, source(1, frames=5000), source(2, NTSC)).rate == 25
    assert cut(lines, takes, source(1), source(2, NTSC, frames=5000)).rate == NTSC


@pytest.mark.parametrize(
    ("rates", "chosen"),
    [
        (["10", "10", "25"], "25"),
        (["10", "10"], "30"),
        (["12.5"], "25"),
        (["119.88", "119.88"], "59.94"),
        (["100"], "50"),
        (["7.3"], "23.976"),
        (["47.5"], "47.952"),
    ],
)
def test_a_rate_that_no_editing_system_has_never_becomes_the_cuts(
    rates: list[str], chosen: str
) -> None:
    sources = [source(n, exact_rate(rate)) for n, rate in enumerate(rates, start=1)]
    assert choose(sources, (), CUT).rate == exact_rate(chosen)


def test_settings_can_name_rate_and_start() -> None:
    edit = cut([line(0)], [take(0, (100, 150))], source(), rate="29.97", start="10:00:00;00")
    assert (edit.rate, edit.drop_frame, str(edit.timecode(0))) == (NTSC, True, "10:00:00;00")
    assert str(cut([line(0)], [], source(), start="10:00:00;00").timecode(0)) == "10:00:00:00"
    with pytest.raises(Misconfigured, match=r"cut\.start"):
        cut([line(0)], [], source(), start="01:00:00:29")
    with pytest.raises(Misconfigured, match=r"cut\.rate"):
        cut([line(0)], [], source(), rate="fast")


def test_a_cut_of_nothing_but_gaps_is_a_cut() -> None:
    edit = cut([line(0), line(1)], [])
    assert (edit.rate, edit.width, edit.height) == (25, 1920, 1080)
    assert edit.duration == 2 * gap_frames("Meet me at the station", 160, Fraction(25))


rates = st.sampled_from(KNOWN_RATES)


@given(
    rate=rates,
    source_rate=rates,
    frames=st.integers(1, 2000),
    start=st.integers(0, 1999),
    length=st.integers(1, 500),
)
def test_a_span_on_the_grid_is_inside_the_asset_and_as_long_as_its_record(
    rate: Fraction, source_rate: Fraction, frames: int, start: int, length: int
) -> None:
    start = min(start, frames - 1)
    span = (start, min(frames, start + length))
    begin, end, record = on_grid(span, source(1, source_rate, frames), rate)
    assert 0 <= begin < end <= frames
    assert record >= 1
    assert begin == start
    exact = max(1, rescale(record, rate, source_rate))
    assert end - begin == exact or (record == 1 and end == frames)
    assert begin + record * source_rate / rate <= frames or record == 1
    if rate == source_rate:
        assert (begin, end) == span
        assert record == end - begin


@given(
    picked=st.lists(
        st.none() | st.tuples(st.integers(0, 3), st.integers(0, 900), st.integers(1, 90)),
        min_size=1,
        max_size=12,
    ),
    used=st.lists(rates, min_size=4, max_size=4),
)
def test_events_follow_each_other_without_holes_and_without_drift(
    picked: list[tuple[int, int, int] | None], used: list[Fraction]
) -> None:
    sources = [source(i, rate) for i, rate in enumerate(used)]
    takes = [
        take(n, (pick[1], min(1000, pick[1] + pick[2])), pick[0])
        for n, pick in enumerate(picked)
        if pick
    ]
    edit = cut([line(n) for n in range(len(picked))], takes, *sources)
    record = 0
    for event in edit.events:
        assert event.record_in == record < event.record_out
        record = event.record_out
        if event.source:
            assert 0 <= event.in_frame < event.out_frame <= event.source.frames
            seconds = (event.out_frame - event.in_frame) / event.source.rate
            apart = abs(event.duration / edit.rate - seconds)
            assert apart <= max(1 / edit.rate, 1 / event.source.rate)
    assert edit.duration == sum(event.duration for event in edit.events)


def test_what_nobody_sees_makes_no_new_version() -> None:
    edit = cut([line(0)], [take(0, (100, 150))], source())
    event = edit.events[0]
    same = replace(edit, events=(replace(event, score=0.1, reasons=("other",)),))
    assert digest(same) == digest(edit)
    assert digest(replace(edit, events=(replace(event, in_frame=96),))) != digest(edit)


def test_changes_say_what_was_and_what_is() -> None:
    before = cut(
        [line(0, "One."), line(1, "Two."), line(2, "Three.")], [take(0, (0, 50))], source()
    )
    takes = [take(0, (100, 150)), take(1, (300, 350), 2), take(3, (0, 50))]
    lines = [line(0, "One."), line(1, "Two."), line(3, "Four.")]
    after = cut(lines, takes, source(), source(2))
    assert differences(before, after) == [
        "line 1: now A001.mov 00:00:03:20 to 00:00:06:05 (was A001.mov 00:00:00:00 to 00:00:02:05)",
        "line 2: now A002.mov 00:00:11:20 (was a gap)",
        "line 3: new in the script, A001.mov 00:00:00:00",
        "line 3 of the version before is gone: Three.",
    ]
    assert differences(None, after) == ["first version: 3 of 3 lines found"]


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    catalog = Catalog(f"sqlite:///{tmp_path / 'catalog.db'}")
    SQLModel.metadata.create_all(catalog.engine)
    with Session(catalog.engine) as opened:
        story(opened)
        yield opened
    catalog.close()


def story(session: Session) -> None:
    footage = Footage(
        asset_id=1, rate_num=30000, rate_den=1001, drop_frame=True, start_frame=1078920,
        has_timecode=True, frames=900, picture_offset=0, variable_rate=False, has_picture=True,
        has_sound=True, width=1281, height=720, interlaced=False, video_codec="h264",
        audio_codec="aac", audio_channels=2, reel="A002", warnings=[],
    )  # fmt: skip
    words = [["Meet", 100, 120], ["me", 120, 130], ["well", 136, 150]]
    spoken = Line(
        asset_id=1, number=0, in_frame=100, out_frame=150, text="Meet me well", language="en",
        confidence=0.8, words=words, engine="test",
    )  # fmt: skip
    emotion = Emotion(asset_id=1, number=0, label=Label.JOY, scores={"joy": 1.0}, engine="test")
    session.add(Story(id=1, name="s", created_at=0))
    session.flush()
    session.add_all([item(1, "s/A002.mov", Kind.FOOTAGE), item(2, "s/train.fountain", Kind.SCRIPT)])
    session.flush()
    session.add(Asset(id=1, checksum="c", item_id=1))
    session.flush()
    session.get_one(Item, 1).asset_id = 1
    session.add_all([footage, spoken, emotion])
    session.add(StageRun(item_id=1, stage="index", status=Status.DONE))
    session.add(Script(item_id=2, title="Train", format="fountain", language="en", warnings=[]))
    session.add_all([line(0, "Meet me."), line(1, "Never.")])
    session.flush()


def item(number: int, path: str, kind: Kind) -> Item:
    return Item(
        id=number, root="drop", path=path, size=1, mtime_ns=1, kind=kind, story_id=1, accepted_at=0
    )


def run(session: Session, tmp_path: Path) -> tuple[models.Cut | None, str]:
    """Run the stage, and save its row as the runner does."""
    script = session.get_one(Item, 2)
    facts = Cut().run(Work(script, tmp_path, tmp_path, tmp_path, tmp_path, load(), session))
    for row in facts.rows:
        assert isinstance(row, models.Cut)
        session.add(row)
        session.flush()
        return row, facts.message
    assert facts.skipped
    return None, facts.message


def test_the_stage_makes_versions_only_when_the_cut_changes(
    session: Session, tmp_path: Path
) -> None:
    first, message = run(session, tmp_path)
    assert first is not None
    assert (first.version, first.name, first.story_id) == (1, "train.fountain", 1)
    assert message == "version 1: 0 lines cut in, 2 missing, 60 frames"
    assert run(session, tmp_path) == (None, "the cut did not change")
    session.add(take(0, (100, 130)))
    session.flush()
    second, _ = run(session, tmp_path)
    assert second is not None
    assert second.version == 2
    assert second.changes == ["line 1: now A002.mov 10:00:03;04 (was a gap)"]
    event: dict[str, object] = second.sequence["events"][0]
    assert (event["heard"], event["emotion"]) == ("Meet me", "joy")
    assert (event["in_frame"], event["out_frame"]) == (94, 133)
    assert (second.sequence["width"], second.sequence["drop_frame"]) == (1280, True)
