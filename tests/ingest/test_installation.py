"""Installing the service into a folder: what systemd itself says of the result."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from config.settings import load
from ingest.installation import plan, service
from media.errors import Misconfigured

ANALYZE = shutil.which("systemd-analyze")
SERVICES = ("stringout.service", "stringout-watch.service", "stringout-worker@gpu.service")
CONFIG = """
[[watch]]
path = "/mnt/nas/drop box"

[folders]
output = "/mnt/nas/cuts"
state = "/var/lib/stringout"
"""
needs_systemd = pytest.mark.skipif(not ANALYZE, reason="systemd-analyze is not installed here")


@pytest.fixture
def installed(tmp_path: Path) -> plan.Plan:
    """Below a folder, with the virtual environment that runs the tests."""
    (tmp_path / "config.toml").write_text(CONFIG)
    root, venv = tmp_path / "root", Path("/opt/stringout/.venv")
    program = root / "opt" / "stringout" / "venv" / "bin" / "stringout"
    program.parent.mkdir(parents=True)
    program.symlink_to("/bin/true")
    settings = load(tmp_path / "config.toml")
    chosen = plan.Plan(settings, venv=venv.with_name("venv"), root=root)
    steps = list(service.install(chosen, tmp_path / "config.toml", ["stringout.service"]))
    assert len(steps) == 4
    return chosen


@needs_systemd
def test_systemd_finds_nothing_wrong_with_the_units(installed, tmp_path):
    shutil.copytree("/lib/systemd/system", installed.root / "lib/systemd/system", symlinks=True)
    (installed.root / "bin").mkdir()
    for name in ("true", "kill"):  # what units start, besides ourselves
        shutil.copy2(f"/bin/{name}", installed.root / "bin" / name)
    command = ["systemd-analyze", "verify", f"--root={installed.root}", "stringout.target"]
    done = subprocess.run([*command, *SERVICES], capture_output=True, text=True)
    ours = [line for line in done.stderr.splitlines() if "stringout" in line]
    assert ours == []


@needs_systemd
@pytest.mark.parametrize("unit", SERVICES)
def test_the_services_are_hardly_exposed(installed, unit):
    command = ["systemd-analyze", "security", "--offline=yes", f"--root={installed.root}"]
    done = subprocess.run(
        [*command, "--threshold=25", "--json=short", unit], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr  # an exposure of 2.5 at most
    names = {each["name"] for each in json.loads(done.stdout) if each["set"]}
    assert {"NoNewPrivileges=", "ProtectSystem=", "PrivateTmp="} <= names


@needs_systemd
def test_the_media_paths_and_nothing_else_can_be_written(installed):
    units = installed.at(plan.UNIT_FOLDER)
    host = (units / "stringout.service.d" / "20-host.conf").read_text()
    assert 'ReadWritePaths="-/mnt/nas/drop box" "-/mnt/nas/cuts"' in host
    assert 'RequiresMountsFor="/mnt/nas/drop box" "/mnt/nas/cuts"' in host
    assert host == (units / "stringout-.service.d" / "20-host.conf").read_text()
    wanted = units / "stringout.target.wants"
    assert [each.name for each in wanted.iterdir()] == ["stringout.service"]
    assert "stringout:" in installed.at(Path("/etc/passwd")).read_text()


@needs_systemd
def test_installing_again_keeps_the_configuration_and_uninstalling_keeps_all_data(
    installed, tmp_path
):
    kept = installed.at(plan.CONFIG)
    kept.write_text(CONFIG + "# mine\n")
    catalog = installed.at(plan.STATE) / "catalog.db"
    catalog.write_text("what was learned")
    list(service.install(installed, tmp_path / "config.toml", ["stringout.service"]))
    assert kept.read_text().endswith("# mine\n")
    assert any("kept" in step for step in service.uninstall(installed))
    assert catalog.read_text() == "what was learned"
    assert kept.exists()
    assert list(installed.at(plan.UNIT_FOLDER).rglob("stringout*.service")) == []
    assert list(installed.at(plan.UNIT_FOLDER).rglob("*.conf")) == []


def test_a_state_that_the_units_may_not_write_is_refused(tmp_path):
    (tmp_path / "config.toml").write_text(CONFIG.replace("/var/lib/stringout", "/srv/state"))
    chosen = plan.Plan(load(tmp_path / "config.toml"), venv=Path(sys.prefix), root=tmp_path)
    with pytest.raises(Misconfigured, match="/srv/state"):
        list(service.install(chosen, tmp_path / "config.toml", []))


def test_every_unit_waits_longer_for_a_stop_than_the_service_needs():
    hardening = (Path(plan.__file__).parents[2] / "systemd" / "hardening.conf").read_text()
    seconds = next(
        int(line.partition("=")[2]) for line in hardening.splitlines() if "TimeoutStopSec" in line
    )
    defaults = load(watch=[{"path": "/drop"}]).lanes
    assert seconds >= 2 * defaults.stop_seconds
