"""XML from outside: no entities, nothing fetched; names without their namespaces."""

import re
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from indexers.scripts.encodings import decode_xml
from media.errors import Rejected

# A declaration and a DOCTYPE that only names its DTD.
_HEAD = re.compile(r"<\?xml[^>]*\?>|<!DOCTYPE\s[^\[>]*>")


def read_xml(data: bytes, path: Path) -> Element:
    """The root element. Raises Rejected when it is damaged, or not as safe files are."""
    return _parsed(decode_xml(data, path.name), path)


def _parsed(text: str, path: Path) -> Element:
    try:
        root: Element = fromstring(text)  # a DOCTYPE that only names its DTD is left alone
    except ParseError as error:
        raise Rejected(f"{path.name} is damaged XML ({error}): export the script again") from error
    except DefusedXmlException as error:
        raise Rejected(
            f"{path.name} declares entities, which no script needs: "
            "remove them, or export the script again"
        ) from error
    for element in root.iter():
        element.tag = local(element)
    return root


def read_many(data: bytes, path: Path) -> Element:
    """One root for all documents of a file that follow each other. Raises Rejected."""
    text = decode_xml(data, path.name)
    if "<!ENTITY" in text:
        return _parsed(text, path)
    text = _HEAD.sub("", text)
    return _parsed(f"<all>{text}</all>", path)


def text_of(element: Element | None) -> str:
    """All text inside an element, spaces folded."""
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def local(element: Element) -> str:
    """The element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]
