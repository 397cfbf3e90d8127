"""Hearing without downloads: pocketsphinx with the English model inside its wheel.

A small recogniser of the GMM age. It gets the words of clear speech about half right: enough
to find a scripted line, not enough to publish. Where the story's script says what may be said
it hears three quarters of the mistakes away, and scripted Chinese too. Whisper replaces it
where its weights are.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from importlib.metadata import version
from typing import ClassVar

from indexers.engines import decoder
from indexers.engines.expected import CHINESE, ENGLISH, Expected, Script
from indexers.engines.readable import Spelling
from indexers.engines.speech import (
    SAMPLE_RATE,
    Samples,
    Utterance,
    Word,
    mean_confidence,
    spoken_lines,
)

# When what was heard with the script's words is believed: three fifths of it stand in the
# script word for word, and it fits to the sound about as well as what the generic model hears.
# A decoder that knows nothing but a script hears the script in anything. Set on ten clips: with
# the right script 57 % word errors become 13 %, with a wrong one they stay (benchmarks/RESULTS.md).
_COVERED, _WORSE = 0.6, 0.2
# Chinese is heard with English phones, which fit less well; what fits far worse or is said at
# less than two characters a second is something else.
_WORSE_CHINESE, _SLOWEST = 0.35, 2
# This much of it word for word in a stretch of this many words is no chance: the generic model
# need not be asked, which is five times the work. A run of so many is no chance either.
_SURE, _LONG = 0.9, 6


@dataclass(frozen=True)
class PocketSphinx:
    """The engine. It hears English, and Chinese that is in the script; other languages give no
    lines, never wrong ones."""

    script: Script = field(default_factory=Script)
    name: ClassVar[str] = "pocketsphinx"
    model: ClassVar[str] = "en-us"
    stretch: ClassVar[Fraction] = Fraction(0)

    @property
    def version(self) -> str:
        """Of the package."""
        return version("pocketsphinx")

    def hears(self, language: str) -> bool:
        """Whether it can hear anything in this language (ISO 639-1, or "auto")."""
        return language in ("auto", ENGLISH) or (language == CHINESE and bool(self.script.chinese))

    def hear(self, samples: Samples, language: str) -> list[Utterance]:
        """The lines of one stretch of speech, written as readable.py says."""
        stretch = _Stretch(samples)
        scripts = (self.script.english, self.script.chinese)
        asked = [one for one in scripts if one and language in ("auto", one.language)]
        found = stretch.scripted(asked)
        if found is None and language in ("auto", ENGLISH):
            found = ENGLISH, stretch.quoting(self.script.english)
        if found is None:
            return []
        spelling = self.script.spelling
        return [_utterance(words, found[0], spelling) for words in spoken_lines(found[1])]


class _Stretch:
    """One stretch of speech, heard in each way at most once."""

    def __init__(self, samples: Samples) -> None:
        self._samples = samples
        self._heard: dict[Expected, list[Word]] = {}

    def scripted(self, scripts: Sequence[Expected]) -> tuple[str, list[Word]] | None:
        """Language and words, when one of the scripts is believed to be what is said."""
        if not scripts:
            return None
        script = max(scripts, key=lambda one: one.covered(_texts(self._told(one))))
        words = self._told(script)
        covered = script.covered(_texts(words))
        if covered < _COVERED:
            return None
        if script.language == CHINESE:
            slow = len(words) * SAMPLE_RATE < _SLOWEST * len(self._samples)
            believed = not slow and self._fits(script, words, _WORSE_CHINESE)
        else:
            sure = covered >= _SURE and len(words) >= _LONG
            believed = sure or self._fits(script, words, _WORSE)
        return (script.language, words) if believed else None

    def quoting(self, script: Expected) -> list[Word]:
        """What the generic model hears, but the script's words where its lines are said.

        Who says a line and goes on in words of his own has said the line: a long run of the
        script's words that fits to its own sound is kept.
        """
        words = self._free
        told = self._told(script) if script else []
        for first, last in script.runs(_texts(told)):
            run = told[first:last]
            if last - first >= _LONG and self._fits(script, run, _WORSE):
                words = _with(words, run)
        return words

    @cached_property
    def _free(self) -> list[Word]:
        return decoder.generic().words(self._samples)

    def _told(self, script: Expected) -> list[Word]:
        if script not in self._heard:
            self._heard[script] = decoder.expecting(script).words(self._samples)
        return self._heard[script]

    def _fits(self, script: Expected, words: Sequence[Word], worse: float) -> bool:
        """Whether the script's words fit to their sound about as well as any others."""
        whole = words is self._told(script)
        begin, end = words[0].start, words[-1].end
        free = [word for word in self._free if whole or begin <= _middle(word) < end]
        if not free:
            return True
        samples = self._samples if whole else _part(self._samples, begin, end)
        ours = decoder.expecting(script).likelihood(samples, _texts(words))
        return ours > decoder.generic().likelihood(samples, _texts(free)) - worse


def _with(words: Sequence[Word], run: Sequence[Word]) -> list[Word]:
    """The run in place of the words in its time."""
    begin, end = run[0].start, run[-1].end
    before = [replace(one, end=min(one.end, begin)) for one in words if _middle(one) < begin]
    after = [replace(one, start=max(one.start, end)) for one in words if _middle(one) >= end]
    return [*before, *run, *after]


def _middle(word: Word) -> Fraction:
    return (word.start + word.end) / 2


def _part(samples: Samples, begin: Fraction, end: Fraction) -> Samples:
    return samples[int(begin * SAMPLE_RATE) : int(end * SAMPLE_RATE)]


def _texts(words: Sequence[Word]) -> list[str]:
    return [word.text for word in words]


def _utterance(words: tuple[Word, ...], language: str, spelling: Spelling) -> Utterance:
    text = spelling.line(words, "" if language == CHINESE else " ")
    return Utterance(text, words, language, mean_confidence(words))
