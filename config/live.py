"""Which switches a running service takes over, and which wait for its next start."""

from dataclasses import dataclass

from config.settings import Settings
from config.watching import WatchFolder

# What is read anew whenever it is needed. Everything else is built into what runs: lanes and
# their width, engines and their vectors, broker and database, the folders' places.
_LIVE = ("intake", "proxy", "profiles", "shots", "match", "cut", "movie", "notify", "log")
_FLOORS = ("free_floor_gb", "state_floor_gb")


@dataclass(frozen=True)
class Merged:
    """The settings to go on with, and the switches that differ but need a start, by name."""

    settings: Settings
    later: tuple[str, ...]


def merge(now: Settings, new: Settings) -> Merged:
    """Take over what can be changed while the service runs; keep the rest as it is."""
    floors = {name: getattr(new.folders, name) for name in _FLOORS}
    folders = now.folders.model_copy(update=floors)
    watch = tuple(_in_place(now, folder) for folder in new.watch)
    values = {name: getattr(new, name) for name in _LIVE}
    merged = now.model_copy(update={**values, "folders": folders, "watch": watch})
    sections = (name for name in Settings.model_fields if name != "watch")
    later = [name for name in sections if getattr(merged, name) != getattr(new, name)]
    moved = [f"watch {a.name}: output" for a, b in zip(watch, new.watch, strict=True) if a != b]
    return Merged(merged, (*later, *moved))


def _in_place(now: Settings, folder: WatchFolder) -> WatchFolder:
    """A folder that is watched already goes on publishing where its stories are."""
    for known in now.watch:
        if known.name == folder.name:
            return folder.model_copy(update={"output": known.output})
    return folder
