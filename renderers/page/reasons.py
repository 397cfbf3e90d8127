"""Why a take was chosen, for Chinese readers.

Reasons are made where takes are compared (indexers/matching/ranking.py) and kept in English;
exports and the log carry them so. The report speaks the language of its script.
"""

import re
from collections.abc import Mapping
from typing import Final

_UNITS: Final[Mapping[str, str]] = {"character": "字", "word": "词"}
_WHOLE: Final[Mapping[str, str]] = {
    "has a picture": "有画面",
    "has no picture": "没有画面",
    "its picture is not black": "画面不是黑场",
    "its picture is black": "画面是黑场",
    "says more of the words": "说出的词更多",
    "says fewer of the words": "说出的词更少",
    "fewer extra words": "多余的词更少",
    "more extra words or a false start": "多余的词更多，或开头说错",
    "heard more clearly": "听得更清楚",
    "heard less clearly": "听得不够清楚",
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
}
_SAYS_ALL = re.compile(r"^says all (\d+) (character|word)s?$")
_SAYS_ONE = re.compile(r"^says the (character|word)$")
_SAYS_SOME = re.compile(r"^says (\d+) of (\d+) (character|word)s?$")
_MISSING = re.compile(r"^missing: (.+)$")
_EXTRA = re.compile(r"^(\d+) extra words? in it$")
_TAKE = re.compile(r"^take (\d+) of (\d+): (.+)$")
_LEVEL = re.compile(r"^very (quiet|loud) \((.+)\)$")


def told(reason: str, language: str) -> str:
    """`reason` in the language (`zh`, else English); one that isn't known stays as it is."""
    return _chinese(reason) if language == "zh" else reason


def _chinese(reason: str) -> str:
    if reason in _WHOLE:
        return _WHOLE[reason]
    if match := _SAYS_ALL.match(reason):
        return f"{match[1]} 个{_UNITS[match[2]]}全部说出"
    if match := _SAYS_ONE.match(reason):
        return f"说出了这个{_UNITS[match[1]]}"
    if match := _SAYS_SOME.match(reason):
        return f"{match[2]} 个{_UNITS[match[3]]}中说出 {match[1]} 个"
    if match := _MISSING.match(reason):
        return f"缺少：{match[1]}"
    if match := _EXTRA.match(reason):
        return f"多出 {match[1]} 个词"
    if match := _TAKE.match(reason):
        return f"{match[2]} 条中的第 {match[1]} 条：{_chinese(match[3])}"
    if match := _LEVEL.match(reason):
        return f"音量{'过低' if match[1] == 'quiet' else '过高'}（{match[2]}）"
    return reason
