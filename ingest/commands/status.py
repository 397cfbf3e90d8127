"""`stringout status`: what is where, and why."""

from dataclasses import asdict
from typing import Annotated

import typer

from ingest.commands.options import (
    Config,
    Json,
    Output,
    State,
    known,
    opened,
    print_json,
    settings_of,
)


def status(
    story: Annotated[str | None, typer.Argument(help="One story in detail.")] = None,
    config: Config = None,
    output: Output = None,
    state: State = None,
    as_json: Json = False,
) -> None:
    """What was dropped, what is being worked on, what failed and why, where the cuts are."""
    from catalog import overview, pauses
    from ingest import screen
    from tasks.pipeline import STAGES
    from tasks.premises import is_running

    settings = settings_of(config, output=output, state=state)
    with opened(settings) as catalog, catalog.reading() as session:
        found = known(overview.stories(session, STAGES, story), story)
        held = [pauses.sentence(each) for each in pauses.active(session)]
    if as_json:
        print_json([asdict(each) for each in found])
    else:
        screen.show_stories(found, settings, detailed=story is not None)
        for sentence in held:
            typer.echo(sentence)
        if not is_running(settings.folders.state):
            typer.echo("The service is not running: `stringout run` goes on where it was.")
