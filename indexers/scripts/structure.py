"""What a script is about, from its own structure: scenes, cast, and who does what where.

No language model: headings name the places, cues and introductions the people, and a clause of an
action that opens with somebody's name says what that person does. All lines are numbers of script
lines, from 0.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from catalog.words import simplified
from indexers.scripts.details import PEOPLE, PLACE, TIME, told
from indexers.scripts.headings import read_heading
from indexers.scripts.screenplay import ACTION, DETAIL, DIALOGUE, HEADING, Screenplay, Unit

_OFF = re.compile(r"\b(?:V\.?\s?O|O\.?\s?[SC])\b|画外|旁白|off.?screen|voice.?over", re.IGNORECASE)
_NARRATORS = re.compile(
    r"^(?:旁白|画外音?|解说词?|独白|narrator|narration|announcer|voice.?over|v\.?o\.?)$",
    re.IGNORECASE,
)
_BELOW = 4  # lines below a heading that say what it leaves out
_LISTED = re.compile(r"[\s,，、;；/]+")
_SENTENCE = re.compile(r"[^.!?。！？]+[.!?。！？]*")
_CLAUSE = re.compile(r"[^,;，；、]+[,;，；、]*\s*")
_OPENINGS = ("", "the", "a", "an", "then", "and", "只见")  # what may stand before the name
_ALSO = ("and", "and the", "and a", "&", "和", "与", "跟")  # between two who do the same
_INTRODUCED = re.compile(r"\b[A-Z][A-Z'’.-]+(?: [A-Z][A-Z'’.-]+){0,2}\b(?=\s*[,(（])")
_LONGEST_DEED = 80  # letters
_SHOWN = (ACTION, DETAIL)  # where those who don't speak are named


def structure(screenplay: Screenplay) -> dict[str, list[dict[str, Any]]]:
    """`scenes`, `cast`, `entities` and `relations` as JSON (Script.structure).

    scenes: number, heading, setting, place, time, first, last (lines, inclusive), cast (who
    speaks), people (who is there: narrators are not), actions (lines).
    cast: name, lines (how many), first (line), scenes (indices), off (never in the picture).
    entities: kind (person, place, action), name, lines.
    relations: subject, relation, object, line. Somebody speaks in or is in a place, speaks to or
    acts on somebody, does something; an action happens in a place.
    """
    units = screenplay.units
    scenes = list(_scenes(units))
    cast = _cast(units, scenes)
    entities = _entities(units, scenes, cast)
    people = [one for one in entities if one["kind"] == "person"]
    for scene in scenes:
        scene["people"] = list(_there(units, scene, people))
    names = [str(one["name"]) for one in people]
    return {
        "scenes": scenes,
        "cast": cast,
        "entities": entities,
        "relations": list(_relations(units, scenes, names)),
    }


def _scenes(units: Sequence[Unit]) -> Iterator[dict[str, Any]]:
    """A scene for each heading; lines before the first heading have one without a name."""
    starts = [i for i, unit in enumerate(units) if unit.kind == HEADING]
    if units and (not starts or starts[0] > 0):
        starts.insert(0, 0)
    for first, end in pairwise([*starts, len(units)]):
        unit = units[first]
        heading = unit.text if unit.kind == HEADING else ""
        parts = read_heading(heading)
        said = [each for each in units[first:end] if each.kind == DIALOGUE and each.character]
        below = units[first + 1 : min(end, first + 1 + _BELOW)]
        yield {
            "number": unit.scene_number or parts.number,
            "heading": heading,
            "setting": parts.setting,
            "place": parts.place or _told(below, PLACE),
            "time": parts.time or _told(below, TIME),
            "first": first,
            "last": end - 1,
            "cast": list(dict.fromkeys(each.character for each in said)),
            "actions": [n for n in range(first, end) if units[n].kind == ACTION],
        }


def _told(below: Sequence[Unit], what: re.Pattern[str]) -> str:
    """What the lines below a heading say of its scene; "" where they say nothing."""
    found = (told(unit.text, what) for unit in below if unit.kind == DETAIL)
    return next(filter(None, found), "")


def _there(
    units: Sequence[Unit], scene: dict[str, Any], people: Sequence[dict[str, Any]]
) -> Iterator[str]:
    """Who speaks in a scene, other than off, or is named in its actions."""
    span = range(scene["first"], scene["last"] + 1)
    for one in people:
        name = str(one["name"])
        seen = (
            units[n].kind in _SHOWN or not _off(units[n].parenthetical)
            for n in one["lines"]
            if n in span
        )
        if any(seen) and not _narrates(name):
            yield name


def _off(parenthetical: str) -> bool:
    return bool(_OFF.search(simplified(parenthetical)))


def _narrates(name: str) -> bool:
    return bool(_NARRATORS.match(simplified(name)))


def _cast(units: Sequence[Unit], scenes: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    spoken: dict[str, list[int]] = {}
    for number, unit in enumerate(units):
        if unit.kind == DIALOGUE and unit.character:
            spoken.setdefault(unit.character, []).append(number)
    return [
        {
            "name": name,
            "lines": len(numbers),
            "first": numbers[0],
            "scenes": [i for i, scene in enumerate(scenes) if name in scene["cast"]],
            "off": _narrates(name) or all(_off(units[number].parenthetical) for number in numbers),
        }
        for name, numbers in spoken.items()
    ]


def _entities(
    units: Sequence[Unit], scenes: Sequence[dict[str, Any]], cast: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    people = {str(one["name"]): _naming(units, str(one["name"])) for one in cast}
    for number, unit in enumerate(units):
        for name in _present(unit):
            if name.casefold() not in map(str.casefold, people):  # Anna is ANNA
                people[name] = _naming(units, name) or [number]
    places: dict[str, list[int]] = {}
    for scene in scenes:
        if scene["place"]:
            places.setdefault(scene["place"], []).append(scene["first"])
    actions = {unit.text: [n] for n, unit in enumerate(units) if unit.kind == ACTION}
    return [
        {"kind": kind, "name": name, "lines": lines}
        for kind, found in (("person", people), ("place", places), ("action", actions))
        for name, lines in found.items()
    ]


def _present(unit: Unit) -> list[str]:
    """Who is introduced in capitals, as screenplays do, or listed as present."""
    if unit.kind == DETAIL:
        return [name for name in _LISTED.split(told(unit.text, PEOPLE).strip("。.")) if name]
    return _INTRODUCED.findall(unit.text) if unit.kind == ACTION else []


def _naming(units: Sequence[Unit], name: str) -> list[int]:
    """The lines that somebody says, and the actions that name them."""
    return [
        number
        for number, unit in enumerate(units)
        if unit.character == name or (unit.kind in _SHOWN and _named(unit.text, name))
    ]


def _named(text: str, name: str) -> re.Match[str] | None:
    """Where `text` names somebody: a whole word, or anywhere in Chinese."""
    edge = r"\b" if name.isascii() else ""
    return re.search(f"{edge}{re.escape(name)}{edge}", text, re.IGNORECASE)


def _relations(
    units: Sequence[Unit], scenes: Sequence[dict[str, Any]], names: Sequence[str]
) -> Iterator[dict[str, Any]]:
    for scene in scenes:
        place, first = scene["place"], scene["first"]
        if place:
            heard = [name for name in scene["cast"] if not _narrates(name)]
            yield from (_relation(name, "speaks in", place, first) for name in heard)
            silent = [name for name in scene["people"] if name not in scene["cast"]]
            yield from (_relation(name, "is in", place, first) for name in silent)
        yield from _talk(units, range(first, scene["last"] + 1))
        for number in scene["actions"]:
            if place:
                yield _relation(units[number].text, "happens in", place, number)
            yield from _deeds(units[number].text, number, names)


def _talk(units: Sequence[Unit], numbers: range) -> Iterator[dict[str, Any]]:
    """Who answers whom. Nobody talks with a narrator."""
    said = [n for n in numbers if units[n].kind == DIALOGUE and units[n].character]
    said = [n for n in said if not _narrates(units[n].character)]
    for one, other in pairwise(said):
        speaker, hearer = units[other].character, units[one].character
        if speaker != hearer:
            yield _relation(speaker, "speaks to", hearer, other)


def _deeds(text: str, number: int, names: Sequence[str]) -> Iterator[dict[str, Any]]:
    """What people do: from a clause that opens with a name, perhaps after an article, to the next
    one that does or the end of the sentence."""
    for sentence in _SENTENCE.findall(text):
        doers: tuple[str, ...] = ()
        deed = ""
        for clause in _CLAUSE.findall(sentence):
            found, rest = _opened(clause, names)
            if found:
                yield from _done(doers, deed, number, names)
                doers, deed = found, rest
            else:
                deed += clause
        yield from _done(doers, deed, number, names)


def _opened(clause: str, names: Sequence[str]) -> tuple[tuple[str, ...], str]:
    """Who a clause opens with, and what is left of it; nobody in most."""
    doers: list[str] = []
    rest = clause
    while True:
        named = [(found.start(), -found.end(), name)
                 for name in names if (found := _named(rest, name))]  # fmt: skip
        if not named:
            break
        start, end, name = min(named)
        before = rest[:start].strip().lower()
        if before not in (_ALSO if doers else _OPENINGS):
            break
        doers.append(name)
        rest = rest[-end:]
    return tuple(doers), rest


def _done(
    doers: Sequence[str], deed: str, number: int, names: Sequence[str]
) -> Iterator[dict[str, Any]]:
    deed = deed.strip(" ,，.。!！?？;；、")[:_LONGEST_DEED]
    for doer in doers if deed else ():
        yield _relation(doer, "does", deed, number)
        for other in names:
            if other not in doers and _named(deed, other):
                yield _relation(doer, "acts on", other, number)


def _relation(subject: str, relation: str, other: str, line: int) -> dict[str, Any]:
    return {"subject": subject, "relation": relation, "object": other, "line": line}
