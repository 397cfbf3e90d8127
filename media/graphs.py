"""A graph of ffmpeg-python as text that opens its inputs by itself.

For an ffmpeg that was started before anybody knew what to show (ready.py): what is an input of the
command line becomes a source inside the graph, with the same frames.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

_FILE = "file:"
Starts = Callable[[Path], Fraction]


@dataclass(frozen=True)
class _Input:
    """An input as ffmpeg-python writes it on a command line."""

    url: str
    options: dict[str, str]


def standing_alone(picture: Any, label: str, starts: Starts) -> str:
    """The text of a picture's graph, which ends in `[label]`.

    `starts`: the time at which a file begins by its own clock, in seconds: what `-ss` counts from,
    and what a source inside a graph does not take off.
    """
    words = picture.output("none").get_args()
    at = words.index("-filter_complex")
    graph, last = words[at + 1], words[words.index("-map") + 1]
    sources = []
    for number, each in enumerate(_inputs(words[:at])):
        name = f"[in{number}]"
        graph = graph.replace(f"[{number}:v]", name).replace(f"[{number}]", name)
        sources.append(f"{_source(each, starts)}{name}")
    return ";".join([*sources, graph, f"{last}null[{label}]"])


def _inputs(words: list[str]) -> Iterator[_Input]:
    options: dict[str, str] = {}
    for name, value in zip(words[::2], words[1::2], strict=True):
        if name == "-i":
            yield _Input(value, options)
            options = {}
        else:
            options[name] = value


def _source(each: _Input, starts: Starts) -> str:
    if each.options.get("-f") == "lavfi":
        return each.url
    path = Path(each.url.removeprefix(_FILE))
    begin = Fraction(each.options.get("-ss", "0"))
    # One thread: a frame must not wait until every thread of a decoder has one.
    read = f"movie=filename={_escaped(each.url)}:dec_threads=1:format_opts=protocol_whitelist=file"
    if not begin:
        return read
    shown = float(begin + starts(path))
    return f"{read}:seek_point={float(begin):.6f},trim=start={shown:.6f}"


def _escaped(text: str) -> str:
    """For a value in a filter in a graph: ffmpeg takes two levels of escapes off."""
    for characters in ("\\':", "\\'[],;"):
        text = "".join(f"\\{c}" if c in characters else c for c in text)
    return text
