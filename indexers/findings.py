"""What the decoding pass found, as rows and files."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from sqlmodel import SQLModel

from catalog import models
from catalog.models import Quality, Shot
from catalog.places import CONTACT_SHEET, SOUND_PROXY
from catalog.work import File
from indexers import encodes, hearing, shots
from indexers.decoding import SOUND_NAME, THUMBNAILS, Decoding, thumbnail_name
from indexers.measures import Sound
from indexers.pictures import contact, spans
from indexers.pictures.features import NOTHING, Features
from indexers.pictures.keyframes import best
from indexers.pictures.quality import look
from indexers.pictures.spans import Span

_MISSING = 0.002  # the part of the frames that may be missing before it is called damaged
_PEAK = -0.2  # dBTP
_DAMAGE = re.compile(
    r"error while decoding|corrupt decoded frame|concealing \d+|invalid nal|ac-tex damaged|"
    r"error submitting packet|partial file|packet corrupt",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Pass:
    """One pass over an original: ffmpeg's log, what was heard, what was seen."""

    log: str
    heard: Sound
    seen: Features
    merits: dict[int, float] = field(default_factory=dict)  # frame → merit of its thumbnail

    @classmethod
    def of_sound(cls, log: str, heard: Sound) -> "Pass":
        """Without picture."""
        return cls(log, heard, NOTHING)


def rows(plan: Decoding, found: Pass) -> list[SQLModel]:
    """The scan, its shots, and their quality. Leaves only the thumbnails that they name."""
    asset_id, rate = plan.footage.asset_id, plan.footage.rate
    cuts = shots.find(found.seen, plan.shots, plan.camera)
    thumbnails = _keep_thumbnails(plan, found, cuts)
    frozen = spans.frozen(found.seen, rate)
    scan = models.Scan(
        asset_id=asset_id,
        loudness=found.heard.loudness,
        true_peak=found.heard.true_peak,
        black=[list(span) for span in spans.black(found.seen, rate)],
        freeze=[list(span) for span in frozen],
        silence=[list(span) for span in found.heard.silence],
        thumbnails=[[frame, thumbnail_name(frame)] for frame in thumbnails],
        decoded=len(found.seen) if plan.footage.has_picture else None,
        warnings=damage(plan, found),
    )
    shown = [
        Shot(
            asset_id=asset_id,
            number=number,
            in_frame=first,
            out_frame=end,
            thumbnail=thumbnail_name(best(found.merits, first, end)),
        )
        for number, (first, end) in enumerate(cuts)
    ]
    contact.sheet(plan.folder, [shot.thumbnail for shot in shown], CONTACT_SHEET)
    return [scan, *shown, *_quality(plan, found, cuts, frozen)]


def files(plan: Decoding, found: Pass) -> list[File]:
    """What is in the plan's folder now."""
    made = [] if plan.footage.has_picture else [File(SOUND_PROXY, "proxy")]
    if plan.footage.has_picture:
        for name, profile in plan.proxies.every:
            made += encodes.files(name, profile, plan.folder)
    if plan.footage.has_sound:
        made.append(File(SOUND_NAME, "sound"))
    if (plan.folder / CONTACT_SHEET).exists():
        made.append(File(CONTACT_SHEET, "contact sheet"))
    thumbnails = sorted((plan.folder / THUMBNAILS).glob("*.jpg"))
    return made + [File(f"{THUMBNAILS}/{path.name}", "thumbnail") for path in thumbnails]


def message(plan: Decoding, found: Pass) -> str:
    """One line for people."""
    parts = [f"{plan.footage.frames / float(plan.footage.rate):.1f} s"]
    if plan.footage.has_picture:
        count = len(shots.find(found.seen, plan.shots, plan.camera))
        parts.append(f"{count} shot{'s' if count != 1 else ''}")
    if found.heard.loudness is not None:
        parts.append(f"{found.heard.loudness:.1f} LUFS".replace("-", "−"))
    elif plan.footage.has_sound:
        parts.append("silent")
    return ", ".join([*parts, *damage(plan, found)])


def damage(plan: Decoding, found: Pass) -> list[str]:
    """What is wrong with the original, for people."""
    said = []
    missing = plan.footage.frames - len(found.seen)
    if plan.footage.has_picture and missing > max(2, plan.footage.frames * _MISSING):
        said.append(
            f"damaged: {len(found.seen)} of {plan.footage.frames} frames could be decoded, the "
            "proxy ends there; drop it again from the card if it is whole there"
        )
    places = len(_DAMAGE.findall(found.log))
    if places:
        said.append(f"damaged in {places} place{'s' if places > 1 else ''}: look at the proxy")
    return said


def _keep_thumbnails(plan: Decoding, found: Pass, cuts: Sequence[Span]) -> list[int]:
    """The best of each second of each shot; the others are removed."""
    every = max(1, round(plan.footage.rate))
    kept = set()
    for first, end in cuts:
        seconds = [*range(first, end, every), end]
        kept |= {best(found.merits, a, b) for a, b in pairwise(seconds)}
    for frame in found.merits.keys() - kept:
        (plan.folder / thumbnail_name(frame)).unlink()
    return sorted(kept)


def _quality(
    plan: Decoding, found: Pass, cuts: Sequence[Span], frozen: Sequence[Span]
) -> list[Quality]:
    footage = plan.footage
    peak = found.heard.true_peak
    loud = peak is not None and peak > _PEAK  # else nothing of the original is clipped
    samples = hearing.load(plan.folder / SOUND_NAME) if footage.has_sound else hearing.NOTHING
    per_frame = hearing.RATE / footage.rate
    graded = []
    for number, shot in enumerate(cuts or [(0, footage.frames)]):
        heard = samples[int(shot[0] * per_frame) : int(shot[1] * per_frame)]
        graded.append(
            Quality(
                asset_id=footage.asset_id,
                number=number,
                **look(found.seen, shot),
                frozen=spans.share(frozen, shot),
                silence=spans.share(found.heard.silence, shot),
                sound_clipped=hearing.clipping(heard) if loud else 0.0,
                hum=hearing.hum(heard),
            )
        )
    return graded
