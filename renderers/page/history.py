"""What changed since the last version: each change with the line that it is about.

The sentences are made where cuts are compared (renderers/changes.py) and kept in English; logs
carry them so. The report speaks the language of its script, and tells a line by its words: its
number stands nowhere on the page.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from catalog.models import Cut
from renderers.page.phrases import Phrases
from renderers.sequence import Event, Sequence

_GAP: Final = "a gap"
_LINE: Final = re.compile(r"^line (\d+): (.*)$")
_LONGEST: Final = 60  # letters of a line
_RULES: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...]] = (
    (
        re.compile(r"^first version: (\d+) of (\d+) lines? found$"),
        lambda m: f"第一版：{m[2]} 句中找到 {m[1]} 句",
    ),
    (
        re.compile(r"^the cut now runs at (\S+) fps \(was (\S+)\)$"),
        lambda m: f"粗剪现以 {m[1]} fps 运行（原为 {m[2]}）",
    ),
    (
        re.compile(r"^line (\d+) of the version before is gone: (.*)$"),
        lambda m: f"上一版第 {m[1]} 句已删去：{m[2]}",
    ),
    (_LINE, lambda m: f"第 {m[1]} 句：{_chinese(m[2])}"),
    (re.compile(r"^new in the script, (.*)$"), lambda m: f"剧本新增，{_place(m[1])}"),
    (re.compile(r"^now (.+) \(was (.+)\)$"), lambda m: f"现为{_place(m[1])}（原为{_place(m[2])}）"),
    (re.compile(r"^another take: (.*)$"), lambda m: f"另有一条：{m[1]}"),
    (re.compile(r"^a take is no longer there: (.*)$"), lambda m: f"有一条已不在：{m[1]}"),
    (re.compile(r"^its gap has another length$"), lambda _: "空缺的长度变了"),
    (re.compile(r"^the lines are in another order$"), lambda _: "台词的顺序变了"),
    (re.compile(r"^its form has changed$"), lambda _: "格式变了"),
)


@dataclass(frozen=True)
class Change:
    """`line`: who says what, and `anchor`: where on the page; both "" of the cut as a whole."""

    text: str
    line: str = ""
    anchor: str = ""


def changes(cut: Cut, sequence: Sequence, say: Phrases) -> tuple[Change, ...]:
    """What differs from the version before. `sequence`: the cut's."""
    events = {event.number: event for event in sequence.events}
    return tuple(_change(change, events, say.language) for change in cut.changes)


def _change(change: str, events: dict[int, Event], language: str) -> Change:
    match = _LINE.match(change)
    event = events.get(int(match[1])) if match else None
    if match is None or event is None:
        return Change(told(change, language))
    words = event.text if len(event.text) <= _LONGEST else f"{event.text[:_LONGEST].rstrip()}…"
    line = ": ".join(part for part in (event.character, words) if part)
    return Change(told(match[2], language), line, f"line-{event.line}")


def told(change: str, language: str) -> str:
    """`change` in the language (`zh`, else English); one that isn't known stays as it is."""
    return _chinese(change) if language == "zh" else change


def _chinese(change: str) -> str:
    for pattern, say in _RULES:
        if match := pattern.match(change):
            return say(match)
    return change


def _place(place: str) -> str:
    return "空缺" if place == _GAP else f" {place.replace(' to ', ' 至 ')}"
