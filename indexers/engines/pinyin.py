"""How Chinese sounds to an English recogniser: syllables in its phones.

Mandarin's initials and finals by the nearest phones of ARPAbet, chosen by ear from the table
of initials and finals of ISO 7098. Tones are lost. It is enough to tell which of some hundred
known lines is said; it is not enough to hear an unknown one.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

_INITIALS = {
    "": "", "b": "B", "p": "P", "m": "M", "f": "F", "d": "D", "t": "T", "n": "N", "l": "L",
    "g": "G", "k": "K", "h": "HH", "j": "JH", "q": "CH", "x": "SH", "zh": "JH", "ch": "CH",
    "sh": "SH", "r": "R", "z": "D Z", "c": "T S", "s": "S",
}  # fmt: skip
_FINALS = {
    "": "", "a": "AA", "o": "AO", "e": "AH", "ê": "EH", "er": "AA R", "ai": "AY", "ei": "EY",
    "ao": "AW", "ou": "OW", "an": "AA N", "en": "AH N", "ang": "AA NG", "eng": "AH NG",
    "ong": "UH NG", "i": "IY", "ia": "Y AA", "ie": "Y EH", "iao": "Y AW", "iou": "Y OW",
    "ian": "Y EH N", "in": "IH N", "iang": "Y AA NG", "ing": "IH NG", "iong": "Y UH NG",
    "io": "Y AO", "u": "UW", "ua": "W AA", "uo": "W AO", "uai": "W AY", "uei": "W EY",
    "uan": "W AA N", "uen": "W AH N", "uang": "W AA NG", "ueng": "W AH NG", "v": "Y UW",
    "ve": "Y EH", "van": "Y EH N", "vn": "Y IH N", "m": "M", "n": "N", "ng": "NG",
}  # fmt: skip
# The vowel of zhi and zi is none of i's.
_BUZZING = {"zh": "ER", "ch": "ER", "sh": "ER", "r": "ER", "z": "IH", "c": "IH", "s": "IH"}


def pronunciations(lines: Iterable[Sequence[str]]) -> dict[str, list[str]]:
    """Character → its readings in these lines, each as phones separated by spaces.

    Which reading a character has depends on its neighbours (行 xíng, háng); the ones that
    pypinyin does not know are left out.
    """
    found: dict[str, list[str]] = {}
    for line in lines:
        text = "".join(line)
        for character, phones in zip(text, in_context(text), strict=True):
            if phones and phones not in found.setdefault(character, []):
                found[character].append(phones)
    return {character: readings for character, readings in found.items() if readings}


def in_context(text: str) -> list[str]:
    """The phones of each character, separated by spaces; "" where pypinyin knows no reading."""
    from pypinyin import Style

    parts = [_readings(text, style) for style in (Style.INITIALS, Style.FINALS)]
    return [_phones(initial, final) for initial, final in zip(*parts, strict=True)]


def _readings(text: str, style: Any) -> list[str]:
    """The initial or the final of every character; what has none is told by the character."""
    from pypinyin import pinyin

    spell = cast("Callable[[str], str]", list)  # one by one; its stub knows no lists
    return [reading for reading, *_ in pinyin(text, style=style, strict=True, errors=spell)]


def _phones(initial: str, final: str) -> str:
    """The phones of a syllable; "" for what is none, such as a character without a reading."""
    if initial not in _INITIALS or final not in _FINALS:
        return ""
    vowel = _BUZZING[initial] if final == "i" and initial in _BUZZING else _FINALS[final]
    return f"{_INITIALS[initial]} {vowel}".strip()
