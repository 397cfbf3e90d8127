"""Captions in the formats in which broadcasters exchange them: Scenarist SCC (CEA-608) and EBU STL.

Read by ttconv; rows that only move up (live captions) come once.
"""

import io
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pysubs2

from media.errors import Rejected

SUFFIXES = (".scc", ".stl")
_SCC = b"Scenarist_SCC"
_STL, _STL_AT = b"STL", 3  # EBU Tech 3264, 4.1: the disk format code, "STL25.01"


def subtitles(path: Path) -> tuple[pysubs2.SSAFile, str]:
    """What is shown when, and the ISO 639-1 code that the file tells, or "".

    Times are those of the file: timecode, usually of a programme that begins on a full hour.
    Raises Rejected.
    """
    from ttconv.srt import writer

    try:
        data = path.read_bytes()
    except OSError as error:
        raise Rejected(f"{path.name} can't be read: {error.strerror}") from error
    read = _reader(path, data)
    logging.getLogger("ttconv").setLevel(logging.CRITICAL)  # it remarks on every odd byte
    try:
        document = read()
        found = pysubs2.SSAFile.from_string(writer.from_model(document), format_="srt")
    # ttconv raises whatever it stumbles on in a damaged file
    except Exception as error:
        raise Rejected(f"{path.name} is damaged ({error}): export the captions again") from error
    found.events = unrolled(found.events)
    return found, str(document.get_lang() or "")[:2]


def unrolled(shown: Sequence[pysubs2.SSAEvent]) -> list[pysubs2.SSAEvent]:
    """Without the rows that stood there before and only moved up (live captions)."""
    found: list[pysubs2.SSAEvent] = []
    before: list[str] = []
    for event in shown:
        rows = [row.strip() for row in event.plaintext.splitlines() if row.strip()]
        again = next(n for n in range(len(rows), -1, -1) if rows[:n] == before[len(before) - n :])
        if new := rows[again:]:
            found.append(event.copy())
            found[-1].text = "\\N".join(new)
        before = rows
    return found


def _reader(path: Path, data: bytes) -> Callable[[], Any]:
    if data.lstrip(b"\xef\xbb\xbf").startswith(_SCC):
        from ttconv.scc import reader as scc

        return lambda: scc.to_model(data.decode("ascii", "replace").lstrip("\ufffd"))
    if data.startswith(_STL, _STL_AT):
        from ttconv.stl import reader as stl

        return lambda: stl.to_model(io.BytesIO(data))
    wanted = "Scenarist SCC" if path.suffix.lower() == ".scc" else "EBU STL"
    raise Rejected(f"{path.name} is no {wanted} file: drop an .srt instead")
