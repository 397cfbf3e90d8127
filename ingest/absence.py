"""Files that the catalog knows and that are not found: gone, or only on their way elsewhere.

Who moves a folder makes its files vanish before they appear; a share that reconnects shows
nothing for a moment. So a file is believed gone only when it is still missing after a while,
and only while its watch folder is there.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

_AT_ONCE = 500  # files that are looked at in one call
_PATIENCE = 5.0  # times the quiet window of what appears: it has been followed by then
_LEAST = 10.0  # seconds


@dataclass
class Absence:
    """The files of one watch folder that were missed. Not thread-safe: one thread owns it."""

    quiet_seconds: float
    clock: Callable[[], float] = time.monotonic
    _missed: dict[Path, float] = field(default_factory=dict)  # when first, monotonic

    def miss(self, path: Path) -> None:
        """Somebody said that this file is gone, or a walk did not find it."""
        self._missed.setdefault(path, self.clock())

    def forget(self) -> None:
        """The watch folder was away: whatever was missed meanwhile says nothing."""
        self._missed.clear()

    def gone(self) -> list[Path]:
        """The files that have been missing for long enough, each told once."""
        until = self.clock() - max(_LEAST, _PATIENCE * self.quiet_seconds)
        due = [path for path, since in self._missed.items() if since <= until][:_AT_ONCE]
        for path in due:
            del self._missed[path]
        return [path for path in due if _is_gone(path)]


def _is_gone(path: Path) -> bool:
    """Whether nothing is there; an error of any other kind says nothing."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False
