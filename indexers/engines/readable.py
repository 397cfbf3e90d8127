"""Recognised words as people write them: capitals, names, figures, and a script's punctuation.

Small rules: what a pause parts is a sentence and begins with a capital, "i" is "I", names are
written as the script writes them, numbers as captions do; a line heard word for word as it
stands in the script is written so. The words themselves stay as they are heard.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from catalog.number_words import in_figures
from indexers.engines.speech import Word, word_texts

_INSIDE = re.compile(r"(?<=[a-z,;] )[A-Z][\w'’-]+")  # capitalised inside a sentence: a name
_I = re.compile(r"^i(?='|$)")
# How an English question begins; "what a day", "who came", "which is why" are none.
_ASKING = re.compile(
    r"(?:(?:what|where|why|when|how) (?:is|are|was|were|do|does|did|can|could|will|would|should"
    r"|have|has|am)|(?:(?:who|what|where|why|when|how) )?(?:is|are|was|were|do|does|did|can|could"
    r"|will|would|should|have|has|am|don't|didn't|isn't|aren't|can't|won't)"
    r" (?:i|you|he|she|it|we|they|this|that|there|your|his|her|my|anyone|anybody)"
    r"|(?:what|where|who|how)'s)\b"
)


@dataclass(frozen=True)
class Spelling:
    """How a script writes its words and lines, by their form in lower case."""

    lines: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    def line(self, words: Sequence[Word], between: str) -> str:
        """A spoken line as text."""
        heard = tuple(word.text.lower() for word in words)
        if heard in self.lines:
            return self.lines[heard]
        if not between:  # Chinese says its numbers in characters, and as captions has no full stop
            return "".join(heard)
        text = " ".join(in_figures([self.names.get(word, _I.sub("I", word)) for word in heard]))
        end = "?" if _ASKING.match(" ".join(heard)) else "."
        return f"{text[:1].upper()}{text[1:]}{end}"


def spelling_of(texts: Iterable[str]) -> Spelling:
    """The spelling of a script's lines. A word that also stands in lower case is no name."""
    lines: dict[tuple[str, ...], str] = {}
    names: dict[str, str] = {}
    plain: set[str] = set()
    for text in texts:
        words = [word.replace("’", "'") for word in word_texts(text)]
        if not any(char.isdigit() for char in text):  # "21" is heard as other words
            lines[tuple(word.lower() for word in words)] = text.strip()
        plain.update(word for word in words if word.islower())
        if not text.isupper():
            found = (word for name in _INSIDE.findall(text) for word in word_texts(name))
            names.update((name.lower(), name) for name in found)
    return Spelling(lines, {word: name for word, name in names.items() if word not in plain})
