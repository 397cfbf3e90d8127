"""What the scripts of a story let expect to be said in its footage."""

import re
from collections import Counter
from collections.abc import Iterable

from sqlmodel import col, select

from catalog import stories
from catalog.models import Item, Kind, ScriptLine
from catalog.words import tokens
from catalog.work import Work
from indexers.engines.expected import Script, script_of
from indexers.engines.prompt import BETWEEN
from indexers.scripts.screenplay import DIALOGUE

_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][\w'’-]+")  # capitalised inside a sentence
_SENTENCE = re.compile(r"[^.!?…。！？]+")
_MOST = 120  # names of a prompt: Whisper reads 223 tokens


def script_for(work: Work) -> Script:
    """The dialogue of the current scripts of every story in which this asset was dropped."""
    return script_of(texts_for(work))


def texts_for(work: Work) -> list[str]:
    """That dialogue, line by line."""
    return [line.text for line in _dialogue(work)]


def names_for(work: Work) -> str:
    """The names in that dialogue, a recogniser's prompt, parted by ", "; "" without any.

    Those that come most often are last: so much as fits, Whisper reads from the end.
    """
    count = Counter(name for line in _dialogue(work) for name in _names(line))
    return BETWEEN.join(name for name, _ in reversed(count.most_common(_MOST)))


def characters_for(work: Work) -> dict[tuple[str, ...], str]:
    """The words of each line of that dialogue and of its sentences, and whose they are.

    Without what several characters say.
    """
    found: dict[tuple[str, ...], str] = {}
    for line in _dialogue(work):
        character = _character(line)
        for text in dict.fromkeys((line.text, *_SENTENCE.findall(line.text))):
            words = tuple(tokens(text))
            found[words] = character if found.get(words, character) == character else ""
    return {words: name for words, name in found.items() if name and words}


def _character(line: ScriptLine) -> str:
    """Without (V.O.) and the like."""
    return line.character.split("(")[0].split("（")[0].strip()


def _names(line: ScriptLine) -> Iterable[str]:
    character = _character(line).title()
    yield from (name for name in (character, *_NAME.findall(line.text)) if name)


def _dialogue(work: Work) -> list[ScriptLine]:
    told = {work.item.story_id}
    if work.item.asset_id is not None:
        told.update(stories.of_asset(work.session, work.item.asset_id))
    scripts = select(Item.id).where(
        Item.kind == Kind.SCRIPT,
        col(Item.story_id).in_(told),
        col(Item.replaced_at).is_(None),
    )
    return list(
        work.session.exec(
            select(ScriptLine)
            .where(col(ScriptLine.item_id).in_(scripts), ScriptLine.kind == DIALOGUE)
            .order_by(col(ScriptLine.item_id), col(ScriptLine.number))
        )
    )
