"""`stringout approve`: let out what moderation holds back."""

import getpass
from typing import Annotated

import typer

from ingest.commands.options import Config, State, meant, opened, settings_of


def approve(
    what: Annotated[str, typer.Argument(help="A story, a script's path in it, or its number.")],
    config: Config = None,
    state: State = None,
) -> None:
    """Publish cuts with sensitive words or pictures: those that are in them now. Others hold
    again."""
    from catalog import audit
    from catalog.approvals import approve as let_out
    from catalog.approvals import named
    from catalog.audit import About
    from catalog.models import Deed, Kind
    from catalog.places import script_name
    from renderers.cuts import newest
    from renderers.held import flags_of
    from tasks import changes

    settings = settings_of(config, state=state)
    with opened(settings) as catalog, catalog.writing() as session:
        scripts = [item for item in meant(session, what) if item.kind == Kind.SCRIPT]
        released, who = [], getpass.getuser()
        for item in scripts:
            cut = newest(session, item.story_id, script_name(item))
            if cut and (found := let_out(session, item.story_id, flags_of(session, cut), who)):
                message = f"{named(found)} in version {cut.version}"
                audit.record(session, Deed.APPROVED, message, About(item), who)
                released += found
        changes.check(session, settings, scripts)
    told = f"{named(released)} let out; the cut is published by the service"
    typer.echo(told if released else "nothing was held back")
