"""The movie held against the plan: the number in every picture, the click in every sound.

Frame numbers are read from the strip that demo/footage.py paints. Every tenth source frame
clicks, so that sound is measured against picture without hearing words.
"""

import json
import subprocess
import wave
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from config.settings import load
from demo.footage import Recording, frame_numbers, make
from media.errors import Rejected
from renderers import counting, look, movie, pieces, slate
from renderers.crew import Crew
from renderers.kept import Kept
from renderers.proxies import Proxy, open_proxies
from renderers.render import Recipe, render
from renderers.sequence import Sequence, Source, Track
from tests.renderers.plans import (
    FILM,
    NTSC,
    PAL,
    add_cut,
    frozen,
    gap,
    script_work,
    sequence,
    source,
    use,
)

ENCODING = load().playing
LONG_GOP = "-c:v libx264 -preset superfast -g 60 -bf 2 -pix_fmt yuv420p"
CLICK = 96  # samples: 2 ms
EVERY = 10  # frames


@dataclass(frozen=True)
class Shelf:
    """Sources with their proxies."""

    sources: tuple[Source, ...]
    proxies: dict[int, Proxy]

    def recipe(self, cut: Sequence, folder: Path, **values: object) -> Recipe:
        chosen = look.choose(cut, self.proxies, ENCODING)
        made = Recipe(
            chosen, self.proxies, 480, Kept(folder / "kept", 10**9), Crew(folder.parent / "crew", 2)
        )
        return replace(made, **values)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    folder = tmp_path_factory.mktemp("proxies 代理")
    kinds = [("a.mp4", PAL), ("b's 50%.mp4", NTSC), ("c.mp4", FILM), ("d.m4a", PAL)]
    sources, paths = [], {}
    for number, (name, rate) in enumerate(kinds, 1):
        frames = 6 * round(rate)
        seen = name.endswith(".mp4")
        of = source(number, rate, name=name, frames=frames, width=480 * seen, height=270 * seen)
        sources.append(of)
        paths[number] = proxy(folder, of)
    return Shelf(tuple(sources), open_proxies(sources, lambda of: paths[of.asset_id]))


def proxy(folder: Path, of: Source, video: str = LONG_GOP, sound: str = "aac") -> Path:
    """A numbered picture with clicks beside it: what scan makes of an original."""
    clicks, target = folder / f"{of.asset_id}.wav", folder / of.name
    with wave.open(str(clicks), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48000)
        file.writeframes(clicking(of).tobytes())
    inputs, codecs = ["-i", str(clicks)], ["-c:a", sound, "-ac", "2"]
    if of.width:
        recording = Recording("v.mp4", of.rate, frames=of.frames, video=video, sound=False)
        inputs += ["-i", str(make(recording, folder))]
        codecs += ["-map", "0:a", "-map", "1:v", "-c:v", "copy"]
    command = ["ffmpeg", "-v", "error", "-nostdin", "-y", *inputs, *codecs, f"file:{target}"]
    subprocess.run(command, check=True)
    return target


def clicking(of: Source) -> NDArray[np.int16]:
    sound = np.zeros(round(of.frames / of.rate * 48000), np.float64)
    tone = 20000 * np.sin(2 * np.pi * 2000 * np.arange(CLICK) / 48000)
    for frame in range(0, of.frames, EVERY):
        first = round(frame / of.rate * 48000)
        sound[first : first + CLICK] = tone[: len(sound) - first]
    return sound.astype(np.int16)


def rendered(cut: Sequence, shelf: Shelf, folder: Path) -> Path:
    target = folder / "渡轮 cut.mp4"
    render(shelf.recipe(cut, folder), target)
    assert {path.name for path in folder.iterdir()} == {target.name, "kept"}
    assert not [path for path in (folder / "kept").iterdir() if path.is_dir()]
    return target


def planned_numbers(cut: Sequence) -> Iterator[int | None]:
    """The source frame that each record frame must show; None on a slate."""
    for event in cut.events:
        for offset in range(event.duration):
            seen = event.source is not None and event.source.width
            yield pieces.shown_frame(event, cut, offset) if seen else None


def planned_clicks(cut: Sequence) -> Iterator[float]:
    """The record times of the clicks, in frames, without those that a cut clips."""
    for event in cut.events:
        if event.source is None:
            continue
        for frame in range(0, event.source.frames, EVERY):
            passed = Fraction(frame - event.in_frame) / event.source.rate * cut.rate
            if 0 < passed < event.duration - Fraction(1, 5):
                yield float(event.record_in + passed)


