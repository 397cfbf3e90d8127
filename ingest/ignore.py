"""Names that are never taken: partial copies, system litter, and what we made ourselves."""

import re
from collections.abc import Iterable
from fnmatch import translate
from pathlib import Path


class Ignore:
    """Decides by name alone, so that a file is taken as soon as it gets its real name.

    Paths are strings relative to the watch folder, with `/`. Links are not followed inside
    it, so that comparing names is enough to tell what is ours.
    """

    def __init__(self, patterns: Iterable[str], root: Path, own: Iterable[Path]) -> None:
        """`patterns`: for any part of a path, case is ignored. `own`: folders of ours."""
        either = "|".join(translate(pattern.lower()) for pattern in patterns)
        self._ignored = re.compile(either or r"(?!)").match
        here = root.resolve()
        inside = (folder.resolve() for folder in own if folder.resolve().is_relative_to(here))
        self._own = tuple(f"{folder.relative_to(here).as_posix()}/" for folder in inside)

    def name(self, name: str) -> bool:
        """Whether a file or folder of this name is ignored, with everything in it."""
        return self._ignored(name.lower()) is not None

    def ours(self, relative: str) -> bool:
        """Whether this is, or lies in, a folder of ours: our own output is never ingested."""
        return f"{relative}/".startswith(self._own)

    def path(self, relative: str) -> bool:
        """Whether it is ours or any part of its path is ignored."""
        return self.ours(relative) or any(map(self.name, relative.split("/")))
