"""What is heard, when each word is said, and by whom: errors and cost of each engine.

    python -m benchmarks.hearing                        # voices of flite and espeak, made here
    python -m benchmarks.hearing --speech FOLDER        # recordings with refs.json beside them

refs.json: file name → {"lang": "en" or "zh", "ref": what is said}. Word error rate: edits
(substituted, left out, put in) per word that was said. The baseline is the embedded recogniser's
generic model behind voice activity detection. Each engine is measured with and without that
(the whole file at once), and told what the script says; a wrong script is told as well: it must
not make anything worse. Whisper is measured where its weights are on disk.

Words are timed against flite's own times, always on synthetic lines; speakers are told apart in
conversations put together of the voices (listening/voices.py).
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from benchmarks.listening import voices, words
from benchmarks.listening.recordings import OTHERS, Recording, english, made, read
from indexers.choice import Choice, engine_for
from indexers.engines import vad
from indexers.engines.checkpoints import Format, find
from indexers.engines.expected import Script, script_of
from indexers.engines.hearing import hear
from indexers.engines.pocketsphinx import PocketSphinx
from indexers.engines.speech import SAMPLE_RATE, SpeechEngine, Utterance

GOAL_RIGHT = 0.16  # word error rate with the right script
NOTHING, RIGHT, BOTH, WRONG = "nothing", "the right script", "right and other lines", "a wrong one"


@dataclass(frozen=True)
class Told:
    """What an engine is told: for pocketsphinx as a script, for Whisper as a prompt."""

    name: str
    lines: tuple[str, ...] = ()


def main() -> int:
    """Print tables; with --check exit with 1 when a goal is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--speech", type=Path, help="folder with recordings and refs.json")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--quick", action="store_true", help="four recordings only")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        recordings = read(asked.speech, folder) if asked.speech else made(folder)
        recordings = recordings[:4] if asked.quick else recordings
        missed = list(_words(english(recordings)))
        _chinese([one for one in recordings if one.language == "zh"])
        off = words.measure(folder, quick=asked.quick)
        if off > words.GOAL:
            missed.append(f"word starts are {off * 1000:.0f} ms off, the goal is 30")
        synthetic = not asked.speech
        right = voices.measure(recordings, synthetic=synthetic, quick=asked.quick)
        if synthetic and right < voices.GOAL:
            missed.append(f"{right * 100:.0f} % of the lines have the right speaker")
    for sentence in missed if asked.check else ():
        print(f"missed: {sentence}")
    return int(asked.check and bool(missed))


def _words(recordings: Sequence[Recording]) -> Iterator[str]:
    """Print word errors and cost; yield what goal is missed."""
    seconds = sum(vad.length(one.path) for one in recordings) / SAMPLE_RATE
    count = sum(len(one.words) for one in recordings)
    print(f"{len(recordings)} recordings, {count} words, {seconds:.0f} s")
    print(f"{'engine':<16}{'speech':<8}{'told':<24}{'WER %':>8}{'CPU s per s':>13}{'ratio':>8}")
    rates: dict[str, float] = {}
    baseline = 0.0
    for name, make in _engines():
        for told in _told(recordings):
            for behind in (True, False) if told.name in (NOTHING, RIGHT) else (True,):
                engine = make(told)
                _heard(recordings[0], engine, behind)  # the models are loaded
                before = time.process_time()
                rate = _errors(recordings, engine, behind)
                cost = (time.process_time() - before) / seconds
                baseline = baseline or cost
                part = "VAD" if behind else "whole"
                figures = f"{rate * 100:>8.1f}{cost:>13.2f}{cost / baseline:>8.2f}"
                print(f"{name:<16}{part:<8}{told.name:<24}{figures}")
                if name == PocketSphinx.name and behind:
                    rates[told.name] = rate
    if rates[RIGHT] > GOAL_RIGHT:
        yield f"{rates[RIGHT] * 100:.1f} % word errors with the right script, the goal is 16"
    if rates[WRONG] > rates[NOTHING]:
        yield f"a wrong script makes {rates[WRONG] * 100:.1f} % word errors"


def _engines() -> Iterator[tuple[str, Callable[[Told], SpeechEngine]]]:
    """Those that can hear here."""
    yield PocketSphinx.name, lambda told: PocketSphinx(script_of(told.lines))
    for form in (Format.FASTER, Format.WHISPER):
        weights = find(form, "", "en", False) if form.installed else None
        if weights is None:
            print(f"{form}: not measured, no weights on disk")
        else:
            yield f"{form} {weights.name}", partial(_whisper, Choice(form, "", weights))


def _whisper(choice: Choice, told: Told) -> SpeechEngine:
    return engine_for(choice, " ".join(told.lines), Script())


def _told(recordings: Sequence[Recording]) -> Iterator[Told]:
    right = tuple(" ".join(one.words) for one in recordings)
    yield Told(NOTHING)
    yield Told(RIGHT, right)
    yield Told(BOTH, right + OTHERS)
    yield Told(WRONG, OTHERS)


def _errors(recordings: Sequence[Recording], engine: SpeechEngine, behind: bool) -> float:
    edits = 0
    for one in recordings:
        heard = [word.text.lower() for line in _heard(one, engine, behind) for word in line.words]
        edits += Levenshtein.distance(one.words, heard)
    return edits / sum(len(one.words) for one in recordings)


def _heard(recording: Recording, engine: SpeechEngine, behind: bool) -> Sequence[Utterance]:
    """`behind` voice activity detection, else the file as a whole."""
    if behind:
        return hear(recording.path, engine, "auto").lines
    whole = vad.Span(0, vad.length(recording.path))
    return engine.hear(vad.read(recording.path, whole), "auto")


def _chinese(recordings: Sequence[Recording]) -> None:
    for one in recordings:
        engine = PocketSphinx(
            script_of(["".join(one.words), "我们今天晚上去海边。", "别忘了带雨伞。"])
        )
        heard = "".join(line.text for line in hear(one.path, engine, "zh").lines)
        print(f"Chinese {one.path.stem}: {'found' if heard == ''.join(one.words) else heard!r}")


if __name__ == "__main__":
    sys.exit(main())
