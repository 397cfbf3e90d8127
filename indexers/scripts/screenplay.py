"""What a script consists of, whatever format it was written in."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

HEADING = "heading"
ACTION = "action"
DIALOGUE = "dialogue"

_SCENE = re.compile(
    r"""^(?:\d+[A-Z]?[.、:：)\s]\s*)?              # a scene number
    (?: (?:INT|EXT|EST|INT\.?/EXT|EXT\.?/INT|I/E)[.\s]
      | (?:内景|外景|内外景|内/外景?|外/内景?|场景)[\s.。:：、·—-]*\S
      | (?:内|外)[.．]\s*\S
      | 第\s*[0-9０-９一二三四五六七八九十百零〇两]+\s*[场幕集]
    )""",
    re.IGNORECASE | re.VERBOSE,
)
# "12 客厅 夜 内", "客厅 日/内": place, time of day, inside or outside.
_SLUG = re.compile(
    r"^\S.*\s(?:(?:日|夜|晨|昏|清晨|黄昏|傍晚|深夜)[\s/，,-]*(?:内|外|内外)"
    r"|(?:内|外|内外)[\s/，,-]+(?:日|夜|晨|昏|清晨|黄昏|傍晚|深夜))$"
)
_EMPHASIS = re.compile(r"(?<!\\)(\*{1,3}|_)(?=[^\s*_])(.+?)(?<=[^\s\\])(?<!\\)\1")
_ESCAPE = re.compile(r"\\([*_\\])")
_HAN_GAP = re.compile(
    r"(?<=[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]) (?=[\u3000-\u9fff\uff00-\uffef])"
)


@dataclass(frozen=True)
class Unit:
    """One heading, action or dialogue line.

    `source_line` counts from 1 in the file: lines, or paragraphs (Final Draft, Word), rows
    (rundowns) or stories (MOS). `scene_number` is a heading's, as the writer numbered it.
    """

    kind: str
    text: str
    source_line: int
    character: str = ""
    parenthetical: str = ""
    scene: str = ""
    scene_number: str = ""


@dataclass(frozen=True)
class Screenplay:
    """A parsed script: its units in order, and how it was read."""

    title: str
    format: str  # fountain, text, table, fdx, docx, rundown, mos
    units: tuple[Unit, ...]
    warnings: tuple[str, ...] = ()

    @property
    def dialogue(self) -> tuple[Unit, ...]:
        """The lines that somebody says."""
        return tuple(unit for unit in self.units if unit.kind == DIALOGUE)


def is_heading(line: str) -> bool:
    """Whether a line opens a scene, in English or Chinese conventions."""
    return bool(_SCENE.match(line) or _SLUG.match(line))


def plain(text: str) -> str:
    """`text` without emphasis markers (`*`, `**`, `_`); escaped ones become themselves."""
    before = ""
    while before != text:
        before, text = text, _EMPHASIS.sub(r"\2", text)
    return _ESCAPE.sub(r"\1", text).strip()


def joined(parts: list[str]) -> str:
    """Lines of one speech as one line: a space between words, none inside Chinese."""
    return _HAN_GAP.sub("", " ".join(" ".join(parts).split()))


def with_scenes(units: Iterable[Unit]) -> tuple[Unit, ...]:
    """Every unit with the heading it stands under."""
    scene = ""
    placed = []
    for unit in units:
        scene = unit.text if unit.kind == HEADING else scene
        placed.append(replace(unit, scene=scene))
    return tuple(placed)


def aside(text: str) -> str:
    """The words of a parenthetical such as `(quietly)`, without its brackets."""
    return text.strip().lstrip("(（").rstrip(")）").strip()


@dataclass
class Speech:
    """One cue while its paragraphs are read: what is said, and the asides between."""

    character: str
    position: int
    asides: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def unit(self) -> Unit:
        """The dialogue line; a cue with nothing to say is an action."""
        text, asides = joined(self.said), [part for part in self.asides if part]
        if text:
            return Unit(DIALOGUE, text, self.position, self.character, "; ".join(asides))
        shown = [self.character, *(f"({part})" for part in asides)]
        return Unit(ACTION, joined(shown), self.position)
