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
    """Write one frame of a cut as its movie would show it with the settings of [movie].

    A running service with [preview] port does it in a tenth of the time.
    """
    from media.ready import Ready

    with Ready(1) as ready:  # it starts while we do
        from contextlib import closing

        from ingest.previewing import Asked, Previews
        from media.files import replacing

        settings = settings_of(config, state=state)
        asked = Asked(story, frame, script, version)
        with (
            opened(settings) as catalog,
            catalog.reading() as session,
            closing(Previews(settings, ready)) as previews,
        ):
            found = previews.picture(session, asked, settings.movie)
        with replacing(output) as partial:
            partial.write_bytes(found)
    typer.echo(output)
