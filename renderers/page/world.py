"""Who and what a script is about, as its structure tells: people, places, and in each scene who is
there and does what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from renderers.page.phrases import Phrases

_MOST = 3  # deeds of somebody that are told


@dataclass(frozen=True)
class Named:
    """A person, a place or a scene. `lines`: how often; `told`: with whom, where, doing what."""

    name: str
    lines: str
    told: str


def people(structure: Mapping[str, Sequence[Mapping[str, Any]]], say: Phrases) -> tuple[Named, ...]:
    """The cast in order of appearance, and after it the others whom the script names."""
    relations = structure.get("relations", ())
    lines = {str(one["name"]): int(one["lines"]) for one in structure.get("cast", ())}
    for one in structure.get("entities", ()):
        if one["kind"] == "person":
            lines.setdefault(str(one["name"]), 0)
    return tuple(
        Named(name, _counted(count, say), _told(name, relations, say))
        for name, count in lines.items()
    )


def places(structure: Mapping[str, Sequence[Mapping[str, Any]]], say: Phrases) -> tuple[Named, ...]:
    """The places in order of appearance, with who is there."""
    casts: dict[str, list[list[str]]] = {}
    for scene in structure.get("scenes", ()):
        if scene["place"]:
            there = scene.get("people", scene["cast"])
            casts.setdefault(str(scene["place"]), []).append([str(name) for name in there])
    return tuple(
        Named(
            place,
            say("one_scene") if len(scenes) == 1 else say("scenes_at", number=len(scenes)),
            say("comma").join(dict.fromkeys(name for cast in scenes for name in cast)),
        )
        for place, scenes in casts.items()
    )


def scenes(structure: Mapping[str, Sequence[Mapping[str, Any]]], say: Phrases) -> tuple[Named, ...]:
    """Each scene with who is there and what is done, where the script tells either.

    `lines`: who is there.
    """
    deeds = [one for one in structure.get("relations", ()) if one["relation"] == "does"]
    found = [
        Named(
            str(scene["heading"]) or say("before_first_scene"),
            say("comma").join(str(name) for name in scene.get("people", scene["cast"])),
            _done([one for one in deeds if scene["first"] <= one["line"] <= scene["last"]], say),
        )
        for scene in structure.get("scenes", ())
    ]
    return tuple(one for one in found if one.lines or one.told)


def _done(deeds: Sequence[Mapping[str, Any]], say: Phrases) -> str:
    """The first deeds of a scene, of those who do the same as one."""
    doers: dict[str, list[str]] = {}
    for one in deeds:
        doers.setdefault(str(one["object"]), []).append(str(one["subject"]))
    told = [
        say("does", names=say("comma").join(names), deed=deed)
        for deed, names in list(doers.items())[:_MOST]
    ]
    return " · ".join(told)


def _counted(lines: int, say: Phrases) -> str:
    if lines == 1:
        return say("one_line")
    return say("lines_of", number=lines) if lines else say("named")


def _told(name: str, relations: Sequence[Mapping[str, Any]], say: Phrases) -> str:
    mine = [one for one in relations if one["subject"] == name]
    others = dict.fromkeys(str(one["object"]) for one in mine if one["relation"] == "speaks to")
    deeds = dict.fromkeys(str(one["object"]) for one in mine if one["relation"] == "does")
    parts = [say("speaks_to", names=say("comma").join(others))] if others else []
    return " · ".join([*parts, *list(deeds)[:_MOST]])
