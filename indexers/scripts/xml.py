"""XML from outside: no entities, no DTD, nothing fetched."""

from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from indexers.scripts.encodings import decode_xml
from media.errors import Rejected


def read_xml(data: bytes, path: Path) -> Element:
    """The root element. Raises Rejected when it is damaged, or not as safe files are."""
    text = decode_xml(data, path.name)
    try:
        root: Element = fromstring(text, forbid_dtd=True)
    except ParseError as error:
        raise Rejected(f"{path.name} is damaged XML ({error}): export the script again") from error
    except DefusedXmlException as error:
        raise Rejected(
            f"{path.name} declares entities or a DTD, which no script needs: "
            "remove them, or export the script again"
        ) from error
    return root


def text_of(element: Element | None) -> str:
    """All text inside an element, spaces folded."""
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def local(element: Element) -> str:
    """The element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]
