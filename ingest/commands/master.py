"""`stringout master`: a cut in full quality from the originals, by hand."""

from pathlib import Path
from typing import Annotated

import typer

from ingest.commands.options import Config, State, opened, settings_of


def master(  # noqa: PLR0913 - the command line of a master
    story: Annotated[str, typer.Argument(help="The story whose newest cut is rendered.")],
    script: Annotated[
        str | None, typer.Option(help="Which script, where the story has several.")
    ] = None,
    version: Annotated[int | None, typer.Option(help="Of the cut; default: the newest.")] = None,
    profile: Annotated[
        str, typer.Option(help="Of [profiles]: how what can't be copied is encoded.")
    ] = "master",
    output: Annotated[
        Path | None,
        typer.Option(help="File to write; its suffix is the codec's. Default: named after the "
                          "script, here."),
    ] = None,
    config: Config = None,
    state: State = None,
) -> None:  # fmt: skip
    """Render a cut in full quality from the originals; frames that can be are copied."""
    from ingest.mastering import write

    settings = settings_of(config, state=state)
    with opened(settings) as catalog, catalog.reading() as session:
        path, told = write(session, settings, (story, script, version), profile, output)
    typer.echo(f"{path}: {told}")
