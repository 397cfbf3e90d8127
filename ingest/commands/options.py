"""What several commands share: their options, the configuration, the catalog, JSON."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlmodel import Session

from catalog import named
from catalog.database import Catalog
from catalog.models import Item
from catalog.overview import StoryState
from config.settings import Settings, load
from media.errors import Misconfigured

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


def settings_of(
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
def opened(settings: Settings) -> Iterator[Catalog]:
    """The catalog of a service that has run here. Raises Misconfigured when there is none."""
    if not settings.database.url and not (settings.folders.state / "catalog.db").is_file():
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


def known(found: list[StoryState], story: str | None) -> list[StoryState]:
    """Raise Misconfigured when a story was named that nobody has dropped."""
    if story is not None and not found:
        raise Misconfigured(f"there is no story called {story!r}: `stringout status` lists them")
    return found


def meant(session: Session, what: str) -> list[Item]:
    """The items that a word on the command line means. Raises Misconfigured if there are none."""
    found = named.items(session, what)
    if not found:
        raise Misconfigured(
            f"there is no story, file or item called {what!r}, or several: `stringout status "
            "STORY` lists the paths"
        )
    return found


def print_json(data: object) -> None:
    typer.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str))
