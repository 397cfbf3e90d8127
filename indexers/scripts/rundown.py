"""Rundowns and A/V scripts in spreadsheets: CSV, TSV, XLSX."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from openpyxl import load_workbook

from indexers.scripts import tables
from indexers.scripts.archives import DAMAGED, require_modest
from indexers.scripts.encodings import decode
from indexers.scripts.screenplay import Screenplay, Unit, with_scenes
from media.errors import Rejected

_DELIMITERS = ",;\t|"


def parse_csv(data: bytes, path: Path, name: str) -> Screenplay:
    """Read a rundown with separated values, whatever separates them. Raises Rejected."""
    text = decode(data, path.name)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        return _screenplay([tables.units(enumerate(rows, start=1))], path, name)
    except csv.Error as error:
        raise Rejected(f"{path.name} is no table that can be read ({error})") from error


def parse_xlsx(data: bytes, path: Path, name: str) -> Screenplay:
    """Read all visible sheets of a workbook whose columns are named. Raises Rejected."""
    require_modest(data, path)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets = []
        for sheet in book.worksheets:
            if sheet.sheet_state == "visible":
                sheet.reset_dimensions()  # what some programs write there is too small
                sheets.append(tables.units(_rows(sheet.iter_rows(values_only=True))))
    except DAMAGED as error:
        raise Rejected(
            f"{path.name} is no workbook that can be read: save it again as .xlsx"
        ) from error
    return _screenplay(sheets, path, name)


def _rows(values: Iterable[tuple[object, ...]]) -> Iterator[tables.Row]:
    for number, row in enumerate(values, start=1):
        yield number, [_shown(value) for value in row]


def _shown(value: object) -> str:
    """A cell as people see it: 2, not 2.0; a day without midnight."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).removesuffix(" 00:00:00")


def _screenplay(sheets: list[list[Unit] | None], path: Path, name: str) -> Screenplay:
    found = [units for units in sheets if units is not None]
    if not found:
        raise Rejected(
            f"{path.name} is no rundown: its first rows name no column for what is said or seen. "
            "Name one audio, text or 台词, or video or 画面"
        )
    return Screenplay(name, "rundown", with_scenes(unit for units in found for unit in units))


def _delimiter(text: str) -> str:
    """What separates most often in the first lines; quoted texts have their own commas."""
    counts = Counter(char for char in text[:4096] if char in _DELIMITERS)
    first = Counter(char for char in text.partition("\n")[0] if char in _DELIMITERS)
    ranked = first or counts
    return ranked.most_common(1)[0][0] if ranked else ","
