"""Real, small footage: spoken lines over moving pictures whose every frame can be identified.

Each frame carries its number three times: drawn big, as burnt-in timecode, and as a strip of
black and white blocks along the top edge that `read_frame_number` reads back after scaling and
re-encoding. With it a test proves frame exactness without optical character recognition.
"""

import subprocess
import tempfile
import wave
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from demo.speech import SAMPLE_RATE, Samples, speak

# The strip: white and black to calibrate, 16 bits of number, 6 bits of check sum, high bits first.
BLOCKS = 24
_NUMBER_BITS = 16
_CHECK_BITS = 6
_STRIP_PART = 16  # of the picture's height
_CONTRAST = 80  # least difference between white and black, of 255

BLACK = -1  # a background without picture, strip or text
STILL = -2  # a background that stays exactly the same, without strip or text

_CODECS = {
    ".mp4": ("-c:v libx264 -preset ultrafast -crf 20 -g 50 -pix_fmt yuv420p", "-c:a aac"),
    ".mkv": ("-c:v libx264 -preset ultrafast -crf 20 -g 50 -pix_fmt yuv420p", "-c:a flac"),
    ".mov": ("-c:v prores -profile:v 0 -pix_fmt yuv422p10le", "-c:a pcm_s16le"),
    ".mxf": ("-c:v mpeg2video -q:v 3 -g 12 -bf 2 -pix_fmt yuv420p", "-c:a pcm_s16le"),
    ".wav": ("", "-c:a pcm_s16le"),
    ".m4a": ("", "-c:a aac"),
    ".mp3": ("", "-c:a libmp3lame"),
}


@dataclass(frozen=True)
class Recording:
    """What to record. The suffix of `name` decides container and codecs (`video` overrides)."""

    name: str
    rate: Fraction = Fraction(25)
    start: str | None = None  # timecode label of the first frame; `;` makes it drop-frame
    lines: tuple[tuple[str, str], ...] = ()  # (text, voice), spoken one after the other
    size: tuple[int, int] = (480, 270)
    scenes: tuple[tuple[int, int], ...] = ((0, 0),)  # (first frame, background number or BLACK…)
    frames: int = 0  # 0: as long as the lines, or two seconds
    sound: bool = True
    channels: int = 2  # with the same sound
    pause: float = 0.8  # seconds of silence before each line and at the end
    video: str = ""  # ffmpeg's encoder options, such as "-c:v dnxhd -profile:v dnxhr_lb"
    interlaced: bool = False  # flagged top field first
    variable: bool = False  # every tenth frame is held three times as long
    reel: str = ""

    @property
    def has_picture(self) -> bool:
        """Whether its container holds moving pictures."""
        return bool(_CODECS[Path(self.name).suffix.lower()][0])


