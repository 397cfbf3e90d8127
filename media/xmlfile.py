"""Reading the XML files of cameras, whatever their name spaces."""

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree


def elements(path: Path) -> Iterator[tuple[str, ElementTree.Element]]:
    """Every element with its bare name; none when the file is not there, or only half."""
    try:
        root = ElementTree.parse(path).getroot()  # noqa: S314 - expat ≥ 2.4.1 bounds entities
    except (OSError, ElementTree.ParseError):
        return iter(())
    return ((element.tag.rpartition("}")[2], element) for element in root.iter())


def is_whole(path: Path) -> bool:
    """Whether it is there and can be read to its end."""
    return any(True for _ in elements(path))
