"""Edited films whose every transition is known: scenes, generated or cut from clips, joined.

A generated scene is a texture with the spectrum of natural pictures (1/f) that a camera pans,
zooms or holds, with things moving in front of it and sensor noise. Neighbours sometimes share
their place, as shot and reverse shot do.
"""

import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT, RATE = 480, 270, 25
Pictures = NDArray[np.uint8]  # (frames, HEIGHT, WIDTH, 3) RGB
Random = np.random.Generator

_FADE, _WIPE, _DISSOLVE = "fade", "wipe", "dissolve"


@dataclass(frozen=True)
class Truth:
    """A transition: what is seen in frames [first, end) is of both sides; a cut has none."""

    kind: str
    first: int
    end: int


@dataclass
class Film:
    """Frames to be written, and what is true of them."""

    parts: list[Pictures] = field(default_factory=list)
    truths: list[Truth] = field(default_factory=list)

    def __len__(self) -> int:
        return sum(len(part) for part in self.parts)


Source = Callable[[int], Pictures]  # so many frames of a new scene


def generated(random: Random, lively: bool = False) -> Source:
    """Scenes that never were. `lively`: shaking, whip pans, things that rush by, flashes."""
    last: list[NDArray[np.float32]] = []

    def scene(count: int) -> Pictures:
        if not last or random.random() > 0.2:  # one in five shows the place of the one before
            last[:] = [_texture(random, 2 * HEIGHT, 2 * WIDTH)]
        pictures = _filmed(last[0], count, random, lively)
        if lively and random.random() < 0.5:
            pictures = _flashed(pictures, random)
        return pictures

    return scene


