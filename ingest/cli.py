"""The command line: the list of commands. Each is a file in ingest/commands/."""

import sys

import typer

from ingest.commands import (
    approve,
    archive,
    audit,
    cache,
    cancel,
    config,
    doctor,
    export,
    install,
    master,
    models,
    pause,
    preview,
    retry,
    run,
    search,
    status,
    watch,
    worker,
)
from media.errors import StringoutError

app = typer.Typer(
    help="Drop footage and a script into a watched folder; get a frame-exact rough cut.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(run.run)
app.command()(watch.watch)
app.command()(worker.worker)
app.command()(status.status)
app.command()(audit.audit)
app.command()(search.search)
app.command()(export.export)
app.command()(preview.preview)
app.command()(master.master)
app.command()(retry.retry)
app.command()(cancel.cancel)
app.command()(approve.approve)
app.command()(pause.pause)
app.command()(pause.resume)
app.command()(cache.cache)
app.command()(archive.archive)
app.command()(doctor.doctor)
app.command()(install.install)
app.command()(install.uninstall)
app.add_typer(models.app, name="models")
app.command("config")(config.show_config)


def main() -> None:
    """The entry point: our own errors become one sentence and an exit code (78: configuration)."""
    try:
        app()
    except StringoutError as error:
        typer.echo(f"stringout: {error}", err=True)
        sys.exit(getattr(error, "exit_code", 1))
