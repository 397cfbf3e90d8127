"""Finding sensitive words in a line: as written, disguised, or by their sound."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from catalog.words import is_han, simplified
from indexers.moderation.lists import Term

# Digits and signs that stand for letters, in ASCII disguises: sh1t, a$$.
_LEET = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a",
                       "$": "s"})  # fmt: skip
_SPELLED = re.compile(r"(?<![a-z])(?:[a-z*][.\-_ ]+){2,}[a-z*](?![a-z])")  # f.u.c.k, f u c k
_WORD = re.compile(r"[a-z0-9@$*]+(?:'[a-z]+)?")
_GAP = r"[\W_]{0,2}"  # what may stand between the characters of a Chinese term
_ENDINGS = ("", "s", "es", "d", "ed", "er", "ers", "ing", "in")
_DOUBLING = ("ed", "er", "ers", "ing")  # after a doubled letter: shitting


@dataclass(frozen=True)
class Hit:
    """A term that stands in a line. `how`: word, variant or homophone."""

    term: Term
    heard: str
    how: str

    def as_columns(self) -> dict[str, str]:
        """Of a flag's row."""
        return {
            "category": self.term.category,
            "term": self.term.text,
            "heard": self.heard,
            "how": self.how,
            "source": self.term.source,
        }


def find(text: str, terms: Sequence[Term]) -> list[Hit]:
    """Each term that stands in `text`, once; the plainest way it stands there."""
    plain = simplified(unicodedata.normalize("NFKC", text).lower())
    words = list(_english(plain))
    sounds = _sounds(plain) if any(term.by_sound for term in terms) else ()
    return [hit for term in terms if (hit := _look(term, plain, words, sounds))]


def _look(
    term: Term, plain: str, words: Sequence[tuple[str, str]], sounds: Sequence[tuple[str, str]]
) -> Hit | None:
    if term.text.isascii():
        return _look_english(term, plain, words)
    if term.text in plain:
        return Hit(term, term.text, "word")
    spaced = re.search(_GAP.join(map(re.escape, term.text)), plain)
    if spaced:
        return Hit(term, spaced[0], "variant")
    return _look_by_sound(term, sounds) if term.by_sound else None


def _look_english(term: Term, plain: str, words: Sequence[tuple[str, str]]) -> Hit | None:
    if " " in term.text:
        found = re.search(rf"\b{re.escape(term.text)}\b", plain)
        return Hit(term, found[0], "word") if found else None
    for heard, meant in words:
        if _same(meant, term.text):
            return Hit(term, heard, "word" if _ends(heard, term.text) else "variant")
    return None


def _same(word: str, term: str) -> bool:
    """The term, with an ending, a masked letter (f*ck), or letters drawn out (fuuuck)."""
    if "*" in word:
        pattern = re.escape(word).replace(r"\*", "[a-z]")
        return len(word.replace("*", "")) >= 2 and re.fullmatch(pattern, term) is not None
    longer = len(term) > 3 and len(word) > len(term) + 1
    return _ends(word, term) or (longer and _drawn(word) == _drawn(term))


def _ends(word: str, term: str) -> bool:
    """The term with an ending: murder, murdered; rape, raping, but not raps; twat, twats."""
    forms = [term + ending for ending in _ENDINGS]
    forms += [term + term[-1] + ending for ending in _DOUBLING]
    return word in forms or (term.endswith("e") and word == f"{term[:-1]}ing")


def _drawn(word: str) -> str:
    return "".join(letter for letter, _ in groupby(word))


def _english(plain: str) -> Iterator[tuple[str, str]]:
    """Words as heard and as meant: with letters for digits, spelled ones joined."""
    for found in _SPELLED.finditer(plain):
        yield found[0], re.sub(r"[^a-z*]", "", found[0])
    for found in _WORD.finditer(plain):
        word = found[0].strip("*'") or found[0]
        leet = any(sign.isalpha() for sign in word)
        yield word, word.translate(_LEET) if leet else word


def _look_by_sound(term: Term, sounds: Sequence[tuple[str, str]]) -> Hit | None:
    wanted = [sound for _, sound in _sounds(term.text)]
    for at in range(len(sounds) - len(wanted) + 1):
        part = sounds[at : at + len(wanted)]
        if [sound for _, sound in part] == wanted:
            return Hit(term, "".join(character for character, _ in part), "homophone")
    return None


@cache
def _sounds(plain: str) -> tuple[tuple[str, str], ...]:
    """The Chinese characters with their pinyin, without tones."""
    from pypinyin import lazy_pinyin  # its dictionary takes 0.1 s

    characters = [character for character in plain if is_han(character)]
    return tuple(zip(characters, lazy_pinyin("".join(characters)), strict=False))
