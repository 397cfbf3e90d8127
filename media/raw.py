"""What ffmpeg can't decode: camera raw, and what telephones compress photographs with."""

from pathlib import Path

_FILMS = {
    ".r3d": "RED raw", ".crm": "Canon raw", ".braw": "Blackmagic raw", ".ari": "ARRIRAW",
    ".arx": "ARRIRAW", ".nev": "Nikon raw",
}  # fmt: skip
_RED = (b"RED1", b"RED2")  # bytes 4 to 8 of every R3D, after the length of its first part
_PHOTOGRAPHS = {
    ".heic": "HEIC", ".heif": "HEIF", ".avif": "AVIF", ".cr2": "Canon raw", ".cr3": "Canon raw",
    ".nef": "Nikon raw", ".arw": "Sony raw", ".dng": "raw", ".raf": "Fujifilm raw",
    ".rw2": "Panasonic raw", ".orf": "Olympus raw",
}  # fmt: skip


def raw_kind(path: Path) -> str:
    """What raw a file is, by its name; "" when it is none."""
    suffix = path.suffix.lower()
    return _FILMS.get(suffix) or _PHOTOGRAPHS.get(suffix, "")


def raw_inside(path: Path) -> str:
    """What raw a file is by its first bytes, whatever it is called; "" when that can't be told."""
    try:
        with path.open("rb") as file:
            head = file.read(8)
    except OSError:
        return ""
    return "RED raw" if head[4:] in _RED else ""


def is_photograph(path: Path) -> bool:
    """Whether it is raw of one picture: ffmpeg would take the small one in its header for it."""
    return path.suffix.lower() in _PHOTOGRAPHS


def instead(path: Path) -> str:
    """What to drop instead of a raw file, as a phrase."""
    if is_photograph(path):
        return "export it as JPEG, PNG or TIFF and drop that"
    return "drop a transcode of it (ProRes, DNxHR, H.264)"
