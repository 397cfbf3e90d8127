"""Where the pictures come from: reels, rates and timecodes of the files in the cut."""

from dataclasses import dataclass

from renderers.exports.files import by_file
from renderers.format import rate_label
from renderers.page.facts import Material
from renderers.page.phrases import Phrases
from renderers.sequence import Source

_NAMED = 4  # speakers of a file


@dataclass(frozen=True)
class Origin:
    """One file. Timecodes are of its first and after its last frame."""

    reel: str
    name: str
    rate: str
    first: str
    last: str
    shape: str
    sound: str
    speakers: str  # and their shares of the time in which somebody speaks
    used: bool  # in the cut; otherwise only offered as an alternate


def origins(material: Material, say: Phrases) -> tuple[Origin, ...]:
    """Every file that the cut or an alternate uses, in the order of reels."""
    sequence = by_file(material.sequence)
    sources = sequence.all_sources()
    used = {source.asset_id for source in sequence.sources()}  # of each file
    found = [
        Origin(
            reel=material.reels[source.asset_id],
            name=source.name,
            rate=_rate(source),
            first=_label(source, 0, material, say),
            last=_label(source, source.frames, material, say),
            shape=f"{source.width}\u00a0×\u00a0{source.height}" if source.has_picture else "–",
            sound=say("channels", number=source.channels) if source.has_sound else "–",
            speakers=_speakers(source, material),
            used=source.asset_id in used,
        )
        for source in sources
    ]
    return tuple(sorted(found, key=lambda origin: origin.reel))


def _rate(source: Source) -> str:
    return f"{rate_label(source.rate)}{' DF' if source.drop_frame else ''}"


def _speakers(source: Source, material: Material) -> str:
    media = material.media.get(source.asset_id)
    told = [f"{name}\u00a0{share:.0%}" for name, share in media.speakers] if media else []
    more = [f"+{len(told) - _NAMED}"] if len(told) > _NAMED else []
    return ", ".join([*told[:_NAMED], *more]) or "–"


def _label(source: Source, frame: int, material: Material, say: Phrases) -> str:
    media = material.media.get(source.asset_id)
    known = media is None or media.footage.has_timecode
    return str(source.timecode(frame)) if known else f"{source.timecode(frame)} {say('made_up')}"
