"""What is said: captions that came along, else what an engine hears.

Lines and words are placed on frames here and nowhere else.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path

import xxhash
from sqlmodel import select

from catalog.models import Footage, Line
from catalog.work import Facts, Queue, Work
from config import understanding
from indexers.captioned import SOUND, Found, caption_items, captioned
from indexers.engines import vad
from indexers.engines.expected import Script
from indexers.engines.hearing import hear
from indexers.engines.pocketsphinx import PocketSphinx
from indexers.engines.speech import SpeechEngine, Utterance
from indexers.engines.whisper import Whisper, cache_folder, find_weights
from indexers.scripted import names_for, script_for
from media.errors import Misconfigured
from media.timecode import seconds_to_frames


@dataclass(frozen=True)
class Choice:
    """Which engine would hear, and why: one phrase for `stringout doctor`."""

    name: str  # whisper, pocketsphinx, none
    reason: str
    weights: Path | None = None


class Transcript:
    """The stage: the spoken lines of an asset, with the frames of every word."""

    name = "transcript"
    needs = ("scan",)
    queue = Queue.GPU
    version = 2
    limit = 6 * 3600  # ten hours of speech on one slow core
    makes = (Line,)

    def inputs(self, work: Work) -> str:
        """The caption files beside the footage, who is to hear, and what the story's scripts
        let expect: others give other lines."""
        beside = ",".join(str(item.id) for item in caption_items(work))
        expected = "" if beside else _expected(work)
        return f"{beside} {work.settings.transcript.model_dump_json()} {expected}".rstrip()

    def run(self, work: Work) -> Facts:
        """Read or hear the lines. Raises Misconfigured when the engine that is set isn't there."""
        choice = choose(work.settings.transcript)
        footage = work.session.exec(select(Footage).where(Footage.asset_id == work.asset_id)).one()
        troubles: list[str] = []
        found = captioned(work, footage, troubles) or _recognised(work, choice, troubles)
        if found is None:
            return Facts("; ".join(troubles), skipped=True)
        rows = to_rows(found.lines, footage, found.engine)
        message = "; ".join([*troubles, _summary(rows, found.source)])
        used = work.settings.transcript.model_dump()
        return Facts(message, rows=rows, engine=found.engine, settings=used)


def choose(section: understanding.Transcript) -> Choice:
    """The engine that would hear now; light, for it only looks which files are there.

    Raises Misconfigured when an engine is set that can't run here.
    """
    if section.engine == "none":
        return Choice("none", "speech recognition is switched off in [transcript]")
    weights = find_weights(section.model) if find_spec("whisper") else None
    wanted = f"Whisper weights {section.model!r}" if section.model else "Whisper weights"
    if weights and section.engine != "pocketsphinx":
        return Choice("whisper", f"its weights are in {weights}", weights)
    if section.engine == "whisper":
        raise Misconfigured(
            f'[transcript] sets engine = "whisper", but there are no {wanted}: copy a model '
            f"such as small.pt to {cache_folder()}, name a .pt file as model, or set "
            'engine = "auto"'
        )
    if not find_spec("pocketsphinx"):
        raise Misconfigured("pocketsphinx is not installed: install Stringout's packages again")
    why = "set in [transcript]" if section.engine != "auto" else f"no {wanted} on disk"
    return Choice("pocketsphinx", f"{why}; it hears English, and Chinese that is in a script")


def to_rows(lines: Iterable[Utterance], footage: Footage, engine: str) -> list[Line]:
    """Lines in seconds from the first picture on its frames, numbered in order.

    What lies outside of the picture is left out.
    """
    rows: list[Line] = []
    for line in sorted(lines, key=lambda line: (line.start, line.end)):
        first, last = _frame(line.start, footage), _frame(line.end, footage)
        if last <= 0 or first >= footage.frames:
            continue
        first, last = _span(first, last, (0, footage.frames))
        row = Line(
            asset_id=footage.asset_id,
            number=len(rows),
            in_frame=first,
            out_frame=last,
            text=line.text,
            language=line.language,
            speaker=line.speaker,
            confidence=line.confidence,
            words=_words(line, footage, (first, last)),
            engine=engine,
        )
        rows.append(row)
    return rows


def _words(line: Utterance, footage: Footage, inside: tuple[int, int]) -> list[list[object]]:
    frames = [
        _span(_frame(word.start, footage), _frame(word.end, footage), inside) for word in line.words
    ]
    return [[word.text, *span] for word, span in zip(line.words, frames, strict=True)]


def _frame(seconds: Fraction, footage: Footage) -> int:
    """The nearest frame to a time of the picture; -1 before its first."""
    return seconds_to_frames(seconds, footage.rate) if seconds >= 0 else -1


def _span(first: int, last: int, inside: tuple[int, int]) -> tuple[int, int]:
    """[first, last) moved into `inside`, at least one frame long."""
    first = max(inside[0], min(first, inside[1] - 1))
    return first, max(first + 1, min(last, inside[1]))


def _recognised(work: Work, choice: Choice, troubles: list[str]) -> Found | None:
    """What the chosen engine hears; None when there is nothing to hear with or in."""
    sound = work.home / SOUND
    if choice.name == "none" or not sound.is_file():
        troubles.append("no sound" if choice.name != "none" else choice.reason)
        return None
    language = work.settings.transcript.language
    engine = _engine(work, choice)
    used = f"{engine.name} {engine.version} {engine.model} behind {vad.description()}"
    if isinstance(engine, PocketSphinx) and not engine.hears(language):
        troubles.append(_needs_whisper(language))
        return Found([], "heard", used)
    return Found(hear(sound, engine, language), f"heard by {engine.name}", used)


def _engine(work: Work, choice: Choice) -> SpeechEngine:
    told = work.settings.transcript.script
    if choice.weights:
        return Whisper(choice.weights, names_for(work) if told else "")
    return PocketSphinx(script_for(work) if told else Script())


def _expected(work: Work) -> str:
    """A digest of what the scripts tell the engine; "" when they tell nothing."""
    section = work.settings.transcript
    if not section.script or section.engine == "none":
        return ""
    if choose(section).weights:
        names = names_for(work)
        return xxhash.xxh3_64_hexdigest(names.encode()) if names else ""
    return script_for(work).digest


def _needs_whisper(language: str) -> str:
    name = {"zh": "Chinese"}.get(language, f"{language!r}")
    return f"{name} speech needs Whisper weights: copy a model such as small.pt to {cache_folder()}"


def _summary(rows: Sequence[Line], source: str) -> str:
    if not rows:
        return f"no lines {source}"
    languages = ", ".join(sorted({row.language for row in rows}))
    return f"{len(rows)} {'line' if len(rows) == 1 else 'lines'} {source} ({languages})"
