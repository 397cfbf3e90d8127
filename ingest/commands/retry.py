"""`stringout retry`: try what has failed again."""

from typing import Annotated

import typer

from catalog.words import counted
from ingest.commands.options import Config, State, known, opened, settings_of


def retry(
    story: Annotated[str | None, typer.Argument(help="Only this story.")] = None,
    config: Config = None,
    state: State = None,
) -> None:
    """Try what has failed again: the running service does it at once, else the next one."""
    from catalog import overview, runs
    from tasks.pipeline import STAGES

    with opened(settings_of(config, state=state)) as catalog, catalog.writing() as session:
        found = known(overview.stories(session, STAGES, story), story)
        items = [item for each in found for item in each.items]
        count = runs.retry(session, [item.id for item in items])
    typer.echo(
        f"{counted(count, 'failed run')} to be tried again" if count else "nothing has failed"
    )
