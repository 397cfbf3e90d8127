"""Dropping files as people and cameras do: slowly, in pieces, some under a temporary name."""

import time
from pathlib import Path

_PIECES = 6
_PAUSE = 0.2  # seconds between two pieces


def drop(source: Path, folder: Path) -> Path:
    """Copy `source` into `folder` in pieces. Large files arrive as `.part` and are renamed."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / source.name
    data = source.read_bytes()
    partial = target.with_name(f"{target.name}.part") if source.suffix == ".mxf" else target
    step = max(1, -(-len(data) // _PIECES))
    with partial.open("wb") as file:
        for start in range(0, len(data), step):
            file.write(data[start : start + step])
            file.flush()
            time.sleep(_PAUSE if len(data) > step * 2 else 0)
    partial.rename(target)
    return target
