"""`stringout cancel`: end queued and running work on an item or a story."""

import getpass
from typing import Annotated

import typer

from catalog.words import counted
from ingest.commands.options import Config, State, meant, opened, settings_of


def cancel(
    what: Annotated[str, typer.Argument(help="A story, a file's path in it, or its number.")],
    stage: Annotated[str | None, typer.Option(help="Only this stage, e.g. transcript.")] = None,
    reason: Annotated[str, typer.Option(help="Shown by status and in the report.")] = "",
    config: Config = None,
    state: State = None,
) -> None:
    """End what waits, is queued or runs; a running child process is killed. `retry` undoes it."""
    from catalog import by_hand
    from tasks.pipeline import STAGES

    if stage is not None and stage not in STAGES:
        raise typer.BadParameter(f"there is no stage {stage!r}: {', '.join(STAGES)}")
    told = f"cancelled by {getpass.getuser()}{': ' + reason if reason else ''}"
    with opened(settings_of(config, state=state)) as catalog, catalog.writing() as session:
        ids = [item.id or 0 for item in meant(session, what)]
        count = by_hand.cancel(session, ids, stage, f"{told}; `stringout retry` brings it back")
    typer.echo(f"{counted(count, 'run')} cancelled" if count else "nothing was waiting or running")
