"""`stringout models`: which weights engines can use, fetch them, verify them."""

from typing import TYPE_CHECKING, Annotated

import typer

from ingest.commands.options import Config, Json, print_json, settings_of

if TYPE_CHECKING:
    from indexers.engines.models import Model

app = typer.Typer(help="Weights of engines: list, fetch, verify.", invoke_without_command=True)
Names = Annotated[list[str] | None, typer.Argument(help="Such as whisper/small; all if none.")]
Source = Annotated[
    str | None, typer.Option("--from", help="Address to fetch from; default: [models] source.")
]


@app.callback()
def listed(context: typer.Context, as_json: Json = False) -> None:
    """List what engines can use, where it belongs, and whether it is there."""
    if context.invoked_subcommand:
        return
    from indexers.engines.models import models

    rows = [
        {
            "name": model.key, "there": model.there, "installed": model.engine.installed,
            "megabytes": model.megabytes, "folder": str(model.folder), "files": list(model.files),
        }
        for model in models()
    ]  # fmt: skip
    if as_json:
        print_json(rows)
        return
    typer.echo("pocketsphinx, silero-vad, Resemblyzer: their weights are inside their packages")
    for row in rows:
        state = "there" if row["there"] else "-"
        missing = "" if row["installed"] else "  (its library is not installed)"
        typer.echo(
            f"{row['name']:<32}{row['megabytes']:>6} MB  {state:<6} {row['folder']}{missing}"
        )


@app.command()
def verify(names: Names = None) -> None:
    """Compare files with their SHA-256. Exit code 1 if one is missing or differs."""
    from ingest.fetching import verify as wrong_with

    wrong = False
    for model in _named(names, only_there=not names):
        found = wrong_with(model)
        wrong = wrong or bool(found)
        typer.echo(f"{model.key}: {'as it should be' if not found else ''}")
        for name, trouble in found.items():
            typer.echo(f"    {model.folder / name} {trouble}")
    if wrong:
        raise typer.Exit(1)


@app.command()
def fetch(
    names: Annotated[list[str], typer.Argument(help="Such as whisper/small.")],
    source: Source = None,
    config: Config = None,
) -> None:
    """Fetch weights and verify them; what broke off goes on where it stopped."""
    from ingest import fetching
    from media.errors import Misconfigured

    address = source or settings_of(config).models.source
    if not address:
        raise Misconfigured(
            "nobody says where to fetch from: name an address as [models] source, or with --from"
        )
    for model in _named(names):
        fetching.fetch(model, address, _tell)
        typer.echo(f"\r{model.key}: fetched and verified, in {model.folder}")


def _tell(name: str, done: int, total: int) -> None:
    part = f"{done / total:4.0%} of {total / 1e6:.0f} MB" if total else f"{done / 1e6:.0f} MB"
    typer.echo(f"\r{name}: {part}", nl=False, err=True)


def _named(names: list[str] | None, only_there: bool = False) -> "list[Model]":
    from indexers.engines.models import models
    from media.errors import Misconfigured

    known = {model.key: model for model in models()}
    if unknown := [name for name in names or () if name not in known]:
        raise Misconfigured(f"{unknown[0]} is no model: `stringout models` lists them")
    return (
        [known[name] for name in names]
        if names
        else [model for model in known.values() if model.there or not only_there]
    )
