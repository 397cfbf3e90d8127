"""`stringout search`: find clips."""

from dataclasses import asdict
from typing import Annotated

import typer

from catalog.models import Label
from ingest.commands.options import Config, Json, State, opened, print_json, settings_of


def search(  # noqa: PLR0913 - the command line of a search
    words: Annotated[str, typer.Argument(help="What is said, or what it is about.")],
    emotion: Annotated[Label | None, typer.Option(help="Only clips with this emotion.")] = None,
    story: Annotated[str | None, typer.Option(help="Only this story.")] = None,
    speaker: Annotated[
        str | None, typer.Option(help="Only what this one says: a name, or Speaker 2.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 10,
    config: Config = None,
    state: State = None,
    as_json: Json = False,
) -> None:
    """Find clips by meaning and by words."""
    from ingest import screen
    from ingest.search import Query, find

    settings = settings_of(config, state=state)
    query = Query(words, emotion, story, limit, speaker)
    with opened(settings) as catalog:
        found = find(settings, catalog, query)
    if as_json:
        print_json([asdict(each) for each in found])
    else:
        screen.show_found(found, words)
