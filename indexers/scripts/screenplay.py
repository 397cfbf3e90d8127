"""What a script consists of, whatever format it was written in."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from indexers.scripts.details import is_detail

HEADING = "heading"
ACTION = "action"
DETAIL = "detail"  # of the scene: who is there, where, when
DIALOGUE = "dialogue"

_EMPHASIS = re.compile(r"(?<!\\)(\*{1,3}|_)(?=[^\s*_])(.+?)(?<=[^\s\\])(?<!\\)\1")
_ESCAPE = re.compile(r"\\([*_\\])")
_HAN_BREAK = re.compile(
    r"(?<=[\u3000-\u303f\u3400-\u9fff\uff00-\uffef])\n(?=[\u3000-\u9fff\uff00-\uffef])"
)
ACTION_MARKS = "△▲▽▼"  # before what is seen, in Chinese scripts
_VOICE = re.compile(r"^(?P<name>.*[\u3400-\u9fff]|.+\s)\s*(?P<how>V\.?O|O\.?S|O\.?C)\.?$")


@dataclass(frozen=True)
class Unit:
    """One heading, action, detail or dialogue line.

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


def plain(text: str) -> str:
    """`text` without emphasis markers (`*`, `**`, `_`); escaped ones become themselves."""
    before = ""
    while before != text:
        before, text = text, _EMPHASIS.sub(r"\2", text)
    return _ESCAPE.sub(r"\1", text).strip()


def joined(parts: list[str]) -> str:
    """Lines of one speech as one: a space between words, none where Chinese was only broken."""
    lines = (line for part in parts for line in part.split("\n"))
    text = "\n".join(filter(None, (" ".join(line.split()) for line in lines)))
    return _HAN_BREAK.sub("", text).replace("\n", " ")


def named(text: str) -> tuple[str, str]:
    """A name, and how it is heard where that stands behind it: 李四OS is (李四, OS)."""
    bare = " ".join(text.split())
    if re.fullmatch(r"[\u3400-\u9fff ]+", bare):
        bare = bare.replace(" ", "")  # 张 三: spread to the width of longer names
    voice = _VOICE.match(bare)
    return (voice["name"].strip(), voice["how"]) if voice else (bare, "")


def with_scenes(units: Iterable[Unit]) -> tuple[Unit, ...]:
    """Every unit with the heading it stands under; what tells of the scene is a detail."""
    scene = ""
    placed = []
    for unit in units:
        scene = unit.text if unit.kind == HEADING else scene
        detail = unit.kind == ACTION and is_detail(unit.text)
        placed.append(replace(unit, kind=DETAIL if detail else unit.kind, scene=scene))
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
