"""`stringout doctor`: check what the service needs."""

from dataclasses import asdict

import typer

from ingest.commands.options import Config, Json, Output, State, Watch, print_json, settings_of


def doctor(
    config: Config = None,
    watch: Watch = None,
    output: Output = None,
    state: State = None,
    as_json: Json = False,
) -> None:
    """Check what the service needs, one line each. Exit code 1 if something must be mended."""
    from ingest import doctor as checks
    from ingest import screen

    found = checks.examine(settings_of(config, watch=watch, output=output, state=state))
    if as_json:
        print_json([asdict(check) for check in found])
    else:
        screen.show_checks(found)
    if not all(check.ok for check in found):
        raise typer.Exit(1)
