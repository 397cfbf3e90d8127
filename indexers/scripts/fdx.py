"""Final Draft (.fdx): typed paragraphs, whose text is in runs of one style each.

Libraries that read it take the first run only, or leave out dual dialogue. Revisions, script
notes and the summaries of scenes are the writer's own; text that is struck out is not said.
"""

from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

from indexers.scripts.paragraphs import Paragraph, units
from indexers.scripts.screenplay import Screenplay, with_scenes
from indexers.scripts.xml import local, read_xml
from media.errors import Rejected


def parse(data: bytes, path: Path, name: str) -> Screenplay:
    """Read Final Draft's XML. `name` is the title when it has no title page. Raises Rejected."""
    root = read_xml(data, path)
    content = root.find("Content")
    if local(root) != "FinalDraft" or content is None:
        raise Rejected(f"{path.name} is not a Final Draft script: export it again as .fdx")
    paragraphs = [
        _paragraph(element, number) for number, element in enumerate(_elements(content), start=1)
    ]
    return Screenplay(_title(root) or name, "fdx", with_scenes(units(paragraphs)))


def _elements(content: Element) -> Iterator[Element]:
    """The paragraphs in order; those of a dual dialogue one after the other."""
    for paragraph in content.findall("Paragraph"):
        dual = paragraph.find("DualDialogue")
        if dual is not None:
            yield from _elements(dual)
        else:
            yield paragraph


def _paragraph(element: Element, position: int) -> Paragraph:
    return Paragraph(
        kind=element.get("Type", "Action").strip().lower(),
        text=_runs(element),
        position=position,
        scene_number=element.get("Number", ""),
    )


def _runs(paragraph: Element) -> str:
    """The text of all runs; a run has its spaces, so nothing goes between."""
    runs = (run for run in paragraph.findall("Text") if "Strikeout" not in run.get("Style", ""))
    return "".join("".join(run.itertext()) for run in runs)


def _title(root: Element) -> str:
    """The first words of the title page: they stand largest and highest."""
    page = root.find("TitlePage/Content")
    texts = (_runs(paragraph).strip() for paragraph in page or ())
    return next((" ".join(text.split()) for text in texts if text), "")