def sound_of(path: Path) -> NDArray[np.int16]:
    command = ["ffmpeg", "-v", "error", "-i", f"file:{path}", "-map", "0:a", "-f", "s16le", "-"]
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    return np.frombuffer(raw, np.int16).reshape(-1, 2)


def heard_clicks(path: Path, rate: Fraction) -> list[float]:
    """Where clicks begin in the movie, in frames."""
    loud = np.flatnonzero(np.abs(sound_of(path).astype(int)).max(axis=1) > 4000)
    begins = loud[np.diff(loud, prepend=-9999) > 2000]
    return [float(begin / 48000 * rate) for begin in begins]


def streams(path: Path) -> dict[str, dict[str, object]]:
    command = ["ffprobe", "-v", "error", "-show_streams", "-of", "json", f"file:{path}"]
    answer = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return {stream["codec_type"]: stream for stream in answer["streams"]}


@pytest.mark.parametrize(("rate", "drop"), [(PAL, False), (NTSC, True), (FILM, False)])
def test_every_frame_and_every_click_is_where_the_plan_has_it(
    shelf: Shelf, tmp_path: Path, rate: Fraction, drop: bool
) -> None:
    a, b, c, d = shelf.sources
    events = [
        use(a, 7, 40),
        gap(19, "你在哪里？ It's 100% “gone”: %{pts} \\n, [x]; 'y'"),
        use(b, 95, 160),
        use(c, 33, 110),
        use(a, 84, 149),
        use(a, 149, 150),
        use(d, 33, 58),
        use(b, 5, 33),
    ]
    cut = sequence(events, rate, drop_frame=drop, width=480, height=270)
    path = rendered(cut, shelf, tmp_path)
    assert frame_numbers(path) == list(planned_numbers(cut))
    planned = list(planned_clicks(cut))
    heard = heard_clicks(path, rate)
    for click in planned:
        assert min(abs(click - other) for other in heard) < 0.1  # frames; 0.02 is usual
    assert len(planned) > 15
    found = streams(path)
    assert found["video"]["tags"]["timecode"] == str(cut.timecode(0))  # type: ignore[index]
    assert found["video"]["pix_fmt"] == "yuv420p"
    assert found["video"]["avg_frame_rate"] == f"{rate.numerator}/{rate.denominator}"
    exact = cut.duration / rate * 48000
    assert abs(int(str(found["audio"]["duration_ts"])) - exact) <= Fraction(1, 2)


def test_gaps_are_dark_cards_in_silence(shelf: Shelf, tmp_path: Path) -> None:
    cut = sequence([gap(12), use(shelf.sources[0], 3, 9), gap(30)], width=480, height=270)
    path = rendered(cut, shelf, tmp_path)
    command = ["ffmpeg", "-v", "error", "-i", f"file:{path}", "-f", "rawvideo"]
    raw = subprocess.run([*command, "-pix_fmt", "gray", "-"], capture_output=True, check=True)
    pictures = np.frombuffer(raw.stdout, np.uint8).reshape(-1, 270, 480)
    assert pictures[:12].mean() < 40 < pictures[12:18].mean()
    assert pictures[0].max() > 120  # the label and the line
    assert np.abs(sound_of(path)[-40_000:].astype(int)).max() < 50


def test_pictures_of_another_shape_are_scaled_and_padded(shelf: Shelf, tmp_path: Path) -> None:
    cut = sequence([use(shelf.sources[0], 0, 6)], width=270, height=480)
    found = streams(rendered(cut, shelf, tmp_path))["video"]
    assert (found["width"], found["height"]) == (270, 480)
    assert found["sample_aspect_ratio"] == "1:1"


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((3840, 2160), (960, 540)),
        ((1920, 1080), (960, 540)),
        ((640, 360), (640, 360)),
        ((853, 481), (852, 480)),
        ((0, 0), (960, 540)),
    ],
)
def test_the_movie_is_no_higher_than_the_proxies(
    size: tuple[int, int], expected: tuple[int, int]
) -> None:
    cut = sequence([gap(1)], width=size[0], height=size[1])
    assert look.movie_size(cut, 540) == expected


