from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from catalog.models import Asset, Clip, Emotion, Footage, Label, Line, Scan, Shot
from catalog.work import Facts, Work
from indexers.clips import Clips, Span, clip_key, cut_clips, pick_thumbnails

RATE = Fraction(25)


def _line(number: int, first: int, end: int, text: str = "a line", language: str = "en") -> Line:
    return Line(
        asset_id=1, number=number, in_frame=first, out_frame=end, text=text, language=language,
        confidence=1, words=[], engine="captions",
    )  # fmt: skip


def _shots(*cuts: int) -> list[Shot]:
    return [
        Shot(asset_id=1, number=n, in_frame=a, out_frame=b, thumbnail=f"thumbs/{a:06}.jpg")
        for n, (a, b) in enumerate(pairwise(cuts))
    ]


def _scan(*frames: int) -> Scan:
    names = [[frame, f"thumbs/{frame:06}.jpg"] for frame in frames]
    return Scan(
        asset_id=1, loudness=None, true_peak=None, black=[], freeze=[], silence=[], thumbnails=names
    )


def test_a_line_over_a_cut_is_one_clip_of_two_shots() -> None:
    assert cut_clips([_line(0, 0, 100)], _shots(0, 60, 100), 100, RATE) == [
        Span(0, 100, (0,), (0, 1))
    ]


def test_what_lies_between_lines_is_a_clip_per_shot() -> None:
    lines = [_line(0, 50, 100), _line(1, 200, 250)]
    assert cut_clips(lines, _shots(0, 150, 300), 300, RATE) == [
        Span(0, 50, (), (0,)),
        Span(50, 100, (0,), (0,)),
        Span(100, 150, (), (0,)),
        Span(150, 200, (), (1,)),
        Span(200, 250, (1,), (1,)),
        Span(250, 300, (), (1,)),
    ]


def test_a_silent_rest_of_less_than_a_second_is_no_clip() -> None:
    lines = [_line(0, 24, 75)]
    assert cut_clips(lines, _shots(0, 100), 100, RATE) == [
        Span(24, 75, (0,), (0,)),
        Span(75, 100, (), (0,)),
    ]


def test_a_second_at_23_976_is_24_frames() -> None:
    rate = Fraction(24000, 1001)
    assert cut_clips([], _shots(0, 24), 24, rate) == [Span(0, 24, (), (0,))]
    assert cut_clips([], _shots(0, 23), 23, rate) == []


def test_a_silent_asset_is_a_clip_per_shot() -> None:
    assert [span.shots for span in cut_clips([], _shots(0, 50, 60, 100), 100, RATE)] == [(0,), (2,)]


def test_sound_without_picture_has_the_clips_of_its_lines_only() -> None:
    assert cut_clips([_line(0, 30, 60)], [], 500, RATE) == [Span(30, 60, (0,), ())]


def test_captions_in_two_languages_share_a_clip() -> None:
    lines = [_line(0, 10, 40), _line(1, 10, 40), _line(2, 10, 50)]
    spans = cut_clips(lines, [], 100, RATE)
    assert [span.lines for span in spans] == [(0, 1), (2,)]


def test_captions_that_outlast_the_asset_are_cut_to_it() -> None:
    spans = cut_clips([_line(0, 90, 150), _line(1, 160, 200)], [], 100, RATE)
    assert [(span.in_frame, span.out_frame) for span in spans] == [(90, 100), (99, 100)]


@st.composite
def _materials(draw: st.DrawFn) -> tuple[list[Line], list[Shot], int]:
    frames = draw(st.integers(1, 500))
    cuts = draw(st.sets(st.integers(1, max(1, frames - 1)), max_size=6)) - {frames}
    shots = _shots(0, *sorted(cuts), frames) if draw(st.booleans()) else []
    spans = draw(
        st.lists(st.tuples(st.integers(0, frames + 20), st.integers(1, 80)), max_size=8).map(sorted)
    )
    return [_line(n, a, a + d) for n, (a, d) in enumerate(spans)], shots, frames


