"""What is written and not said: emoji and the signs of chats, and letters drawn out."""

import re
from collections import Counter
from functools import cache

from catalog.models import Label
from indexers.engines.emotion_words import WEIGHTS, read_lexicon

_SELECTOR = "\ufe0f"  # asks for the coloured form of the sign before it
_DRAWN = re.compile(r"([a-z])\1{2,}", re.IGNORECASE)
_REPEATED = re.compile(r"([\u3400-\u9fff~～!！?？])\1{3,}")
_MOST = 3  # characters in a row that say no more when there are more of them
# English words that do have two of a letter that people like to draw out.
_DOUBLED_WORDS = """
    aww awww all bee boo boom boss call class cool dress eww fee feel feeling fool free freeze
    full good goodbye goodness green hell hello help hmm i'll ill keep kill kiss less look
    loose loser mess miss mood moo need noon ohh ooh pass pee please pool poor room school see
    seen sleep small soon still street sweet tall tell too tooth tree week well woo yell zoo
"""
_DOUBLED = frozenset(_DOUBLED_WORDS.split())


def parted(text: str) -> tuple[str, Counter[Label]]:
    """`text` without its signs, and how often each label's sign stands in it."""
    plain = text.replace(_SELECTOR, "")
    found = Counter(_signs()[sign.lower()] for sign in _pattern().findall(plain))
    return (_pattern().sub(" ", plain) if found else plain), found


def shortened(text: str) -> str:
    """Drawn out letters as the word is spelled: sooo → so, goooood → good, 哈哈哈哈哈 → 哈哈哈."""
    if not (_DRAWN.search(text) or _REPEATED.search(text)):
        return text
    words = (_word(word) if _DRAWN.search(word) else word for word in text.split(" "))
    return _REPEATED.sub(lambda run: run[1] * _MOST, " ".join(words))


def _word(word: str) -> str:
    double = _DRAWN.sub(r"\1\1", word)
    spelled = double.lower().strip(".,!?…\"'")
    return double if spelled in _DOUBLED else _DRAWN.sub(r"\1", word)


@cache
def _signs() -> dict[str, Label]:
    return read_lexicon(WEIGHTS / "signs.tsv")


@cache
def _pattern() -> re.Pattern[str]:
    """Longest first; signs of letters (xD, T_T) only where no letter is beside them."""
    ordered = sorted(_signs(), key=len, reverse=True)
    edge = (r"(?<!\w)", r"(?!\w)")
    parts = (
        f"{edge[0]}{re.escape(sign)}{edge[1]}" if sign[0].isalpha() else re.escape(sign)
        for sign in ordered
    )
    return re.compile("|".join(parts), re.IGNORECASE)
