"""The scan stage: one decoding pass that makes the proxy and measures picture and sound."""

from collections.abc import Mapping
from contextlib import closing, nullcontext
from functools import cache, partial
from pathlib import Path
from typing import Any

from sqlmodel import select

from catalog import models
from catalog.models import Footage, Quality, Shot
from catalog.work import Facts, Queue, Work
from indexers import encodes, identity, measures, probe, stills
from indexers.decoding import THUMBNAILS, Decoding, graph
from indexers.encodes import Proxies
from indexers.findings import Pass, files, message, rows
from indexers.pictures.viewer import Viewer
from indexers.shape import small_size
from indexers.source import require_unchanged
from indexers.timecodes import is_camera
from media import ffmpeg, pace
from media.colour import Colour
from media.errors import Rejected
from media.files import require_space
from media.instep import Advance, following
from media.original import Original
from media.progress import Teller
from media.timecode import nominal

_SOUND_BYTES = 60_000  # a second: WAV, AAC and thumbnails
_LEAST_PART = 0.02  # of the frames: with fewer it is no footage any more


class Scan:
    """Proxy, sound for speech recognition, thumbnails, shots and their quality, loudness."""

    name = "scan"
    needs = ("probe",)
    queue = Queue.CPU
    version = 2
    limit = 48 * 3600.0  # ten hours of UHD on one core; what hangs is noticed long before
    makes = (models.Scan, Shot, Quality)

    def run(self, work: Work) -> Facts:
        """Raises Rejected when it can't be decoded, TryLater when there is no room."""
        require_unchanged(work)
        footage = work.session.exec(select(Footage).where(Footage.asset_id == work.asset_id)).one()
        with stills.opened(work, footage) as original:
            return self._scanned(work, _plan(work, footage, original))

    def _scanned(self, work: Work, plan: Decoding) -> Facts:
        floor = int(work.settings.folders.free_floor_gb * 1e9)
        require_space(work.scratch, expected_bytes(plan), floor)
        reading = identity.Reading(work) if identity.is_unread(work) else None
        with closing(reading) if reading else nullcontext():
            try:
                found = decode(plan, self.limit, reading.advance if reading else None)
            except Rejected:
                require_space(work.scratch, 0, floor)  # a full disk looks like a bad file to ffmpeg
                require_unchanged(work)
                if reading:
                    reading.finish()  # a copy that is not what a manifest says: that is why
                raise
            if reading:
                reading.finish()
        return Facts(
            rows=rows(plan, found),
            files=files(plan, found),
            checksum=reading.checksum if reading else "",
            message=message(plan, found) + (_said(reading) if reading else ""),
            engine=f"ffmpeg {_ffmpeg_version()}",
            settings={**plan.proxies.dump(), **plan.shots.model_dump()},
        )


def decode(plan: Decoding, limit: float, advance: Advance | None = None) -> Pass:
    """Run the pass; leave its files in the plan's folder. Raises Rejected when there is nothing.

    `advance` is told while it runs how many bytes of the original have been read.
    """
    footage = plan.footage
    beside = partial(following, advance=advance) if advance else None
    if not footage.has_picture:
        log = ffmpeg.run(graph(plan), limit, plan.source, beside=beside)
        return Pass.of_sound(log, measures.sound(log, footage.rate, footage.frames))
    (plan.folder / THUMBNAILS).mkdir()
    teller = Teller(plan.folder, footage.frames, float(footage.rate))
    every = nominal(footage.rate)
    viewer = Viewer(plan.folder / THUMBNAILS, small_size(footage), every, teller.tell)
    try:
        log = ffmpeg.run(graph(plan), limit, plan.source, viewer.take, beside)
    finally:
        teller.close()
    seen = viewer.features()
    if len(seen) < max(1, footage.frames * _LEAST_PART):
        raise Rejected(
            f"{plan.source.name} ends after {len(seen)} of {footage.frames} frames: the copy is "
            "not whole, drop it again from the card"
        )
    heard = measures.sound(log, footage.rate, footage.frames)
    return Pass(log, heard, seen, viewer.keyframes.merits)


def expected_bytes(plan: Decoding) -> int:
    """How much room the pass takes at most."""
    seconds = plan.footage.frames / plan.footage.rate
    size = int(seconds * _SOUND_BYTES)
    if plan.footage.has_picture:
        for _, profile in plan.proxies.every:
            size += encodes.expected_bytes(profile, plan.footage)
    return size


def _said(reading: identity.Reading) -> str:
    verified = f", verified: {', '.join(sorted(reading.verified))}" if reading.verified else ""
    return f", xxh3-128 {reading.checksum}{verified}"


def _plan(work: Work, footage: Footage, original: Original) -> Decoding:
    answer: Mapping[str, Any] = ffmpeg.probe_original(original)
    video = probe.picture(answer)
    return Decoding(
        original=original,
        folder=work.scratch,
        footage=footage,
        video=int(video["index"]) if video else None,
        sounds=tuple(
            (s["input"], int(s["index"]), int(s["channels"])) for s in probe.sound(answer)
        ),
        proxies=Proxies.of(work.settings),
        shots=work.settings.shots,
        camera=is_camera(answer, footage),
        colour=Colour.of(video) if video else Colour(),
        pace=_pace(work, footage),
    )


def _pace(work: Work, footage: Footage) -> Mapping[str, float]:
    size = sum(path.stat().st_size for path in work.original.files)
    limit = work.settings.folder(work.item.root).read_mb_per_second
    return pace.read_rate(limit, size, footage.frames / footage.rate)


@cache
def _ffmpeg_version() -> str:
    """Such as "5.1.9"."""
    log = ffmpeg.execute(["ffmpeg", "-version"], 30, Path("ffmpeg")).stdout.decode()
    return log.split()[2].split("-")[0]
