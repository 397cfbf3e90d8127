"""ffmpeg and ffprobe, run safely: argument lists, limits, no standard input, no other files.

Command lines are built with ffmpeg-python; this file only runs them and reads answers.
"""

import json
import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import ffmpeg

from media import process
from media.errors import Misconfigured, Rejected, TryLater
from media.formats import MOST_PIXELS
from media.original import Input, Original, inputs
from media.process import Beside, Taker

_LAST_LINES = 4
_SPEAKER = re.compile(r"^\[[^\]]* @ 0x[0-9a-f]+\] *")  # "[mov,mp4 @ 0x55fe] moov atom not found"
_NAMED = re.compile(r"^file:.*?: (?=\S)")  # "file:/a/b.mp4: Invalid data found"

_NO_MEMORY = "Cannot allocate memory"


def open_input(path: Path, **options: Any) -> Any:
    """An ffmpeg-python input node for a local file, whatever its name looks like.

    `file:` keeps names such as `a:b.mp4` or `-x.mov` from being read as protocols or options.
    """
    return _open(Input(f"file:{path}"), options)


def beginning(frame: int, rate: Fraction, zero: Fraction = Fraction(0)) -> dict[str, str]:
    """Options of an input whose first decoded picture is `frame` of a constant rate.

    `zero`: the time of frame 0 in seconds. A quarter of a frame before it, not half of one: in a
    file whose clock ticks once a frame (1/30 s) ffmpeg rounds half a tick, written with six
    digits, to either side.
    """
    seek = zero + (frame - Fraction(1, 4)) / rate
    return {"ss": f"{float(seek):.6f}"} if seek > 0 else {}


def open_original(original: Original, **options: Any) -> list[Any]:
    """One ffmpeg-python input node for each file, or row of files, that is read at once."""
    return [_open(each, options) for each in inputs(original)]


def run(
    streams: Any,
    limit: float,
    about: Path,
    take: Taker | None = None,
    beside: Beside | None = None,
) -> str:
    """Run an ffmpeg-python graph for at most `limit` seconds; return what it wrote to stderr.

    `about` is the file to name when it fails. `take` is handed what the graph writes to
    `pipe:1`, `beside` the process (see process.run). Raises Rejected when ffmpeg refuses the
    input, TryLater when the time limit is reached, Misconfigured when ffmpeg is missing.
    """
    return _ran(streams, limit, about, take, beside).stderr.decode(errors="replace")


def read(streams: Any, limit: float, about: Path) -> bytes:
    """As `run`; return what the graph wrote to `pipe:1`."""
    return _ran(streams, limit, about).stdout


def probe(path: Path, *options: str, limit: float = 60) -> dict[str, Any]:
    """What ffprobe says about a file, as its JSON. Raises Rejected when it can't open it."""
    return _probe(Input(f"file:{path}"), path, options, limit)


def probe_original(original: Original, *options: str, limit: float = 60) -> dict[str, Any]:
    """What ffprobe says about the first input, and the streams of all of them.

    Each stream has its place in `open_original`'s list as "input". Chapters are asked one by
    one: their lengths add up, and what is said of the whole is what the first one says.
    With `options` only the first input is asked. Raises Rejected.
    """
    asked = inputs(original)[:1] if options else inputs(original)
    answers = [_probe(each, original.path, options, limit) for each in asked]
    if original.chapters and not options:
        chapters = [probe(path, limit=limit) for path in (original.path, *original.following)]
        answers[0] = _added(chapters)
    answer = answers[0]
    answer["streams"] = [
        stream | {"input": number}
        for number, each in enumerate(answers)
        for stream in each.get("streams", [])
    ]
    return answer


def execute(
    command: Sequence[str],
    limit: float,
    about: Path,
    take: Taker | None = None,
    beside: Beside | None = None,
) -> CompletedProcess[bytes]:
    """Run a command line without a shell; translate what can go wrong before it answers."""
    try:
        result = process.run(command, limit, take, beside)
    except TimeoutError as error:
        raise TryLater(f"{about.name}: {command[0]} {error}") from error
    except FileNotFoundError as error:
        raise Misconfigured(
            f"{command[0]} is not installed: install it with `apt-get install ffmpeg`"
        ) from error
    if result.returncode and _NO_MEMORY in result.stderr.decode(errors="replace"):
        raise Rejected(
            f"{about.name} needs more than the {process.most_memory() / 1e9:.0f} GB of memory that "
            "one file may take: check the copy, or drop a smaller version"
        )
    return result


def _ran(
    streams: Any,
    limit: float,
    about: Path,
    take: Taker | None = None,
    beside: Beside | None = None,
) -> CompletedProcess[bytes]:
    arguments = ["-nostdin", "-hide_banner", "-y", *streams.get_args()]
    result = execute(["ffmpeg", *arguments], limit, about, take, beside)
    if result.returncode < 0:
        raise TryLater(f"{about.name}: ffmpeg was ended by signal {-result.returncode}")
    if result.returncode:
        raise Rejected(f"{about.name}: ffmpeg can't read it ({last_words(result.stderr)})")
    return result


def _open(source: Input, options: Mapping[str, Any]) -> Any:
    whitelists = {"protocol_whitelist": source.protocols, "format_whitelist": source.formats}
    return ffmpeg.input(source.url, **whitelists, **dict(source.options), **options)


def _probe(source: Input, about: Path, options: Sequence[str], limit: float) -> dict[str, Any]:
    command = [
        "ffprobe", "-v", "error", "-protocol_whitelist", source.protocols,
        "-format_whitelist", source.formats, "-max_pixels", str(MOST_PIXELS), "-of", "json",
        *(word for name, value in source.options for word in (f"-{name}", value)),
        *(options or ("-show_format", "-show_streams")), source.url,
    ]  # fmt: skip
    result = execute(command, limit, about)
    if result.returncode:
        raise Rejected(
            f"{about.name} is not footage that ffmpeg can open ({last_words(result.stderr)}): "
            "check the copy, or drop it again from the card"
        )
    answer: dict[str, Any] = json.loads(result.stdout.decode(errors="replace"))
    return answer


def _added(chapters: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The first chapter's answer, with the lengths of all in its picture's stream."""
    whole = chapters[0]
    for stream in whole.get("streams", []):
        others = [_stream(chapter, stream["index"]) for chapter in chapters[1:]]
        for field in ("nb_frames", "duration_ts"):
            if field in stream and all(field in other for other in others):
                stream[field] = sum(int(each[field]) for each in (stream, *others))
            else:
                stream.pop(field, None)
    return whole


def _stream(answer: dict[str, Any], index: int) -> dict[str, Any]:
    streams: list[dict[str, Any]] = answer.get("streams", [])
    return next((stream for stream in streams if stream["index"] == index), {})


def last_words(stderr: bytes) -> str:
    """The end of an ffmpeg log, on one line, without memory addresses and file names."""
    lines = [line.strip() for line in stderr.decode(errors="replace").splitlines() if line.strip()]
    bare = [_NAMED.sub("", _SPEAKER.sub("", line)) for line in lines[-_LAST_LINES:]]
    return "; ".join(bare)[-300:]
