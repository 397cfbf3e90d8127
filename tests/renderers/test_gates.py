from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from media.errors import Rejected
from renderers import edl, gates, otio, subtitles
from renderers.sequence import Sequence
from tests.renderers.plans import FILM, NTSC, gap, locate, sequence, source, use

GOOD = sequence([use(source(), 0, 50), gap(20), use(source(2, FILM), 24, 96)])


def changed(which: int, **values: object) -> Sequence:
    """GOOD with other values in one event."""
    events = list(GOOD.events)
    events[which - 1] = replace(events[which - 1], **values)  # type: ignore[arg-type]
    return replace(GOOD, events=tuple(events))


def test_a_good_cut_passes() -> None:
    gates.require(GOOD)


@pytest.mark.parametrize(
    ("cut", "words"),
    [
        (replace(GOOD, events=()), "no events"),
        (replace(GOOD, rate=Fraction(120)), "cut.rate"),
        (changed(2, number=5), "event 5 stands where event 2 belongs"),
        (changed(2, record_in=51), "event 2 begins at record frame 51, not at 50"),
        (changed(2, record_in=49), "event 2 begins at record frame 49, not at 50"),
        (changed(2, record_out=50), "event 2 ends at record frame 50"),
        (changed(2, out_frame=7), "event 2 is a gap but has source frames"),
        (changed(1, in_frame=1451, out_frame=1501), "event 1 wants frames 1451 to 1501"),
        (changed(1, in_frame=-1), "event 1 wants frames -1"),
        (changed(1, in_frame=50), "event 1 wants frames 50 to 50"),
        (changed(1, out_frame=49), "event 1 puts 49 source frames into 50 record frames"),
        (changed(3, out_frame=100), "event 3 plays frames 24 to 100"),
        (changed(1, source=replace(source(), drop_frame=True)), "numbers A001.mov in drop-frame"),
    ],
)
def test_a_broken_plan_is_refused_and_the_event_named(cut: Sequence, words: str) -> None:
    with pytest.raises(Rejected, match=words):
        gates.require(cut)


def broken_edl(folder: Path, old: str, new: str) -> None:
    (path,) = edl.write(GOOD, folder / "cut.edl", locate)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    gates.prove_edl(GOOD, [path])


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("10:00:02:00 01:", "10:00:02:01 01:", "event 1 says 10:00:02:01, planned 10:00:02:00"),
        ("01:00:02:20", "01:00:02:19", "event 2 says 01:00:02:19"),
        ("10:00:00:00 ", "10:00:00;00 ", "event 1 says 10:00:00;00"),
        ("A001     AA/V", "A009     AA/V", "event 1 names the wrong reel"),
        ("AA/V", "V   ", "event 1 names the wrong reel or channels"),
        ("NON-DROP", "DROP", "numbering"),
        ("002  BL", "004  BL", "numbering"),
        ("M2   A002         024.0", "M2   A002         048.0", "event 3 takes 144.00 frames"),
        ("M2 ", "M3 ", "not a CMX3600 statement"),
        ("TITLE: Ferry", "TITLE: 渡轮", "title"),
        ("001  A001", "001 A001", "line 3"),
    ],
)
def test_a_broken_list_is_refused(tmp_path: Path, old: str, new: str, words: str) -> None:
    with pytest.raises(Rejected, match=words):
        broken_edl(tmp_path, old, new)


def test_a_list_without_its_last_event_is_refused(tmp_path: Path) -> None:
    paths = edl.write(replace(GOOD, events=GOOD.events[:2]), tmp_path / "cut.edl", locate)
    with pytest.raises(Rejected, match="2 events, planned 3"):
        gates.prove_edl(GOOD, paths)


@pytest.mark.parametrize(
    ("number", "values", "words"),
    [
        (1, {"in_frame": 1, "out_frame": 51}, "event 1 begins at source frame"),
        (2, {"record_out": 71}, "event 2 lies at"),
        (1, {"source": source(frames=49)}, "event 1"),
    ],
)
def test_a_timeline_that_differs_from_the_plan_is_refused(
    tmp_path: Path, number: int, values: dict[str, object], words: str
) -> None:
    paths = otio.write(changed(number, **values), tmp_path / "cut.otio", locate)
    with pytest.raises(Rejected, match=words):
        gates.prove_otio(GOOD, paths)


def test_subtitles_past_the_end_are_refused(tmp_path: Path) -> None:
    paths = subtitles.write(GOOD, tmp_path / "cut.srt", locate)
    shorter = replace(GOOD, events=GOOD.events[:2])
    with pytest.raises(Rejected, match="after the movie"):
        gates.prove_srt(shorter, paths)


def test_a_cut_in_drop_frame_passes_every_gate(tmp_path: Path) -> None:
    of = source(1, NTSC, start="23:59:59;28", frames=2000)
    cut = sequence([use(of, 0, 1000), use(of, 1000, 2000)], NTSC, drop_frame=True)
    gates.require(cut)
    gates.prove_edl(cut, edl.write(cut, tmp_path / "cut.edl", locate))
