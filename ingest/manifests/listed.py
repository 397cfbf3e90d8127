"""One file as a manifest lists it."""

import posixpath
from dataclasses import dataclass, replace
from pathlib import PurePosixPath


@dataclass(frozen=True)
class Listed:
    """A named file: how many bytes it has (None: not said), and its sums as (algorithm, hex)."""

    path: str
    size: int | None
    sums: tuple[tuple[str, str], ...]

    def below(self, folder: PurePosixPath) -> "Listed | None":
        """The same with its path seen from where `folder` is; None when it leads out of it."""
        inside = posixpath.normpath(self.path)
        if inside.startswith(("/", "../")) or inside in ("..", "."):
            return None
        return replace(self, path=posixpath.normpath(f"{folder.as_posix()}/{inside}"))
