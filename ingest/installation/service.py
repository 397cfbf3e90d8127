"""Carrying an installation out, and taking it away again. What was made and learned stays."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from ingest.installation import virtualenv
from ingest.installation.plan import (
    CONFIG,
    DROP_INS,
    STATE,
    UNIT_FOLDER,
    UNITS,
    USER_FILE,
    VENV,
    Plan,
    require_local_state,
)
from media.errors import Misconfigured
from media.files import write_text


def install(plan: Plan, config: Path, enable: list[str]) -> Iterator[str]:
    """Set everything up; yields a sentence per step. Raises Misconfigured.

    `config` becomes the host's configuration unless there is one. `enable`: units that start
    with the host.
    """
    _require_root(plan)
    require_local_state(plan.settings)
    if plan.venv == VENV:
        virtualenv.copy_to(plan.at(VENV))
        yield f"virtual environment: {plan.at(VENV)}"
    for path, text in plan.files().items():
        write_text(plan.at(path), text)
    yield f"units: {plan.at(UNIT_FOLDER)}"
    if not plan.at(CONFIG).exists():
        write_text(plan.at(CONFIG), config.read_text(encoding="utf-8"))
    yield f"configuration: {plan.at(CONFIG)}"
    _run(plan, "systemd-sysusers", USER_FILE.name)
    _own_folders(plan)
    yield f"user and group stringout, state: {plan.at(STATE)}"
    yield from _closed(plan)
    _systemctl(plan, "enable", "stringout.target", *enable)
    yield f"enabled: stringout.target, {', '.join(enable)}"


def uninstall(plan: Plan) -> Iterator[str]:
    """Stop the services and remove what `install` wrote, but for configuration and data."""
    _require_root(plan)
    if plan.root == Path("/"):
        subprocess.run(["systemctl", "stop", "stringout.target", "stringout*.service"], check=False)
    _systemctl(plan, "disable", *UNITS)
    for path in plan.files():
        plan.at(path).unlink(missing_ok=True)
    for folder in DROP_INS:
        with suppress(OSError):  # somebody's own drop-in is in it
            plan.at(UNIT_FOLDER / folder).rmdir()
    shutil.rmtree(plan.at(VENV), ignore_errors=True)
    if plan.root == Path("/"):
        subprocess.run(["systemctl", "daemon-reload"], check=False)
    yield "removed: units and virtual environment"
    yield f"kept: {plan.at(STATE)}, {plan.at(CONFIG)}, the user stringout, originals and outputs"


def _own_folders(plan: Plan) -> None:
    """The state belongs to the service's user, also before systemd has started anything."""
    state = plan.at(STATE)
    state.mkdir(parents=True, exist_ok=True)
    for line in plan.at(Path("/etc/passwd")).read_text().splitlines():
        name, _, uid, gid, *_ = line.split(":")
        if name == "stringout":
            os.chown(state, int(uid), int(gid))
            state.chmod(0o750)


def _closed(plan: Plan) -> Iterator[str]:
    """A sentence for each media folder that the service's user can't use as it must."""
    if plan.root != Path("/"):
        return  # an image: its shares are not mounted here
    wanted = [(watched.path, "-r", "read") for watched in plan.settings.watch]
    wanted += [(output, "-w", "written") for output in plan.settings.outputs]
    for folder, test, verb in wanted:
        asked = ["runuser", "-u", "stringout", "--", "test", test, str(folder)]
        if subprocess.run(asked, check=False).returncode:
            yield f"take care: {folder} can't be {verb} by the user stringout: give it access"


def _systemctl(plan: Plan, verb: str, *units: str) -> None:
    _run(plan, "systemctl", verb, *units)
    if plan.root == Path("/"):
        subprocess.run(["systemctl", "daemon-reload"], check=True)


def _run(plan: Plan, program: str, *arguments: str) -> None:
    """A program of systemd's, on the tree at `root`."""
    where = [] if plan.root == Path("/") else [f"--root={plan.root}"]
    found = shutil.which(program)
    if not found:
        raise Misconfigured(f"{program} is not here: this host has no systemd")
    done = subprocess.run([found, *where, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Misconfigured(f"{program} {' '.join(arguments)} failed: {done.stderr.strip()}")


def _require_root(plan: Plan) -> None:
    if os.geteuid() and plan.root == Path("/"):
        raise Misconfigured("installing a service needs root: use sudo")
