"""Lists as text files: columns between tabs, `#` begins a comment."""

from collections.abc import Iterator
from pathlib import Path

from media.errors import Misconfigured


def rows(path: Path, columns: int, setting: str) -> Iterator[tuple[str, ...]]:
    """The columns of each line. `setting`: what names the file. Raises Misconfigured."""
    for number, line in enumerate(_lines(path, setting), 1):
        if not line.strip() or line.startswith("#"):
            continue
        row = tuple(part.strip() for part in line.split("\t"))
        if len(row) != columns or not row[-1] or not any(row[:-1]):
            raise Misconfigured(
                f"{path}, line {number}: expected {_EXPECTED[columns]}, not {line!r}"
            )
        yield row


_EXPECTED = {
    2: "a term, a tab and a category",
    3: "a description in English, a tab, one in Chinese, a tab and a category",
}


def _lines(path: Path, setting: str) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(
            f"[moderation] {setting} names {path}, which can't be read ({error}): it must be a "
            "text file in UTF-8"
        ) from error
