"""`stringout archive`: originals of a finished story, safe in another place."""

import getpass
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
    from catalog import audit
    from catalog.audit import About
    from catalog.models import Deed
    from ingest import archiving

    settings = settings_of(config, state=state)
    root, who = settings.archive.root, getpass.getuser()
    with opened(settings) as catalog, catalog.reading() as session:
        for each in archiving.archive(session, settings, story, move=move):
            if each.copied or move:
                details = {"file": each.path, "xxh128": each.digest, "moved": move}
                message = f"{each.path} to {root}{', and removed here' if move else ''}"
                with catalog.writing() as own:
                    audit.record(own, Deed.ARCHIVED, message, About(story=story), who, details)
            typer.echo(f"{each.digest}  {each.path}{'' if each.copied else '  (was there)'}")
