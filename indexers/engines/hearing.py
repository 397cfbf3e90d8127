"""A whole sound file through a speech engine: speech first, then words, in bounded memory."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from indexers.engines import vad
from indexers.engines.speech import SAMPLE_RATE, SpeechEngine, Utterance, moved


def hear(sound: Path, engine: SpeechEngine, language: str) -> list[Utterance]:
    """The lines of a 16 kHz mono WAV, in seconds of it, in order and without overlap.

    Only where silero-vad hears speech: recognisers find words in music and wind too.
    Raises Rejected when it is no such WAV.
    """
    spans = vad.speech_spans(sound)
    lines: list[Utterance] = []
    for stretch in stretches(spans, engine.stretch):
        heard = engine.hear(vad.read(sound, stretch), language)
        lines += [moved(line, Fraction(stretch.start, SAMPLE_RATE)) for line in heard]
    return apart(line for line in lines if any(_meets(line, span) for span in spans))


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


def _meets(line: Utterance, span: vad.Span) -> bool:
    return line.start * SAMPLE_RATE < span.end and line.end * SAMPLE_RATE > span.start
