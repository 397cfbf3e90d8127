"""`stringout export`: a cut in other formats, by hand."""

from pathlib import Path
from typing import Annotated

import typer

from config.exporting import FCPXML_VERSIONS, REEL_LENGTHS, ReelLength
from ingest.commands.options import Config, State, opened, settings_of
from media.errors import Misconfigured


def export(  # noqa: PLR0913 - the command line of an export
    story: Annotated[str, typer.Argument(help="The story whose newest cut is exported.")],
    formats: Annotated[
        list[str] | None,
        typer.Option("--format", help="edl, fcpxml, xmeml, otio, ale, srt, vtt; may be repeated."),
    ] = None,
    script: Annotated[
        str | None, typer.Option(help="Which script, where the story has several.")
    ] = None,
    version: Annotated[int | None, typer.Option(help="Of the cut; default: the newest.")] = None,
    stringout: Annotated[
        bool, typer.Option("--stringout", help="All takes of every line instead of the cut.")
    ] = False,
    fcpxml_version: Annotated[str | None, typer.Option(help="1.8 to 1.13.")] = None,
    reel_length: Annotated[
        str | None, typer.Option(help="Of reels in an EDL: 8, 32, 128 or full.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="File to write; default: named after the script, here.")
    ] = None,
    config: Config = None,
    state: State = None,
) -> None:
    """Write a cut for an editing system; every file is read back and proved first."""
    from ingest.exporting import Request, write

    settings = settings_of(config, state=state)
    asked = settings.export
    request = Request(
        story=story,
        formats=tuple(formats or asked.formats),
        script=script,
        version=version,
        stringout=stringout,
        fcpxml_version=fcpxml_version or asked.fcpxml_version,
        reel_length=_length(reel_length) if reel_length else asked.reel_length,
        output=output,
    )
    if request.fcpxml_version not in FCPXML_VERSIONS:
        raise Misconfigured(
            f"there is no FCPXML {request.fcpxml_version}: there are {', '.join(FCPXML_VERSIONS)}"
        )
    with opened(settings) as catalog, catalog.reading() as session:
        for path in write(session, settings, request):
            typer.echo(path)


def _length(value: str) -> ReelLength:
    known = {str(length): length for length in REEL_LENGTHS}
    if value not in known:
        raise Misconfigured(f"a reel has 8, 32, 128 or full characters, not {value!r}")
    return known[value]
