"""Who speaks which line: lines in one voice belong together, and names come from who knows them.

Average-linkage clustering of the voices (voices.py). A line is one speaker's: who interrupts
within it is not told apart.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from catalog.models import SpeakerBy
from indexers.engines import vad
from indexers.engines.expected import CHINESE
from indexers.engines.speech import SAMPLE_RATE, Utterance
from indexers.engines.voices import Voices, voices

# Mean likeness (cosine) of two groups of lines that are one voice. Of eleven voices, four of
# them flite's: 0.77 to 0.94 among lines of one, 0.38 to 0.67 between two.
_ALIKE = 0.69
_SLOPE = 25.0  # of the confidence: a line 0.1 nearer to its voice than to the next is 92 % sure
_SHORT = 1.0  # seconds: shorter lines say too little of a voice, and join the nearest
_MOST = 2000  # lines that are compared with each other; further ones join the nearest
_LONGEST = 10  # seconds of a line that are listened to
_CLEAR = 2 / 3  # of what names a voice must agree: whoever reads all parts has no name


@dataclass(frozen=True)
class Cue:
    """Whose line it is in the script; `alike`: the part, 0 to 1, of its words that are said."""

    name: str
    alike: float


@dataclass(frozen=True)
class Groups:
    """Of each line which voice it is, numbered by appearance, and how sure that is (0 to 1)."""

    numbers: list[int]
    confidence: list[float]


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


def grouped(told: Voices, lengths: NDArray[np.float64]) -> Groups:
    """Which lines are in one voice. `lengths` in seconds; at least one line."""
    from scipy.cluster.hierarchy import fcluster, linkage  # memory that a service at rest saves

    longest = np.argsort(-lengths, kind="stable")[:_MOST]
    sure = np.sort([at for at in longest if lengths[at] >= _SHORT] or longest[:1])
    labels = np.ones(len(sure), int)
    if len(sure) > 1:
        tree = linkage(told[sure], "average", "cosine")
        labels = fcluster(tree, 1 - _ALIKE, "distance")
    middles = np.array([told[sure[labels == one]].mean(0) for one in np.unique(labels)])
    middles /= np.linalg.norm(middles, axis=1, keepdims=True)
    near = told @ middles.T
    nearest = near.argmax(1)
    nearest[sure] = labels - 1
    order = {one: number for number, one in enumerate(dict.fromkeys(nearest.tolist()))}
    return Groups([order[one] for one in nearest.tolist()], _confidence(near, nearest))


def _confidence(near: NDArray[np.float32], chosen: NDArray[np.int64]) -> list[float]:
    """By how much nearer a line is to its voice than to the next one, or to none of them."""
    rows = np.arange(len(near))
    own = near[rows, chosen]
    others = near.copy()
    others[rows, chosen] = _ALIKE
    ahead = own - np.maximum(others.max(1), _ALIKE)
    return [float(one) for one in 1 / (1 + np.exp(-_SLOPE * ahead))]


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
