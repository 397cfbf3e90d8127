"""Twenty 1080p recordings with a number in every picture and clicks in the sound, and cuts of them.

Five different ones, four copies of each: what a method reads and decodes does not depend on
whether two files look alike. Made once; a later run finds them in the temporary folder.
"""

import random
import shutil
import subprocess
import tempfile
import wave
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from config.settings import load
from demo.footage import Recording, make
from indexers import probe
from indexers.decoding import Decoding
from indexers.encodes import Proxies
from indexers.scan import decode
from media.colour import Colour
from media.original import Original
from renderers.sequence import Event, Sequence, Source

RATE = Fraction(25)
SECONDS = 24
FRAMES = int(SECONDS * RATE)
SIZE = (1920, 1080)
EVERY = 10  # frames from click to click
_CLICK = 96  # samples
_DIFFERENT, _COPIES = 5, 4
_PAINTED = "-c:v libx264 -preset ultrafast -crf 12 -pix_fmt yuv420p"
# Noise as a sensor's: without it there is nothing to decode.
_CAMERA = "-vf noise=alls=6:allf=t -c:v libx264 -preset superfast -b:v 24M -g 50 -bf 2"


def shelf() -> list[Path]:
    """The recordings."""
    folder = Path(tempfile.gettempdir()) / f"stringout-render-{SECONDS}s"
    done = folder / "done"
    if not done.is_file():
        shutil.rmtree(folder, ignore_errors=True)
        for number in range(_DIFFERENT):
            _record(folder, number)
        done.touch()
    return [path_of(folder, number) for number in range(_DIFFERENT * _COPIES)]


def path_of(folder: Path, number: int) -> Path:
    """Where a recording is."""
    return folder / f"{number:02}" / "camera.mp4"


def ingest(original: Path, also: tuple[str, ...]) -> None:
    """The scan of an original: its proxies beside it."""
    settings = load(proxy={"also": list(also)})
    answer = probe.ask(Original(original))
    video = probe.picture(answer)
    assert video is not None
    sounds = tuple((0, int(s["index"]), int(s["channels"])) for s in probe.sound(answer))
    with tempfile.TemporaryDirectory() as scratch:
        plan = Decoding(
            Original(original), Path(scratch), probe.read(answer, original), int(video["index"]),
            sounds, Proxies.of(settings), settings.shots, colour=Colour.of(video),
        )  # fmt: skip
        decode(plan, 3600)
        for path in Path(scratch).glob("proxy*"):
            shutil.copy(path, original.parent)


def cut(originals: list[Path], count: int) -> Sequence:
    """`count` events of 30 to 55 frames in the order of the sources and of their time, none of
    them overlapping: the only cuts that every method here can make."""
    chance = random.Random(count)
    each = count // len(originals)
    room = FRAMES // each
    events: list[Event] = []
    for number, path in enumerate(originals):
        for part in range(each):
            length = chance.randint(min(30, room - 8), min(55, room - 4))
            first = part * room + chance.randrange(room - length - 2)
            begin = events[-1].record_out if events else 0
            events.append(
                Event(
                    len(events) + 1, 0, "Line.", "A", source_of(number, path), first,
                    first + length, begin, begin + length,
                )
            )  # fmt: skip
    return Sequence("cut", RATE, False, 0, *SIZE, tuple(events))


def interviews(originals: list[Path], count: int = 6, length: int = 300) -> Sequence:
    """`count` events of 12 s each: the kind of cut in which whole groups lie."""
    events: list[Event] = []
    for number, path in enumerate(originals[:count]):
        first, begin = 90 + number, number * length
        events.append(
            Event(number + 1, 0, "Line.", "A", source_of(number, path), first, first + length,
                  begin, begin + length)
        )  # fmt: skip
    return Sequence("interviews", RATE, False, 0, *SIZE, tuple(events))


def hour(originals: list[Path]) -> Sequence:
    """150 events of 24 s less what containers promise too much: 59 minutes and 48 seconds."""
    events: list[Event] = []
    length = FRAMES - 2
    for number in range(150):
        of, begin = number % len(originals), number * length
        events.append(
            Event(number + 1, 0, "Line.", "A", source_of(of, originals[of]), 0, length,
                  begin, begin + length)
        )  # fmt: skip
    return Sequence("hour", RATE, False, 0, *SIZE, tuple(events))


def source_of(number: int, path: Path) -> Source:
    """The source of a recording."""
    return Source(
        number, path.name, f"drop/{path.name}", f"A{number:03}", RATE, False, 0, FRAMES, 2, *SIZE,
        proxy=str(path.parent / "proxy.mp4"),
    )  # fmt: skip


def clicks() -> NDArray[np.int16]:
    """A click where every tenth frame begins."""
    sound = np.zeros(round(SECONDS * 48000), np.float64)
    tone = 20000 * np.sin(2 * np.pi * 2000 * np.arange(_CLICK) / 48000)
    for frame in range(0, FRAMES, EVERY):
        first = round(frame / RATE * 48000)
        sound[first : first + _CLICK] = tone
    noise = np.random.default_rng(1).normal(0, 60, len(sound))  # of a room: encoders work on it
    return (sound + noise).astype(np.int16)


def _record(folder: Path, number: int) -> None:
    target = path_of(folder, number)
    target.parent.mkdir(parents=True)
    with wave.open(str(folder / "clicks.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48000)
        file.writeframes(clicks().tobytes())
    recording = Recording("silent.mp4", RATE, size=SIZE, frames=FRAMES, video=_PAINTED, sound=False,
                          scenes=((0, 7 * number), (FRAMES // 2, 7 * number + 3)))  # fmt: skip
    silent = make(recording, folder)
    inputs = ["-i", str(silent), "-i", str(folder / "clicks.wav")]
    sound = ["-c:a", "aac", "-ac", "2", "-b:a", "192k"]
    command = ["ffmpeg", "-v", "error", "-y", *inputs, *_CAMERA.split(), "-pix_fmt", "yuv420p"]
    subprocess.run([*command, *sound, str(target)], check=True)
    silent.unlink()
    ingest(target, ("edit",))
    for copy in range(1, _COPIES):
        shutil.copytree(target.parent, path_of(folder, number + copy * _DIFFERENT).parent)