def test_a_proxy_that_is_too_short_fails_and_names_the_event(shelf: Shelf, tmp_path: Path) -> None:
    longer = replace(shelf.sources[0], frames=500)
    cut = sequence([use(longer, 0, 5), use(longer, 140, 200)], width=480, height=270)
    with pytest.raises(Rejected, match=r"event 2 has 10 frames instead of 60.*a\.mp4"):
        rendered(cut, shelf, tmp_path)


def test_a_frame_that_a_container_promised_too_much_is_held(shelf: Shelf, tmp_path: Path) -> None:
    promised = replace(shelf.sources[0], frames=151)
    cut = sequence([use(promised, 145, 151)], width=480, height=270)
    assert frame_numbers(rendered(cut, shelf, tmp_path)) == [145, 146, 147, 148, 149, 149]


def test_the_stage_publishes_the_movie_and_leaves_nothing_else(
    shelf: Shelf, tmp_path: Path
) -> None:
    with script_work(tmp_path) as work:
        path = shelf.proxies[1].path
        work.output.mkdir()
        (work.output / "proxy.mp4").symlink_to(path)
        of = replace(shelf.sources[0], proxy="proxy.mp4")
        add_cut(work, 3, sequence([use(of, 0, 10), gap(5)], width=480, height=270))
        facts = movie.Movie().run(work)
        assert [(file.name, file.kind) for file in facts.files] == [("night ferry.v2.mp4", "movie")]
        assert [path.name for path in work.scratch.iterdir()] == ["night ferry.v2.mp4"]
        assert facts.settings == {
            "cut": 3,
            "digest": "d3",
            "movie": work.settings.movie.model_dump(),
        }
        assert facts.message == "v003, 0.6 s from 2 events"


def test_a_movie_that_differs_from_the_plan_is_refused(shelf: Shelf, tmp_path: Path) -> None:
    cut = sequence([use(shelf.sources[0], 0, 10)], width=480, height=270)
    path = rendered(cut, shelf, tmp_path)
    longer = sequence([use(shelf.sources[0], 0, 11)], width=480, height=270)
    with pytest.raises(Rejected, match="10 frames, planned 11"):
        counting.verify(shelf.recipe(longer, tmp_path).look, path)
    with pytest.raises(Rejected, match="samples, planned"):
        counting.verify(shelf.recipe(replace(cut, rate=FILM), tmp_path).look, path)


def test_a_missing_proxy_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match=r"A001\.mov is gone .*`stringout retry`"):
        open_proxies([source()], lambda _: tmp_path / "proxy.mp4")


@pytest.mark.parametrize(
    "text", ["word " * 200, "海" * 300, "x" * 400, "你好 hello " * 40, "", " "]
)
def test_a_cards_text_fits_whatever_it_says(text: str) -> None:
    rows = slate.wrapped(text)
    assert len(rows) <= 6
    assert all(slate._width(row) <= 38 for row in rows)


def _whole(of: Source, shelf: Shelf, folder: Path) -> NDArray[np.float64]:
    """Every frame of a source as the movie shows it."""
    folder.mkdir()
    cut = sequence([use(of, 0, 100)], of.rate, width=480, height=270)
    return pictures_of(rendered(cut, shelf, folder))


def pictures_of(path: Path) -> NDArray[np.float64]:
    command = ["ffmpeg", "-v", "error", "-i", f"file:{path}", "-f", "rawvideo"]
    raw = subprocess.run([*command, "-pix_fmt", "gray", "-"], capture_output=True, check=True)
    return np.frombuffer(raw.stdout, np.uint8).reshape(-1, 270, 480).astype(float)


def test_a_dissolve_mixes_the_right_frames_and_the_rest_is_untouched(
    shelf: Shelf, tmp_path: Path
) -> None:
    dissolve = 13
    a, c = shelf.sources[0], shelf.sources[2]
    events = [use(a, 20, 60), use(c, 30, 78, dissolve=dissolve)]
    cut = sequence(events, width=480, height=270)
    for name in ("plain", "mixed"):
        (tmp_path / name).mkdir()
    straight = replace(cut, events=(cut.events[0], replace(cut.events[1], dissolve=0)))
    plain = rendered(straight, shelf, tmp_path / "plain")
    mixed = rendered(cut, shelf, tmp_path / "mixed")
    first, second = cut.events
    begin, end = 40 - second.dissolve_lead, 40 + second.dissolve_rest
    numbers, clear = frame_numbers(mixed), list(planned_numbers(cut))
    assert numbers[:begin] == clear[:begin]
    assert numbers[end:] == clear[end:]
    whole = pictures_of(mixed)
    of_a, of_c = (_whole(of, shelf, tmp_path / of.name[:1]) for of in (a, c))
    for frame in range(begin, end):
        weight = (frame - begin + 1) / (dissolve + 1)
        one = of_a[pieces.shown_frame(first, cut, frame)]
        other = of_c[pieces.shown_frame(second, cut, frame - 40)]
        wanted = one * (1 - weight) + other * weight
        assert np.abs(whole[frame] - wanted).mean() < 4  # of 255: what encoding twice costs
    assert heard_clicks(plain, PAL) == heard_clicks(mixed, PAL)


