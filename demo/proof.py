"""Do the promised outputs exist, and are they right? What the demo's exit code stands on."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from demo.footage import frame_numbers
from media import ffmpeg
from renderers.sequence import Event, Sequence

ASSET_FILES = ("proxy.mp4", "captions.srt", "captions.vtt", "log.json")
CUT_SUFFIXES = (".edl", ".fcpxml", ".xml", ".otio", ".srt", ".vtt", ".mp4")


@dataclass(frozen=True)
class Proof:
    """One thing that was promised, and whether it holds."""

    promise: str
    holds: bool
    seen: str


def prove_assets(folder: Path, names: list[str]) -> Iterator[Proof]:
    """Every recording has its files, and a proxy that a browser plays, with its timecode."""
    for name in names:
        home = folder / "assets" / name
        lacking = [file for file in ASSET_FILES if not (home / file).is_file()]
        yield Proof(f"{name}: {', '.join(ASSET_FILES)}", not lacking, _lacking(lacking))
        if not lacking:
            yield _proxy(home)


def prove_cut(home: Path, name: str, sequence: Sequence) -> Iterator[Proof]:
    """The cut has its files, and each frame of its movie is the one that the EDL names."""
    files = [f"{name}{suffix}" for suffix in CUT_SUFFIXES] + [
        "report.html",
        "report.pdf",
        "report.md",
        "emotions.json",
    ]
    lacking = [file for file in files if not (home / file).is_file()]
    yield Proof(f"cut: {', '.join(files)}", not lacking, _lacking(lacking))
    logs = sorted(path.name for path in home.glob(f"{name}*.ale"))
    yield Proof("cut: a log for each rate", bool(logs), ", ".join(logs) or "none")
    if not lacking:
        yield _edl(home / f"{name}.edl", sequence)
        yield _frames(home / f"{name}.mp4", sequence)


def _proxy(home: Path) -> Proof:
    answer = ffmpeg.probe(home / "proxy.mp4")
    video = next(stream for stream in answer["streams"] if stream["codec_type"] == "video")
    log = json.loads((home / "log.json").read_text(encoding="utf-8"))
    wanted = log["footage"]["start_timecode"]
    seen = video.get("tags", {}).get("timecode", "none")
    plays = (video["codec_name"], video["pix_fmt"]) == ("h264", "yuv420p")
    return Proof(f"{home.name}: proxy plays and starts at {wanted}", plays and seen == wanted, seen)


def _edl(path: Path, sequence: Sequence) -> Proof:
    """Each used source's in and out timecodes stand in the EDL."""
    text = path.read_text(encoding="utf-8")
    used = [event for event in _plain(sequence) if event.source]
    wrong = [
        event.number
        for event in used
        if event.source
        and f"{event.source.timecode(event.in_frame)} {event.source.timecode(event.out_frame)}"
        not in text
    ]
    return Proof(f"EDL: {len(used)} events with the cameras' timecode", not wrong, _wrong(wrong))


def _frames(movie: Path, sequence: Sequence) -> Proof:
    """The first and last frame of every event shows the source frame number of the plan.

    At another rate than the sequence's a frame may be the neighbour of the planned one.
    """
    shown = frame_numbers(movie)
    wrong = []
    for event in _plain(sequence):
        first = shown[event.record_in] if event.record_in < len(shown) else None
        last = shown[event.record_out - 1] if event.record_out <= len(shown) else None
        if event.source is None:
            good = first is None and last is None
        else:
            slack = 0 if event.source.rate == sequence.rate else 1
            good = first is not None and abs(first - event.in_frame) <= slack
            good = good and last is not None and abs(last - event.out_frame + 1) <= slack
        if not good:
            wrong.append(event.number)
    right = len(shown) == sequence.duration and not wrong
    promise = f"movie: {sequence.duration} frames, each event shows the frames of the plan"
    return Proof(promise, right, f"{len(shown)} frames; {_wrong(wrong)}")


def _plain(sequence: Sequence) -> list[Event]:
    """Events that begin and end with a cut and that no other track covers: of the others, lists
    and pictures show two sources at once."""
    followers = [*(event.dissolve for event in sequence.events[1:]), 0]
    over = [event for track in sequence.tracks for event in track.events]
    return [
        event
        for event, after in zip(sequence.events, followers, strict=True)
        if not event.dissolve + after
        and not any(b.record_in < event.record_out and event.record_in < b.record_out for b in over)
    ]


def _lacking(names: list[str]) -> str:
    return f"missing: {', '.join(names)}" if names else "all there"


def _wrong(numbers: list[int]) -> str:
    return f"wrong: {numbers}" if numbers else "all right"
