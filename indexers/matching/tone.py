"""Which emotion a parenthetical asks for: (angrily), （哽咽）."""

from catalog.models import Label
from catalog.words import tokens

# Directions that actors are given, by the stem of the word. Written for Stringout.
_DIRECTIONS = {
    Label.ANGER: "angr furious rag shout yell scream snap bark irritat annoy 怒 气愤 生气 吼"
    " 喊 不耐烦",
    Label.JOY: "happ joy laugh smil grin cheer delight chuckl overjoy glad 笑 高兴 开心 喜 欣慰",
    Label.SADNESS: "sad cry weep sob tear sorrow broken mourn grief 哭 泪 哽咽 悲 伤心 难过 叹",
    Label.FEAR: "afraid scar fear terrif nervous anxious trembl panick worr 害怕 恐 颤 紧张"
    " 慌 担心 惊慌",
    Label.SURPRISE: "surpris shock astonish stun amaz startl disbelie 惊讶 吃惊 惊 诧 愣 震惊",
    Label.CALM: "calm quiet soft gentl whisper matter even slow patient 平静 轻声 低声 小声"
    " 温柔 冷静 淡",
    Label.DISGUST: "disgust sneer contempt scorn bitter sarcas 厌恶 嫌 鄙 冷笑 讽刺 嘲",
    Label.EXCITEMENT: "excit eager thrill breathless enthusias 兴奋 激动 热切 迫不及待",
}


def wanted_emotion(parenthetical: str) -> Label | None:
    """The emotion that a direction names first; None when it names none."""
    words = tokens(parenthetical)
    text = "".join(words)
    found = [
        (place, -len(stem), label)
        for label, stems in _DIRECTIONS.items()
        for stem in stems.split()
        if (place := _place(stem, words, text)) is not None
    ]
    return min(found)[2] if found else None


def _place(stem: str, words: list[str], text: str) -> int | None:
    if stem.isascii():
        return next((i for i, word in enumerate(words) if word.startswith(stem)), None)
    at = text.find(stem)
    return at if at >= 0 else None
