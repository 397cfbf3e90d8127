"""Media hash lists: the classic one (mediahashlist.org, 1.x) and the ASC's (urn:ASC:MHL:v2.0).

The classic list writes xxHash in three ways: `xxhash` is XXH32 in decimal, `xxhash64be` XXH64
as everybody writes it, and `xxhash64` the same with its bytes reversed.
"""

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from ingest.manifests.listed import Listed
from media.errors import Rejected

# Classic and ASC names → ours. C4 and folder hashes are left out.
_NAMES = {
    "md5": "md5", "sha1": "sha1", "sha256": "sha256", "sha512": "sha512", "xxhash": "xxh32",
    "xxhash64": "xxh64", "xxhash64be": "xxh64", "xxh64": "xxh64", "xxh3": "xxh3",
    "xxh128": "xxh128",
}  # fmt: skip


def read(path: Path) -> list[Listed]:
    """Every file that is listed. Raises Rejected when it is no whole list."""
    try:
        root = ElementTree.parse(path).getroot()  # noqa: S314 - expat ≥ 2.4.1 bounds entities
    except ElementTree.ParseError as error:
        raise Rejected(f"{path.name} is no whole hash list ({error}): check that copy") from error
    if _name(root) != "hashlist":
        raise Rejected(f"{path.name} is no hash list (it begins with <{_name(root)}>)")
    found = (_listed(entry) for entry in root.iter() if _name(entry) == "hash")
    return [each for each in found if each]


def _listed(entry: ElementTree.Element) -> Listed | None:
    """None for what names no file, such as the hash of a folder's structure."""
    size, path, sums = None, "", []
    for child in entry.iter():
        name, text = _name(child), (child.text or "").strip()
        if name in ("file", "path"):
            path, size = text, child.get("size", size)
        elif name == "size":
            size = text
        elif name in _NAMES and text:
            sums.append((_NAMES[name], _digest(name, text)))
    if not path:
        return None
    return Listed(path, int(size) if size and str(size).isdecimal() else None, tuple(sums))


def _digest(name: str, text: str) -> str:
    if name == "xxhash":
        return f"{int(text):08x}" if text.isdecimal() else text.lower()
    if name == "xxhash64":
        return "".join(reversed(list(_pairs(text.lower()))))
    return text.lower()


def _pairs(text: str) -> Iterator[str]:
    return (text[at : at + 2] for at in range(0, len(text), 2))


def _name(element: ElementTree.Element) -> str:
    """The tag without its name space."""
    return element.tag.rpartition("}")[2].lower()
