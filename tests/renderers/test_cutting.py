"""What the cut decides: edges, loudness, dissolves, split edits, B-roll, music."""

import wave
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from math import exp
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.models import Label, ScriptLine, Take
from config.cutting import Split
from media import sound
from renderers.curve import Felt
from renderers.edges import Pause, edges
from renderers.joins import Stretch
from renderers.loudness import gain, loudness
from renderers.mood import MUSIC, markers, moods
from renderers.roughcut import Material, assemble
from renderers.rules import problems
from renderers.sequence import Event, MarkerKind, Source
from renderers.sequence import Sequence as Edit
from tests.renderers.test_assembly import CUT, source, take

RATE = Fraction(25)


def write(path: Path, samples: np.ndarray) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sound.HERTZ)
        file.writeframes(samples.astype("<i2").tobytes())
    return path


def tone(seconds: float, level: float, hertz: float = 1000) -> np.ndarray:
    """A sine whose peak is `level` dB below full scale."""
    times = np.arange(int(seconds * sound.HERTZ)) / sound.HERTZ
    return 32767 * 10 ** (level / 20) * np.sin(2 * np.pi * hertz * times)


def test_an_edge_is_moved_into_the_quietest_moment_of_the_pause(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).normal(0, 300, sound.HERTZ * 4)
    noise[int(0.80 * sound.HERTZ) : int(0.84 * sound.HERTZ)] = 0  # frame 20 to 21
    noise[int(2.28 * sound.HERTZ) : int(2.34 * sound.HERTZ)] = 0  # frame 57 to 58.5
    heard = write(tmp_path / "s.wav", noise)
    pause = Pause(before=10, after=80)
    assert edges((25, 50), pause, 5, RATE, None) == (20, 55)
    start, end = edges((25, 50), pause, 5, RATE, heard)
    assert start in (20, 21)
    assert end in (57, 58)


@given(
    st.integers(0, 60), st.integers(1, 40), st.integers(0, 30), st.integers(0, 30),
    st.integers(0, 20), st.integers(0, 9),
)  # fmt: skip
def test_no_edge_ever_goes_through_a_word(
    start: int, length: int, before: int, after: int, handle: int, seed: int
) -> None:
    end = start + length
    pause = Pause(max(0, start - before), end + after)
    first, last = edges((start, end), pause, handle, RATE, None)
    assert pause.before <= first <= start
    assert end <= last <= pause.after


