"""What a script is about, from its own structure: scenes, cast, and who does what where.

No language model: headings name the places, cues the people, and an action that opens with
somebody's name says what that person does. All lines are numbers of script lines, from 0.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from indexers.scripts.headings import read_heading
from indexers.scripts.screenplay import ACTION, DIALOGUE, HEADING, Screenplay, Unit

_OFF = re.compile(r"\b(?:V\.?\s?O|O\.?\s?[SC])\b|画外|旁白|off.?screen|voice.?over", re.IGNORECASE)
_NARRATORS = re.compile(r"^(?:旁白|画外音|解说|narrator|v\.?o\.?)$", re.IGNORECASE)
_SENTENCE = re.compile(r"[^.!?。！？]+[.!?。！？]*")
_INTRODUCED = re.compile(r"\b[A-Z][A-Z'’.-]+(?: [A-Z][A-Z'’.-]+){0,2}\b(?=\s*[,(（])")
_LONGEST_DEED = 80  # letters


def structure(screenplay: Screenplay) -> dict[str, list[dict[str, Any]]]:
    """`scenes`, `cast`, `entities` and `relations` as JSON (Script.structure).

    scenes: number, heading, setting, place, time, first, last (lines, inclusive), cast.
    cast: name, lines (how many), first (line), scenes (indices), off (never in the picture).
    entities: kind (person, place, action), name, lines.
    relations: subject, relation (speaks in, speaks to, does), object, line.
    """
    units = screenplay.units
    scenes = list(_scenes(units))
    cast = _cast(units, scenes)
    return {
        "scenes": scenes,
        "cast": cast,
        "entities": _entities(units, scenes, cast),
        "relations": list(_relations(units, scenes, [one["name"] for one in cast])),
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
        yield {
            "number": unit.scene_number or parts.number,
            "heading": heading,
            "setting": parts.setting,
            "place": parts.place,
            "time": parts.time,
            "first": first,
            "last": end - 1,
            "cast": list(dict.fromkeys(each.character for each in said)),
        }


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
            "off": bool(_NARRATORS.match(name))
            or all(_OFF.search(units[number].parenthetical) for number in numbers),
        }
        for name, numbers in spoken.items()
    ]


def _entities(
    units: Sequence[Unit], scenes: Sequence[dict[str, Any]], cast: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    people = {str(one["name"]): _naming(units, str(one["name"])) for one in cast}
    for number, unit in enumerate(units):
        for name in _INTRODUCED.findall(unit.text) if unit.kind == ACTION else ():
            people.setdefault(name, [number])
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


def _naming(units: Sequence[Unit], name: str) -> list[int]:
    """The lines that somebody says, and the actions that name them."""
    return [
        number
        for number, unit in enumerate(units)
        if unit.character == name or (unit.kind == ACTION and _named(unit.text, name))
    ]


def _named(text: str, name: str) -> re.Match[str] | None:
    """Where `text` names somebody: a whole word, or anywhere in Chinese."""
    edge = r"\b" if name.isascii() else ""
    return re.search(f"{edge}{re.escape(name)}{edge}", text, re.IGNORECASE)


def _relations(
    units: Sequence[Unit], scenes: Sequence[dict[str, Any]], names: Sequence[str]
) -> Iterator[dict[str, Any]]:
    for scene in scenes:
        for name in scene["cast"]:
            if scene["place"]:
                yield _relation(name, "speaks in", scene["place"], scene["first"])
        numbers = range(scene["first"], scene["last"] + 1)
        said = [n for n in numbers if units[n].kind == DIALOGUE and units[n].character]
        for one, other in pairwise(said):
            speaker, hearer = units[other].character, units[one].character
            if speaker != hearer:
                yield _relation(speaker, "speaks to", hearer, other)
        for number in numbers:
            if units[number].kind == ACTION:
                yield from _deeds(units[number].text, number, names)


def _deeds(text: str, number: int, names: Sequence[str]) -> Iterator[dict[str, Any]]:
    """What people do: a sentence that opens with a name, perhaps after an article."""
    for sentence in _SENTENCE.findall(text):
        for name in names:
            found = _named(sentence, name)
            before = sentence[: found.start()].strip().lower() if found else "-"
            if found and before in ("", "the", "a", "an", "then", "只见"):
                deed = sentence[found.end() :].strip(" ,，.。!！?？")
                if deed:
                    yield _relation(name, "does", deed[:_LONGEST_DEED], number)


def _relation(subject: str, relation: str, other: str, line: int) -> dict[str, Any]:
    return {"subject": subject, "relation": relation, "object": other, "line": line}
