"""What is heard in a clip beside its words, as words that it is found by: laughter 笑声, …"""

from collections.abc import Iterable

from catalog.cues import over
from catalog.models import Clip, Cue, Emotion

WORDS = {
    "laughter": "laughter laughing laugh 笑声 大笑",
    "applause": "applause clapping 掌声 鼓掌",
    "crying": "crying sobbing 哭声 哭泣",
    "shouting": "shouting yelling 喊叫 叫喊",
}


def tags(clip: Clip, cues: Iterable[Cue], feelings: Iterable[Emotion]) -> str:
    """`cues` and `feelings`: all of the asset. "" where nothing but words is heard."""
    codes = [cue.kind for cue in cues if over(cue, clip)]
    for one in feelings:
        if one.number in clip.lines:
            codes += [code for code, _ in one.reasons if code in ("crying", "shouting")]
    return " ".join(WORDS[code] for code in dict.fromkeys(codes) if code in WORDS)
