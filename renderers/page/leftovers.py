"""What a cut leaves: files that it does not use, and speech that no line asks for."""

from collections.abc import Iterable
from dataclasses import dataclass

from catalog.models import Clip
from renderers.page.album import Album
from renderers.page.facts import Material, Media
from renderers.page.lines import label, spoken_seconds
from renderers.page.phrases import Phrases

_SPEECH = 4  # unasked lines shown of a file


@dataclass(frozen=True)
class Spoken:
    """Something said that no script line asks for."""

    timecode: str
    text: str


@dataclass(frozen=True)
class Unused:
    """A file with what the cut leaves of it. `whole`: the cut uses none of it."""

    picture: str
    name: str
    reel: str  # "" of a file that no export names
    in_label: str
    out_label: str
    seconds: str
    whole: bool
    remark: str  # what it would be good for, or that nobody speaks in it
    speech: tuple[Spoken, ...]
    more: int  # spoken clips that are not shown


def unused(material: Material, album: Album, say: Phrases) -> Iterable[Unused]:
    """Files that nothing was taken of first, then what is left of the others."""
    asked = {take.clip_key for take in material.takes}
    asked |= {event.clip_key for event in material.sequence.events}
    own = [media for media in material.media.values() if media.in_story]
    for media in sorted(own, key=lambda one: one.asset_id in material.used):
        spoken = [
            Spoken(label(media, clip.in_frame), _said(clip))
            for clip in media.clips
            if clip.text and clip.key not in asked
        ]
        if media.asset_id not in material.used or spoken:
            yield _leftover(media, spoken, material, album, say)


def _said(clip: Clip) -> str:
    """Its words, with who speaks and, where they are doubtful, a mark."""
    who = f"{clip.speaker}: " if clip.speaker else ""
    return f"{who}{clip.text}{' [?]' if clip.doubt else ''}"


def _remark(media: Media, material: Material, say: Phrases) -> str:
    """Which lines its takes are of, and what it could show."""
    wanted = {take.number for take in material.takes if take.asset_id == media.asset_id}
    lines = [line for line in material.lines if line.number in wanted]
    said = sum(line.kind == "dialogue" for line in lines)
    parts = [say("other_takes_of", number=said)] if said else []
    parts += [say("shows", text=line.text) for line in lines if line.kind == "action"]
    if not any(clip.text for clip in media.clips):
        parts.insert(0, say("no_speech"))
    return " · ".join(parts)


def _leftover(
    media: Media, spoken: list[Spoken], material: Material, album: Album, say: Phrases
) -> Unused:
    footage = media.footage
    return Unused(
        picture=album.picture(media.asset_id, 0, footage.frames),
        name=media.name,
        reel=material.reels.get(media.asset_id, ""),
        in_label=label(media, 0),
        out_label=label(media, footage.frames),
        seconds=spoken_seconds(footage.frames, footage.rate, say),
        whole=media.asset_id not in material.used,
        remark=_remark(media, material, say),
        speech=tuple(spoken[:_SPEECH]),
        more=max(0, len(spoken) - _SPEECH),
    )
