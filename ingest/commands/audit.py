"""`stringout audit`: who dropped what, what was made of it, when, and with which settings."""

import json
from datetime import UTC, datetime
from typing import Annotated

import typer

from catalog.models import AuditEntry
from ingest.commands.options import Config, State, opened, settings_of


def audit(
    story: Annotated[str | None, typer.Argument(help="Only this story.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the last ones.")] = None,
    config: Config = None,
    state: State = None,
    as_json: Annotated[bool, typer.Option("--json", help="A line of JSON for each.")] = False,
) -> None:
    """The audit log, the oldest entry first."""
    from catalog import audit as log

    with opened(settings_of(config, state=state)) as catalog, catalog.reading() as session:
        found = log.entries(session, story, limit=limit)
    for entry in found:
        typer.echo(_json(entry) if as_json else _text(entry))


def _json(entry: AuditEntry) -> str:
    values = entry.model_dump()
    values["at"] = datetime.fromtimestamp(entry.at, UTC).isoformat()
    return json.dumps(values, ensure_ascii=False)


def _text(entry: AuditEntry) -> str:
    when = datetime.fromtimestamp(entry.at).strftime("%Y-%m-%d %H:%M:%S")
    where = " ".join(filter(None, (entry.story, entry.path, entry.stage)))
    facts = " ".join(f"{name}={value}" for name, value in entry.details.items())
    told = ": ".join(filter(None, (where, entry.message)))
    return f"{when} {entry.deed} by {entry.who} {told}{f' [{facts}]' if facts else ''}"