@dataclass(frozen=True)
class Spoken:
    """Where a line is heard, in samples of 48,000 a second: [first, end)."""

    text: str
    voice: str
    first: int
    end: int

    def frames(self, rate: Fraction) -> tuple[int, int]:
        """The same span in frames, rounded outwards."""
        scale = rate / SAMPLE_RATE
        return int(self.first * scale), -int(-self.end * scale // 1)


def spoken(recording: Recording) -> list[Spoken]:
    """When each line of the recording is heard: the truth that a transcript is held against."""
    at = gap = round(recording.pause * SAMPLE_RATE)
    found = []
    for text, voice in recording.lines:
        end = at + len(speak(text, voice))
        found.append(Spoken(text, voice, at, end))
        at = end + gap
    return found


def length(recording: Recording) -> int:
    """How many frames the recording has."""
    if recording.frames:
        return recording.frames
    lines = spoken(recording)
    seconds = lines[-1].end / SAMPLE_RATE + recording.pause if lines else 2
    return round(seconds * recording.rate)


def make(recording: Recording, folder: Path) -> Path:
    """Record into `folder`; return the file. Raises RuntimeError with ffmpeg's words."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / recording.name
    with tempfile.TemporaryDirectory() as scratch:
        command = ["ffmpeg", "-v", "error", "-nostdin", "-y"]
        if recording.has_picture:
            width, height = recording.size
            command += f"-f rawvideo -pix_fmt yuv420p -s {width}x{height}".split()
            command += ["-r", str(recording.rate), "-i", "pipe:0"]
        if recording.sound:
            sound = Path(scratch) / "sound.wav"
            _write_sound(recording, sound)
            command += ["-i", str(sound)]
        _encode([*command, *_output(recording), f"file:{target}"], recording)
    return target


def read_frame_number(frame: "NDArray[np.uint8] | bytes", width: int, height: int) -> int | None:
    """The source frame number in the strip of a grey picture; None when there is no valid strip.

    The picture must show the whole width and top edge of the recording, at any size from about
    240 × 135 up.
    """
    picture = np.frombuffer(bytes(frame), np.uint8).reshape(height, width)
    strip = height // _STRIP_PART
    rows = picture[strip // 4 : max(strip * 3 // 4, strip // 4 + 1)]
    edges = [width * block / BLOCKS for block in range(BLOCKS + 1)]
    levels = [float(_middle(rows, left, right).mean()) for left, right in pairwise(edges)]
    white, black, *rest = levels
    if white - black < _CONTRAST:
        return None
    bits = "".join("1" if level > (white + black) / 2 else "0" for level in rest)
    number = int(bits[:_NUMBER_BITS], 2)
    return number if int(bits[_NUMBER_BITS:], 2) == _check(number) else None


def frame_numbers(path: Path, turn: int = 0) -> list[int | None]:
    """The source frame number of every frame of a video, in order.

    `turn`: quarter turns counter-clockwise that bring the strip back to the top.
    """
    width, height = (480, 270) if turn % 2 == 0 else (270, 480)
    command = [
        "ffmpeg", "-v", "error", "-nostdin", "-i", f"file:{path}", "-map", "0:v:0",
        "-vf", f"scale={width}:{height}:flags=area,format=gray", "-vsync", "passthrough",
        "-f", "rawvideo", "pipe:1",
    ]  # fmt: skip
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    pictures = np.frombuffer(raw, np.uint8).reshape(-1, height, width)
    return [
        read_frame_number(np.ascontiguousarray(np.rot90(picture, turn)), 480, 270)
        for picture in pictures
    ]


def _middle(rows: NDArray[np.uint8], left: float, right: float) -> NDArray[np.uint8]:
    """The middle half of a block, at least one pixel: its edges are blurred by scaling."""
    quarter = (right - left) / 4
    first = round(left + quarter)
    return rows[:, first : max(round(right - quarter), first + 1)]


def _check(number: int) -> int:
    return (number * 37 + number // 61 + 21) % (1 << _CHECK_BITS)


def _encode(command: list[str], recording: Recording) -> None:
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdin is not None
    try:
        if recording.has_picture:
            painter = _Painter(recording)
            for number in range(length(recording)):
                process.stdin.write(painter.paint(number))
    except BrokenPipeError:
        pass  # ffmpeg has given up; its words say why
    _, errors = process.communicate()
    if process.returncode:
        raise RuntimeError(f"{recording.name}: {errors.decode(errors='replace').strip()}")


def _output(recording: Recording) -> list[str]:
    video, audio = _CODECS[Path(recording.name).suffix.lower()]
    options = []
    if recording.has_picture:
        options += ["-vf", _filters(recording), *(recording.video or video).split()]
        options += ["-vsync", "passthrough", "-metadata:s:v", f"reel_name={recording.reel}"]
    if recording.interlaced:
        options += ["-flags", "+ildct+ilme", "-top", "1", "-field_order", "tt"]
    if recording.has_picture and recording.start:
        options += ["-timecode", recording.start, "-metadata", f"timecode={recording.start}"]
    if recording.sound:
        options += [*audio.split(), "-ac", str(recording.channels), "-ar", str(SAMPLE_RATE)]
    return options


def _filters(recording: Recording) -> str:
    height = recording.size[1]
    label = (recording.start or "00:00:00:00").replace(":", r"\:")
    style = (
        f"font=DejaVu Sans Mono:fontsize={height // 8}:fontcolor=white:box=1:boxcolor=black@0.6:"
        f"boxborderw={height // 40}:x=(w-tw)/2{_where_drawn(recording)}"
    )
    filters = [
        f"drawtext=text='%{{n}}':y={height * 55 // 100}:{style}",
        f"drawtext=timecode='{label}':rate={recording.rate}:y={height * 78 // 100}:{style}",
    ]
    if recording.interlaced:
        filters.append("setfield=tff")
    if recording.variable:
        filters.append("settb=1/90000,setpts='(N+2*floor(N/10))/(FR*TB)'")
    return ",".join(filters)


def _where_drawn(recording: Recording) -> str:
    """Text is left out of black and still scenes, so that they are black and still."""
    ends = [*(first for first, _ in recording.scenes[1:]), length(recording)]
    spans = [
        f"between(n,{first},{end - 1})"
        for (first, background), end in zip(recording.scenes, ends, strict=True)
        if background < 0
    ]
    return f":enable='not({'+'.join(spans)})'" if spans else ""


class _Painter:
    """Paints yuv420p frames: a texture of its own per background, panning, with the strip."""

    def __init__(self, recording: Recording) -> None:
        self._width, self._height = recording.size
        self._scenes = recording.scenes
        self._textures: dict[int, NDArray[np.uint8]] = {}

    def paint(self, number: int) -> bytes:
        background = [which for first, which in self._scenes if first <= number][-1]
        if background == BLACK:
            return self._planes(np.full((self._height, self._width), 16, np.uint8), 128, 128)
        texture = self._texture(background)
        across = 0 if background == STILL else 2 * number % self._width
        luma = texture[:, across : across + self._width].copy()
        if background != STILL:
            self._draw_strip(luma, number)
        return self._planes(luma, (100 + background * 37 % 56), (156 - background * 23 % 56))

    def _planes(self, luma: NDArray[np.uint8], blue: int, red: int) -> bytes:
        quarter = (self._width // 2) * (self._height // 2)
        return luma.tobytes() + bytes([blue]) * quarter + bytes([red]) * quarter

    def _texture(self, background: int) -> NDArray[np.uint8]:
        """Twice as wide as the picture, repeating, so that panning is slicing."""
        if background not in self._textures:
            random = np.random.default_rng(background + 100)
            coarse = random.integers(35, 215, (4 + background % 3, 5 + background % 4))
            soft = _stretch(_stretch(coarse, self._height).T, self._width).T
            self._textures[background] = np.hstack([soft, soft]).astype(np.uint8)
        return self._textures[background]

    def _draw_strip(self, luma: NDArray[np.uint8], number: int) -> None:
        bits = f"10{number:0{_NUMBER_BITS}b}{_check(number):0{_CHECK_BITS}b}"
        columns = np.arange(self._width) * BLOCKS // self._width
        levels = np.array([235 if bit == "1" else 16 for bit in bits], np.uint8)
        luma[: self._height // _STRIP_PART] = levels[columns]


def _stretch(levels: NDArray[np.integer | np.floating], count: int) -> NDArray[np.floating]:
    """`count` rows between the rows of `levels`; the last runs back into the first."""
    closed = np.vstack([levels, levels[:1]])
    at = np.arange(count) * len(levels) / count
    below = at.astype(int)
    part = (at - below)[:, None]
    stretched: NDArray[np.floating] = closed[below] * (1 - part) + closed[below + 1] * part
    return stretched


def _write_sound(recording: Recording, target: Path) -> None:
    total = round(length(recording) / recording.rate * SAMPLE_RATE)
    # A faint room tone (about −66 dBFS), so that pauses are quiet and not digital silence.
    samples: Samples = np.random.default_rng(1).normal(0, 16, total).astype(np.float32)
    for line in spoken(recording):
        heard = speak(line.text, line.voice)[: max(0, total - line.first)]
        samples[line.first : line.first + len(heard)] += heard
    with wave.open(str(target), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(np.clip(samples, -32768, 32767).astype("<i2").tobytes())