def clipped(paths: Sequence[Path], random: Random, lively: bool = False) -> Source:
    """Scenes from clips that have no cut. `lively` adds shaking, speed and flashes."""
    decoded = [_decode(path) for path in paths]
    last = -1

    def scene(count: int) -> Pictures:
        nonlocal last
        speed = int(random.choice([1, 3, 6])) if lively else 1
        last = int(random.choice([n for n in range(len(decoded)) if n != last]))
        pictures = decoded[last]
        speed = max(1, min(speed, len(pictures) // count))
        at = int(random.integers(max(1, len(pictures) - count * speed)))
        taken = pictures[at : at + count * speed : speed]
        if random.random() < 0.5:
            taken = taken[:, :, ::-1]  # mirrored: another place
        if lively and random.random() < 0.5:
            taken = _shaken(taken, random)
        return _flashed(taken, random) if lively and random.random() < 0.4 else taken

    return scene


def cuts(source: Source, count: int, random: Random) -> Film:
    """`count` scenes of 0.4 to 4 seconds, joined by hard cuts."""
    film = Film()
    for _ in range(count):
        scene = source(_length(random))
        if film.parts:
            film.truths.append(Truth("cut", len(film), len(film)))
        film.parts.append(scene)
    return film


def mixed(source: Source, count: int, random: Random) -> Film:
    """Scenes joined by cuts, dissolves, fades through black or white, and wipes in turn."""
    film = Film()
    film.parts.append(source(_length(random, 1.2)))
    kinds = ["cut", _DISSOLVE, _DISSOLVE, _FADE, _WIPE] * (count // 5 + 1)
    random.shuffle(kinds)
    for kind in kinds[: count - 1]:
        span = int(random.integers(8, 48)) if kind != "cut" else 0
        _join(film, source(_length(random, 1.2) + 2 * span), kind, span, random)
    return film


def write(film: Film, target: Path, crf: int = 20) -> Path:
    """Encode a film as H.264."""
    command = [
        "ffmpeg", "-v", "error", "-nostdin", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24",
        "-s", f"{WIDTH}x{HEIGHT}", "-r", str(RATE), "-i", "pipe:0", "-c:v", "libx264",
        "-preset", "veryfast", "-crf", str(crf), "-pix_fmt", "yuv420p", str(target),
    ]  # fmt: skip
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        for part in film.parts:
            process.stdin.write(np.ascontiguousarray(part).tobytes())
        process.stdin.close()
    return target


def score(truths: Sequence[Truth], found: Sequence[int], slack: int = 2) -> tuple[int, int, int]:
    """Hits, misses and false alarms; each transition is hit once, up to `slack` frames off."""
    left = sorted(found)
    hits = 0
    for truth in truths:
        near = [at for at in left if truth.first - slack <= at <= truth.end + slack]
        if near:
            left.remove(near[0])
            hits += 1
    return hits, len(truths) - hits, len(left)


def _length(random: Random, least: float = 0.4) -> int:
    return int(RATE * random.uniform(least, 4))


def _join(film: Film, scene: Pictures, kind: str, span: int, random: Random) -> None:
    """Append `scene` with a transition of `span` frames."""
    if kind == "cut":
        film.truths.append(Truth(kind, len(film), len(film)))
        film.parts.append(scene)
        return
    before = film.parts.pop()
    span = min(span, len(before) // 2, len(scene) // 2)
    kept = before[:-span]
    film.parts.append(kept)
    film.truths.append(Truth(kind, len(film), len(film) + span))
    film.parts.append(_TRANSITIONS[kind](before[-span:], scene[:span], random))
    film.parts.append(scene[span:])


def _dissolved(before: Pictures, after: Pictures, random: Random) -> Pictures:
    part = _ramp(len(before))[:, None, None, None]
    mixed: Pictures = (before * (1 - part) + after * part).astype(np.uint8)
    return mixed


def _faded(before: Pictures, after: Pictures, random: Random) -> Pictures:
    """Out to black (or white) and in again."""
    colour = 255 if random.random() < 0.2 else 0
    part = _ramp(len(before))
    out = np.clip(1 - 2.2 * part, 0, 1)[:, None, None, None]
    back = np.clip(2.2 * part - 1.2, 0, 1)[:, None, None, None]
    mixed: Pictures = (before * out + after * back + colour * (1 - out - back)).astype(np.uint8)
    return mixed


def _wiped(before: Pictures, after: Pictures, random: Random) -> Pictures:
    """Along a line in one of eight directions, or out of the middle; hard or soft edge."""
    down, across = np.mgrid[0 : 1 : HEIGHT * 1j, 0 : 1 : WIDTH * 1j].astype(np.float32)
    if random.random() < 0.25:
        place = np.hypot(down - 0.5, across - 0.5) / 0.71
    else:
        turn = random.integers(8) * np.pi / 4
        place = np.cos(turn) * across + np.sin(turn) * down
        place = (place - place.min()) / (place.max() - place.min())
    soft = random.choice([0.001, 0.05, 0.2])
    front = _ramp(len(before))[:, None, None] * (1 + soft)
    part = np.clip((front - place[None]) / soft, 0, 1)[..., None]
    mixed: Pictures = (before * (1 - part) + after * part).astype(np.uint8)
    return mixed


_TRANSITIONS = {_DISSOLVE: _dissolved, _FADE: _faded, _WIPE: _wiped}


def _ramp(span: int) -> NDArray[np.float32]:
    ramp: NDArray[np.float32] = ((np.arange(span) + 1) / (span + 1)).astype(np.float32)
    return ramp


def _texture(random: Random, rows: int, columns: int) -> NDArray[np.float32]:
    """RGB, 1/f^1.1 to 1/f^1.5, of a mean, a contrast and a tint of its own."""
    across = np.fft.rfftfreq(columns)[None]
    down = np.fft.fftfreq(rows)[:, None]
    fall = np.maximum(np.hypot(across, down), 1 / rows) ** -random.uniform(1.1, 1.5)
    planes = []
    for _ in range(2):
        phase = random.normal(size=fall.shape) + 1j * random.normal(size=fall.shape)
        plane = np.fft.irfft2(fall * phase, s=(rows, columns))
        planes.append((plane - plane.mean()) / plane.std())
    tint = random.uniform(-25, 25, 3)
    level, contrast = random.uniform(60, 180), random.uniform(20, 55)
    colours = [level + shade + contrast * (planes[0] + 0.3 * planes[1] * s)
               for shade, s in zip(tint, (1, -0.4, -1), strict=True)]  # fmt: skip
    return np.clip(np.stack(colours, 2), 0, 255).astype(np.float32)


def _filmed(place: NDArray[np.float32], count: int, random: Random, lively: bool) -> Pictures:
    """A camera's way over a place, with things moving in front."""
    way = _way(count, random, lively)
    zoom = np.linspace(1, random.uniform(0.8, 1.25), count) * random.uniform(0.7, 1.4)
    things = [_Thing(random, lively) for _ in range(random.integers(0, 4))]
    grain = random.normal(0, random.uniform(0.5, 3), (8, HEIGHT, WIDTH, 1))
    made = np.empty((count, HEIGHT, WIDTH, 3), np.uint8)
    rows, columns = np.arange(HEIGHT), np.arange(WIDTH)
    for number in range(count):
        down = (way[number, 0] + rows * zoom[number]).astype(int) % place.shape[0]
        across = (way[number, 1] + columns * zoom[number]).astype(int) % place.shape[1]
        picture = place[np.ix_(down, across)]
        for thing in things:
            thing.draw(picture, number)
        made[number] = np.clip(picture + grain[number % 8], 0, 255)
    return made


def _way(count: int, random: Random, lively: bool) -> NDArray[np.float64]:
    """Where the camera points, (count, 2): held, panned, or by hand; lively: shaken, whipped."""
    start = random.uniform(0, [HEIGHT, WIDTH])
    speed = random.normal(0, 1, 2) * random.choice([0, 1.5, 5])
    hand = np.cumsum(random.normal(0, random.choice([0.1, 0.6]), (count, 2)), 0)
    way = start + speed * np.arange(count)[:, None] + hand
    if lively:
        way = way + random.normal(0, random.choice([2, 7]), (count, 2))  # shaken
        if random.random() < 0.5 and count > 30:  # a whip pan in half a second
            at = int(random.integers(5, count - 20))
            ramp = np.clip((np.arange(count) - at) / 13, 0, 1)
            way[:, 1] += random.choice([-1, 1]) * random.uniform(200, 600) * _eased(ramp)
    return way


def _eased(ramp: NDArray[np.float64]) -> NDArray[np.float64]:
    return ramp * ramp * (3 - 2 * ramp)


class _Thing:
    """An ellipse with a texture of its own that swings to and fro, or rushes by."""

    def __init__(self, random: Random, lively: bool) -> None:
        self._size = random.uniform(0.08, 0.4, 2) * HEIGHT
        self._middle = random.uniform([0, 0], [HEIGHT, WIDTH])
        self._swing = random.uniform(5, 60, 2) * (3 if lively else 1)
        self._speed = random.uniform(0.02, 0.12, 2) * (2 if lively else 1)
        self._texture = _texture(random, HEIGHT, WIDTH)

    def draw(self, picture: NDArray[np.float32], number: int) -> None:
        down, across = self._middle + self._swing * np.sin(self._speed * number)
        top, left = int(max(0, down - self._size[0])), int(max(0, across - self._size[1]))
        end = int(min(HEIGHT, down + self._size[0])), int(min(WIDTH, across + self._size[1]))
        if end[0] <= top or end[1] <= left:
            return
        rows, columns = np.ogrid[top : end[0], left : end[1]]
        away = ((rows - down) / self._size[0]) ** 2 + ((columns - across) / self._size[1]) ** 2
        shown = self._texture[: end[0] - top, : end[1] - left]
        inside = (away < 1)[..., None]
        part = picture[top : end[0], left : end[1]]
        np.copyto(part, shown, where=inside)


def _flashed(pictures: Pictures, random: Random) -> Pictures:
    """One to three flashes of one to four frames, brighter by much and dying away."""
    made = pictures.astype(np.float32)
    for _ in range(random.integers(1, 4)):
        at = int(random.integers(0, len(made)))
        strength = random.uniform(60, 220)
        for later in range(int(random.integers(1, 5))):
            if at + later < len(made):
                made[at + later] += strength * 0.7**later
    return np.clip(made, 0, 255).astype(np.uint8)


def _shaken(pictures: Pictures, random: Random) -> Pictures:
    moved = random.normal(0, random.choice([3, 8]), (len(pictures), 2)).astype(int)
    return np.stack(
        [np.roll(picture, move, (0, 1)) for picture, move in zip(pictures, moved, strict=True)]
    )


def _decode(path: Path) -> Pictures:
    command = [
        "ffmpeg", "-v", "error", "-nostdin", "-i", str(path), "-vf",
        f"scale={WIDTH}:{HEIGHT}", "-r", str(RATE), "-t", "20", "-f", "rawvideo",
        "-pix_fmt", "rgb24", "pipe:1",
    ]  # fmt: skip
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    return np.frombuffer(raw, np.uint8).reshape(-1, HEIGHT, WIDTH, 3)


def blocks(path: Path, count: int = 64) -> Iterator[NDArray[np.uint8]]:
    """The small pictures (320 × 180, luma) of a film, as the scan sees them."""
    command = [
        "ffmpeg", "-v", "error", "-nostdin", "-i", str(path), "-vf",
        "scale=320:180:out_range=full,format=gray", "-f", "rawvideo", "pipe:1",
    ]  # fmt: skip
    size = 320 * 180
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        while raw := process.stdout.read(size * count):
            yield np.frombuffer(raw, np.uint8).reshape(-1, 180, 320)
