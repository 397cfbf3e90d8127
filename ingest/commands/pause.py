"""`stringout pause` and `resume`: hold new work back, and let it go on."""

from typing import Annotated

import typer

from catalog.models import Scope
from catalog.work import Queue
from ingest.commands.options import Config, State, opened, settings_of

OneQueue = Annotated[Queue | None, typer.Option("--queue", help="Only this queue.")]
_OPERATOR = "operator"  # whoever typed it: another person may lift it
OneStory = Annotated[str | None, typer.Option("--story", help="Only this story.")]


def pause(
    queue: OneQueue = None,
    story: OneStory = None,
    reason: Annotated[str, typer.Option(help="Shown by status.")] = "no reason given",
    config: Config = None,
    state: State = None,
) -> None:
    """Start nothing new: of the service, a queue, or a story. What runs ends; drops are taken."""
    from catalog import pauses

    scope, name = _scope(queue, story)
    with opened(settings_of(config, state=state)) as catalog, catalog.writing() as session:
        pauses.pause(session, scope, name, _OPERATOR, reason)
        held = pauses.active(session)
    for each in held:
        typer.echo(pauses.sentence(each))


def resume(
    queue: OneQueue = None, story: OneStory = None, config: Config = None, state: State = None
) -> None:
    """Let go on what `pause` with the same options holds."""
    from catalog import pauses

    scope, name = _scope(queue, story)
    with opened(settings_of(config, state=state)) as catalog, catalog.writing() as session:
        lifted = pauses.resume(session, scope, name, _OPERATOR)
        held = pauses.active(session)
    typer.echo("goes on" if lifted else "nothing was paused by `stringout pause` there")
    for each in held:
        typer.echo(f"still: {pauses.sentence(each)}")


def _scope(queue: Queue | None, story: str | None) -> tuple[Scope, str]:
    if queue and story:
        raise typer.BadParameter("name a queue or a story, not both")
    if queue:
        return Scope.QUEUE, queue.value
    return (Scope.STORY, story) if story else (Scope.SERVICE, "")
