"""What lies in a watch folder and is not for us: said once of its kind in each folder.

Archives hold a million pictures: a name costs nothing here but a look at its suffix, and memory
grows with the folders, not with the files.
"""

import logging
from collections.abc import Callable

from ingest.kinds import OTHERS
from media.names import to_text

_log = logging.getLogger("stringout.watch")


class LeftAlone:
    """Of one watch folder. Paths are strings relative to it. Not thread-safe."""

    def __init__(self) -> None:
        self._met: set[tuple[str, str]] = set()  # folder, suffix
        self._unreadable: set[str] = set()

    def other(self, relative: str, silent: Callable[[str], bool]) -> bool:
        """Whether it is nothing for us by its suffix alone, on camera cards too.

        `silent`: asked for the first of its kind in a folder: whether nobody needs to be told.
        """
        suffix = _suffix(relative)
        if suffix not in OTHERS:
            return False
        if (relative.rpartition("/")[0], suffix) not in self._met and not silent(relative):
            self.say(relative)
        return True

    def say(self, relative: str) -> None:
        """Tell people that it is not for us, unless they know."""
        suffix = _suffix(relative)
        kind = (relative.rpartition("/")[0], suffix)
        if kind not in self._met:
            self._met.add(kind)
            alike = f", like any *{suffix} beside it" if suffix else ""
            _log.info(
                "%r is left alone%s: it is neither footage nor a script", to_text(relative), alike
            )

    def unreadable(self, relative: str, error: OSError) -> None:
        """Tell people that a folder can't be looked into, once."""
        if relative not in self._unreadable:
            self._unreadable.add(relative)
            text, why = to_text(relative), error.strerror
            _log.info("%r is left alone: it can't be read (%s)", text, why)


def _suffix(relative: str) -> str:
    stem, dot, suffix = relative.rpartition("/")[2].rpartition(".")
    return dot + suffix.lower() if stem else ""
