"""Lines whose words are known get the times at which the words are said (alignment.py).

Neighbouring lines are laid over the sound together, each with the one before and the one after
it, so that a caption that comes early or late takes nothing from its neighbour. Where that fails
each line is tried alone; a line that fits nowhere keeps the times it has, and is counted.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path

from indexers.engines import vad
from indexers.engines.alignment import Aligner, Placed, aligner
from indexers.engines.expected import CHINESE, ENGLISH
from indexers.engines.speech import SAMPLE_RATE, Utterance

AROUND = Fraction(7, 10)  # seconds by which captions come early or go late
_TOGETHER = Fraction(20)  # seconds of lines at once
_APART = Fraction(3)  # seconds of pause after which nothing is taken along
# Worse than this a line is not what is said (log10 per frame of its words). Set on few clips, by
# the gap between lines over their own sound and over that of others; the Chinese one, whose sounds
# are spelt with English phones, on a single recording (-1.1 right, -2.1 wrong).
_LEAST = {ENGLISH: -1.1, CHINESE: -1.3}


@dataclass(frozen=True)
class Timed:
    """The lines in their order; `kept` of them have the times they had."""

    lines: list[Utterance]
    kept: int


def timed(
    sound: Path,
    lines: Sequence[Utterance],
    around: Fraction = AROUND,
    tell: Callable[[int], None] = lambda _sample: None,
) -> Timed:
    """The lines of a 16 kHz mono WAV, in order and in seconds of it, with the times of their words.

    `around`: seconds that a line may be off. `tell` is told which sample has been reached.
    Raises Rejected when the file is no such WAV.
    """
    timing = _Timing(sound, lines, around)
    found: list[Utterance | None] = []
    for first, last in runs(lines):
        found += timing.together(first, last)
        tell(int(lines[last - 1].end * SAMPLE_RATE))
    result = [new or old for new, old in zip(found, lines, strict=True)]
    return Timed(result, found.count(None))


def description() -> str:
    """Who finds the times, for provenance."""
    return f"words timed by pocketsphinx {version('pocketsphinx')}"


def told(found: Timed) -> str:
    """How many lines keep the times they had, as a remark; "" when none does."""
    if not found.kept:
        return ""
    noun = "line keeps its" if found.kept == 1 else "lines keep their"
    return f"{found.kept} {noun} own times, for the words are not heard there"


def runs(lines: Sequence[Utterance]) -> Iterator[tuple[int, int]]:
    """[first, last) of lines that follow each other, at most 20 s of them."""
    first = 0
    for at in range(1, len(lines) + 1):
        whole = at < len(lines) and lines[at].end - lines[first].start <= _TOGETHER
        if not whole or lines[at].start - lines[at - 1].end > _APART:
            yield first, at
            first = at


class _Timing:
    def __init__(self, sound: Path, lines: Sequence[Utterance], around: Fraction) -> None:
        self._sound, self._lines, self._around = sound, lines, around
        self._aligner: Aligner = aligner()
        self._length = Fraction(vad.length(sound), SAMPLE_RATE)
        self._known = [
            line.language in _LEAST and self._aligner.knows([word.text for word in line.words])
            for line in lines
        ]

    def together(self, first: int, last: int) -> list[Utterance | None]:
        """The lines [first, last) with their times, None for those that fit nowhere."""
        before, after = self._beside(first, -1), self._beside(last - 1, 1)
        wanted = [at for at in range(before, after + 1) if self._known[at]]
        placed = dict(zip(wanted, self._placed(wanted) or [None] * len(wanted), strict=True))
        return [
            placed.get(at) or (self._alone(at) if self._known[at] and last - first > 1 else None)
            for at in range(first, last)
        ]

    def _alone(self, at: int) -> Utterance | None:
        placed = self._placed([at])
        return placed[0] if placed else None

    def _placed(self, wanted: Sequence[int]) -> list[Utterance | None] | None:
        if not wanted:
            return None
        lines = [self._lines[at] for at in wanted]
        start = max(Fraction(0), min(line.start for line in lines) - self._around)
        end = min(self._length, max(line.end for line in lines) + self._around)
        span = vad.Span(int(start * SAMPLE_RATE), int(end * SAMPLE_RATE))
        if span.end <= span.start:
            return None
        samples = vad.louder(vad.read(self._sound, span))
        texts = [[word.text for word in line.words] for line in lines]
        found = self._aligner.place(samples, texts)
        if found is None:
            return None
        begin = Fraction(span.start, SAMPLE_RATE)
        return [_moved(*one, begin) for one in zip(lines, found, strict=True)]

    def _beside(self, at: int, step: int) -> int:
        """The neighbour that is near, or the line itself."""
        other = at + step
        if not 0 <= other < len(self._lines):
            return at
        early, late = sorted((at, other))
        near = self._lines[late].start - self._lines[early].end <= _APART
        return other if near else at


def _moved(line: Utterance, placed: Sequence[Placed], begin: Fraction) -> Utterance | None:
    """The line with these times; None when its words are not what is said there."""
    length = sum((one.end - one.start for one in placed), Fraction(0))
    fit = sum(one.fit * float(one.end - one.start) for one in placed) / float(length)
    if fit < _LEAST[line.language]:
        return None
    words = tuple(
        replace(word, start=begin + one.start, end=begin + one.end)
        for word, one in zip(line.words, placed, strict=True)
    )
    return replace(line, words=words)
