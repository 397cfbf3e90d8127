from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from urllib.parse import unquote, urlparse

import opentimelineio as otio
import pytest

from renderers.exports import otio as ours
from renderers.exports import read_otio
from renderers.exports.delivery import Delivery
from renderers.sequence import Alternate, Sequence, Source, Track
from tests.renderers.plans import FILM, NTSC, delivery, gap, locate, sequence, source, use


def written(cut: Sequence, folder: Path) -> otio.schema.Timeline:
    (path,) = ours.write(delivery(cut), folder / "渡轮 cut.otio")
    return otio.schema.Timeline.from_json_file(str(path))


def test_the_timeline_begins_at_the_record_timecode(tmp_path: Path) -> None:
    cut = sequence([use(source(1, NTSC), 0, 30)], NTSC, drop_frame=True)
    read = written(cut, tmp_path)
    assert read.global_start_time.value == cut.start_frame == 107_892
    assert read.global_start_time.to_timecode() == "01:00:00;00"
    assert [track.kind for track in read.tracks] == ["Video", "Audio"]


def test_media_begin_at_the_cameras_timecode(tmp_path: Path) -> None:
    of = source(frames=1000)
    clip = written(sequence([use(of, 50, 100)]), tmp_path).tracks[0][0]
    assert clip.available_range().start_time.value == of.start_frame
    assert clip.available_range().duration.value == 1000
    assert clip.source_range.start_time.to_timecode() == "10:00:02:00"
    assert clip.source_range.duration.value == 50


def test_originals_are_absolute_percent_encoded_urls(tmp_path: Path) -> None:
    of = source(path="drop/海边/第 1 条 #2 🎬.mov", name="第 1 条 #2 🎬.mov")
    url = written(sequence([use(of, 0, 25)]), tmp_path).tracks[0][0].media_reference.target_url
    assert url.startswith("file:///media/drop/%E6%B5%B7")
    assert unquote(urlparse(url).path) == str(locate(of))
    assert url.isascii()


def test_gaps_and_silent_sources_leave_their_track_empty_at_the_right_length(
    tmp_path: Path,
) -> None:
    mute, radio = source(1, channels=0), source(2, width=0, height=0)
    read = written(sequence([use(mute, 0, 25), gap(40), use(radio, 0, 25)]), tmp_path)
    kinds = [[type(item).__name__ for item in track] for track in read.tracks]
    assert kinds == [["Clip", "Gap", "Gap"], ["Gap", "Gap", "Clip"]]
    assert read.tracks[0][1].duration().value == 40
    assert read.tracks[0][1].name == "MISSING MARA: Nobody said this."


def test_reasons_travel_with_the_clip_and_lines_are_markers(tmp_path: Path) -> None:
    event = use(source(), 0, 25, score=0.9, emotion="joy", reasons=("台词一致",))
    read = written(sequence([event, gap(10)]), tmp_path)
    facts = read.tracks[0][0].metadata["stringout"]
    assert (facts["score"], facts["emotion"], list(facts["reasons"])) == (0.9, "joy", ["台词一致"])
    assert [marker.color for marker in read.tracks.markers] == ["GREEN", "RED"]
    assert read.tracks.markers[1].marked_range.start_time.value == 25


def test_mixed_rates_meet_on_the_record_grid_and_stay_inside_their_media(tmp_path: Path) -> None:
    film = source(1, FILM, frames=61)
    cut = sequence([use(film, 0, 61), use(film, 1, 60), use(film, 7, 20)], Fraction(30))
    made = delivery(cut)
    read_otio.prove(made, ours.write(made, tmp_path / "cut.otio"))


def test_a_relative_original_is_refused(tmp_path: Path) -> None:
    def nowhere(_: Source) -> Path:
        return Path("somewhere.mov")

    with pytest.raises(ValueError, match="relative"):
        ours.write(Delivery(sequence([use(source(), 0, 25)]), nowhere), tmp_path / "cut.otio")


def test_dissolves_tracks_and_alternates_are_told_in_its_own_words(tmp_path: Path) -> None:
    other = Alternate(source(3), 10, 40, 30)
    over = Track("V2", (replace(use(source(4), 0, 10), record_in=20, record_out=30),))
    first = use(source(1), 100, 150, alternates=(other,))
    cut = sequence([first, use(source(2), 100, 150, dissolve=13)], tracks=(over,))
    read = written(cut, tmp_path)
    assert [track.name for track in read.tracks] == ["V1", "V2", "alternates 1", "A1"]
    dissolve = read.tracks[0][1]
    assert isinstance(dissolve, otio.schema.Transition)
    assert (dissolve.in_offset.value, dissolve.out_offset.value) == (6, 7)
    assert read.tracks[1].range_of_child_at_index(1).start_time.value == 20
    assert [clip.enabled for clip in read.tracks[2]] == [False]
