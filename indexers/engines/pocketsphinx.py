"""Hearing without downloads: pocketsphinx with the English model inside its wheel.

A small recogniser of the GMM age. It gets the words of clear speech about half right: enough
to find a scripted line, not enough to publish. Where the story's script says what may be said
it hears three quarters of the mistakes away, and scripted Chinese too. Whisper replaces it
where its weights are.
"""

from dataclasses import dataclass, field
from fractions import Fraction
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
# the right script 57 % word errors become 14 %, with a wrong one they stay (benchmarks/hearing.py).
_COVERED, _WORSE = 0.6, 0.2
# Chinese is heard with English phones, which fit less well; what fits far worse or is said at
# less than two characters a second is something else.
_WORSE_CHINESE, _SLOWEST = 0.35, 2
# This much of it word for word in a stretch of this many words is no chance: the generic model
# need not be asked, which is five times the work.
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
        scripts = (self.script.english, self.script.chinese)
        asked = [one for one in scripts if one and language in ("auto", one.language)]
        found = _scripted(samples, asked)
        if found is None and language in ("auto", ENGLISH):
            found = ENGLISH, decoder.generic().words(samples)
        if found is None:
            return []
        spelling = self.script.spelling
        return [_utterance(words, found[0], spelling) for words in spoken_lines(found[1])]


def _scripted(samples: Samples, scripts: list[Expected]) -> tuple[str, list[Word]] | None:
    """Language and words, when one of the scripts is believed to be what is said."""
    heard = [(script, decoder.expecting(script).words(samples)) for script in scripts]
    if not heard:
        return None
    script, words = max(heard, key=lambda one: one[0].covered(_texts(one[1])))
    covered = script.covered(_texts(words))
    if covered < _COVERED:
        return None
    if script.language == CHINESE:
        slow = len(words) * SAMPLE_RATE < _SLOWEST * len(samples)
        believed = not slow and _fits(samples, script, words, _WORSE_CHINESE)
    else:
        sure = covered >= _SURE and len(words) >= _LONG
        believed = sure or _fits(samples, script, words, _WORSE)
    return (script.language, words) if believed else None


def _fits(samples: Samples, script: Expected, words: list[Word], worse: float) -> bool:
    """Whether the script's words fit to the sound about as well as any others."""
    free = _texts(decoder.generic().words(samples))
    if not free:
        return True
    ours = decoder.expecting(script).likelihood(samples, _texts(words))
    return ours > decoder.generic().likelihood(samples, free) - worse


def _texts(words: list[Word]) -> list[str]:
    return [word.text for word in words]


def _utterance(words: tuple[Word, ...], language: str, spelling: Spelling) -> Utterance:
    text = spelling.line(words, "" if language == CHINESE else " ")
    return Utterance(text, words, language, mean_confidence(words))
