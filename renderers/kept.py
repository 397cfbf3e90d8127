"""Pieces of movies that outlive a run: a retry goes on where the last attempt was ended, and the
next version of a cut makes only what has changed."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from config.settings import Settings
from media.files import replacing

_DAY = 86_400.0  # seconds after its last use that a piece is removed


@dataclass(frozen=True)
class Kept:
    """A folder of files that are named by what went into them; several processes may share it.

    `most`: bytes that they take; what was not used longest goes first. A movie in the making has
    links of its own to its pieces, so that nobody takes them away from it.
    """

    folder: Path
    most: int

    @classmethod
    def of(cls, folder: Path, settings: Settings) -> "Kept":
        """As the settings say."""
        return cls(folder, int(settings.folders.kept_gb * 1e9))

    @contextmanager
    def used(self, scratch: Path) -> Iterator["Used"]:
        """The pieces for one movie, whose links and half-made files lie in `scratch`."""
        self.tidy()
        with TemporaryDirectory(dir=scratch, prefix="pieces-") as own:
            yield Used(self.folder, Path(own))
        self.tidy()

    def tidy(self) -> None:
        """Remove what was not used for a day, and what is more than `most`."""
        left = self.most
        for path, used, size in sorted(self._files(), key=lambda file: -file[1]):
            left -= size
            if left < 0 or time.time() - used > _DAY:
                path.unlink(missing_ok=True)

    def _files(self) -> Iterator[tuple[Path, float, int]]:
        for path in self.folder.iterdir() if self.folder.is_dir() else ():
            with suppress(FileNotFoundError):  # somebody else tidies too
                stat = path.stat()
                yield path, stat.st_mtime, stat.st_size


@dataclass(frozen=True)
class Used:
    """The pieces for one movie: kept in `folder`, linked in `own`."""

    folder: Path
    own: Path

    def file(self, name: str, make: Callable[[Path], None], *, keep: bool) -> Path:
        """The file of this name; `make` writes it, into an empty folder, if it is not there.

        `keep`: for the next time, too; what is only copied is as soon made again.
        """
        mine, kept = self.own / name, self.folder / name
        try:
            os.utime(kept)
            _link(kept, mine)
        except FileNotFoundError:
            with TemporaryDirectory(dir=self.own) as making:
                made = Path(making) / name
                make(made)
                made.replace(mine)
            if keep:
                self.folder.mkdir(parents=True, exist_ok=True)
                _link(mine, kept)
        return mine


def _link(source: Path, target: Path) -> None:
    """Another name of a file that will not be written any more; a copy where a disk has none."""
    try:
        target.hardlink_to(source)
    except FileExistsError:
        return  # the same piece twice
    except FileNotFoundError:
        raise
    except OSError:
        with replacing(target) as partial:
            shutil.copyfile(source, partial)
