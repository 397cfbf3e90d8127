"""Screenplays whose paragraphs say what they are: Final Draft, and styles in Word."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from indexers.scripts.fountain import cue
from indexers.scripts.screenplay import ACTION, HEADING, Speech, Unit, aside, joined

HEADINGS = {"scene heading", "slug line", "slugline", "sceneheading", "场景标题", "场景", "场次"}
CHARACTERS = {"character", "角色", "人物", "人物名"}
ASIDES = {"parenthetical", "括号", "括注", "提示"}
SPOKEN = {"dialogue", "dialog", "singing", "lyrics", "对白", "台词", "对话"}
HIDDEN = {"cast list", "end of act", "new act", "show/ep. title", "note"}
STYLES = HEADINGS | CHARACTERS | ASIDES | SPOKEN


@dataclass(frozen=True)
class Paragraph:
    """One paragraph: its type in small letters, its text, and its place in the file from 1."""

    kind: str
    text: str
    position: int
    scene_number: str = ""


def units(paragraphs: Iterable[Paragraph]) -> Iterator[Unit]:
    """The units of typed paragraphs; a type that is not known is an action."""
    speech: Speech | None = None
    for paragraph in paragraphs:
        text = joined([paragraph.text])
        if not text:
            continue
        if speech and paragraph.kind in ASIDES:
            speech.asides.append(aside(text))
            continue
        if speech and paragraph.kind in SPOKEN:
            speech.said.append(text)
            continue
        if speech:
            yield speech.unit()
        speech = _opened(paragraph, text)
        if speech is None:
            yield from _alone(paragraph, text)
    if speech:
        yield speech.unit()


def _opened(paragraph: Paragraph, text: str) -> Speech | None:
    """The speech that a paragraph begins: under its name, or nameless."""
    if paragraph.kind in CHARACTERS:
        name, extension = cue(f"@{text}") or (text, "")
        return Speech(name, paragraph.position, [extension])
    if paragraph.kind in SPOKEN:
        return Speech("", paragraph.position, said=[text])
    return None


def _alone(paragraph: Paragraph, text: str) -> Iterator[Unit]:
    if paragraph.kind in HEADINGS:
        yield Unit(HEADING, text, paragraph.position, scene_number=paragraph.scene_number)
    elif paragraph.kind not in HIDDEN and not paragraph.kind.startswith("outline"):
        yield Unit(ACTION, text, paragraph.position)
