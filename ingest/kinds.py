"""What a dropped file is, by its name and its neighbours. ffprobe has the last word on footage."""

from pathlib import Path, PurePosixPath

from catalog.models import Kind

SCRIPTS = {".fountain", ".fdx", ".docx", ".doc", ".rtf", ".pdf", ".md", ".txt", ".csv", ".xlsx"}
TEXTS = {".txt", ".md"}
SIDECARS = {
    ".srt", ".vtt", ".ass", ".ssa", ".ttml", ".json", ".xml", ".mhl", ".md5", ".sha1", ".sha256",
    ".xxh64", ".xmp", ".cdl", ".cube", ".ale", ".bim", ".cpf", ".thm", ".lrv",
}  # fmt: skip
# Pictures and office litter that come along with footage. Left alone, and said so once.
OTHERS = {
    ".jpg", ".jpeg", ".png", ".gif", ".bmp", ".tif", ".tiff", ".psd", ".heic", ".webp", ".svg",
    ".html", ".htm", ".url", ".lnk", ".webloc", ".zip", ".rar", ".7z", ".exe", ".dmg", ".ini",
    ".log", ".db", ".prproj", ".drp", ".aep", ".edl", ".otio", ".fcpxml", ".toml", ".yaml", ".yml",
    ".py", ".sh", ".js", ".css", ".ttf", ".otf",
}  # fmt: skip


def kind_of(path: Path, relative: PurePosixPath) -> Kind | None:
    """The kind of the file at `path` (`relative` to its watch folder), or None: left alone."""
    suffix = path.suffix.lower()
    if suffix in TEXTS and _is_note(relative):
        return Kind.NOTE
    if path.name.lower().endswith(".mos.xml"):
        return Kind.SCRIPT
    if suffix == ".txt" and _beside_footage(path):
        return Kind.SIDECAR
    if suffix in SCRIPTS:
        return Kind.SCRIPT
    if suffix in SIDECARS:
        return Kind.SIDECAR
    return None if suffix in OTHERS else Kind.FOOTAGE


def _is_note(relative: PurePosixPath) -> bool:
    in_notes = any(part.lower() == "notes" for part in relative.parts[:-1])
    return in_notes or relative.stem.lower().endswith(".note")


def _beside_footage(path: Path) -> bool:
    """Whether a file of the same stem that could be footage lies in the same folder."""
    known = SCRIPTS | SIDECARS | OTHERS
    return any(
        other.stem == path.stem and other.suffix and other.suffix.lower() not in known
        for other in path.parent.iterdir()
    )
