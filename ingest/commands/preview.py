"""`stringout preview`: one picture of a cut, with all effects, before its movie is made."""

from pathlib import Path
from typing import Annotated

import typer

from ingest.commands.options import Config, State, opened, settings_of


def preview(  # noqa: PLR0913 - the command line of a preview
    story: Annotated[str, typer.Argument(help="The story whose newest cut is looked at.")],
    frame: Annotated[int, typer.Option(help="Which frame of the cut, from 0.", min=0)] = 0,
    script: Annotated[
        str | None, typer.Option(help="Which script, where the story has several.")
    ] = None,
    version: Annotated[int | None, typer.Option(help="Of the cut; default: the newest.")] = None,
    output: Annotated[Path, typer.Option(help="The JPEG to write.")] = Path("preview.jpg"),
    config: Config = None,
    state: State = None,
) -> None:
    """Write one frame of a cut as its movie would show it with the settings of [movie]."""
    from ingest.previewing import write

    settings = settings_of(config, state=state)
    with opened(settings) as catalog, catalog.reading() as session:
        write(session, settings, (story, script, version), frame, output)
    typer.echo(output)
