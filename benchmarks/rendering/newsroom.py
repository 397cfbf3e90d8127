"""Stories as a newsroom drops them: two recordings with captions, and a script of their lines."""

import random
import subprocess
from dataclasses import dataclass
from pathlib import Path

from demo.footage import Recording, make, spoken
from demo.speech import SAMPLE_RATE

_WORDS = (
    "harbor", "lantern", "valley", "engine", "winter", "orchard", "bridge", "signal", "captain",
    "garden", "river", "market", "window", "letter", "mountain", "soldier", "kitchen", "thunder",
    "island", "doctor", "railway", "candle", "forest", "mirror",
)  # fmt: skip
_DOES = ("crosses", "follows", "remembers", "paints", "repairs", "watches", "carries", "answers")
_SPOKEN = (  # the voices; what the captions say is each story's own
    "The storm came in over the harbor just before midnight.",
    "Nobody listens to an old man until the water rises.",
    "Tomorrow we will rebuild the old lighthouse together.",
)


@dataclass(frozen=True)
class Master:
    """A recording that stories get copies of. `heard`: seconds [in, out) of its lines."""

    path: Path
    heard: tuple[tuple[float, float], ...]


def masters(folder: Path, size: tuple[int, int] = (640, 360)) -> list[Master]:
    """Two recordings of about 13 s."""
    found = []
    for number, voice in enumerate(("slt", "rms")):
        lines = tuple((text, voice) for text in _SPOKEN)
        recording = Recording(f"{number}.mp4", lines=lines, size=size, scenes=((0, number),))
        heard = tuple((each.first / SAMPLE_RATE, each.end / SAMPLE_RATE)
                      for each in spoken(recording))  # fmt: skip
        found.append(Master(make(recording, folder), heard))
    return found


def record(folder: Path, made: list[Master], count: int, chance: random.Random) -> list[str]:
    """Put `count` recordings with captions of their own into `folder`; the lines in order."""
    folder.mkdir(parents=True, exist_ok=True)
    said: list[str] = []
    for number in range(count):
        master = made[number % len(made)]
        lines = [_sentence(chance) for _ in master.heard]
        cues = [
            f"{at}\n{_clock(first)} --> {_clock(end)}\n{text}\n"
            for at, ((first, end), text) in enumerate(zip(master.heard, lines, strict=True), 1)
        ]
        name = f"A{number:03}"
        (folder / f"{name}.srt").write_text("\n".join(cues), encoding="utf-8")
        _copy(master.path, folder / f"{name}.mp4", f"{folder.name} {number}")
        said += lines
    return said


def captions(recording: Recording) -> str:
    """Its lines as SubRip, when each is heard."""
    cues = []
    for at, line in enumerate(spoken(recording), 1):
        first, end = (_clock(sample / SAMPLE_RATE) for sample in (line.first, line.end))
        cues.append(f"{at}\n{first} --> {end}\n{line.text}\n")
    return "\n".join(cues)


def script(said: list[str]) -> str:
    """A screenplay of lines, every scene three of them."""
    parts = ["Title: A story\n"]
    for number, text in enumerate(said):
        if number % 3 == 0:
            parts.append(f"INT. PLACE {number // 3} - DAY\n")
        parts.append(f"ANNA\n{text}\n")
    return "\n".join(parts)


def _sentence(chance: random.Random) -> str:
    """A line that no other story has."""
    one, two, three, four = chance.sample(_WORDS, 4)
    first, second = chance.sample(_DOES, 2)
    return f"The {one} {first} the {two} while every {three} {second} the {four}."


def _copy(source: Path, target: Path, comment: str) -> None:
    """The same frames in other bytes: the same bytes would be one asset of all stories."""
    command = ["ffmpeg", "-v", "error", "-nostdin", "-i", str(source), "-map", "0", "-c", "copy"]
    subprocess.run([*command, "-metadata", f"comment={comment}", str(target)], check=True)


def _clock(seconds: float) -> str:
    whole = round(seconds * 1000)
    return f"00:00:{whole // 1000:02},{whole % 1000:03}"
