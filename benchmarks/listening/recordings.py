"""Recordings with what is said in them: voices of flite, or files with refs.json beside them."""

import json
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.listening.sound import SPOKEN_RATE, write
from demo.speech import speak
from indexers.engines.speech import word_texts

SPOKEN = (
    "The storm came in over the harbor just before midnight.",
    "I told them not to take the boat out tonight.",
    "Old Zebulon Quirke never trusted the tide tables.",
    "Nobody in this town remembers who built the lighthouse.",
    "We counted eleven lanterns on the northern breakwater.",
    "Your brother left his oilskins hanging by the kitchen door.",
    "If the ferry does not run we shall walk to Tarrant Head.",
    "She said the radio went silent at a quarter past nine.",
)
OTHERS = (
    "Nobody paid the plumber, so the pipes are frozen again.",
    "The committee will publish its report on parking fees in June.",
    "He scored twice in the second half and never looked tired.",
    "Bring the onions to a gentle boil and add the saffron.",
    "The court found that the contract had been signed in error.",
)


@dataclass(frozen=True)
class Recording:
    """A sound file, and what is said in it."""

    path: Path  # 16 kHz mono WAV
    language: str
    words: tuple[str, ...]


def made(folder: Path) -> list[Recording]:
    """The lines of SPOKEN by two voices of flite in turn."""
    found = []
    quiet = np.zeros(SPOKEN_RATE // 2, np.float32)
    for number, text in enumerate(SPOKEN):
        path = folder / f"{number}.wav"
        write(path, [quiet, speak(text, ("slt", "rms")[number % 2]), quiet])
        found.append(_recording(path, "en", text, folder))
    return found


def read(speech: Path, folder: Path) -> list[Recording]:
    """What `speech` holds. refs.json: file name → {"lang": "en" or "zh", "ref": what is said}."""
    known = json.loads((speech / "refs.json").read_text(encoding="utf-8"))
    return [_recording(speech / name, it["lang"], it["ref"], folder) for name, it in known.items()]


def english(recordings: Iterable[Recording]) -> list[Recording]:
    """Those in English."""
    return [one for one in recordings if one.language == "en"]


def _recording(path: Path, language: str, text: str, folder: Path) -> Recording:
    target = folder / f"{path.stem}.16k.wav"
    command = [
        "ffmpeg",
        "-v",
        "error",
        "-y",
        "-i",
        str(path),
        "-ac",
        "1",
        "-ar",
        "16000",
        str(target),
    ]
    subprocess.run(command, check=True)
    return Recording(target, language, tuple(word.lower() for word in word_texts(text)))
