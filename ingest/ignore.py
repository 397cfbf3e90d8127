"""Names that are never taken: partial copies, system litter, and what we made ourselves."""

from collections.abc import Iterable
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath


class Ignore:
    """Decides by name alone, so that a file is taken as soon as it gets its real name."""

    def __init__(self, patterns: Iterable[str], own: Iterable[Path]) -> None:
        """`patterns`: for any part of the path, case is ignored. `own`: folders of ours."""
        self._patterns = tuple(pattern.lower() for pattern in patterns)
        self._own = tuple(folder.resolve() for folder in own)

    def name(self, name: str) -> bool:
        """Whether a file or folder of this name is ignored, with everything in it."""
        lowered = name.lower()
        return any(fnmatch(lowered, pattern) for pattern in self._patterns)

    def relative(self, path: PurePosixPath) -> bool:
        """Whether any part of a path below the watch folder is ignored."""
        return any(self.name(part) for part in path.parts)

    def ours(self, path: Path) -> bool:
        """Whether `path` lies in a folder of ours: our own output is never ingested."""
        resolved = path.resolve()
        return any(resolved.is_relative_to(folder) for folder in self._own)
