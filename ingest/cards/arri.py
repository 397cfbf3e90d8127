"""ARRI: clips are called A001C001_250101_R1AB, their folder is the magazine.

QuickTime and MXF clips are one file. ARRIRAW as .ari is a file per frame: the first one stands
for all of them, and is refused with a sentence.
"""

import re
from pathlib import Path, PurePosixPath

from ingest.cards.card import Clip, Member, names

_CLIP = re.compile(r"([A-Z]\d{3})([A-Z]\d{3})_(\d{6})_([A-Z0-9]{4})(\.\d{4,})?", re.IGNORECASE)
_FOOTAGE = {".mov", ".mxf", ".ari", ".arx"}
_FRAMES = {".ari", ".arx"}


class Arri:
    """See the module."""

    def top(self, parts: tuple[str, ...]) -> int | None:
        """The folder that the clips are in."""
        path = PurePosixPath(parts[-1])
        known = path.suffix.lower() in _FOOTAGE and _CLIP.fullmatch(path.stem)
        return len(parts) - 1 if known else None

    def wanted(self, inside: PurePosixPath) -> bool:
        """Whatever is called like a clip."""
        return True

    def member(self, card: Path, inside: PurePosixPath) -> Member:
        """Of the frames of a clip the first one that is there names it."""
        return Member(_first(card, inside))

    def clip(self, card: Path, inside: PurePosixPath) -> Clip:
        """One file, or the first of its frames."""
        found = _CLIP.fullmatch(inside.stem)
        return Clip(about={"reel": f"{found[1]}{found[4]}".upper() if found else ""})


def _first(card: Path, inside: PurePosixPath) -> str:
    if inside.suffix.lower() not in _FRAMES:
        return inside.name
    clip = inside.stem.split(".")[0].lower()
    same = (each for each in names(card) if PurePosixPath(each).suffix.lower() in _FRAMES)
    return min((each for each in same if each.lower().startswith(clip)), default=inside.name)
