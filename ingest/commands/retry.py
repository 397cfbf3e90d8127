"""`stringout retry`: try again what has failed or was cancelled."""

from typing import Annotated

import typer

from catalog.words import counted
from ingest.commands.options import Config, State, meant, opened, settings_of


def retry(
    what: Annotated[str | None, typer.Argument(help="Only this story, file or item.")] = None,
    config: Config = None,
    state: State = None,
) -> None:
    """Try again what has failed or was cancelled: the running service at once, else the next."""
    from catalog import by_hand, named
    from tasks.pipeline import needs

    with opened(settings_of(config, state=state)) as catalog, catalog.writing() as session:
        items = meant(session, what) if what is not None else named.everything(session)
        count = sum(by_hand.retry(session, item.id or 0, needs(item.kind)) for item in items)
    typer.echo(f"{counted(count, 'run')} to be tried again" if count else "nothing has failed")