@given(_materials())
def test_clips_are_whole_ordered_and_cover_every_line_once(
    material: tuple[list[Line], list[Shot], int],
) -> None:
    lines, shots, frames = material
    spans = cut_clips(lines, shots, frames, RATE)
    assert spans == cut_clips(lines, shots, frames, RATE)
    assert all(0 <= span.in_frame < span.out_frame <= frames for span in spans)
    assert [s.in_frame for s in spans] == sorted(s.in_frame for s in spans)
    assert sorted(number for span in spans for number in span.lines) == list(range(len(lines)))
    assert len({(s.in_frame, s.out_frame) for s in spans}) == len(spans)
    by_number = {shot.number: shot for shot in shots}
    spoken = {f for s in spans if s.lines for f in range(s.in_frame, s.out_frame)}
    for span in spans:
        touched = [by_number[number] for number in span.shots]
        assert all(t.in_frame < span.out_frame and span.in_frame < t.out_frame for t in touched)
        if not span.lines:
            assert span.out_frame - span.in_frame >= RATE
            assert len(touched) == 1
            assert spoken.isdisjoint(range(span.in_frame, span.out_frame))


def test_the_thumbnail_is_the_nearest_of_the_clips_own_shots() -> None:
    shots = _shots(0, 100, 200)
    spans = [Span(60, 99, (0,), (0,)), Span(60, 160, (1,), (0, 1)), Span(0, 99, (), (0,))]
    picked = pick_thumbnails(spans, shots, _scan(10, 101, 190))
    assert picked == ["thumbs/000010.jpg", "thumbs/000101.jpg", "thumbs/000010.jpg"]


def test_without_pictures_there_is_no_thumbnail() -> None:
    assert pick_thumbnails([Span(0, 50, (0,), ())], [], _scan()) == [""]


def test_a_key_depends_on_content_and_span_alone() -> None:
    assert clip_key("ab", 0, 50) == "2604417c-e929-5f4e-add0-24b020c321b8"
    assert len({clip_key("ab", 0, 50), clip_key("ac", 0, 50), clip_key("ab", 0, 51)}) == 3


def test_the_stage_writes_rows_in_order_of_time(
    tmp_path: Path,
    accept: Callable[[Path], Work],
    session: Session,
    keep: Callable[[Facts], Facts],
) -> None:
    source = tmp_path / "a.mov"
    source.write_bytes(b"x")
    work = accept(source)
    asset = session.get_one(Asset, work.asset_id)
    session.add_all(
        [
            Footage(
                asset_id=1, rate_num=25, rate_den=1, drop_frame=False, start_frame=0, frames=300,
                has_timecode=True, picture_offset=0, variable_rate=False, has_picture=True,
                has_sound=True, width=640, height=360, interlaced=False, video_codec="h264",
                audio_codec="aac", audio_channels=2, reel="A", warnings=[],
            ),
            _scan(0, 150), *_shots(0, 150, 300),
            _line(0, 100, 170, "I won!"), _line(1, 200, 240, "我们赢了", "zh"),
            Emotion(asset_id=1, number=0, label=Label.JOY, scores={}, engine="text"),
        ]
    )  # fmt: skip
    session.commit()
    facts = keep(Clips().run(work))
    assert facts.message == "5 clips, 2 of them spoken"
    rows = session.exec(select(Clip).order_by(col(Clip.number))).all()
    assert [row.number for row in rows] == [0, 1, 2, 3, 4]
    assert [row.text for row in rows] == ["", "I won!", "", "我们赢了", ""]
    assert [row.emotion for row in rows] == [None, Label.JOY, None, None, None]
    assert rows[1].shots == [0, 1]
    assert rows[1].key == clip_key(asset.checksum, 100, 170)
    assert rows[3].thumbnail == "thumbs/000150.jpg"
