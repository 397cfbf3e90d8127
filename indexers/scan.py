"""The scan stage: one decoding pass that makes the proxy and measures picture and sound."""

import shutil
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from sqlmodel import select

from catalog import models
from catalog.models import Footage, Shot
from catalog.places import PICTURE_PROXY, SOUND_PROXY
from catalog.work import Facts, File, Queue, Work
from indexers import measures, probe, shots
from indexers.decoding import (
    MEASURES,
    SOUND_NAME,
    THUMBNAILS,
    Decoding,
    graph,
    proxy_size,
    thumbnail_name,
)
from indexers.measures import Picture, Sound
from indexers.source import require_unchanged
from media import ffmpeg, pace
from media.errors import Rejected
from media.files import require_space

_BITS_PER_PIXEL = 0.5  # camera noise, which is the worst to compress, needs 0.37 at crf 23
_SOUND_BYTES = 60_000  # a second: WAV, AAC and thumbnails
_MISSING = 0.05  # the part of the frames that may be missing: more is half a file


class Scan:
    """Proxy, sound for speech recognition, thumbnails, shots, loudness, black, freeze, silence."""

    name = "scan"
    needs = ("probe",)
    queue = Queue.CPU
    version = 1
    limit = 6 * 3600.0
    makes = (models.Scan, models.Shot)

    def run(self, work: Work) -> Facts:
        """Raises Rejected when it can't be decoded, TryLater when there is no room."""
        require_unchanged(work)
        footage = work.session.exec(select(Footage).where(Footage.asset_id == work.asset_id)).one()
        plan = _plan(work, footage)
        floor = int(work.settings.folders.free_floor_gb * 1e9)
        require_space(work.scratch, expected_bytes(plan), floor)
        try:
            seen, heard = decode(plan, self.limit)
        except Rejected:
            require_space(work.scratch, 0, floor)  # a full disk looks like a bad file to ffmpeg
            require_unchanged(work)
            raise
        return _facts(plan, seen, heard)


def decode(plan: Decoding, limit: float) -> tuple[Picture, Sound]:
    """Run the pass; leave its files in the plan's folder. Raises Rejected for half a file."""
    footage = plan.footage
    if footage.has_picture:
        (plan.folder / THUMBNAILS).mkdir()
    log = ffmpeg.run(graph(plan), limit, plan.source)
    seen = Picture()
    if footage.has_picture:
        with (plan.folder / MEASURES).open() as lines:
            seen = measures.picture(lines, footage.rate)
        (plan.folder / MEASURES).unlink()
        _require_whole(len(seen.scores), plan)
    return seen, measures.sound(log, footage.rate, footage.frames)


def expected_bytes(plan: Decoding) -> int:
    """How much room the pass takes at most."""
    seconds = plan.footage.frames / plan.footage.rate
    size = 0
    if plan.footage.has_picture:
        width, height = proxy_size(plan.footage, plan.proxy.height)
        size = int(width * height * plan.footage.frames * _BITS_PER_PIXEL / 8)
    return size + int(seconds * _SOUND_BYTES)


def pick(frames: Sequence[int], shot: tuple[int, int]) -> int:
    """The thumbnail inside a shot that is nearest to its middle. There is one at every cut."""
    middle = (shot[0] + shot[1]) / 2
    inside = [frame for frame in frames if shot[0] <= frame < shot[1]]
    return min(inside, key=lambda frame: abs(frame - middle))


def _plan(work: Work, footage: Footage) -> Decoding:
    answer: Mapping[str, Any] = ffmpeg.probe_original(work.original)
    video = probe.picture(answer)
    return Decoding(
        original=work.original,
        folder=work.scratch,
        footage=footage,
        video=int(video["index"]) if video else None,
        sounds=tuple(
            (s["input"], int(s["index"]), int(s["channels"])) for s in probe.sound(answer)
        ),
        proxy=work.settings.proxy,
        shots=work.settings.shots,
        pace=_pace(work, footage),
    )


