"""Scripts in tables: two-column A/V scripts, shot lists, rundowns.

A first row of names tells the columns. What is said may carry its cue (`ANNA: …`), or stand
beside a column of names; what is seen becomes an action of the same row.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from catalog.words import simplified
from indexers.scripts.headings import is_heading
from indexers.scripts.plaintext import cue
from indexers.scripts.screenplay import ACTION, DIALOGUE, HEADING, Unit, joined, plain

Row = tuple[int, Sequence[str]]  # its position in the file from 1, its cells


class Column(StrEnum):
    """What a column holds."""

    HEADING = "heading"
    SCENE_NUMBER = "scene number"
    PICTURE = "picture"
    SPOKEN = "spoken"
    CHARACTER = "character"
    ASIDE = "aside"


_NAMES = {
    Column.HEADING: "scene heading|heading|slug|slugline|story|story slug|title|segment|section"
    "|topic|headline|location|标题|场景|条目|环节|段落|板块|新闻标题|题目|地点",
    Column.SCENE_NUMBER: "scene no|scene number|scene|sc|场号|场次|场",
    Column.PICTURE: "video|visual|visuals|vision|picture|image|images|b-roll|broll|action|shot"
    "|shots|description|shot description|what we see|画面|画面内容|画面描述|镜头|镜头内容|镜头描述"
    "|视频|视觉|影像|动作|内容",
    Column.SPOKEN: "audio|sound|dialogue|dialog|script|text|copy|narration|voice over|voiceover"
    "|voice-over|vo|v/o|line|lines|words|spoken|what we hear|read|台词|对白|声音|音频|旁白|解说"
    "|解说词|配音|同期声|文案|口播|口播稿|导语|正文|稿件|文稿|话术|字幕",
    Column.CHARACTER: "character|speaker|name|who|anchor|presenter|talent|reader|cast|角色|人物"
    "|说话人|主播|主持人|出镜|演员|讲述人",
    Column.ASIDE: "parenthetical|tone|emotion|delivery|语气|情绪|表情",
}
_COLUMNS = {name: column for column, names in _NAMES.items() for name in names.split("|")}
# What else names are made of: "Script/Copy", "Voiceover (V.O.)", "台词内容", "Shot description".
_PARTS_OF_NAMES = re.compile(r"[/&+,、，|_:：()（）\[\]【】*\n-]+|\bor\b|\band\b")
_MORE_WORDS = re.compile(
    r"(?:内容|说明|描述|文本|文字|文案|部分|栏|列|稿)$| (?:text|description|content|copy|column)s?$"
)
_ON_SCREEN = re.compile(r"on.?screen|super|graphic|caption|title card|字幕条|花字|字卡")
_FIRST_ROWS = 12  # a title, a date and a list of names may stand above the table
_DECORATION = re.compile(r"[\s*_:：（）()\[\]【】]+")
_BRACKETED = re.compile(r"^(?:\(.*\)|（.*）|\[.*\]|【.*】)$", re.DOTALL)
_NOT_SAID = re.compile(
    r"^(?:music|sfx|fx|nat(?:ural)? ?(?:sound|sot)?|nats?|sound|ambience|atmo|silence"
    r"|音乐|音效|环境声|现场声|背景音乐|配乐)\s*(?:[:：].*|$)",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True)
class Header:
    """Which columns hold what."""

    columns: dict[int, Column]

    def cell(self, row: Sequence[str], column: Column) -> str:
        """The texts of all columns of this kind, joined; several may be of one."""
        found = [row[i] for i, kind in self.columns.items() if kind == column and i < len(row)]
        return "\n".join(text.strip() for text in found if text.strip())


@dataclass
class _Reader:
    header: Header
    heading: str = ""
    units: list[Unit] = field(default_factory=list)

    def read(self, row: Row) -> None:
        position, cells = row
        filled = [cell.strip() for cell in cells if cell.strip()]
        if len(filled) == 1 and is_heading(filled[0]):  # a heading over all columns
            self._open(position, filled[0], ())
            return
        self._open(position, self.header.cell(cells, Column.HEADING), cells)
        for text in self.header.cell(cells, Column.PICTURE).split("\n"):
            if bare := plain(text.strip()):
                self.units.append(Unit(ACTION, joined([bare]), position))
        name = self.header.cell(cells, Column.CHARACTER)
        tone = self.header.cell(cells, Column.ASIDE)
        self.units += _spoken(self.header.cell(cells, Column.SPOKEN), name, tone, position)

    def _open(self, position: int, heading: str, cells: Sequence[str]) -> None:
        """A heading when the row has another than the one before."""
        number = self.header.cell(cells, Column.SCENE_NUMBER)
        text = joined([plain(heading)]) or number
        if text and text != self.heading:
            self.units.append(Unit(HEADING, text, position, scene_number=number))
            self.heading = text


def header(cells: Sequence[str]) -> Header | None:
    """The columns of a row of names; None when nothing seen or said is among them."""
    found = {i: column for i, cell in enumerate(cells) if (column := _column(cell))}
    kinds = set(found.values())
    if len([cell for cell in cells if cell.strip()]) < 2:
        return None
    return Header(found) if kinds & {Column.SPOKEN, Column.PICTURE} else None


def _column(cell: str) -> Column | None:
    """What a column of this name holds: by all of its name, else by a part of it."""
    name = simplified(_DECORATION.sub(" ", cell).strip().lower())
    if whole := _COLUMNS.get(name):
        return whole
    if _ON_SCREEN.search(name):
        return None
    parts = [" ".join(part.split()) for part in _PARTS_OF_NAMES.split(simplified(cell.lower()))]
    known = (_COLUMNS.get(each) for part in parts for each in (part, _MORE_WORDS.sub("", part)))
    return next(filter(None, known), None)


def units(rows: Iterable[Row]) -> list[Unit] | None:
    """The units of a table; None when none of its first rows names the columns."""
    reader: _Reader | None = None
    for count, row in enumerate(rows):
        if reader:
            reader.read(row)
        elif found := header(row[1]):
            reader = _Reader(found)
        elif count >= _FIRST_ROWS:
            return None
    return reader.units if reader else None


def _spoken(text: str, name: str, tone: str, position: int) -> Iterator[Unit]:
    """The lines of one cell: a cue opens each; without cues it is one line of `name`."""
    speaker, asides, said = name, tone, list[str]()

    def spoken() -> Iterator[Unit]:
        if said:
            yield Unit(DIALOGUE, joined(said), position, speaker, asides)

    for line in filter(None, map(str.strip, text.split("\n"))):
        bare = plain(line)
        if _BRACKETED.match(bare) or _NOT_SAID.match(bare):
            yield from spoken()
            said = []
            yield Unit(ACTION, joined([bare.strip("()（）[]【】")]), position)
        elif found := cue(bare):
            yield from spoken()
            speaker, asides, said = found.character, found.parenthetical or tone, [found.text]
        else:
            said.append(bare)
    yield from spoken()
