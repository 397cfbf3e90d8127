"""Camera raw: what only its maker's software can turn into pictures."""

from pathlib import Path

_KINDS = {
    ".r3d": "RED raw", ".crm": "Canon raw", ".braw": "Blackmagic raw", ".ari": "ARRIRAW",
    ".arx": "ARRIRAW", ".nev": "Nikon raw",
}  # fmt: skip


def raw_kind(path: Path) -> str:
    """What raw a file is, by its name; "" when it is none."""
    return _KINDS.get(path.suffix.lower(), "")
