"""What a dropped file is, by its name and its neighbours. ffprobe has the last word on footage."""

from collections.abc import Callable, Collection
from pathlib import Path, PurePosixPath

from catalog.models import Kind
from catalog.stories import folded
from ingest.manifests import is_manifest
from media import imagefiles

SCRIPTS = {
    ".fountain", ".spmd", ".fdx", ".docx", ".doc", ".rtf", ".pdf", ".md", ".markdown", ".txt",
    ".text", ".csv", ".tsv", ".xlsx", ".xls", ".mos",
}  # fmt: skip
TEXTS = {".txt", ".text", ".md", ".markdown"}
SIDECARS = {
    ".srt", ".vtt", ".ass", ".ssa", ".ttml", ".dfxp", ".itt", ".scc", ".stl", ".json", ".xml",
    ".xmp", ".cdl", ".cube", ".ale", ".bim", ".cpf", ".thm", ".lrv",
}  # fmt: skip
# Drawings, office litter and the index files of camera cards that come along with footage.
# Left alone, and said so once.
OTHERS = {
    ".gif", ".psd", ".svg",
    ".html", ".htm", ".url", ".lnk", ".webloc", ".zip", ".rar", ".7z", ".exe", ".dmg", ".ini",
    ".log", ".db", ".prproj", ".drp", ".aep", ".edl", ".otio", ".fcpxml", ".toml", ".yaml", ".yml",
    ".py", ".sh", ".js", ".css", ".ttf", ".otf",
    ".icn", ".ppn", ".bdm", ".mpl", ".cpi", ".tdt", ".tid", ".smi", ".pdi", ".sif", ".cif",
}  # fmt: skip
# They say that a file beside them, or all of its folder, is whole.
MARKERS = {".done", ".ready"}
_CHAIN = "ascmhl_chain.xml"  # of an ASC MHL folder: names its hash lists
# Under these a file that is still being copied may lie beside its text.
_PARTIAL = {".part", ".partial", ".tmp", ".crdownload", ".filepart", ".download"}
# A text beside a picture of its name is a script all the same: nobody captions pictures.
_NO_COMPANIONS = SCRIPTS | SIDECARS | OTHERS | MARKERS | imagefiles.SUFFIXES


def kind_of(
    relative: PurePosixPath, beside: Callable[[], Collection[str]] = frozenset[str]
) -> Kind | None:
    """The kind of the file at `relative`, a path in its watch folder, or None: left alone.

    `beside`: the stems of the footage in the same folder (`footage_stems`). Only a `.txt`
    depends on it: it is a sidecar there and a script everywhere else.
    """
    suffix = relative.suffix.lower()
    if suffix in TEXTS and _is_note(relative):
        return Kind.NOTE
    if relative.name.lower().endswith(".mos.xml"):
        return Kind.SCRIPT
    if suffix == ".txt" and not set(_stems(relative.name)).isdisjoint(map(folded, beside())):
        return Kind.SIDECAR
    if is_manifest(relative):
        return Kind.MANIFEST
    if relative.name.lower() == _CHAIN or suffix in MARKERS:
        return None
    if suffix in SCRIPTS:
        return Kind.SCRIPT
    if suffix in SIDECARS:
        return Kind.SIDECAR
    return None if suffix in OTHERS else Kind.FOOTAGE


def footage_stems(folder: Path) -> frozenset[str]:
    """The stems of the files in a folder that could be footage, also while they are copied;
    those of pictures are none of them.

    Raises OSError.
    """
    return frozenset(filter(None, map(_footage_stem, folder.iterdir())))


def _footage_stem(path: Path) -> str:
    named = path.with_suffix("") if path.suffix.lower() in _PARTIAL else path
    could_be = (
        named.suffix
        and not is_manifest(PurePosixPath(named.name))
        and named.suffix.lower() not in _NO_COMPANIONS
    )
    return named.stem if could_be else ""


def _stems(name: str) -> list[str]:
    """What `name` could be a companion of: `A001.zh.txt` of `A001.zh` and of `A001`."""
    parts = folded(name).split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts))]


def _is_note(relative: PurePosixPath) -> bool:
    in_notes = any(part.lower() == "notes" for part in relative.parts[:-1])
    return in_notes or relative.stem.lower().endswith(".note")
