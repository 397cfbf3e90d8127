"""Which part of a line's text writes which of its words: captions say "25" for two words."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from catalog.words import tokens

# What stands between spaces, and each Chinese character with the punctuation around it.
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_PIECE = re.compile(rf"[^\w\s]*(?:[{_HAN}]|[^\s{_HAN}]*[^\W{_HAN}])[^\w\s]*")


def written(text: str, words: Sequence[str]) -> list[str]:
    """For each word the part of `text` that writes it, with its punctuation.

    "" for a word that is written together with the one before it. A text that has none of the
    words is written with the first.
    """
    pieces = _PIECE.findall(text)
    owners = [number for number, piece in enumerate(pieces) for _ in tokens(piece)]
    heard = [(number, token) for number, word in enumerate(words) for token in tokens(word)]
    there = [token for piece in pieces for token in tokens(piece)]
    matched = SequenceMatcher(None, there, [token for _, token in heard], autojunk=False)
    parts: list[list[int]] = [[] for _ in words]
    placed = -1
    for _, begin, end, first, last in matched.get_opcodes():
        for offset, piece in enumerate(owners[begin:end]):
            if piece == placed or not heard:
                continue
            at = min(first + offset, max(first, last - 1), len(heard) - 1)
            parts[heard[at][0]].append(piece)
            placed = piece
    return [" ".join(pieces[piece] for piece in part) for part in parts]
