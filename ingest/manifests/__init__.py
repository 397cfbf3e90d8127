"""Manifests: lists of what was copied and of its checksums. They decide when a file is whole.

One file per form, one line each in `_FORMS`. The ASC's own `ascmhl` package is not used: it
installs a top-level package called `tests`, wants Click 8.1, and reads each file once per sum.
"""

import re
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath

from ingest.manifests import mhl, sums
from ingest.manifests.listed import Listed

_FORMS: dict[str, Callable[[Path], list[Listed]]] = {
    ".mhl": mhl.read,
    **dict.fromkeys(
        (".md5", ".sha1", ".sha256", ".sha512", ".xxh", ".xxh32", ".xxh64", ".xxh3", ".xxh128",
         ".xxhash", ".xxhsum"), sums.read,
    ),
}  # fmt: skip
_SUMS = re.compile(r"(md5|sha1|sha256|sha512|xxh\w*)[-_]?sums?(\.txt)?", re.IGNORECASE)
_ASC_FOLDER = "ascmhl"  # its lists name files from the folder above it


def is_manifest(relative: PurePosixPath) -> bool:
    """Whether a file is a manifest, by its name: `A001.mhl`, `card.md5`, `MD5SUMS` …"""
    return relative.suffix.lower() in _FORMS or _SUMS.fullmatch(relative.name) is not None


def read(path: Path, relative: PurePosixPath) -> Sequence[Listed]:
    """What a manifest says, with paths relative to the watch folder, as `relative` is.

    Files outside of its own folder are left out. Raises Rejected when it is no whole list.
    """
    form = _FORMS.get(relative.suffix.lower(), sums.read)
    folder = relative.parent
    if folder.name.lower() == _ASC_FOLDER:
        folder = folder.parent
    found = (each.below(folder) for each in form(path))
    return [each for each in found if each]
