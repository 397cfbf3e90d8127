"""Word (.docx): screenplay styles, `NAME: words`, screenplays by indent, and A/V tables.

python-docx opens the package and knows the styles. The text is read here: its own reader
leaves out what stands in tracked insertions, content controls and text boxes. What is struck out
or hidden is not said.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from docx import Document
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph as WordParagraph

from indexers.scripts import paragraphs, tables
from indexers.scripts.archives import DAMAGED, require_modest
from indexers.scripts.fountain import cue
from indexers.scripts.paragraphs import Paragraph
from indexers.scripts.screenplay import Screenplay, Unit, with_scenes
from indexers.scripts.typed import around
from indexers.scripts.typed import parse as parse_typed
from media.errors import Rejected

_DEEP = 914_400  # EMU, one inch: a cue stands further in than any action
_BREAKS = {qn("w:br"), qn("w:cr")}
_TWICE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_BOX = qn("w:txbxContent")
_HIDDEN = {_BOX, qn("w:del"), qn("w:moveFrom"), _TWICE}
_UNSAID = ("w:vanish", "w:strike", "w:dstrike")
_OFF = ("0", "false", "off")
_HEADED = re.compile(r"^(?:heading|标题) ?[1-9]$")


@dataclass(frozen=True)
class _Block:
    """A paragraph, or the rows of a table, at its place in the file."""

    position: int
    text: str
    style: str = ""
    deep: bool = False  # centred, or far in
    rows: tuple[tables.Row, ...] = ()


def parse(data: bytes, path: Path, name: str) -> Screenplay:
    """Read a Word document. `name` is the title when it has none. Raises Rejected."""
    require_modest(data, path)
    try:
        blocks = list(_blocks(Document(io.BytesIO(data))))
    except DAMAGED as error:
        raise Rejected(
            f"{path.name} is no Word document that can be read: save it again as .docx"
        ) from error
    title = next((b.text for b in blocks if b.style in ("title", "标题") and b.text), "")
    return Screenplay(title or name, "docx", with_scenes(_units(blocks, name)))


def _units(blocks: list[_Block], name: str) -> list[Unit]:
    """Tables by their columns; the paragraphs by their styles, else as typed text."""
    found = [unit for block in blocks for unit in tables.units(block.rows) or ()]
    loose = [block for block in blocks if not block.rows or tables.units(block.rows) is None]
    loose = [each for block in loose for each in _unfolded(block)]
    styled = sum(block.style in paragraphs.STYLES for block in loose)
    if styled > 1:
        typed = (Paragraph(b.style, b.text, b.position) for b in loose)
        return [*found, *paragraphs.units(typed)]
    text, positions = _as_lines([b for b in loose if b.style not in ("title", "标题")])
    if not text.strip():
        return found
    typed_units = [
        replace(unit, source_line=positions[unit.source_line - 1])
        for unit in parse_typed(text, name, False).units
    ]
    return around(found, typed_units)


def _as_lines(blocks: list[_Block]) -> tuple[str, list[int]]:
    """The paragraphs as lines, with the place of each; a cue by indent begins a block."""
    lines: list[str] = []
    positions: list[int] = []
    deep = False
    for block in blocks:
        opens = block.deep and cue(block.text) is not None
        if lines and (opens or (deep and not block.deep)):
            lines.append("")
            positions.append(block.position)
        deep = block.deep
        mark = "# " if _HEADED.match(block.style) else ""
        for line in block.text.split("\n"):
            lines.append(mark + line if line else "")
            positions.append(block.position)
    return "\n".join(lines), positions


def _unfolded(block: _Block) -> Iterator[_Block]:
    """A table that only lays out: its cells are paragraphs."""
    if not block.rows:
        yield block
    for position, cells in block.rows:
        text = [cell for cell in cells if cell.strip()]
        yield _Block(position, ": ".join(text) if len(text) == 2 else "\n".join(text))


def _blocks(document: Any) -> Iterator[_Block]:
    """Paragraphs and tables in order, also those inside content controls."""
    position = 0
    for element in _body(document.element.body):
        if element.tag == qn("w:p"):
            for paragraph in (element, *_boxed(element)):
                position += 1
                yield _paragraph(WordParagraph(paragraph, document), position)
        else:
            rows = []
            for row in _within(element, qn("w:tr")):
                position += 1
                rows.append((position, _cells(row)))
            yield _Block(position, "", rows=tuple(rows))


def _body(parent: Any) -> Iterator[Any]:
    yield from _within(parent, qn("w:p"), qn("w:tbl"))


def _within(parent: Any, *tags: str) -> Iterator[Any]:
    """The elements of these tags in a parent, also those inside content controls."""
    for element in parent:
        if element.tag in tags:
            yield element
        elif element.tag in (qn("w:sdt"), qn("w:sdtContent")):
            yield from _within(element, *tags)


def _boxed(paragraph: Any) -> Iterator[Any]:
    """The paragraphs of the text boxes that are anchored in one."""
    for box in paragraph.iter(_BOX):
        if not any(above.tag == _TWICE for above in box.iterancestors()):
            yield from _within(box, qn("w:p"))


def _cells(row: Any) -> list[str]:
    """The texts of a row's cells; a cell that goes over several columns fills them."""
    cells: list[str] = []
    for cell in _within(row, qn("w:tc")):
        text = "\n".join(_lines(cell))
        span = cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")
        cells += [text, *[""] * (int(span.get(qn("w:val"))) - 1 if span is not None else 0)]
    return cells


def _lines(cell: Any) -> Iterator[str]:
    """The paragraphs of a cell; of a table inside it each row, a name before what it says."""
    for element in _body(cell):
        if element.tag == qn("w:p"):
            yield from (_text(paragraph) for paragraph in (element, *_boxed(element)))
            continue
        for row in _within(element, qn("w:tr")):
            filled = [text.strip() for text in _cells(row) if text.strip()]
            yield (": " if len(filled) == 2 else "\n").join(filled)


def _paragraph(paragraph: WordParagraph, position: int) -> _Block:
    style = paragraph.style
    layout = paragraph.paragraph_format
    indent = layout.left_indent or (style.paragraph_format.left_indent if style else None) or 0
    centred = paragraph.alignment is not None and int(paragraph.alignment) == 1
    text = _text(paragraph._p)
    spaces = len(text) - len(text.lstrip(" \t\u3000"))
    deep = centred or indent >= _DEEP or spaces >= 10 or text.startswith("\t\t")
    name = (style.name if style else "") or ""
    return _Block(position, text.strip(), name.strip().lower(), deep)


def _text(element: Any) -> str:
    """The text of a paragraph, with insertions, without deletions and text boxes."""
    parts: list[str] = []
    for part in element:
        if part.tag in _HIDDEN or (part.tag == qn("w:r") and _unsaid(part)):
            continue
        if part.tag == qn("w:t"):
            parts.append(part.text or "")
        elif part.tag == qn("w:noBreakHyphen"):
            parts.append("-")
        elif part.tag == qn("w:tab"):
            parts.append("\t")
        elif part.tag in _BREAKS:
            parts.append("\n")
        elif part.tag != qn("w:pPr"):
            parts.append(_text(part))
    return "".join(parts)


def _unsaid(run: Any) -> bool:
    """Whether a run is struck out or hidden."""
    style = run.find(qn("w:rPr"))
    found = [] if style is None else [style.find(qn(tag)) for tag in _UNSAID]
    return any(one is not None and one.get(qn("w:val")) not in _OFF for one in found)
