"""What of a long file has been heard so far: kept on disk, so that a killed run loses little.

One line of JSON for each stretch. A line that a crash cut short is heard again.
"""

import json
import time
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from indexers.engines.speech import Utterance, Word
from indexers.engines.vad import Span

_FORGOTTEN = 14 * 86400  # seconds after which nobody goes on with a file


class Heard:
    """Stretches with their lines; in a file, unless `path` is None."""

    def __init__(self, path: Path | None = None) -> None:
        """`path`: named after all that decides what is heard, so that it fits or isn't there."""
        self._path = path
        self._lines: dict[Span, list[Utterance]] = {}
        if path is None:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        _forget(path.parent)
        if path.is_file():
            whole, _, _ = path.read_text(encoding="utf-8", errors="replace").rpartition("\n")
            self._lines.update(map(_parsed, whole.splitlines()))
            path.write_text("".join(_row(*one) for one in self._lines.items()), encoding="utf-8")

    def __contains__(self, span: Span) -> bool:
        return span in self._lines

    def __getitem__(self, span: Span) -> list[Utterance]:
        return self._lines[span]

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, span: Span, lines: Sequence[Utterance]) -> None:
        """Remember what was heard in a stretch."""
        self._lines[span] = list(lines)
        if self._path:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(_row(span, lines))

    def forget(self) -> None:
        """The file was heard to its end: nobody needs to go on."""
        if self._path:
            self._path.unlink(missing_ok=True)


def _row(span: Span, lines: Sequence[Utterance]) -> str:
    rows = [
        {
            "text": line.text, "language": line.language, "confidence": line.confidence,
            "speaker": line.speaker, "doubt": line.doubt,
            "words": [[w.text, str(w.start), str(w.end), w.confidence] for w in line.words],
        }
        for line in lines
    ]  # fmt: skip
    return json.dumps({"span": [span.start, span.end], "lines": rows}, ensure_ascii=False) + "\n"


def _parsed(row: str) -> tuple[Span, list[Utterance]]:
    data = json.loads(row)
    return Span(*data["span"]), [_line(line) for line in data["lines"]]


def _line(data: dict[str, Any]) -> Utterance:
    words = tuple(
        Word(text, Fraction(start), Fraction(end), confidence)
        for text, start, end, confidence in data.pop("words")
    )
    return Utterance(words=words, **data)


def _forget(folder: Path) -> None:
    """Remove what runs left that were never gone on with."""
    for path in folder.glob("*.jsonl"):
        if time.time() - path.stat().st_mtime > _FORGOTTEN:
            path.unlink(missing_ok=True)
