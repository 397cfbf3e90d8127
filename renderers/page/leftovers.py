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
    reel: str
    in_label: str
    out_label: str
    seconds: str
    whole: bool
    speech: tuple[Spoken, ...]
    more: int  # spoken clips that are not shown


def unused(material: Material, album: Album, say: Phrases) -> Iterable[Unused]:
    """Files that nothing was taken of first, then what is left of the others."""
    used = {source.asset_id for source in material.sequence.sources()}
    asked = {take.clip_key for take in material.takes}
    asked |= {event.clip_key for event in material.sequence.events}
    own = [media for media in material.media.values() if media.in_story]
    for media in sorted(own, key=lambda one: one.asset_id in used):
        spoken = [
            Spoken(label(media, clip.in_frame), _said(clip))
            for clip in media.clips
            if clip.text and clip.key not in asked
        ]
        if media.asset_id not in used or spoken:
            yield _leftover(media, media.asset_id not in used, spoken, album, say)


def _said(clip: Clip) -> str:
    """Its words, with who speaks and, where they are doubtful, a mark."""
    who = f"{clip.speaker}: " if clip.speaker else ""
    return f"{who}{clip.text}{' [?]' if clip.doubt else ''}"


def _leftover(
    media: Media, whole: bool, spoken: list[Spoken], album: Album, say: Phrases
) -> Unused:
    footage = media.footage
    return Unused(
        picture=album.picture(media.asset_id, 0, footage.frames),
        name=media.name,
        reel=footage.reel,
        in_label=label(media, 0),
        out_label=label(media, footage.frames),
        seconds=spoken_seconds(footage.frames, footage.rate, say),
        whole=whole,
        speech=tuple(spoken[:_SPEECH]),
        more=max(0, len(spoken) - _SPEECH),
    )
