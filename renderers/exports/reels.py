"""Reel names that fit a list: one per source, in the alphabet and length of its reader.

CMX3600 knows 8 characters; Avid reads 32 (File32) and 128 (File129); Resolve can relink by
the full file name.
"""

import re
import unicodedata
from collections.abc import Iterable

from anyascii import anyascii

from config.exporting import ReelLength
from renderers.sequence import Source

# BL is black, AX any unnamed auxiliary source, NONE no source at all: readers act on them.
_RESERVED = frozenset({"BL", "AX", "NONE"})
_ALPHABET = r"[A-Z0-9_]"
# A blank would end the reel's column.
_NOT_IN_A_FILE_NAME = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def reel_names(sources: Iterable[Source], length: ReelLength = 8) -> dict[int, str]:
    """The reel of each source by its asset id; all different.

    Sources that come out alike (one card for many files, long names that start alike) get
    `_2`, `_3` … in the order in which the assets were taken in, so that a reel tends to
    keep its name from one version of a cut to the next.
    """
    taken = set(_RESERVED)
    found: dict[int, str] = {}
    for source in sorted(sources, key=lambda source: source.asset_id):
        if source.asset_id not in found:
            reel = _file_name(source) if length == "full" else _fitting(source, length)
            found[source.asset_id] = _free(reel, taken, 255 if length == "full" else length)
            taken.add(found[source.asset_id])
    return found


def fits(reel: str, length: ReelLength) -> bool:
    """Whether a reader of lists with reels of `length` takes it."""
    if length == "full":
        return bool(reel) and not _NOT_IN_A_FILE_NAME.search(reel)
    return re.fullmatch(rf"{_ALPHABET}{{1,{length}}}", reel) is not None


def _fitting(source: Source, length: int) -> str:
    """`source.reel` in the alphabet of a reel, other scripts spelled in Latin letters (采访 is
    CAIFANG); underscores go first when it is too long."""
    plain = anyascii(unicodedata.normalize("NFKC", source.reel))
    reel = re.sub(r"[^A-Z0-9]+", "_", plain.upper()).strip("_")
    if len(reel) > length:
        reel = reel.replace("_", "")
    # A name of signs alone has nothing to keep.
    return reel[:length] or f"CLIP{source.asset_id:04}"[:length]


def _file_name(source: Source) -> str:
    return _NOT_IN_A_FILE_NAME.sub("_", source.name)


def _free(reel: str, taken: set[str], length: int) -> str:
    candidate, count = reel[:length], 1
    while candidate in taken:
        count += 1
        suffix = f"_{count}"
        candidate = reel[: length - len(suffix)] + suffix
    return candidate
