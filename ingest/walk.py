"""The truth about a watched folder: what is in it now."""

import os
import stat
from collections.abc import Callable, Iterator

from ingest.ignore import Ignore


class Walk:
    """Goes through the regular files of a folder; links are not followed, ignored names not seen.

    Paths are strings relative to the watch folder, with `/`; those of folders end with it.
    """

    def __init__(
        self, prefix: str, ignore: Ignore, unreadable: Callable[[str, OSError], None]
    ) -> None:
        """`prefix`: the watch folder with `/`. `unreadable`: is told of folders that aren't."""
        self._prefix, self._ignore, self._unreadable = prefix, ignore, unreadable

    def folders(self) -> list[str]:
        """The folders directly in the watch folder, and "" for the files beside them."""
        return ["", *(f"{name}/" for name, found in self._entries("") if _is_folder(found))]

    def files(self, at: str) -> Iterator[tuple[str, os.stat_result]]:
        """The files in a folder and below; of "" only those directly in the watch folder."""
        waiting = [at]
        while waiting:
            folder = waiting.pop()
            for name, found in self._entries(folder):
                if stat.S_ISREG(found.st_mode):
                    yield f"{folder}{name}", found
                elif _is_folder(found) and at:
                    waiting.append(f"{folder}{name}/")

    def _entries(self, folder: str) -> list[tuple[str, os.stat_result]]:
        found = []
        try:
            with os.scandir(self._prefix + folder) as entries:
                for entry in entries:
                    if self._ignore.name(entry.name) or self._ignore.ours(folder + entry.name):
                        continue
                    if (state := _state(entry)) is not None:
                        found.append((entry.name, state))
        except (FileNotFoundError, NotADirectoryError):
            if not folder:
                raise  # not an empty folder, but none
        except OSError as error:
            self._unreadable(folder or ".", error)
        return sorted(found)


def _is_folder(found: os.stat_result) -> bool:
    return stat.S_ISDIR(found.st_mode)


def _state(entry: "os.DirEntry[str]") -> os.stat_result | None:
    try:
        return entry.stat(follow_symlinks=False)
    except OSError:
        return None  # gone meanwhile
