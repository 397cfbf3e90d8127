"""What moderation has marked, as the report's list tells it: what, where, and why."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass, replace

from catalog.models import PictureFlag, ScriptFlag
from renderers.page.album import Album
from renderers.page.facts import Flagged, Material
from renderers.page.lines import label
from renderers.page.phrases import Phrases

_SHOWN = 5  # as examples; four times as many of those that hold the cut back
_CATEGORIES = {
    "profanity": "粗口", "violence": "暴力", "nudity": "色情", "sexual violence": "性暴力",
    "hate": "仇恨", "self-harm": "自伤", "drugs": "毒品", "gambling": "赌博",
}  # fmt: skip

_Place = tuple[str, str]  # record timecode; anchor on the page


@dataclass(frozen=True)
class Told:
    """`anchor`: of the place on the page, "" for none. `picture`: a data URI, "" of words."""

    text: str
    anchor: str
    picture: str = ""


def flagged(material: Material, album: Album, say: Phrases) -> Iterator[Told]:
    """Those that hold the cut back, after who lets them out; else the others as examples."""
    holding = [one for one in material.flags if one.held]
    if holding:
        story = shlex.quote(material.story.name)
        yield Told(say("held_for", what=_counted(holding, say), story=story), "files")
    for one in (holding or material.flags)[: _SHOWN * (4 if holding else 1)]:
        flag = one.flag
        if isinstance(flag, PictureFlag):
            shown = album.picture(flag.asset_id, flag.in_frame, flag.out_frame)
            yield replace(_picture(flag, material, say), picture=shown)
        else:
            yield _word(one, say)


def category(name: str, say: Phrases) -> str:
    """In the page's language, as far as the shipped lists go."""
    return _CATEGORIES.get(name, name) if say.language == "zh" else name


def _counted(flags: list[Flagged], say: Phrases) -> str:
    pictures = sum(isinstance(one.flag, PictureFlag) for one in flags)
    words = len(flags) - pictures
    of_words = say("held_one_word") if words == 1 else say("held_words", number=words)
    of_pictures = (
        say("held_one_picture") if pictures == 1 else say("held_pictures", number=pictures)
    )
    if words and pictures:
        return say("held_and", words=of_words, pictures=of_pictures)
    return of_words if words else of_pictures


def _word(one: Flagged, say: Phrases) -> Told:
    flag = one.flag
    assert not isinstance(flag, PictureFlag)
    told = say(f"flag_{flag.how}", heard=flag.heard, term=flag.term)
    name, anchor = "sensitive", ""
    if isinstance(flag, ScriptFlag):
        name, anchor = "sensitive_script", f"line-{flag.line}" if flag.line >= 0 else ""
    text = say(name, category=category(flag.category, say), told=told, text=one.text)
    return Told(text, anchor)


def _picture(flag: PictureFlag, material: Material, say: Phrases) -> Told:
    media = material.media[flag.asset_id]
    shown = (flag.chinese, flag.english) if say.language == "zh" else (flag.english, flag.chinese)
    text = say(
        "sensitive_picture",
        category=category(flag.category, say),
        name=media.name,
        first=label(media, flag.in_frame),
        end=label(media, flag.out_frame),
        shown=shown[0] or shown[1],
        likelihood=f"{100 * flag.likelihood:.0f}",
    )
    place, anchor = _where(flag, material)
    return Told(text + say("sensitive_at", place=place), anchor)


def _where(flag: PictureFlag, material: Material) -> _Place:
    """The record timecode of the event that shows it, and its line on the page."""
    sequence = material.sequence
    tracks = (sequence.events, *(track.events for track in sequence.tracks))
    event = next(
        event
        for events in tracks
        for event in events
        if event.source
        and event.source.asset_id == flag.asset_id
        and event.in_frame < flag.out_frame
        and event.out_frame > flag.in_frame
    )
    return str(sequence.timecode(event.record_in)), f"line-{event.line}"