def test_a_track_above_is_seen_and_the_sound_below_goes_on(shelf: Shelf, tmp_path: Path) -> None:
    a, b = shelf.sources[0], shelf.sources[1]
    length = 12
    over = replace(use(b, 50, 50 + round(length * NTSC / PAL)), record_in=7, record_out=7 + length)
    cut = sequence([use(a, 0, 30), use(a, 60, 90)], width=480, height=270,
                   tracks=(Track("V2", (over,)),))  # fmt: skip
    path = rendered(cut, shelf, tmp_path)
    wanted = list(planned_numbers(cut))
    wanted[7:19] = [pieces.shown_frame(over, cut, offset) for offset in range(length)]
    assert frame_numbers(path) == wanted
    heard = heard_clicks(path, PAL)
    assert min(abs(click - 10) for click in heard) < 0.1


def test_a_split_edit_moves_the_sound_and_leaves_the_picture(shelf: Shelf, tmp_path: Path) -> None:
    """Source a clicks at frame 70, ten frames before its picture begins."""
    a = shelf.sources[0]
    cut = sequence([use(a, 0, 29), use(a, 75, 99, split=-8)], width=480, height=270)
    path = rendered(cut, shelf, tmp_path)
    assert frame_numbers(path) == list(planned_numbers(cut))
    heard = heard_clicks(path, PAL)
    assert min(abs(click - 24) for click in heard) < 0.1  # 29 - 5: frame 70
    assert all(abs(click - 20) > 1 or click < 21 for click in heard)


@pytest.mark.parametrize("speed", [Fraction(1, 2), Fraction(2)])
def test_another_speed_shows_every_frame_longer_or_every_other_one(
    shelf: Shelf, tmp_path: Path, speed: Fraction
) -> None:
    cut = sequence([use(shelf.sources[0], 10, 50, speed=speed)], width=480, height=270)
    assert frame_numbers(rendered(cut, shelf, tmp_path)) == [
        10 + int(offset * speed) for offset in range(int(40 / speed))
    ]


def test_a_freeze_frame_stands_in_silence_and_dissolves_without_a_handle(
    shelf: Shelf, tmp_path: Path
) -> None:
    a, b = shelf.sources[:2]
    events = [use(a, 111, 150), frozen(a, 149, 30), use(b, 95, 160), frozen(b, 0, 24, dissolve=8)]
    cut = sequence(events, width=480, height=270)
    path = rendered(cut, shelf, tmp_path)
    numbers, planned = frame_numbers(path), list(planned_numbers(cut))
    begin = cut.events[-1].record_in
    assert planned[39:69] == [149] * 30
    assert numbers[: begin - 4] == planned[: begin - 4]
    assert numbers[begin + 4 :] == planned[begin + 4 :] == [0] * 20
    sound = np.abs(sound_of(path).astype(int)).max(axis=1)
    assert sound[39 * 1920 + 480 : 69 * 1920 - 480].max() < 50
    assert sound[: 39 * 1920].max() > 4000


def test_gain_is_heard_in_the_movie(shelf: Shelf, tmp_path: Path) -> None:
    peaks = []
    for name, gain in (("as shot", 0.0), ("quieter", -6.0)):
        (tmp_path / name).mkdir()
        cut = sequence([use(shelf.sources[0], 5, 30, gain=gain)], width=480, height=270)
        sound = sound_of(rendered(cut, shelf, tmp_path / name)).astype(float)
        peaks.append(np.abs(sound).max())
    assert peaks[1] / peaks[0] == pytest.approx(10 ** (-6 / 20), rel=0.05)