def test_edges_in_sound_stay_inside_the_pause_too(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    heard = write(tmp_path / "s.wav", rng.normal(0, 800, sound.HERTZ * 6))
    for _ in range(60):
        start, length, before, after, handle = (int(n) for n in rng.integers(0, 30, 5))
        pause = Pause(max(0, start - before), start + length + 1 + after)
        first, last = edges((start, start + length + 1), pause, handle, RATE, heard)
        assert pause.before <= first <= start
        assert start + length + 1 <= last <= pause.after


def test_loudness_is_that_of_ebu_r128(tmp_path: Path) -> None:
    # EBU Tech 3341, case 1: a stereo sine of 1 kHz at -23 dBFS is -23 LUFS; one channel is 3 less.
    assert loudness(tone(5, -23).astype(np.int16)) == pytest.approx(-26.0, abs=0.1)
    assert loudness(tone(5, -40).astype(np.int16)) == pytest.approx(-43.0, abs=0.1)
    assert loudness(np.zeros(sound.HERTZ, np.int16)) is None
    quiet = write(tmp_path / "quiet.wav", tone(4, -33))
    assert gain(quiet, source(), (0, 100), -23.0) == pytest.approx(13.0, abs=0.2)
    assert gain(tmp_path / "gone.wav", source(), (0, 100), -23.0) == 0.0


def test_a_gain_leaves_headroom(tmp_path: Path) -> None:
    peaky = tone(4, -50)
    peaky[8000] = 32000
    assert gain(write(tmp_path / "p.wav", peaky), source(), (0, 100), -23.0) <= -0.8


def said(number: int, scene: str = "A", kind: str = "dialogue", row: int = 0) -> ScriptLine:
    return ScriptLine(
        item_id=2, number=number, kind=kind, scene=scene, character="ANNA", parenthetical="",
        text="Meet me at the station", source_line=row or number + 1,
    )  # fmt: skip


def cut(
    script: Sequence[ScriptLine],
    takes: Sequence[Take],
    *sources: Source,
    emotions: dict[int, str] | None = None,
    **change: object,
) -> Edit:
    """Each asset's words are where its takes are, except those of action lines."""
    spoken = {line.number for line in script if line.kind == "dialogue"}
    materials = {}
    for each in sources:
        spans = sorted(
            (t.in_frame, t.out_frame)
            for t in takes
            if t.asset_id == each.asset_id and t.number in spoken
        )
        words = tuple(Stretch("word", *span) for span in spans)
        felt = (emotions or {}).get(each.asset_id, "")
        feelings = (Felt(0, each.frames, {felt: 1.0}),) if felt else ()
        materials[each.asset_id] = Material(each, words, feelings)
    edit = assemble(script, takes, materials, CUT.model_copy(update=change), "Title")
    assert list(problems(edit)) == []
    return edit


def test_dissolves_are_made_at_scene_changes_only_and_only_where_pauses_allow() -> None:
    script = [said(0), said(1), said(2, "B"), said(3, "C"), said(4, "D")]
    takes = [
        take(0, (100, 150)), take(1, (300, 350)), take(2, (500, 550), 2), take(3, (700, 750)),
    ]  # fmt: skip
    edit = cut(script, takes, source(), source(2), dissolve_seconds=1.0)
    assert [event.dissolve for event in edit.events] == [0, 0, 25, 25, 0]
    assert not any(e.dissolve for e in cut(script, takes, source(), source(2)).events)


def test_a_dissolve_never_shows_a_stretch_in_which_somebody_speaks() -> None:
    script = [said(0), said(1, "B"), said(2, "B")]
    takes = [take(0, (100, 150)), take(2, (165, 300)), take(1, (500, 550), 2)]
    edit = cut(script, takes, source(), source(2), dissolve_seconds=1.0)
    assert 0 < edit.events[1].dissolve_rest <= 165 - edit.events[0].out_frame


@pytest.mark.parametrize(("split", "sign"), [(Split.J, -1), (Split.L, 1), (Split.NONE, 0)])
def test_split_edits_stay_inside_the_pauses(split: Split, sign: int) -> None:
    takes = [take(0, (100, 150)), take(1, (500, 550), 2)]
    edit = cut([said(0), said(1)], takes, source(), source(2), split=split, split_seconds=1.0)
    assert edit.events[1].split == sign * 5  # the handle of 0.2 s
    assert edit.events[0].split == 0


def test_a_short_pause_inside_one_take_is_not_cut_out() -> None:
    takes = [take(0, (100, 150)), take(1, (170, 220)), take(2, (300, 350))]
    first, second, third = cut([said(0), said(1), said(2)], takes, source()).events
    assert first.out_frame == second.in_frame
    assert second.out_frame < third.in_frame


def test_silent_clips_cover_gaps_and_lines_of_their_row_on_v2_when_asked_for() -> None:
    script = [
        said(0, kind="action", row=1), said(1, row=1), said(2, kind="action", row=2),
        said(3, row=3),
    ]  # fmt: skip
    takes = [
        take(0, (10, 400), 2), take(1, (100, 150)), take(2, (0, 400), 3), take(2, (0, 60), 1, 1),
    ]  # fmt: skip
    sources = (source(), source(2), source(3))
    (track,) = cut(script, takes, *sources, broll=True).tracks
    assert track.name == "V2"
    assert [(e.line, e.source.asset_id) for e in track.events] == [(0, 2), (2, 3)]
    edit = cut(script, takes, *sources, broll=True)
    assert [e.record_in for e in track.events] == [e.record_in for e in edit.events]
    assert all(e.duration <= edit.events[i].duration for i, e in enumerate(track.events))
    assert cut(script, takes, *sources).tracks == ()


def test_a_clip_in_which_somebody_speaks_covers_nothing() -> None:
    script = [said(0, kind="action"), said(1)]
    takes = [take(0, (90, 160)), take(1, (100, 150))]
    assert cut(script, takes, source(), broll=True).tracks == ()


def felt(*labels: str, seconds: int = 10) -> list[Event]:
    return [
        Event(
            number=i + 1, line=i, text="x", character="", source=None, in_frame=0, out_frame=0,
            record_in=25 * seconds * i, record_out=25 * seconds * (i + 1), emotion=label,
        )
        for i, label in enumerate(labels)
    ]  # fmt: skip


def test_music_changes_with_the_feeling_and_says_tempo_and_colour() -> None:
    found = markers(felt("anger", "anger", "", "calm", "joy"), RATE)
    told = [(m.kind, m.in_frame, m.out_frame, m.text) for m in found]
    joy = 1 / (1 + exp(-((10 / 4) ** 2) / 2))  # ten seconds after calm, in a bell of four
    assert told == [
        (MarkerKind.MUSIC, 0, 750, "anger: 150-180 BPM, heavy drums"),
        (MarkerKind.PEAK, 125, 126, "anger is strongest here: 100 %"),
        (MarkerKind.MUSIC, 750, 1000, "calm: 50-70 BPM, natural noise: wind, water, birds"),
        (MarkerKind.TRANSITION, 750, 751, "anger ends: dissolve into calm"),
        (MarkerKind.MUSIC, 1000, 1250, "joy: 120-140 BPM, bright piano and strings"),
        (MarkerKind.TRANSITION, 1000, 1001, "calm ends: dissolve into joy"),
        (MarkerKind.PEAK, 1125, 1126, f"joy is strongest here: {round(100 * joy)} %"),
    ]
    assert found[0].bpm == (150, 180)
    cuts = [m.text for m in markers(felt("calm", "anger"), RATE)]
    assert "calm ends: cut to anger" in cuts


def test_every_feeling_has_music() -> None:
    assert set(MUSIC) == set(Label)
    assert all(0 < music.slowest < music.fastest for music in MUSIC.values())


@given(st.lists(st.sampled_from(["", *(label.value for label in Label)]), max_size=12))
def test_moods_never_overlap_and_change_at_every_border(labels: list[str]) -> None:
    found = moods(felt(*labels, seconds=3), RATE)
    for before, after in pairwise(found):
        assert before.out_frame == after.in_frame
        assert before.label != after.label
    assert bool(found) == any(labels)


def test_suggestions_are_part_of_the_cut_and_of_no_version(tmp_path: Path) -> None:
    takes = [take(0, (100, 400)), take(1, (100, 400), 2)]
    sources = (source(), source(2))
    edit = cut([said(0), said(1)], takes, *sources, emotions={1: "anger", 2: "calm"})
    assert [m.text for m in edit.markers if m.kind is MarkerKind.TRANSITION] == [
        "anger ends: dissolve into calm"
    ]
