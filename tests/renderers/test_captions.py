import re
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pysubs2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import SQLModel

from catalog.database import Catalog
from catalog.models import Asset, Footage, Item, Kind, Line
from catalog.work import Work
from config.settings import load
from renderers.captions import Captions, Cue, broken, line_cues, paged, write_srt, write_vtt

LONG = (
    "I never thought that it would come to this, not after everything that we have done "
    "for you and for your brother."
)
CHINESE = (
    "他说：“我从来没有想到会是这样，尤其是在我们为你做了这一切之后。”然后他就离开了，没有再回来。"
)


def cue(start: str, end: str, text: str, speaker: str = "") -> Cue:
    return Cue(Fraction(start), Fraction(end), text, speaker)


def line(number: int, first: int, last: int, text: str) -> Line:
    return Line(
        asset_id=1, number=number, in_frame=first, out_frame=last, text=text, language="en",
        confidence=1.0, words=[], engine="test",
    )  # fmt: skip


def test_frames_become_milliseconds_exactly(tmp_path: Path) -> None:
    ntsc = Fraction(30000, 1001)
    (one,) = line_cues([line(0, 107892, 107922, "After an hour.")], ntsc)
    assert one.start == Fraction(107892 * 1001, 30000)
    write_srt([one], tmp_path / "a.srt")
    expected = "1\n00:59:59,996 --> 01:00:00,997\nAfter an hour.\n"
    assert (tmp_path / "a.srt").read_bytes() == expected.encode()


def test_webvtt_escapes_text_and_names_the_speaker(tmp_path: Path) -> None:
    write_vtt([cue("0", "3/2", "a < b & c --> d", "李雷")], tmp_path / "a.vtt")
    expected = "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\n<v 李雷>a &lt; b &amp; c --&gt; d\n"
    assert (tmp_path / "a.vtt").read_text(encoding="utf-8") == expected


def test_an_arrow_or_an_empty_line_in_the_text_breaks_no_srt(tmp_path: Path) -> None:
    cues = [cue("0", "1", "from --> to\n\n7\nend"), cue("1", "2", "  "), cue("2", "3", "last")]
    write_srt(cues, tmp_path / "a.srt")
    read = pysubs2.load(str(tmp_path / "a.srt"))
    assert [event.plaintext for event in read] == ["from → to 7 end", "last"]


@pytest.mark.parametrize(
    ("text", "counted", "most"), [(LONG, ".", 42), (CHINESE, "[一-龥，。：]", 18)]
)
def test_other_readers_find_at_most_two_rows_of_a_readable_length(
    tmp_path: Path, text: str, counted: str, most: int
) -> None:
    cues = [cue("1", "9", text, "ANNA")]
    write_srt(cues, tmp_path / "a.srt")
    write_vtt(cues, tmp_path / "a.vtt")
    for name in ("a.srt", "a.vtt"):
        read = pysubs2.load(str(tmp_path / name))
        assert read[0].start == 1000
        assert read[-1].end == 9000
        assert all(a.end == b.start for a, b in pairwise(read))
        for event in read:
            rows = event.plaintext.split("\n")
            assert len(rows) <= 2
            assert all(len(re.findall(counted, row)) <= most for row in rows)


def test_rows_are_about_equally_long() -> None:
    rows = broken("I never thought that it would come to all this.")
    assert rows == ["I never thought that it", "would come to all this."]


def test_chinese_punctuation_never_begins_a_row() -> None:
    for length in range(1, len(CHINESE)):
        assert all(row[0] not in "，。”：！？" for row in broken(CHINESE[:length]))


written = st.text(st.sampled_from("abcdefg I.,'我们走吧，。“”好Ａ한\n"), max_size=300)


@given(written)
def test_breaking_loses_no_character(text: str) -> None:
    def squeezed(value: str) -> str:
        return "".join(value.split())

    assert squeezed("".join(broken(text))) == squeezed(text)


@given(written, st.integers(1, 10**6), st.integers(1, 10**6))
def test_pages_share_the_time_without_a_hole(text: str, start: int, length: int) -> None:
    whole = Cue(Fraction(start, 24), Fraction(start + length, 24), text)
    pages = paged(whole)
    assert pages[0].start == whole.start
    assert pages[-1].end == whole.end
    assert all(a.end == b.start > a.start for a, b in pairwise(pages))
    assert all(len(broken(page.text)) <= 2 for page in pages)


@pytest.mark.parametrize("spoken", [True, False])
def test_the_stage_writes_both_files_or_has_nothing_to_do(tmp_path: Path, spoken: bool) -> None:
    catalog = Catalog(f"sqlite:///{tmp_path / 'catalog.db'}")
    SQLModel.metadata.create_all(catalog.engine)
    item = Item(
        id=1, root="drop", path="story/a.mp4", size=1, mtime_ns=1, kind=Kind.FOOTAGE,
        story_id=1, accepted_at=0, asset_id=1,
    )  # fmt: skip
    footage = Footage(
        asset_id=1, rate_num=25, rate_den=1, drop_frame=False, start_frame=90000,
        has_timecode=True, frames=100, picture_offset=0, variable_rate=False, has_picture=True,
        has_sound=True, width=1920, height=1080, interlaced=False, video_codec="h264",
        audio_codec="aac", audio_channels=2, reel="A", warnings=[],
    )  # fmt: skip
    with catalog.reading() as session:
        session.add(Asset(id=1, checksum="0" * 32, item_id=1))
        session.flush()
        session.add(footage)
        if spoken:
            session.add_all([line(0, 25, 50, "Hello."), line(1, 60, 75, "你好。")])
        session.flush()
        work = Work(item, tmp_path, tmp_path, tmp_path, tmp_path, load(), session)
        facts = Captions().run(work)
    catalog.close()
    assert facts.skipped is not spoken
    assert [file.name for file in facts.files] == ["captions.srt", "captions.vtt"][: 2 * spoken]
    if spoken:
        read = pysubs2.load(str(tmp_path / "captions.vtt"))
        assert [(event.start, event.end) for event in read] == [(1000, 2000), (2400, 3000)]
