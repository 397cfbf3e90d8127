"""Reel names that fit a CMX3600 list: at most eight of A-Z, 0-9 and _, one per source."""

import re
import unicodedata
from collections.abc import Iterable

from renderers.sequence import Source

LENGTH = 8
# BL is black, AX any unnamed auxiliary source, NONE no source at all: readers act on them.
_RESERVED = frozenset({"BL", "AX", "NONE"})


def reel_names(sources: Iterable[Source]) -> dict[int, str]:
    """The reel of each source by its asset id; all different.

    Sources that come out alike (one card for many files, long names that start alike) get
    `_2`, `_3` … in the order in which the assets were taken in, so that a reel tends to
    keep its name from one version of a cut to the next.
    """
    taken = set(_RESERVED)
    found: dict[int, str] = {}
    for source in sorted(sources, key=lambda source: source.asset_id):
        if source.asset_id not in found:
            found[source.asset_id] = _free(_fitting(source), taken)
            taken.add(found[source.asset_id])
    return found


def _fitting(source: Source) -> str:
    """`source.reel` in the alphabet of a reel; underscores go first when it is too long."""
    plain = unicodedata.normalize("NFKD", source.reel).encode("ascii", "ignore").decode()
    reel = re.sub(r"[^A-Z0-9]+", "_", plain.upper()).strip("_")
    if len(reel) > LENGTH:
        reel = reel.replace("_", "")
    # A name without a single Latin letter or digit (采访) has nothing to keep.
    return reel[:LENGTH] or f"CLIP{source.asset_id:04}"[:LENGTH]


def _free(reel: str, taken: set[str]) -> str:
    candidate, count = reel, 1
    while candidate in taken:
        count += 1
        suffix = f"_{count}"
        candidate = reel[: LENGTH - len(suffix)] + suffix
    return candidate
