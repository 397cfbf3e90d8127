"""The files of an installation: what they contain and where they go. Nothing is written here."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from config.settings import Settings
from media.errors import Misconfigured

CONFIG = Path("/etc/stringout/stringout.toml")
STATE = Path("/var/lib/stringout")
VENV = Path("/opt/stringout/.venv")
UNIT_FOLDER = Path("/etc/systemd/system")
USER_FILE = Path("/etc/sysusers.d/stringout.conf")
_LIMITS_FILE = Path("/etc/sysctl.d/60-stringout.conf")
UNITS = (
    "stringout.target",
    "stringout.service",
    "stringout-watch.service",
    "stringout-worker@.service",
)
# Drop-ins of a prefix hold for every unit whose name begins so.
DROP_INS = ("stringout.service.d", "stringout-.service.d")
_SOURCE = Path(__file__).parent.parent.parent / "systemd"
HIDDEN = (Path("/home"), Path("/root"), Path("/run/user"))  # by ProtectHome
_SHARE = 90  # percent of the processors that Stringout may take


@dataclass(frozen=True)
class Plan:
    """An installation below `root` ("/" but for tests and images)."""

    settings: Settings
    venv: Path = VENV
    root: Path = Path("/")

    def at(self, path: Path) -> Path:
        """Where a path of the host lies."""
        return self.root / path.relative_to("/")

    def files(self) -> dict[Path, str]:
        """Every file by its path on the host; all of them may be written again."""
        found = {UNIT_FOLDER / name: self._unit(name) for name in UNITS}
        for folder in DROP_INS:
            found[UNIT_FOLDER / folder / "10-hardening.conf"] = _read("hardening.conf")
            found[UNIT_FOLDER / folder / "20-host.conf"] = "\n".join(self._host()) + "\n"
        found[USER_FILE] = f'u stringout - "Stringout watch-folder ingest" {STATE}\n'
        found[_LIMITS_FILE] = "# One watch per folder below the watched ones.\n" + (
            "fs.inotify.max_user_watches = 1048576\n"
        )
        return found

    def _unit(self, name: str) -> str:
        return _read(name).replace(str(VENV), str(self.venv))

    def _host(self) -> Iterator[str]:
        """What differs from host to host: paths, processors, the GPU."""
        watched = [folder.path for folder in self.settings.watch]
        media = [*watched, *self.settings.outputs]
        yield "# Written by `stringout install --systemd`; run it again when the folders change."
        yield "[Unit]"
        yield f"RequiresMountsFor={_words(media)}"
        yield "[Service]"
        yield f"ReadWritePaths={_words(media, optional=True)}"
        if any(path.is_relative_to(home) for path in media for home in HIDDEN):
            yield "ProtectHome=read-only"
        yield f"CPUQuota={(os.cpu_count() or 1) * _SHARE}%"
        if self.at(Path("/dev/nvidia0")).exists():
            yield "PrivateDevices=no"
            yield "DevicePolicy=closed"
            yield "DeviceAllow=char-nvidia* rw"


def require_local_state(settings: Settings) -> None:
    """Raise Misconfigured when the state is not where the units may write."""
    if settings.folders.state != STATE:
        raise Misconfigured(
            f'[folders] state is {settings.folders.state}: a service keeps its state in "{STATE}"'
        )


def _words(paths: list[Path], optional: bool = False) -> str:
    """Paths as systemd reads them: quoted, % doubled; with "-" one that is absent is no error."""
    mark = "-" if optional else ""
    return " ".join(f'"{mark}{_escaped(path)}"' for path in paths)


def _escaped(path: Path) -> str:
    return str(path).replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")


def _read(name: str) -> str:
    return (_SOURCE / name).read_text(encoding="utf-8")
