"""`stringout install --systemd` and `uninstall`: the service of this host."""

from pathlib import Path
from typing import Annotated

import typer

from config.settings import load
from media.errors import Misconfigured
from media.files import write_text

_STARTER = """# Every switch: `stringout config`. What is not here has its default.

[[watch]]
name = "drop"                  # keep it when the path changes
path = "/mnt/nas/drop"

[folders]
output = "/mnt/nas/cuts"
state = "/var/lib/stringout"   # on a local disk, never on the NAS
"""
_USUAL = Path("/etc/stringout/stringout.toml")
Root = Annotated[Path, typer.Option("--root", help="Install below this folder: for images, tests.")]
Config = Annotated[Path, typer.Option("--config", help="The configuration to install.")]


def install(
    config: Config = _USUAL,
    systemd: Annotated[bool, typer.Option("--systemd", help="As units of systemd.")] = False,
    enable: Annotated[
        list[str] | None,
        typer.Option(help="A unit that starts with the host; may be repeated."),
    ] = None,
    venv: Annotated[
        Path | None, typer.Option(help="Use this virtual environment instead of a copy.")
    ] = None,
    root: Root = Path("/"),
) -> None:
    """Set user, folders, virtual environment and units up. Again after an upgrade."""
    from ingest.installation import plan, service

    if not systemd:
        raise Misconfigured("say --systemd: units of systemd are the one way there is")
    if not config.exists():
        write_text(config, _STARTER)
        raise Misconfigured(f"{config} was written: name your folders in it and run this again")
    chosen = plan.Plan(load(config), venv or plan.VENV, root.absolute())
    for step in service.install(chosen, config, enable or ["stringout.service"]):
        typer.echo(step)
    doctor = f"runuser -u stringout -- {chosen.venv}/bin/stringout doctor --config {plan.CONFIG}"
    typer.echo(f"check it with `{doctor}`, then: systemctl start stringout.target")


def uninstall(config: Config = _USUAL, root: Root = Path("/")) -> None:
    """Remove units and virtual environment. Originals, outputs, catalog and settings stay."""
    from ingest.installation import plan, service

    at = root.absolute() / config.relative_to("/") if root != Path("/") else config
    for step in service.uninstall(plan.Plan(load(at), root=root.absolute())):
        typer.echo(step)
