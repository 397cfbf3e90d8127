"""`stringout archive`: originals of a finished story, safe in another place."""

from typing import Annotated

import typer

from ingest.commands.options import Config, State, opened, settings_of


def archive(
    story: Annotated[str, typer.Argument(help="A story that nothing is left to do for.")],
    move: Annotated[
        bool, typer.Option("--move", help="Remove each original once its copy was read back.")
    ] = False,
    config: Config = None,
    state: State = None,
) -> None:
    """Copy a story's originals to [archive] root, read them back, and list their checksums."""
    from ingest import archiving

    settings = settings_of(config, state=state)
    with opened(settings) as catalog, catalog.reading() as session:
        for each in archiving.archive(session, settings, story, move=move):
            typer.echo(f"{each.digest}  {each.path}{'' if each.copied else '  (was there)'}")
