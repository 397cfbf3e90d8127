"""The command line: one function per command, no logic of its own."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from catalog.database import Catalog
from catalog.models import Label
from catalog.overview import StoryState
from catalog.words import counted
from config import log
from config.settings import Settings, load
from media.errors import Misconfigured, StringoutError

app = typer.Typer(
    help="Drop footage and a script into a watched folder; get a frame-exact rough cut.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        help="TOML file; default: $STRINGOUT_CONFIG, ./stringout.toml, /etc/stringout/…",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="For scripts.")]


Watch = Annotated[Path | None, typer.Option("--watch", help="The folder to watch.")]
Output = Annotated[Path | None, typer.Option("--output", help="Where results go.")]
State = Annotated[
    Path | None, typer.Option("--state", help="Catalog and vectors; on a local disk.")
]


@app.command()
def run(
    config: Config = None, watch: Watch = None, output: Output = None, state: State = None
) -> None:
    """Watch and work until Ctrl-C or SIGTERM. Killed in any way, it goes on where it was."""
    from ingest import service

    settings = _load(config, watch=watch, output=output, state=state)
    log.start(settings.log)
    service.run(settings)


@app.command()
def status(
    story: Annotated[str | None, typer.Argument(help="One story in detail.")] = None,
    config: Config = None,
    output: Output = None,
    state: State = None,
    as_json: Json = False,
) -> None:
    """What was dropped, what is being worked on, what failed and why, where the cuts are."""
    from catalog import overview
    from ingest import screen
    from tasks.embedded import is_running
    from tasks.pipeline import STAGES

    settings = _load(config, output=output, state=state)
    with _catalog(settings) as catalog, catalog.reading() as session:
        found = _known(overview.stories(session, STAGES, story), story)
    if as_json:
        _print_json([asdict(each) for each in found])
    else:
        screen.show_stories(found, settings.folders.output, detailed=story is not None)
        if not is_running(settings.folders.state):
            typer.echo("The service is not running: `stringout run` goes on where it was.")


@app.command()
def search(  # noqa: PLR0913 - the command line of a search
    words: Annotated[str, typer.Argument(help="What is said, or what it is about.")],
    emotion: Annotated[Label | None, typer.Option(help="Only clips with this emotion.")] = None,
    story: Annotated[str | None, typer.Option(help="Only this story.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 10,
    config: Config = None,
    state: State = None,
    as_json: Json = False,
) -> None:
    """Find clips by meaning and by words."""
    from ingest import screen
    from ingest.search import Query, find

    settings = _load(config, state=state)
    query = Query(words, emotion, story, limit)
    with _catalog(settings) as catalog:
        found = find(settings, catalog, query)
    if as_json:
        _print_json([asdict(each) for each in found])
    else:
        screen.show_found(found, words)


@app.command()
def retry(
    story: Annotated[str | None, typer.Argument(help="Only this story.")] = None,
    config: Config = None,
    state: State = None,
) -> None:
    """Try what has failed again: the running service does it at once, else the next one."""
    from catalog import overview, runs
    from tasks.pipeline import STAGES

    with _catalog(_load(config, state=state)) as catalog, catalog.writing() as session:
        found = _known(overview.stories(session, STAGES, story), story)
        items = [item for each in found for item in each.items]
        count = runs.retry(session, [item.id for item in items])
    typer.echo(
        f"{counted(count, 'failed run')} to be tried again" if count else "nothing has failed"
    )


@app.command()
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

    found = checks.examine(_load(config, watch=watch, output=output, state=state))
    if as_json:
        _print_json([asdict(check) for check in found])
    else:
        screen.show_checks(found)
    if not all(check.ok for check in found):
        raise typer.Exit(1)


@app.command("config")
def show_config(config: Config = None, as_json: Json = False) -> None:
    """Print the configuration in force, checked."""
    from ingest import screen

    settings = load(config)
    if as_json:
        _print_json(settings.model_dump(mode="json"))
    else:
        screen.show_settings(settings)


def main() -> None:
    """The entry point: our own errors become one sentence and an exit code (78: configuration)."""
    try:
        app()
    except StringoutError as error:
        typer.echo(f"stringout: {error}", err=True)
        sys.exit(getattr(error, "exit_code", 1))


def _load(
    config: Path | None,
    *,
    watch: Path | None = None,
    output: Path | None = None,
    state: Path | None = None,
) -> Settings:
    """The configuration with the folders of the command line over it."""
    folders = {name: path for name, path in (("output", output), ("state", state)) if path}
    overrides: dict[str, Any] = {"folders": folders}
    if watch:
        overrides["watch"] = [{"path": watch}]
    return load(config, **overrides)


@contextmanager
def _catalog(settings: Settings) -> Iterator[Catalog]:
    """The catalog of a service that has run here. Raises Misconfigured when there is none."""
    if not (settings.folders.state / "catalog.db").is_file():
        raise Misconfigured(
            f"there is no catalog in {settings.folders.state}: run this where `stringout run` was "
            "started, or name its folder with --state or its file with --config"
        )
    catalog = Catalog(settings.database_url)
    try:
        catalog.migrate()  # one that an older version left
        yield catalog
    finally:
        catalog.close()


def _known(found: list[StoryState], story: str | None) -> list[StoryState]:
    """Raise Misconfigured when a story was named that nobody has dropped."""
    if story is not None and not found:
        raise Misconfigured(f"there is no story called {story!r}: `stringout status` lists them")
    return found


def _print_json(data: object) -> None:
    typer.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str))
