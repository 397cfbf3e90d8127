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
    who = getpass.getuser()
    told = f"cancelled by {who}{': ' + reason if reason else ''}; `stringout retry` brings it back"
    with opened(settings_of(config, state=state)) as catalog, catalog.writing() as session:
        items = meant(session, what)
        count = sum(by_hand.cancel(session, item, stage, told, who) for item in items)
    typer.echo(f"{counted(count, 'run')} cancelled" if count else "nothing was waiting or running")
