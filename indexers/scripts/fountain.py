"""Fountain (fountain.io/syntax), with the habits of Chinese scripts.

Pure: text in, Screenplay out. Notes, boneyard, sections, synopses and page breaks are the
writer's own and are left out; transitions become actions. Beyond the standard: Chinese
scene headings, and Chinese names on a line of their own as characters even without `@`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from catalog.words import simplified
from indexers.scripts.details import is_detail
from indexers.scripts.headings import is_heading
from indexers.scripts.screenplay import (
    ACTION,
    ACTION_MARKS,
    HEADING,
    Screenplay,
    Speech,
    Unit,
    aside,
    joined,
    named,
    plain,
    with_scenes,
)

# Title pages may hold any key; only a known first one tells "Title: x" from "FADE IN:".
_TITLE_KEYS = (
    "title|credit|author|authors|written by|source|notes|draft date|date|contact|copyright|"
    "revision|episode|标题|片名|剧名|作者|编剧|来源|日期|联系方式|版权"
)
_TITLE_START = re.compile(rf"^(?:{_TITLE_KEYS})\s*[:：]", re.IGNORECASE)
_TITLE_LINE = re.compile(r"^(\S[^:：]*)[:：]\s*(.*)$")
_HIDDEN = re.compile(r"/\*.*?\*/|\[\[(?:(?!\n[ \t]?\n).)*?\]\]", re.DOTALL)
_REMOVED = "\ue000"  # private use: where a note or boneyard was
_SCENE_NUMBER = re.compile(r"\s*#([\w.-]+)#\s*$|\s{3,}(\d+[A-Z]?)\.?\s*$")  # or in the margin
# What printing a screenplay adds: no part of it.
_PRINTED = re.compile(
    r"^\s*\((?:MORE|CONTINUED)\)$|^\s*CONTINUED:(?: \(\d+\))?$|^\s{10,}\d{1,3}\.$"
)
_CREDIT = re.compile(r"^(?:(?:screenplay |story )?(?:written )?by|编剧|作者)\b", re.IGNORECASE)
_COVER = 40  # lines, at most, before a screenplay begins
_CUE_INDENT = 10  # columns: where names stand far in, one needs no empty line before it
_TRANSITION = re.compile(
    r"^(?:[^a-z]*\bTO:|FADE (?:IN|OUT)[.:]?|FADE TO BLACK[.:]?|CUT TO BLACK[.:]?"
    r"|(?:切至|切换至|切入|切到|闪回|淡入|淡出|渐隐|渐显|化入|化出|叠化|黑场)[：:。.]?)$"
)
_EXTENSION = re.compile(r"\s*[(（]([^()（）]*)[)）]\s*$")
_CHINESE_NAME = re.compile(r"^[\u3400-\u9fff·]{1,6}[0-9A-Z]?$")
_CONTINUED = re.compile(r"^(?:cont(?:inuing|inued|['’.]?d)?\.?|续|继续)$", re.IGNORECASE)
_PARENTHETICAL = re.compile(r"^[(（].*[)）]$")
_ABBREVIATED = re.compile(r"(?:\b[A-Z]|\b(?:JR|SR|DR|MR|MRS|MS|ST|SGT|LT|CAPT))\.$")


@dataclass(frozen=True)
class _Line:
    number: int
    text: str  # as written, without hidden parts

    @property
    def bare(self) -> str:
        return self.text.strip()


def parse(text: str, name: str) -> Screenplay:
    """Read Fountain. `name` is the title when the title page has none."""
    lines = list(_visible(text))
    title, lines = _title_page(lines)
    if not title:
        title, lines = _cover(lines)
    return Screenplay(title or name, "fountain", with_scenes(list(_units(lines))))


def cue(text: str) -> tuple[str, str] | None:
    """The character and the extension of a cue line, or None if it is none.

    `STEEL (V.O.) ^` is ("STEEL", "V.O."); `@张三（画外音）` is ("张三", "画外音").
    """
    bare = text.strip().removesuffix("^").strip()
    if bare.startswith("!"):  # an action, whatever it looks like
        return None
    forced = bare.startswith("@")
    extensions: list[str] = []
    while match := _EXTENSION.search(bare):
        extensions.insert(0, match[1].strip())
        bare = bare[: match.start()]
    bare, voice = named(plain(bare.removeprefix("@")))
    ended = bare.endswith((".", "!", "?", ":")) and not _ABBREVIATED.search(bare)
    upper = bare == bare.upper() and bare != bare.lower() and not ended
    if not bare or not (forced or upper or _CHINESE_NAME.match(bare)):
        return None
    parts = [*extensions, voice]
    return bare, ", ".join(part for part in parts if part and not _CONTINUED.match(part))


def _visible(text: str) -> Iterator[_Line]:
    """The lines without notes and boneyard; lines that held nothing else are left out."""
    marked = _HIDDEN.sub(lambda match: _REMOVED + f"\n{_REMOVED}" * match[0].count("\n"), text)
    for number, line in enumerate(marked.split("\n"), start=1):
        shown = line.replace(_REMOVED, "")
        if shown.strip() or _REMOVED not in line:
            yield _Line(number, shown.rstrip("\r").expandtabs(4))


def _title_page(lines: list[_Line]) -> tuple[str, list[_Line]]:
    """The title, and the lines after the title page."""
    start = next((i for i, line in enumerate(lines) if line.bare), len(lines))
    if start == len(lines) or not _TITLE_START.match(lines[start].bare):
        return "", lines
    end = next((i for i in range(start, len(lines)) if not lines[i].bare), len(lines))
    values: dict[str, list[str]] = {}
    key = ""
    for line in lines[start:end]:
        match = _TITLE_LINE.match(line.text)
        if match:
            key = match[1].strip().lower()
        values.setdefault(key, []).append(plain(match[2] if match else line.text))
    named = next((values[k] for k in ("title", "标题", "片名", "剧名") if k in values), [])
    return joined(named), lines[end:]


def _cover(lines: list[_Line]) -> tuple[str, list[_Line]]:
    """The title of a printed title page, and the lines after it: it says who wrote what follows."""
    first = next((at for at, line in enumerate(lines) if _begins(line.bare)), 0)
    page = [line.bare for line in lines[:first] if line.bare]
    if first > _COVER or not any(_CREDIT.match(line) for line in page):
        return "", lines
    return plain(page[0]), lines[first:]


def _begins(text: str) -> bool:
    return is_heading(text) or bool(_TRANSITION.match(simplified(text)))


def _units(lines: list[_Line]) -> Iterator[Unit]:
    position = 0
    while position < len(lines):
        end = _block_end(lines, position)
        if end > position:
            yield from _block(lines[position:end])
        position = max(end, position + 1)


def _block_end(lines: list[_Line], start: int) -> int:
    """Where the block that begins at `start` ends: at an empty line.

    A line of two spaces inside is a blank line that the writer wants in the dialogue.
    """
    end = start
    while end < len(lines) and (lines[end].bare or (end > start and len(lines[end].text) >= 2)):
        end += 1
    return end


def _block(lines: list[_Line]) -> Iterator[Unit]:
    """The units of lines that stand together."""
    while lines:
        found = _special(lines[0].text) or _detail(lines[0].bare)
        speaker = cue(lines[0].bare) if len(lines) > 1 and not found else None
        if speaker:
            end = _speech_end(lines)
            yield _speech(lines[:end], *speaker)
            lines = lines[end:]
            continue
        if found is None:
            break
        if found.text:
            yield replace(found, source_line=lines[0].number)
        lines = lines[1:]
    yield from _actions(lines)


def _special(text: str) -> Unit | None:
    """The unit of a line that needs no neighbours to be known; empty text is left out."""
    if _PRINTED.match(text):
        return Unit(ACTION, "", 0)
    text = text.strip()
    if text.startswith(".") and not text.startswith(".."):
        return _heading(text[1:])
    if re.match(r"^={3,}$", text) or text.startswith("="):
        return Unit(ACTION, "", 0)
    if text.startswith("#"):
        section = text.lstrip("#").strip()
        return Unit(HEADING, plain(section) if is_heading(section) else "", 0)
    if is_heading(text):
        return _heading(text)
    if text.startswith((">", *ACTION_MARKS)) or _TRANSITION.match(simplified(text)):
        return Unit(ACTION, plain(text.lstrip(">" + ACTION_MARKS).removesuffix("<")), 0)
    return None


def _detail(text: str) -> Unit | None:
    """A line of its own that tells of the scene, however close the next one stands."""
    return Unit(ACTION, plain(text), 0) if is_detail(text) else None


def _heading(text: str) -> Unit:
    number = _SCENE_NUMBER.search(text)
    bare = plain(_SCENE_NUMBER.sub("", text))
    return Unit(HEADING, bare, 0, scene_number=(number[1] or number[2]) if number else "")


def _speech_end(lines: list[_Line]) -> int:
    """Where the speech that begins a block ends: at a heading or a marked action, or at a name as
    far in as its own, further than what is said. Writers and printers save empty lines."""
    place = _indent(lines[0])
    for at in range(2, len(lines)):
        bare, further = lines[at].bare, _indent(lines[at]) > _indent(lines[at - 1])
        if bare.startswith(tuple(ACTION_MARKS)) or is_heading(bare):
            return at
        if further and _indent(lines[at]) >= max(place - 2, _CUE_INDENT) and cue(bare):
            return at
    return len(lines)


def _indent(line: _Line) -> int:
    return len(line.text) - len(line.text.lstrip())


def _speech(lines: list[_Line], character: str, extension: str) -> Unit:
    """One cue with everything under it; a cue with nothing to say is an action."""
    speech = Speech(character, lines[0].number, [extension])
    for text in _spoken(lines[1:]):
        if _PARENTHETICAL.match(text):
            speech.asides.append("" if _CONTINUED.match(aside(text)) else aside(text))
        else:
            speech.said.append(plain(text.removeprefix("~")))
    return speech.unit()


def _spoken(lines: list[_Line]) -> Iterator[str]:
    """What stands under a name; a parenthetical of several lines as one."""
    texts = [line.bare for line in lines if not _PRINTED.match(line.text)]
    while texts:
        opens = texts[0].startswith(("(", "（")) and not re.search("[)）]", texts[0])
        closed = (
            [at for at, text in enumerate(texts) if text.endswith((")", "）"))] if opens else []
        )
        end = closed[0] + 1 if closed else 1
        yield joined(texts[:end]) if end > 1 else texts[0]
        texts = texts[end:]


def _actions(lines: list[_Line]) -> Iterator[Unit]:
    """A paragraph; a heading or transition inside it ends it, as writers forget blank lines."""
    for at, line in enumerate(lines):
        if at and _special(line.text) is not None:
            yield from _actions(lines[:at])
            yield from _block(lines[at:])
            return
    text = joined([plain(line.bare.lstrip("!~")) for line in lines])
    if text:
        yield Unit(ACTION, text, lines[0].number)
