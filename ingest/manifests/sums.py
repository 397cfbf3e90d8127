"""Lists as md5sum, shasum and xxhsum write them, in GNU and in BSD form."""

import re
from pathlib import Path

from ingest.manifests.listed import Listed
from media.digests import ALGORITHMS, BY_LENGTH
from media.errors import Rejected

_GNU = re.compile(r"(\\?)(?:(XXH3)_)?([0-9a-fA-F]{8,128}) [ *](.+)")
_BSD = re.compile(r"(\\?)([A-Za-z0-9-]+) \((.+)\) = (?:XXH3_)?([0-9a-fA-F]{8,128})")
_NAMED = {"xxh128": "xxh128", "xxh3": "xxh3", "xxh64": "xxh64", "xxh32": "xxh32"}
_OTHER_NAMES = {"sha-1": "sha1", "sha-256": "sha256", "sha-512": "sha512", "xxhash64": "xxh64"}


def read(path: Path) -> list[Listed]:
    """Every line that names a file. Raises Rejected when a line is none: half a list, or none."""
    text = path.read_text(encoding="utf-8-sig", errors="surrogateescape")
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith(("#", ";")):
            continue
        listed = _line(line, path.name)
        if listed is None:
            raise Rejected(
                f"{path.name} is no whole list of checksums (line {number}): check that copy"
            )
        found.append(listed)
    if not found:
        raise Rejected(f"{path.name} names no files: check that copy")
    return found


def _line(line: str, name: str) -> Listed | None:
    if bsd := _BSD.fullmatch(line):
        escaped, said, file, digest = bsd.groups()
        algorithm = _OTHER_NAMES.get(said.lower(), said.lower())
    elif gnu := _GNU.fullmatch(line):
        escaped, prefix, digest, file = gnu.groups()
        algorithm = prefix.lower() if prefix else _guessed(digest, name)
    else:
        return None
    if algorithm not in ALGORITHMS:
        return None
    # A backslash that is not escaped is how Windows separates folders.
    plain = _plain(file) if escaped else file.replace("\\", "/")
    return Listed(plain, None, ((algorithm, digest.lower()),))


def _guessed(digest: str, name: str) -> str:
    """By the list's own name where that says it, else by how long the sum is."""
    said = next((known for known in _NAMED if known in name.lower()), "")
    lengths = {"xxh128": 32, "xxh3": 16, "xxh64": 16, "xxh32": 8}
    if said and lengths[said] == len(digest):
        return said
    return BY_LENGTH.get(len(digest), "")


def _plain(name: str) -> str:
    r"""A name with a line break or a backslash is written escaped, after a leading `\`."""
    return re.sub(r"\\(.)", lambda found: {"n": "\n", "r": "\r"}.get(found[1], found[1]), name)
