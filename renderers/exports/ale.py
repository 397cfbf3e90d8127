"""The story's clips as an Avid Log Exchange file: what an assistant would have logged.

Tab-delimited text, CRLF, in UTF-8 as Media Composer reads it since 2018. Avid has one rate per
log: with several, each gets a file (`…_23.976.ale`). Values hold no tabs or line ends. Tracks
are V, A1, A2 …; timecodes are the source's own.
"""

from collections import defaultdict
from collections.abc import Callable
from collections.abc import Sequence as Many
from fractions import Fraction
from pathlib import Path

from media.errors import Rejected
from media.files import write_text
from media.timecode import Timecode
from renderers.exports.delivery import Delivery
from renderers.exports.logged import LoggedClip
from renderers.exports.notes import one_line
from renderers.format import rate_label

_MOST_TRACKS = 8
_Value = Callable[[LoggedClip, Delivery], str]
COLUMNS: dict[str, _Value] = {
    "Name": lambda clip, _: _name(clip),
    "Tracks": lambda clip, _: _tracks(clip),
    "Start": lambda clip, _: str(clip.source.timecode(clip.in_frame)),
    "End": lambda clip, _: str(clip.source.timecode(clip.out_frame)),
    "Tape": lambda clip, delivery: delivery.reels[clip.source.asset_id],
    "Source File": lambda clip, _: clip.source.name,
    "Source Path": lambda clip, delivery: str(delivery.locate(clip.source)),
    "FPS": lambda clip, _: _fps(clip.source.rate),
    "Scene": lambda clip, _: clip.scene,
    "Take": lambda clip, _: str(clip.take or ""),
    "Character": lambda clip, _: clip.character,
    "Script Line": lambda clip, _: clip.script_line,
    "Speaker": lambda clip, _: clip.speaker,
    "Emotion": lambda clip, _: clip.emotion,
    "Transcript": lambda clip, _: clip.transcript,
    "Score": lambda clip, _: f"{clip.score:.2f}" if clip.take else "",
    "Chosen": lambda clip, _: "yes" if clip.chosen else "",
}


def write(delivery: Delivery, target: Path) -> list[Path]:
    """Write one file per rate; return them."""
    by_rate = _by_rate(delivery)
    paths = []
    for rate, clips in by_rate.items():
        name = f"{target.stem}_{rate_label(rate)}.ale" if len(by_rate) > 1 else target.name
        path = target.with_name(name)
        write_text(path, _text(delivery, rate, clips))
        paths.append(path)
    return paths


def prove(delivery: Delivery, paths: Many[Path]) -> None:
    """Read back: every clip is there with its timecode and its tape. Raises Rejected."""
    planned = _by_rate(delivery)
    if len(paths) != len(planned):
        raise Rejected(f"{len(paths)} logs for {len(planned)} rates")
    for path, (rate, clips) in zip(paths, planned.items(), strict=True):
        fps, rows = read(path)
        if fps != _fps(rate) or len(rows) != len(clips):
            raise Rejected(f"{path.name}: {len(rows)} clips at {fps}, planned {len(clips)}")
        for number, (row, clip) in enumerate(zip(rows, clips, strict=True), 1):
            source = clip.source
            spans = [Timecode.parse(row[name], source.rate) for name in ("Start", "End")]
            frames = [source.timecode(clip.in_frame), source.timecode(clip.out_frame)]
            if [str(one) for one in spans] != [str(one) for one in frames]:
                raise Rejected(f"{path.name}: clip {number} has another timecode than planned")
            tape = delivery.reels[source.asset_id]
            if row["Tape"] != tape or row["Source File"] != one_line(source.name):
                raise Rejected(f"{path.name}: clip {number} is from another tape than planned")


def read(path: Path) -> tuple[str, list[dict[str, str]]]:
    """The rate in the heading, and a row per clip by the names of the columns."""
    lines = path.read_bytes().decode("utf-8").split("\r\n")
    heading, column, data = (lines.index(name) for name in ("Heading", "Column", "Data"))
    globals_ = dict(line.split("\t", 1) for line in lines[heading + 1 : column] if line)
    if globals_.get("FIELD_DELIM") != "TABS":
        raise Rejected(f"{path.name} does not say how its fields are parted")
    names = lines[column + 1].split("\t")
    rows = [line.split("\t") for line in lines[data + 1 :] if line]
    if any(len(row) != len(names) for row in rows):
        raise Rejected(f"{path.name}: a row has not {len(names)} fields")
    return globals_["FPS"], [dict(zip(names, row, strict=True)) for row in rows]


def _by_rate(delivery: Delivery) -> dict[Fraction, list[LoggedClip]]:
    found: defaultdict[Fraction, list[LoggedClip]] = defaultdict(list)
    for clip in delivery.clips:
        found[clip.source.rate].append(clip)
    return dict(sorted(found.items())) or {delivery.sequence.rate: []}


def _text(delivery: Delivery, rate: Fraction, clips: Many[LoggedClip]) -> str:
    rows = [
        "\t".join(one_line(value(clip, delivery)) for value in COLUMNS.values()) for clip in clips
    ]
    heading = [
        "Heading", "FIELD_DELIM\tTABS", f"VIDEO_FORMAT\t{_video_format(delivery)}",
        "AUDIO_FORMAT\t48khz", f"FPS\t{_fps(rate)}", "",
    ]  # fmt: skip
    return "\r\n".join([*heading, "Column", "\t".join(COLUMNS), "", "Data", *rows, ""])


def _video_format(delivery: Delivery) -> str:
    """What Media Composer calls the raster; it refuses a log with another word."""
    return {1080: "1080", 720: "720", 576: "PAL", 486: "NTSC", 480: "NTSC"}.get(
        delivery.sequence.height, "CUSTOM"
    )


def _fps(rate: Fraction) -> str:
    return f"{float(rate):.2f}" if rate.denominator > 1 and rate > 24 else rate_label(rate)


def _name(clip: LoggedClip) -> str:
    """What an editor looks for: scene and take where they are known, else the file."""
    if clip.take:
        return f"{clip.scene or clip.source.name} L{clip.script_line} T{clip.take}"
    return f"{clip.source.name} {clip.source.timecode(clip.in_frame)}"


def _tracks(clip: LoggedClip) -> str:
    source = clip.source
    sound = "".join(f"A{number}" for number in range(1, min(_MOST_TRACKS, source.channels) + 1))
    return f"{'V' if source.has_picture else ''}{sound}"
