"""`stringout status`: what is where, and why."""

import time
from dataclasses import asdict
from functools import partial
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

_PACE = 2.0  # seconds between two looks


def status(
    story: Annotated[str | None, typer.Argument(help="One story in detail.")] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Renew it until Ctrl-C.")] = False,
    config: Config = None,
    output: Output = None,
    state: State = None,
    as_json: Json = False,
) -> None:
    """What was dropped, what is being worked on or waits and for what, what failed and why."""
    from ingest import panel
    from ingest.report import Report, gather

    settings = settings_of(config, output=output, state=state)
    with opened(settings) as catalog:

        def look() -> Report:
            with catalog.reading() as session:
                return gather(session, settings, story)

        report = look()
        known(list(report.stories), story)
        if as_json:
            print_json(asdict(report))
        elif watch:
            panel.follow(look, settings, story is not None, partial(time.sleep, _PACE))
        else:
            panel.show(report, settings, story is not None)
