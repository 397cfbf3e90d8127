"""Word errors of the embedded recogniser, alone and told what the script says.

    python -m benchmarks.hearing                        # voices of flite, made here
    python -m benchmarks.hearing --speech FOLDER        # recordings with refs.json beside them

refs.json: file name → {"lang": "en" or "zh", "ref": what is said}. The baseline is the generic
model behind the same voice activity detection. A wrong script is told as well: it must not make
anything worse. Word error rate: edits (substituted, left out, put in) per word that was said.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rapidfuzz.distance import Levenshtein

from demo.speech import SAMPLE_RATE as SPOKEN_RATE
from demo.speech import Samples, speak
from indexers.engines import vad
from indexers.engines.expected import Script, script_of
from indexers.engines.hearing import hear
from indexers.engines.pocketsphinx import PocketSphinx
from indexers.engines.speech import SAMPLE_RATE, word_texts

GOAL_RIGHT = 0.16  # word error rate with the right script
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


def main() -> int:
    """Print a table; with --check exit with 1 when a goal is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--speech", type=Path, help="folder with recordings and refs.json")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--quick", action="store_true", help="four recordings only")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder)
        recordings = _read(asked.speech, made) if asked.speech else _made(made)
        recordings = recordings[:4] if asked.quick else recordings
        return _measure(recordings, asked.check)


def _measure(recordings: Sequence[Recording], check: bool) -> int:
    english = [one for one in recordings if one.language == "en"]
    right = script_of(" ".join(one.words) for one in english)
    wrong = script_of(OTHERS)
    both = script_of([*(" ".join(one.words) for one in english), *OTHERS])
    seconds = sum(vad.length(one.path) for one in english) / SAMPLE_RATE
    print(f"{len(english)} recordings, {sum(len(r.words) for r in english)} words, {seconds:.0f} s")
    print(f"{'told':<22}{'WER %':>8}{'CPU s per s':>13}{'of baseline':>13}")
    rates: dict[str, float] = {}
    baseline = 0.0
    for told, script in (("nothing", Script()), ("the right script", right),
                         ("right and other lines", both), ("a wrong script", wrong)):  # fmt: skip
        hear(english[0].path, PocketSphinx(script), "en")  # the models are loaded
        before = time.process_time()
        rates[told] = _errors(english, PocketSphinx(script))
        cost = (time.process_time() - before) / seconds
        baseline = baseline or cost
        print(f"{told:<22}{rates[told] * 100:>8.1f}{cost:>13.2f}{cost / baseline:>13.2f}")
    _chinese([one for one in recordings if one.language == "zh"])
    missed = rates["the right script"] > GOAL_RIGHT or rates["a wrong script"] > rates["nothing"]
    if check and missed:
        print(f"missed: with the right script the goal is {GOAL_RIGHT * 100:.0f} %")
    return int(check and missed)


def _errors(recordings: Sequence[Recording], engine: PocketSphinx) -> float:
    edits = 0
    for one in recordings:
        heard = [
            word.text.lower()
            for line in hear(one.path, engine, "auto").lines
            for word in line.words
        ]
        edits += Levenshtein.distance(one.words, heard)
    return edits / sum(len(one.words) for one in recordings)


def _chinese(recordings: Sequence[Recording]) -> None:
    for one in recordings:
        engine = PocketSphinx(
            script_of(["".join(one.words), "我们今天晚上去海边。", "别忘了带雨伞。"])
        )
        heard = "".join(line.text for line in hear(one.path, engine, "zh").lines)
        print(f"Chinese {one.path.stem}: {'found' if heard == ''.join(one.words) else heard!r}")


def _made(folder: Path) -> list[Recording]:
    found = []
    for number, (text, voice) in enumerate(zip(SPOKEN, ("slt", "rms") * len(SPOKEN), strict=False)):
        path = folder / f"{number}.wav"
        _write(path, speak(text, voice))
        found.append(_recording(path, "en", text, folder))
    return found


def _write(path: Path, samples: Samples) -> None:
    quiet = np.zeros(SPOKEN_RATE // 2, np.float32)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, SPOKEN_RATE, 0, "NONE", ""))
        file.writeframes(np.concatenate([quiet, samples, quiet]).astype("<i2").tobytes())


def _read(speech: Path, folder: Path) -> list[Recording]:
    known = json.loads((speech / "refs.json").read_text(encoding="utf-8"))
    return [_recording(speech / name, it["lang"], it["ref"], folder) for name, it in known.items()]


def _recording(path: Path, language: str, text: str, folder: Path) -> Recording:
    target = folder / f"{path.stem}.16k.wav"
    command = ["ffmpeg", "-v", "error", "-y", "-i", path, "-ac", "1", "-ar", "16000", target]
    subprocess.run(command, check=True)
    return Recording(target, language, tuple(word.lower() for word in word_texts(text)))


if __name__ == "__main__":
    sys.exit(main())
