"""`stringout cache`: what is near, and whether it is of use."""

from dataclasses import asdict
from enum import StrEnum
from typing import Annotated

import typer

from catalog.cache.disk import Disk
from ingest.commands.options import Config, Json, State, print_json, settings_of
from media.errors import Misconfigured


class Action(StrEnum):
    """What to do."""

    SHOW = "show"
    VERIFY = "verify"
    CLEAR = "clear"


def cache(
    action: Annotated[
        Action, typer.Argument(help="verify reads every clip; clear removes what is not in use.")
    ] = Action.SHOW,
    config: Config = None,
    state: State = None,
    as_json: Json = False,
) -> None:
    """The clip cache of this host: what it holds, how often it was of use, what is pinned."""
    from catalog.cache.cache import disk_of
    from catalog.cache.state import clear, verify

    settings = settings_of(config, state=state)
    disk = disk_of(settings)
    if disk is None:
        raise Misconfigured("the clip cache is switched off: [cache] clips or gigabytes is 0")
    if action == Action.VERIFY:
        whole, damaged = verify(disk)
        typer.echo(
            f"{whole} clips are whole; {damaged} were damaged, and are made again when needed"
        )
    elif action == Action.CLEAR:
        typer.echo(f"{clear(disk)} clips removed; originals and proxies are untouched")
    else:
        _show(disk, as_json)


def _show(disk: Disk, as_json: bool) -> None:
    from catalog.cache.state import state

    found = state(disk)
    if as_json:
        print_json({"disk": {**asdict(found), "ratio": found.ratio}})
        return
    ratio = "not asked yet" if found.ratio is None else f"{found.ratio:.0%} of what was asked for"
    typer.echo(f"clips on disk   {found.folder}")
    typer.echo(f"  held          {found.clips} of {found.most_clips} clips")
    typer.echo(f"                {found.bytes / 1e9:.2f} of {found.most_bytes / 1e9:.2f} GB")
    typer.echo(f"  pinned        {found.pinned} in use now")
    typer.echo(f"  found         {ratio} ({found.hits} of {found.hits + found.misses})")
    typer.echo(f"  made          {found.made}; {found.damaged} damaged and dropped, "
               f"{found.refused} had no room")  # fmt: skip
