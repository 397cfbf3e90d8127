"""Lists of sensitive words: `term <tab> category`, `#` begins a comment.

A Chinese term after `~` is also found by its sound (homophones), which is worth it for terms
that nobody says by chance.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from indexers.moderation import tables

SHIPPED = (Path(__file__).parent / "words_en.tsv", Path(__file__).parent / "words_zh.tsv")


@dataclass(frozen=True)
class Term:
    """A word to look for. `source`: the name of its list."""

    text: str
    category: str
    by_sound: bool
    source: str


def terms(paths: Sequence[Path]) -> tuple[Term, ...]:
    """The terms of the lists, each once. Raises Misconfigured for a list that can't be read."""
    return _terms(tuple(path.expanduser() for path in paths))


@cache
def _terms(paths: tuple[Path, ...]) -> tuple[Term, ...]:
    found: dict[str, Term] = {}
    for path in paths:
        for written, category in tables.rows(path, 2, "lists"):
            by_sound = written.startswith("~")
            text = written.removeprefix("~").strip().lower()
            found.setdefault(text, Term(text, category, by_sound, path.name))
    return tuple(found.values())
