"""MOS, the newsroom protocol: stories of a running order, with what the presenter reads.

`roStorySend` carries a story's text, `roCreate` the order of stories and their items (`roReplace`
and `roList` repeat it). MOS 2.8.5, sections 3.2.1 and 3.9; systems send UTF-16 big endian, often
without a mark, and a recorded stream is one message after the other.
"""

from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml.ElementTree import fromstring

from indexers.scripts.plaintext import cue
from indexers.scripts.screenplay import ACTION, DIALOGUE, HEADING, Screenplay, Unit, with_scenes
from indexers.scripts.xml import local, read_many, text_of
from media.errors import Rejected

_INSTRUCTIONS = ("pi", "storyitem")
_APART = ("p", "storypresenter", "storypresenterrr", *_INSTRUCTIONS)
_ORDERS = ("roCreate", "roReplace", "roList")


def parse(data: bytes, path: Path, name: str) -> Screenplay:
    """Read every message in a file. Raises Rejected when it holds no running order."""
    root = read_many(data, path)
    messages = [each for each in root.iter() if local(each) in (*_ORDERS, "roStorySend")]
    if not messages:
        raise Rejected(
            f"{path.name} has neither roCreate nor roStorySend in it: send the running order"
        )
    title = next((text for each in messages if (text := _child(each, "roSlug"))), "")
    units = (unit for position, story in _stories(messages) for unit in _story(story, position))
    return Screenplay(title or name, "mos", with_scenes(units))


def _stories(messages: list[Element]) -> Iterator[tuple[int, Element]]:
    """Each story with its place in the file; the text of a story wins over its announcement."""
    sent = {_child(each, "storyID"): each for each in messages if local(each) == "roStorySend"}
    found = [each for each in messages if local(each) == "roStorySend"]
    created = [s for each in messages if local(each) in _ORDERS for s in each.findall("story")]
    if created:
        announced = [sent.pop(_child(story, "storyID"), story) for story in created]
        found = [*announced, *(story for story in found if story in sent.values())]
    return enumerate(found, start=1)


def _story(story: Element, position: int) -> Iterator[Unit]:
    slug, number = _child(story, "storySlug"), _child(story, "storyNum")
    if slug or number:
        yield Unit(HEADING, slug or number, position, scene_number=number)
    for item in story.findall("item"):
        if text := _child(item, "itemSlug") or _child(item, "mosAbstract"):
            yield Unit(ACTION, text, position)
    presenter = ""
    for part in _parts(story.find("storyBody")):
        kind = local(part).lower()
        if kind == "storypresenter":
            presenter = text_of(part)
        elif kind == "p":
            yield from _paragraph(part, presenter, position)
        elif kind in _INSTRUCTIONS:
            yield from _instruction(part, position)


def _parts(body: Element | None) -> Iterator[Element]:
    """What a story consists of; text and marks that stand in no paragraph as paragraphs."""
    body = _unescaped(body)
    if body is None:
        return
    loose = Element("p")
    loose.text = body.text
    for part in body:
        if local(part).lower() in _APART:
            yield loose
            yield part
            loose = Element("p")
            loose.text = part.tail
        elif local(part).lower() == "br":
            yield loose
            loose = Element("p")
            loose.text = part.tail
        else:
            loose.append(part)
    yield loose


def _unescaped(body: Element | None) -> Element | None:
    """The body itself, or what some systems escape in it (CDATA) as elements."""
    if body is None or len(body) or "<" not in (body.text or ""):
        return body
    try:
        read: Element = fromstring(f"<storyBody>{body.text}</storyBody>")
    except (ParseError, ValueError):
        return body
    return read


def _paragraph(paragraph: Element, presenter: str, position: int) -> Iterator[Unit]:
    """What is read, without the instructions that stand in it."""
    said = [paragraph.text or ""]
    for part in paragraph:
        if local(part).lower() in _INSTRUCTIONS:
            yield from _instruction(part, position)
        else:
            said.append(text_of(part) or " ")
        said.append(part.tail or "")
    text = " ".join("".join(said).split())
    found = cue(text)
    if found:
        yield Unit(DIALOGUE, found.text, position, found.character, found.parenthetical)
    elif text.startswith(("(", "[", "（", "【")) and text.endswith((")", "]", "）", "】")):
        yield Unit(ACTION, text[1:-1].strip(), position)
    elif text:
        yield Unit(DIALOGUE, text, position, presenter)


def _instruction(part: Element, position: int) -> Iterator[Unit]:
    slug = next((text_of(each) for each in part.iter() if local(each) == "itemSlug"), "")
    text = slug or ("" if len(part) else text_of(part))
    if text:
        yield Unit(ACTION, text, position)


def _child(element: Element, name: str) -> str:
    return text_of(element.find(name))
