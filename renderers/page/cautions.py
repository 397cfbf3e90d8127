"""What is wrong with a file or a script, for Chinese readers.

Warnings are made where files are read (indexers/) and kept in English, as the log has them.
"""

import re
from collections.abc import Callable
from typing import Final

_FORMS: Final[tuple[tuple[str, Callable[[re.Match[str]], str]], ...]] = (
    (
        r"damaged: (\d+) of (\d+) frames could be decoded, the proxy ends there; .*",
        lambda m: (
            f"已损坏：{m[2]} 帧中只能解码 {m[1]} 帧，代理到此为止；如存储卡上完好，请重新拷入"
        ),
    ),
    (
        r"damaged in (\d+) places?: look at the proxy",
        lambda m: f"有 {m[1]} 处损坏：请查看代理画面",
    ),
    (r"embedded timecode ignored: (.+)", lambda m: f"内嵌时码无法使用：{m[1]}"),
    (r"timecode of its card ignored: (.+)", lambda m: f"存储卡上的时码无法使用：{m[1]}"),
    (
        r"no character cues of Fountain were found: read as NAME: words",
        lambda _: "没有 Fountain 格式的人物行：按“人物：台词”读取",
    ),
)


def told(warning: str, language: str) -> str:
    """`warning` in the language (`zh`, else English); one that isn't known stays as it is."""
    if language != "zh":
        return warning
    for form, say in _FORMS:
        if match := re.fullmatch(form, warning):
            return say(match)
    return warning
