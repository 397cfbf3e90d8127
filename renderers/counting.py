"""Frames and samples of a finished movie, counted and held against the plan."""

from collections.abc import Mapping
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import Any

from media.errors import Rejected
from media.ffmpeg import probe
from media.timecode import rescale
from renderers.look import Look
from renderers.mix import SAMPLE_RATE
from renderers.sequence import Sequence

_LIMIT = 1200  # seconds


class Way(Enum):
    """How frames are counted."""

    DECODED = "decoded"  # each is
    PACKETS = "packets"  # each is shown at a frame of its own: of pieces that were counted
    ALONE = "alone"  # packets that are key frames, all of them


def verify(look: Look, path: Path, how: Way | None = None) -> None:
    """Count frames and samples of the finished movie. Raises Rejected when they differ."""
    sequence = look.sequence
    how = how or (Way.ALONE if look.form else Way.DECODED)
    video, audio, packets = _streams(path, how)
    frames = int(video["nb_read_frames" if how is Way.DECODED else "nb_read_packets"])
    if frames != sequence.duration:
        raise Rejected(f"{path.name} has {frames} frames, planned {sequence.duration}")
    if how is not Way.DECODED:
        _require_in_order(packets, video, sequence, path)
    samples = audio["duration_ts"] * Fraction(audio["time_base"]) * SAMPLE_RATE
    planned = rescale(sequence.duration, sequence.rate, SAMPLE_RATE)
    if samples != planned:
        raise Rejected(f"{path.name} has {float(samples):.1f} samples, planned {planned}")
    if video["start_pts"] or audio["start_pts"]:
        raise Rejected(f"{path.name}: picture and sound do not begin together")
    if Fraction(video["avg_frame_rate"]) != sequence.rate:
        raise Rejected(f"{path.name} has {video['avg_frame_rate']} fps, planned {sequence.rate}")


def _require_in_order(
    packets: list[Mapping[str, Any]], video: Mapping[str, Any], sequence: Sequence, path: Path
) -> None:
    """Every frame is shown once, at its time."""
    scale = Fraction(video["time_base"]) * sequence.rate
    shown = sorted(int(packet["pts"]) * scale for packet in packets)
    if shown != list(range(sequence.duration)):
        raise Rejected(f"{path.name} has frames beside their times: run `stringout retry`")


def _streams(
    path: Path, how: Way
) -> tuple[Mapping[str, Any], Mapping[str, Any], list[Mapping[str, Any]]]:
    """The picture's and the sound's, and the picture's packets."""
    packets = ("-count_packets", "-show_entries", "packet=stream_index,flags,pts")
    count = ("-count_frames",) if how is Way.DECODED else packets
    answer = probe(path, *count, "-show_streams", limit=_LIMIT)
    found = {stream["codec_type"]: stream for stream in answer["streams"]}
    video, audio = found["video"], found["audio"]
    shown = [p for p in answer.get("packets", []) if p["stream_index"] == video["index"]]
    dependent = [packet for packet in shown if "K" not in packet["flags"]]
    if dependent and how is Way.ALONE:
        raise Rejected(
            f"{path.name} has {len(dependent)} frames that can't be decoded by themselves: "
            "run `stringout retry`"
        )
    return video, audio, shown
