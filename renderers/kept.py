"""Pieces of movies that outlive a run: a retry goes on where the last attempt was ended, and the
next version of a cut makes only what has changed."""

import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

_DAY = 86_400.0  # seconds after its last use that a piece is removed


@dataclass(frozen=True)
class Kept:
    """A folder of files that are named by what went into them; several processes may share it."""

    folder: Path

    def file(self, name: str, make: Callable[[Path], None]) -> Path:
        """The file of this name; `make` writes it, into an empty folder, if it is not there."""
        path = self.folder / name
        if path.is_file():
            path.touch()
            return path
        self.folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=self.folder, prefix="making-") as making:
            target = Path(making) / name
            make(target)
            target.replace(path)
        return path

    def tidy(self) -> None:
        """Remove what was not used for a day, and what killed runs left half made."""
        for path in self.folder.iterdir() if self.folder.is_dir() else ():
            with suppress(FileNotFoundError):  # somebody else tidies too
                if time.time() - path.stat().st_mtime > _DAY:
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