def _pace(work: Work, footage: Footage) -> Mapping[str, float]:
    size = sum(path.stat().st_size for path in work.original.files)
    limit = work.settings.folder(work.item.root).read_mb_per_second
    return pace.read_rate(limit, size, footage.frames / footage.rate)


def _require_whole(decoded: int, plan: Decoding) -> None:
    expected = plan.footage.frames
    if decoded < expected * (1 - _MISSING):
        raise Rejected(
            f"{plan.source.name} ends after {decoded} of {expected} frames: the copy is not "
            "whole, drop it again from the card"
        )


def _facts(plan: Decoding, seen: Picture, heard: Sound) -> Facts:
    found = shots.find(seen.scores, plan.shots)
    thumbnails = _keep_thumbnails(plan, found)
    asset_id = plan.footage.asset_id
    rows = [
        models.Scan(
            asset_id=asset_id,
            loudness=heard.loudness,
            true_peak=heard.true_peak,
            black=[list(span) for span in seen.black],
            freeze=[list(span) for span in seen.freeze],
            silence=[list(span) for span in heard.silence],
            thumbnails=[[frame, thumbnail_name(frame)] for frame in thumbnails],
        ),
        *(
            Shot(
                asset_id=asset_id,
                number=number,
                in_frame=shot[0],
                out_frame=shot[1],
                thumbnail=thumbnail_name(pick(thumbnails, shot)),
            )
            for number, shot in enumerate(found)
        ),
    ]
    return Facts(
        rows=rows,
        files=_files(plan, thumbnails),
        message=_message(plan, len(found), heard, len(seen.scores)),
        engine=f"ffmpeg {_ffmpeg_version()} libx264"
        if seen.scores
        else f"ffmpeg {_ffmpeg_version()}",
        settings={**plan.proxy.model_dump(), **plan.shots.model_dump()},
    )


def _keep_thumbnails(plan: Decoding, found: Sequence[tuple[int, int]]) -> list[int]:
    """The frames whose thumbnails are kept: one a second, and the first of a shot without one."""
    folder = plan.folder / THUMBNAILS
    if not found:
        shutil.rmtree(folder, ignore_errors=True)
        return []
    made = sorted(int(file.stem) for file in folder.iterdir())
    every = max(1, round(plan.footage.rate))
    kept = {frame for frame in made if frame % every == 0}
    kept |= {pick(made, shot) for shot in found if not any(shot[0] <= f < shot[1] for f in kept)}
    for frame in set(made) - kept:
        (plan.folder / thumbnail_name(frame)).unlink()
    return sorted(kept)


def _files(plan: Decoding, thumbnails: Sequence[int]) -> list[File]:
    files = [File(PICTURE_PROXY if plan.footage.has_picture else SOUND_PROXY, "proxy")]
    if plan.footage.has_sound:
        files.append(File(SOUND_NAME, "sound"))
    return files + [File(thumbnail_name(frame), "thumbnail") for frame in thumbnails]


def _message(plan: Decoding, found: int, heard: Sound, decoded: int) -> str:
    parts = [f"{plan.footage.frames / float(plan.footage.rate):.1f} s"]
    if plan.footage.has_picture:
        parts.append(f"{found} shot{'s' if found != 1 else ''}")
        if decoded != plan.footage.frames:
            parts.append(f"{decoded} of {plan.footage.frames} frames could be decoded")
    if heard.loudness is not None:
        parts.append(f"{heard.loudness:.1f} LUFS".replace("-", "−"))
    elif plan.footage.has_sound:
        parts.append("silent")
    return ", ".join(parts)


@cache
def _ffmpeg_version() -> str:
    """Such as "5.1.9"."""
    log = ffmpeg.execute(["ffmpeg", "-version"], 30, Path("ffmpeg")).stdout.decode()
    return log.split()[2].split("-")[0]
