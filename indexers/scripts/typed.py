"""Text that people typed: Fountain, `NAME: words`, Markdown with tables, or lines to be found."""

import re
from collections.abc import Sequence

from indexers.scripts import fountain, plaintext, tables
from indexers.scripts.screenplay import HEADING, Screenplay, Unit, with_scenes

_TABLE_ROW = re.compile(r"^\s*\|.*\|\s*$")
_TABLE_RULE = re.compile(r"^\s*\|[\s:|-]+\|\s*$")
_CELL_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


def parse(text: str, name: str, is_fountain: bool) -> Screenplay:
    """Parse by what the text looks like, not only by what the file is called.

    People save screenplays as .txt, and write `NAME: words` into .fountain files.
    """
    if not is_fountain and (found := _in_tables(text, name)):
        return found
    screenplay = fountain.parse(text, name)
    if is_fountain and screenplay.dialogue:
        return screenplay
    typed = plaintext.parse(text, name)
    if is_fountain:
        return _instead(screenplay, typed)
    cued = any(unit.character for unit in typed.dialogue)
    headed = any(unit.kind == HEADING for unit in screenplay.units)
    if not cued and len(screenplay.dialogue) >= (1 if headed else 2):
        return screenplay
    return typed


def around(table: Sequence[Unit], text: Sequence[Unit]) -> list[Unit]:
    """The units of tables and of the text between them, in the order of the file.

    Text without cues introduces the table; its headings still open scenes.
    """
    if table and not any(unit.character for unit in text):
        text = [unit for unit in text if unit.kind == HEADING]
    return sorted([*table, *text], key=lambda unit: unit.source_line)


def _instead(screenplay: Screenplay, typed: Screenplay) -> Screenplay:
    """Plain cues in a Fountain file that has none of Fountain's."""
    if not any(unit.character for unit in typed.dialogue):
        return screenplay
    warning = "no character cues of Fountain were found: read as NAME: words"
    return Screenplay(screenplay.title, typed.format, typed.units, (warning,))


def _in_tables(text: str, name: str) -> Screenplay | None:
    """A script in Markdown tables; None when no table has columns that are seen or said."""
    lines = text.split("\n")
    found: list[Unit] = []
    rows: list[tables.Row] = []
    for number, line in enumerate([*lines, ""], start=1):
        if _TABLE_ROW.match(line):
            rows += [] if _TABLE_RULE.match(line) else [(number, _cells(line))]
        elif rows:
            found += tables.units(rows) or ()
            rows = []
    if not found:
        return None
    rest = "\n".join("" if _TABLE_ROW.match(line) else line for line in lines)
    typed = plaintext.parse(rest, name)
    return Screenplay(typed.title, "table", with_scenes(around(found, typed.units)))


def _cells(line: str) -> list[str]:
    cells = line.strip().strip("|").split("|")
    return [_CELL_BREAK.sub("\n", cell).strip() for cell in cells]
