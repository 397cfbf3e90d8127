"""Two hundred cuts of mixed sources: no frame and no sample is wrong.

Every picture carries its number, every tenth one clicks. Frames of all-intra proxies are joined
as they are; what has another rate is encoded between them.
"""

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from demo.footage import frame_numbers
from media.errors import Rejected
from media.timecode import rescale
from renderers import counting, mix
from renderers.proxies import Proxy
from renderers.render import planned, render
from renderers.sequence import Event, Sequence, Source
from tests.renderers.plans import PAL, sequence, source, use
from tests.renderers.test_movie import (
    Shelf,
    heard_clicks,
    planned_clicks,
    planned_numbers,
    proxy,
    rendered,
    sound_of,
)


def two_hundred(shelf: Shelf) -> Sequence:
    """Cuts of 1 to 9 frames; every twelfth is from a source of another rate."""
    chance = random.Random(8)
    events = []
    for number in range(200):
        of = shelf.sources[2 + number // 12 % 2 if number % 12 == 0 else number % 2]
        length = chance.randint(4 if of.rate != PAL else 1, 9)
        first = chance.randrange(70)
        events.append(use(of, first, first + length))
    return sequence(events, width=480, height=270)


def silent(cut: Sequence, of: Source) -> tuple[Event, ...]:
    """Its events without those of one source, which does not click."""
    return tuple(event for event in cut.events if event.source != of)


def test_two_hundred_cuts_show_every_planned_frame_and_click(shelf: Shelf, tmp_path: Path) -> None:
    cut = two_hundred(shelf)
    pieces = planned(shelf.recipe(cut, tmp_path))
    assert sum(len(piece.segments) for piece in pieces if piece.copied) > 150
    path = tmp_path / "cut.mp4"
    render(shelf.recipe(cut, tmp_path, crossfade=0), path)
    held = frame_numbers(shelf.proxies[4].path)  # its pictures are repeated where time stood
    wanted = [
        held[number] if event.source == shelf.sources[3] and number is not None else number
        for event in cut.events
        for number in planned_numbers(replace(cut, events=(event,)))
    ]
    assert frame_numbers(path) == wanted
    heard = heard_clicks(path, PAL)
    clicks = list(planned_clicks(replace(cut, events=silent(cut, shelf.sources[3]))))
    gaps = np.diff(clicks, prepend=-9)
    clear = [click for click, gap in zip(clicks, gaps, strict=True) if gap > 2]
    assert len(clear) > 50
    late = [min(abs(click - other) for other in heard) for click in clear]
    assert max(late) < 0.1  # frames: 4 ms


def test_no_sample_is_wrong_in_two_hundred_cuts(shelf: Shelf, tmp_path: Path) -> None:
    cut = two_hundred(shelf)
    of_this_rate = replace(
        cut,
        events=sequence([e for e in cut.events if e.source and e.source.rate == PAL]).events,
    )
    mix.mix(of_this_rate, shelf.proxies, 0, tmp_path / "sound.s16")
    written = np.fromfile(tmp_path / "sound.s16", np.int16).reshape(-1, 2)
    whole = {number: sound_of(one.path) for number, one in shelf.proxies.items()}
    wanted = np.concatenate(
        [
            whole[e.source.asset_id][e.in_frame * 1920 : e.out_frame * 1920]
            for e in of_this_rate.events
            if e.source
        ]
    )
    assert len(written) == rescale(of_this_rate.duration, PAL, mix.SAMPLE_RATE)
    assert np.count_nonzero(written != wanted) == 0


def test_sound_crosses_over_at_a_cut_and_not_where_it_goes_on(shelf: Shelf) -> None:
    a, b = shelf.sources[:2]
    cut = sequence([use(a, 10, 20), use(a, 20, 30), use(b, 40, 50)])
    found = mix.slices(cut, 480)
    assert [(s.fade_in, s.fade_out) for s in found] == [(240, 0), (0, 480), (480, 240)]
    assert [(s.first, s.end) for s in found] == [(0, 19200), (19200, 38640), (38160, 57600)]


def test_two_sounds_keep_their_power_while_they_cross(tmp_path: Path) -> None:
    """Quarter sines of the one that goes and the one that comes: their squares add up to one."""
    silent = Proxy(tmp_path / "none.mov", None, True)
    of = source(1)
    (before, after) = mix.slices(sequence([use(of, 0, 10), use(of, 40, 50)]), 480)
    ends = mix.envelope(before)[-480:], mix.envelope(after)[:480]
    assert silent.zero == 0
    assert np.abs(ends[0] ** 2 + ends[1] ** 2 - 1).max() < 0.01


def test_a_proxy_that_lost_its_end_fails_and_is_named(shelf: Shelf, tmp_path: Path) -> None:
    longer = replace(shelf.sources[0], frames=500)
    cut = sequence([use(longer, 90, 150), use(shelf.sources[1], 0, 9)], width=480, height=270)
    with pytest.raises(Rejected, match=r"event 1 has 10 frames instead of 60.*1 'a'"):
        rendered(cut, shelf, tmp_path)


def test_a_copied_frame_that_needs_others_is_refused(shelf: Shelf, tmp_path: Path) -> None:
    long = proxy(tmp_path, replace(shelf.sources[0], name="long.mp4"))
    cut = sequence([use(shelf.sources[0], 0, 100)], width=480, height=270)
    with pytest.raises(Rejected, match="can't be decoded by themselves"):
        counting.verify(shelf.recipe(cut, tmp_path).look, long)


def test_what_is_there_already_is_not_made_again(shelf: Shelf, tmp_path: Path) -> None:
    """A retry and the next version of a cut take the encoded pieces of the one before."""
    a, ntsc = shelf.sources[0], shelf.sources[2]
    events = [use(a, 0, 9), use(ntsc, 5, 40), use(a, 30, 39)]
    recipe = shelf.recipe(sequence(events, width=480, height=270), tmp_path)
    render(recipe, tmp_path / "one.mp4")
    first = {path: path.stat().st_ino for path in (tmp_path / "kept").iterdir()}
    changed = sequence([*events[:2], use(ntsc, 60, 70)], width=480, height=270)
    render(shelf.recipe(changed, tmp_path), tmp_path / "two.mp4")
    second = {path: path.stat().st_ino for path in (tmp_path / "kept").iterdir()}
    assert len(first) == 1  # what is copied is as soon copied again
    assert len(second) == 2
    assert second.items() > first.items()
