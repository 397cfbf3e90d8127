"""The files beside the report, each with what it is for."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import quote

from catalog.models import Rendition
from renderers.page.phrases import Phrases
from renderers.stringout import NAME

_UNTOLD = ("report", "emotion curve", "exports")  # made with the page, or told on it
_FIRST = ("movie", "master")  # what people look for before all else
_TOLD = (*_FIRST, "edl", "fcpxml", "xmeml", "otio", "ale", "srt", "vtt")


@dataclass(frozen=True)
class Link:
    """A file beside the report. `use`: who reads it; "" where that is not known."""

    name: str
    address: str  # percent-encoded
    size: str
    use: str


def links(files: Iterable[Rendition], say: Phrases) -> tuple[Link, ...]:
    """Movies first, then the rough cut's files, then those of all takes; each by name."""
    told = [made for made in files if made.kind not in _UNTOLD]
    told.sort(key=lambda made: (made.kind not in _FIRST, _of_all_takes(made), made.path))
    return tuple(_link(made, say) for made in told)


def _link(made: Rendition, say: Phrases) -> Link:
    name = PurePosixPath(made.path).name
    uses = [say(f"file_{made.kind}")] if made.kind in _TOLD else []
    uses += [say("all_takes")] if _of_all_takes(made) else []
    return Link(name, quote(name), readable(made.size), " · ".join(uses))


def _of_all_takes(made: Rendition) -> bool:
    return PurePosixPath(made.path).stem.endswith(f"-{NAME}")


def readable(size: int) -> str:
    """Bytes as people read them: 940 B, 4.2 kB, 12 MB."""
    value, units = float(size), ["B", "kB", "MB", "GB"]
    while value >= 1000 and len(units) > 1:
        value /= 1000
        units.pop(0)
    digits = 1 if value < 10 and units[0] != "B" else 0
    return f"{value:.{digits}f} {units[0]}"
