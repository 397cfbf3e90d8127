"""What the export stage left beside the report: its summary, read back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from renderers.export import SUMMARY


@dataclass(frozen=True)
class HeldBack:
    """A format whose gate failed, and why."""

    format: str
    reason: str


@dataclass(frozen=True)
class Exported:
    """`reels`: by asset, as in the files that were written."""

    held_back: tuple[HeldBack, ...] = ()
    reels: Mapping[int, str] = field(default_factory=dict)


def exported(folder: Path) -> Exported:
    """The summary in the folder of a cut; empty where exports failed as a whole."""
    path = folder / SUMMARY
    if not path.is_file():
        return Exported()
    told = json.loads(path.read_text(encoding="utf-8"))
    return Exported(
        held_back=tuple(HeldBack(one["format"], one["reason"]) for one in told["held_back"]),
        reels={one["asset"]: one["reel"] for one in told["reels"]},
    )
