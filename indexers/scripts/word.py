"""Word (.docx): screenplay styles, `NAME: words`, screenplays by indent, and A/V tables.

python-docx opens the package and knows the styles. The text is read here: its own reader
leaves out what stands in tracked insertions and in content controls.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from docx import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph as WordParagraph

from indexers.scripts import paragraphs, tables
from indexers.scripts.archives import require_modest
from indexers.scripts.fountain import cue
from indexers.scripts.paragraphs import Paragraph
from indexers.scripts.screenplay import Screenplay, Unit, with_scenes
from indexers.scripts.typed import around
from indexers.scripts.typed import parse as parse_typed
from media.errors import Rejected

_DEEP = 914_400  # EMU, one inch: a cue stands further in than any action
_BREAKS = {qn("w:br"), qn("w:cr")}
_TWICE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_HIDDEN = {qn("w:txbxContent"), qn("w:del"), qn("w:moveFrom"), _TWICE}


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
        document = Document(io.BytesIO(data))
    except (PackageNotFoundError, KeyError, ValueError) as error:
        raise Rejected(
            f"{path.name} is no Word document that can be read: save it again as .docx"
        ) from error
    blocks = list(_blocks(document))
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
        for line in block.text.split("\n"):
            lines.append(line)
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
            position += 1
            yield _paragraph(WordParagraph(element, document), position)
        else:
            rows = []
            for row in element.iter(qn("w:tr")):
                position += 1
                rows.append((position, _cells(row)))
            yield _Block(position, "", rows=tuple(rows))


def _body(parent: Any) -> Iterator[Any]:
    for element in parent:
        if element.tag in (qn("w:p"), qn("w:tbl")):
            yield element
        elif element.tag in (qn("w:sdt"), qn("w:sdtContent")):
            yield from _body(element)


def _cells(row: Any) -> list[str]:
    """The texts of a row's cells; a cell that goes over several columns fills them."""
    cells: list[str] = []
    for cell in row.iterchildren(qn("w:tc")):
        text = "\n".join(_text(paragraph) for paragraph in cell.iter(qn("w:p")))
        span = cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")
        cells += [text, *[""] * (int(span.get(qn("w:val"))) - 1 if span is not None else 0)]
    return cells


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
        if part.tag in _HIDDEN:
            continue
        if part.tag == qn("w:t"):
            parts.append(part.text or "")
        elif part.tag == qn("w:tab"):
            parts.append("\t")
        elif part.tag in _BREAKS:
            parts.append("\n")
        elif part.tag != qn("w:pPr"):
            parts.append(_text(part))
    return "".join(parts)
