"""A whole sound file through a speech engine: speech first, then words, in bounded memory."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice
from pathlib import Path

from indexers.engines import vad
from indexers.engines.doubt import doubted, unheard
from indexers.engines.heard import Heard
from indexers.engines.speech import (
    SAMPLE_RATE,
    Polyglot,
    Samples,
    SpeechEngine,
    Together,
    Utterance,
    moved,
)

_ASKED = 5  # stretches that say which language a file is in
_SURE = 0.85  # of another language than the file's: a short stretch alone is often mistaken


@dataclass(frozen=True)
class Hearing:
    """What was heard in a file, in seconds of it; where somebody speaks, in samples."""

    lines: list[Utterance]  # in order and without overlap
    speech: list[vad.Span]
    left_out: int = 0  # lines that an engine wrote where no speech is heard


def hear(
    sound: Path,
    engine: SpeechEngine,
    language: str,
    *,
    expected: Iterable[str] = (),
    heard: Heard | None = None,
    tell: Callable[[int], None] = lambda _sample: None,
) -> Hearing:
    """The lines of a 16 kHz mono WAV, the doubtful ones marked (doubt.py).

    Only where silero-vad hears speech: recognisers find words in music and wind too.
    `expected`: lines of a script, which nobody made up. `heard`: what an interrupted run heard
    already; it is taken over and added to. `tell` is told which sample has been reached.
    Raises Rejected when the file is no such WAV.
    """
    speech = vad.speech_spans(sound)
    parts = stretches(speech, engine.stretch)
    spoken = _Language(sound, engine, language, parts)
    known = Heard() if heard is None else heard  # an empty one is false
    raw: list[Utterance] = []
    for some in _batches(parts, engine):
        raw += _heard(some, sound, engine, spoken, known)
        tell(some[-1].end)
    within = [line for line in raw if any(_meets(line, span) for span in speech)]
    seconds = [(Fraction(s.start, SAMPLE_RATE), Fraction(s.end, SAMPLE_RATE)) for s in speech]
    lines = doubted([unheard(line, seconds) for line in apart(within)], expected)
    return Hearing(lines, speech, len(raw) - len(within))


def stretches(spans: Sequence[vad.Span], seconds: Fraction) -> list[vad.Span]:
    """Neighbouring spans taken together as long as they fit in `seconds`."""
    packed: list[vad.Span] = []
    for span in spans:
        if packed and span.end - packed[-1].start <= seconds * SAMPLE_RATE:
            packed[-1] = vad.Span(packed[-1].start, span.end)
        else:
            packed.append(span)
    return packed


def apart(lines: Iterable[Utterance]) -> list[Utterance]:
    """In order of time, each beginning after the one before; covered words are left out."""
    kept: list[Utterance] = []
    end = Fraction(0)
    for line in sorted(lines, key=lambda line: line.start):
        words = tuple(
            replace(word, start=max(word.start, end)) for word in line.words if word.end > end
        )
        if words:
            kept.append(replace(line, words=words))
            end = words[-1].end
    return kept


class _Language:
    """Which language a stretch is in: that of the file, unless it is surely another."""

    def __init__(
        self, sound: Path, engine: SpeechEngine, told: str, parts: Sequence[vad.Span]
    ) -> None:
        self._engine, self.told = engine, told
        if told == "auto" and isinstance(engine, Polyglot) and len(parts) > 1:
            votes: Counter[str] = Counter()
            for part in sorted(parts, key=lambda one: one.start - one.end)[:_ASKED]:
                votes.update(engine.languages(vad.read(sound, part)))
            self.told = max(votes, key=votes.__getitem__)

    def of(self, samples: Samples) -> str:
        """ISO 639-1, or "auto" where the engine is to find out."""
        if not isinstance(self._engine, Polyglot) or self.told == "auto":
            return self.told
        chances = self._engine.languages(samples)
        best = max(chances, key=chances.__getitem__)
        return best if chances[best] >= _SURE else self.told


def _heard(
    parts: Sequence[vad.Span], sound: Path, engine: SpeechEngine, spoken: _Language, known: Heard
) -> list[Utterance]:
    """The lines of these stretches, from an earlier run where it has them."""
    new = [part for part in parts if part not in known]
    pieces = [vad.read(sound, part) for part in new]
    for part, lines in zip(new, _answers(pieces, engine, spoken), strict=True):
        known.add(part, [moved(line, Fraction(part.start, SAMPLE_RATE)) for line in lines])
    return [line for part in parts for line in known[part]]


def _answers(
    pieces: Sequence[Samples], engine: SpeechEngine, spoken: _Language
) -> list[list[Utterance]]:
    """The lines of each piece; pieces of one language are heard together where that is faster."""
    languages = [spoken.of(piece) for piece in pieces]
    if not isinstance(engine, Together) or len(pieces) < 2:
        return [
            engine.hear(piece, language) for piece, language in zip(pieces, languages, strict=True)
        ]
    found: list[list[Utterance]] = [[] for _ in pieces]
    for language in set(languages):
        places = [at for at, one in enumerate(languages) if one == language]
        heard = engine.hear_together([pieces[at] for at in places], language)
        for at, lines in zip(places, heard, strict=True):
            found[at] = lines
    return found


def _batches(parts: Sequence[vad.Span], engine: SpeechEngine) -> Iterable[list[vad.Span]]:
    rest = iter(parts)
    size = engine.batch if isinstance(engine, Together) else 1
    while some := list(islice(rest, size)):
        yield some


def _meets(line: Utterance, span: vad.Span) -> bool:
    return line.start * SAMPLE_RATE < span.end and line.end * SAMPLE_RATE > span.start
