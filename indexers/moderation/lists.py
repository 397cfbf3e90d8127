"""Lists of sensitive words: `term <tab> category`, `#` begins a comment.

A Chinese term after `~` is also found by its sound (homophones), which is worth it for terms
that nobody says by chance.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from media.errors import Misconfigured

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
        for number, line in enumerate(_lines(path), 1):
            if line.strip() and not line.startswith("#"):
                term = _term(line, path, number)
                found.setdefault(term.text, term)
    return tuple(found.values())


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(
            f"[moderation] lists names {path}, which can't be read ({error}): it must be a text "
            "file in UTF-8"
        ) from error


def _term(line: str, path: Path, number: int) -> Term:
    text, tab, category = line.partition("\t")
    by_sound = text.startswith("~")
    text = text.removeprefix("~").strip().lower()
    if not tab or not category.strip() or not text:
        raise Misconfigured(
            f"{path}, line {number}: expected a term, a tab and a category, not {line!r}"
        )
    return Term(text, category.strip(), by_sound, path.name)
