"""Panasonic P2: CONTENTS/VIDEO, AUDIO (a file per channel), CLIP (what belongs together).

CLIP/0001AB.XML    names the clip and lists its essence
VIDEO/0001AB.MXF   the picture: the clip's first file
AUDIO/0001AB00.MXF … 03.MXF
"""

from pathlib import Path, PurePosixPath

from catalog.models import Role
from ingest.cards.card import Clip, Member, find, names, place
from media import xmlfile

_FOLDERS = {"VIDEO", "AUDIO", "CLIP", "ICON", "PROXY", "VOICE"}


class P2:
    """See the module."""

    def top(self, parts: tuple[str, ...]) -> int | None:
        """The folder that CONTENTS is in."""
        at = place(parts, "CONTENTS")
        if at is None or len(parts) < at + 2:
            return None
        return at if parts[at + 1].upper() in _FOLDERS | {"LASTCLIP.TXT"} else None

    def wanted(self, inside: PurePosixPath) -> bool:
        """Picture, sound, and what names them."""
        folder, suffix = _folder(inside), inside.suffix.lower()
        return (folder, suffix) in {("VIDEO", ".mxf"), ("AUDIO", ".mxf"), ("CLIP", ".xml")}

    def member(self, card: Path, inside: PurePosixPath) -> Member:
        """Sound is called by its clip and two digits."""
        folder = _folder(inside)
        stem = inside.stem[:-2] if folder == "AUDIO" else inside.stem
        video = _beside(card, inside, "VIDEO")
        name = find(card / video, f"{stem}.MXF") or f"{stem}.MXF"
        role = {"AUDIO": Role.BESIDE, "CLIP": Role.ABOUT}.get(folder)
        return Member(f"{video}/{name}", role)

    def clip(self, card: Path, inside: PurePosixPath) -> Clip:
        """Its CLIP file says how many channels of sound must be there."""
        stem, clips = inside.stem, _beside(card, inside, "CLIP")
        named = find(card / clips, f"{stem}.XML")
        if named is None or not xmlfile.is_whole(card / clips / named):
            return Clip(lacks=f"{stem}.XML of its card is still missing")
        audio = _beside(card, inside, "AUDIO")
        sounds = [each for each in names(card / audio) if _is_sound(each, stem)]
        expected, about = _read(card / clips / named)
        lacks = ""
        if len(sounds) < expected:
            lacks = f"{expected - len(sounds)} of its {expected} sound files are still missing"
        parts = (f"{clips}/{named}", *(f"{audio}/{each}" for each in sounds))
        return Clip(parts, lacks, about)


def _folder(inside: PurePosixPath) -> str:
    return inside.parts[1].upper() if len(inside.parts) == 3 else ""


def _beside(card: Path, inside: PurePosixPath, name: str) -> str:
    contents = inside.parts[0]
    return f"{contents}/{find(card / contents, name) or name}"


def _is_sound(name: str, stem: str) -> bool:
    path = PurePosixPath(name)
    same = path.stem.lower()[:-2] == stem.lower() and path.stem[-2:].isdigit()
    return same and path.suffix.lower() == ".mxf"


def _read(path: Path) -> tuple[int, dict[str, str]]:
    """How many sound files the clip has, and what it says about itself."""
    sounds, found = 0, {}
    for name, element in xmlfile.elements(path):
        text = (element.text or "").strip()
        if name == "Audio":
            sounds += 1
        elif name in ("UserClipName", "ClipName") and text:
            found[name] = text
        elif name == "StartTimecode" and text:
            found.setdefault("timecode", text)
    title = found.pop("UserClipName", "") or found.get("ClipName", "")
    found.pop("ClipName", None)
    return sounds, found | ({"name": title} if title else {})
