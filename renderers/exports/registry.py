"""The list of export formats. One file plus one line here adds a format."""

from collections.abc import Callable, Iterable
from collections.abc import Sequence as Many
from dataclasses import dataclass
from pathlib import Path

from media.errors import Misconfigured
from renderers.exports import (
    ale,
    edl,
    fcpxml,
    otio,
    read_edl,
    read_fcpxml,
    read_otio,
    read_xmeml,
    subtitles,
    xmeml,
)
from renderers.exports.delivery import Delivery


@dataclass(frozen=True)
class Format:
    """One export: `write` makes its files (one, or several where the format has a limit),
    `prove` reads them back and raises Rejected when they differ from the plan."""

    name: str  # as settings and the command line call it
    suffix: str  # of its files
    write: Callable[[Delivery, Path], list[Path]]
    prove: Callable[[Delivery, Many[Path]], None]
    of_clips: bool = False  # of the story's clips, not of a sequence: written once
    of_files: bool = True  # names media files; else it is of what is seen and heard alone


EXPORTS = (
    Format("edl", "edl", edl.write, read_edl.prove),
    Format("fcpxml", "fcpxml", fcpxml.write, read_fcpxml.prove),
    Format("xmeml", "xml", xmeml.write, read_xmeml.prove),
    Format("otio", "otio", otio.write, read_otio.prove),
    Format("ale", "ale", ale.write, ale.prove, of_clips=True),
    Format("srt", "srt", subtitles.write_subrip, subtitles.prove, of_files=False),
    Format("vtt", "vtt", subtitles.write_webvtt, subtitles.prove, of_files=False),
)


def chosen(names: Iterable[str]) -> tuple[Format, ...]:
    """The formats called `names`, in the order of EXPORTS. Raises Misconfigured for others."""
    known = {form.name: form for form in EXPORTS}
    wanted = list(names)
    for name in wanted:
        if name not in known:
            raise Misconfigured(
                f"there is no export format called {name!r}: there are {', '.join(known)}"
            )
    return tuple(form for form in EXPORTS if form.name in wanted)
