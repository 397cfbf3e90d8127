"""Why a take was chosen, for Chinese readers.

Reasons are made where takes are compared (indexers/matching/ranking.py) and kept in English;
exports and the log carry them so. The report speaks the language of its script.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

from catalog.models.emotion import CHINESE, Label

_UNITS: Final[Mapping[str, str]] = {"character": "字", "word": "词"}
_WHOLE: Final[Mapping[str, str]] = {
    "has a picture": "有画面",
    "has no picture": "没有画面",
    "its picture is not black": "画面不是黑场",
    "its picture is black": "画面是黑场",
    "says more of the line": "这句说得更完整",
    "breaks off, or comes in late": "中途断了，或开头没说",
    "said in one go": "一口气说完",
    "begins again inside it": "中间重新开始",
    "keeps closer to the script's words": "更贴近剧本原词",
    "further from the script's words": "与剧本原词差得较多",
    "fewer fillers": "语气词更少",
    "more fillers": "语气词更多",
    "heard more clearly": "听得更清楚",
    "heard less clearly": "听得不够清楚",
    "not asked for again": "没有要求重来",
    "was asked for again": "现场要求重来",
    "praised on the set": "现场认可",
    "another take is praised on the set": "现场认可的是另一条",
    "asked for again after it": "说完后要求重来",
    "praised after it": "说完后得到认可",
    "a better sound level": "音量更合适",
    "a worse sound level": "音量不够合适",
    "in one shot": "在同一个镜头内",
    "a picture cut falls inside it": "中间有画面切换",
    "the later take, usually the better": "较晚的一条，通常更好",
    "as good, but an earlier take": "同样好，但较早",
    "a false start before it": "前面有一次说错重来",
    "said beside its neighbours in the script": "与剧本中的前后句相连",
    "sound only: there is no picture to cut to": "只有声音，没有画面可用",
    "the picture is black here": "此处画面是黑场",
    "its picture moves": "画面是动的",
    "its picture stands still": "画面静止不动",
    "the picture stands still here": "此处画面静止",
    "less noise": "噪声更小",
    "more noise": "噪声更大",
    "nearer to the feeling that the script asks for": "更接近剧本要求的情绪",
    "further from that feeling": "离剧本要求的情绪较远",
    "a sharper picture": "画面更清晰",
    "a softer picture": "画面不够清晰",
    "its picture is softer than another take's": "画面不如另一条清晰",
    "its sound is overdriven": "声音过载失真",
    "says words twice": "有词说了两遍",
    "goes on from the line before in one take": "与上一句在同一条中连续",
    "goes on to the next line in one take": "与下一句在同一条中连续",
    "shows what the line describes": "画面符合描述",
    "said in another language: found by its meaning": "以另一种语言说出：按意思找到",
}
_FORMS: Final[tuple[tuple[str, Callable[[re.Match[str]], str]], ...]] = (
    (r"says all (\d+) (character|word)s?", lambda m: f"{m[1]} 个{_UNITS[m[2]]}全部说出"),
    (r"says the (character|word)", lambda m: f"说出了这个{_UNITS[m[1]]}"),
    (
        r"says (\d+) of (\d+) (character|word)s?",
        lambda m: f"{m[2]} 个{_UNITS[m[3]]}中说出 {m[1]} 个",
    ),
    (r"missing: (.+)", lambda m: f"缺少：{m[1]}"),
    (r"(\d+) extra words? in it", lambda m: f"多出 {m[1]} 个词"),
    (r"take (\d+) of (\d+): (.+)", lambda m: f"{m[2]} 条中的第 {m[1]} 条：{_chinese(m[3])}"),
    (r"fillers: (.+)", lambda m: f"语气词：{m[1]}"),
    (r"speech is only (-?\d+) dB above the noise", lambda m: f"人声只比噪声高 {m[1]} 分贝"),
    (r"(\w+) asked for, (\d+%) heard", lambda m: f"要求{CHINESE[Label(m[1])]}，听出 {m[2]}"),
    (r"likeness of its picture ([\d.]+)", lambda m: f"画面相似度 {m[1]}"),
    (r"likeness ([\d.]+): (.*)", lambda m: f"相似度 {m[1]}：{m[2]}"),
    (
        r"very (quiet|loud) \((.+)\)",
        lambda m: f"音量{'过低' if m[1] == 'quiet' else '过高'}（{m[2]}）",
    ),
)


def told(reason: str, language: str) -> str:
    """`reason` in the language (`zh`, else English); one that isn't known stays as it is."""
    return _chinese(reason) if language == "zh" else reason


def _chinese(reason: str) -> str:
    if reason in _WHOLE:
        return _WHOLE[reason]
    for form, say in _FORMS:
        if match := re.fullmatch(form, reason):
            return say(match)
    return reason
