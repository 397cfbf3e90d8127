"""The service's own virtual environment: a copy of the one in use, which is proven to work.

Nothing is downloaded. A clone that is worked on, or lies in a home folder, stays out of it.
"""

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from ingest.installation.plan import HIDDEN
from media.errors import Misconfigured

_HOME = Path(__file__).parent.parent.parent
_OURS = ("config", "media", "catalog", "indexers", "renderers", "tasks", "ingest", "systemd")
_SCRIPT = """#!{python}
import sys
from ingest.cli import main
sys.exit(main())
"""


def copy_to(venv: Path) -> None:
    """Make or renew the virtual environment at `venv`. Raises Misconfigured."""
    if venv == Path(sys.prefix):
        return
    base = Path(sys.base_prefix)
    if any(base.is_relative_to(home) for home in HIDDEN):
        raise Misconfigured(
            f"this environment was made with the Python of {base}, where no service may look: make "
            "it with Debian's (`apt-get install python3.11-venv`, `make clean setup`)"
        )
    python = base / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    subprocess.run([python, "-m", "venv", "--without-pip", "--clear", venv], check=True)
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(venv), "platbase": str(venv)}))
    ignored = shutil.ignore_patterns("__pycache__", "*stringout*.pth")
    shutil.copytree(
        sysconfig.get_path("purelib"), packages, dirs_exist_ok=True, symlinks=True, ignore=ignored
    )
    for name in _OURS:
        if (_HOME / name).is_dir():
            shutil.copytree(_HOME / name, packages / name, dirs_exist_ok=True, ignore=ignored)
    script = venv / "bin" / "stringout"
    script.write_text(_SCRIPT.format(python=venv / "bin" / "python"))
    script.chmod(0o755)
