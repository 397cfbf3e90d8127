"""Who speaks which line: lines in one voice belong together, and names come from who knows them.

A line is one speaker's: who interrupts within it is not told apart.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from catalog.models import SpeakerBy
from indexers.engines import vad
from indexers.engines.expected import CHINESE
from indexers.engines.grouping import Groups, grouped
from indexers.engines.speech import SAMPLE_RATE, Utterance
from indexers.engines.voices import voices

_LONGEST = 10  # seconds of a line that are listened to
_CLEAR = 2 / 3  # of what names a voice must agree: whoever reads all parts has no name


@dataclass(frozen=True)
class Cue:
    """Whose line it is in the script; `alike`: the part, 0 to 1, of its words that are said."""

    name: str
    alike: float


def speakers(
    sound: Path, lines: Sequence[Utterance], cues: Sequence[Cue | None]
) -> list[Utterance]:
    """The lines of a 16 kHz mono WAV with their speakers. `cues`: of each line the script's.

    A caption's name stays, and a cue names its line. Other lines have the name that two thirds
    of the named lines in their voice give; without one it is "Speaker 2", "说话人2", by order of
    appearance, and none at all where nobody else speaks. Raises Rejected when the file is no
    such WAV.
    """
    named = [_told(line, cue) for line, cue in zip(lines, cues, strict=True)]
    length = vad.length(sound)
    heard = [at for at, line in enumerate(lines) if line.start * SAMPLE_RATE < length]
    if not heard:
        return named
    lengths = np.array([float(lines[at].end - lines[at].start) for at in heard])
    groups = grouped(voices(vad.read(sound, _span(lines[at])) for at in heard), lengths)
    names = _names([named[at] for at in heard], groups)
    for at, group, sure in zip(heard, groups.numbers, groups.confidence, strict=True):
        name, agreed = names[group]
        if name and not named[at].speaker:
            named[at] = _spoken_by(lines[at], SpeakerBy.VOICE, name, agreed * sure)
    return named


def captioned(lines: Iterable[Utterance]) -> list[Utterance]:
    """The lines as they are, those with a speaker by their captions."""
    return [_told(line, None) for line in lines]


def _told(line: Utterance, cue: Cue | None) -> Utterance:
    """The line with the name that its caption or its cue gives."""
    if line.speaker:
        return _spoken_by(line, SpeakerBy.CAPTIONS, line.speaker, 1.0)
    return _spoken_by(line, SpeakerBy.SCRIPT, cue.name, cue.alike) if cue else line


def _spoken_by(line: Utterance, by: SpeakerBy, name: str, sure: float) -> Utterance:
    return replace(line, speaker=name, speaker_by=by, speaker_confidence=round(sure, 3))


def _names(lines: Sequence[Utterance], groups: Groups) -> list[tuple[str, float]]:
    """Of each voice its name, and which part of what is told of it agrees (0 to 1)."""
    count = max(groups.numbers) + 1
    votes: list[defaultdict[str, float]] = [defaultdict(float) for _ in range(count)]
    for line, group in zip(lines, groups.numbers, strict=True):
        if line.speaker:
            votes[group][line.speaker] += line.speaker_confidence
    chinese = 2 * sum(line.language == CHINESE for line in lines) > len(lines)
    word = "说话人" if chinese else "Speaker "
    return [
        _clear(told) or ((f"{word}{number}", 1.0) if count > 1 else ("", 0.0))
        for number, told in enumerate(votes, 1)
    ]


def _clear(votes: Mapping[str, float]) -> tuple[str, float] | None:
    """The name that most agree on, and which part of them."""
    best = max(votes, key=votes.__getitem__, default="")
    part = votes[best] / sum(votes.values()) if best else 0.0
    return (best, part) if part >= _CLEAR else None


def _span(line: Utterance) -> vad.Span:
    start = max(0, int(line.start * SAMPLE_RATE))
    end = min(int(line.end * SAMPLE_RATE), start + _LONGEST * SAMPLE_RATE)
    return vad.Span(start, max(start + 1, end))
