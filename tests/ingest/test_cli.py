"""The commands as a person types them: real processes, with and without a catalog."""

import json
import os
import pty
import signal
import subprocess
import sys
import tomllib
from contextlib import suppress
from pathlib import Path
from threading import Thread

import pytest
from sqlmodel import Session
from typer.testing import CliRunner

from catalog import audit, claims, drops, runs
from catalog.audit import About
from catalog.database import Catalog
from catalog.models import Arrival, Deed, Kind, Root, StageRun, Status
from config import settings
from ingest import cli
from tasks.pipeline import needs


def _stringout(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ingest", *arguments], capture_output=True, text=True, cwd=cwd
    )


@pytest.fixture
def known(tmp_path: Path) -> Path:
    """A folder in which a service has run: one script that failed."""
    (tmp_path / "state").mkdir()
    catalog = Catalog(f"sqlite:///{tmp_path / 'state' / 'catalog.db'}")
    catalog.migrate()
    with catalog.writing() as session:
        item = drops.accept(
            session, drops.Drop("drop", "harbor/a.fountain", 1, 1, Kind.SCRIPT), needs(Kind.SCRIPT)
        )
        assert item
        _fail(session, item.id or 0)
    catalog.close()
    return tmp_path


def _fail(session: Session, item_id: int) -> None:
    runs.promote(session, item_id, needs(Kind.SCRIPT))
    claim = claims.claim(session, item_id, "parse", "test", 30)
    assert claim
    claims.end(session, claim, claims.Ending(Status.FAILED, "a.fountain is empty"))


def test_without_a_catalog_there_is_one_sentence_and_exit_code_78(tmp_path):
    for command in (["status"], ["retry"], ["search", "boat"]):
        done = _stringout(*command, cwd=tmp_path)
        assert done.returncode == 78
        assert done.stderr.startswith("stringout: there is no catalog")
        assert done.stderr.count("\n") == 1


def test_status_lists_stories_and_one_story_in_detail(known):
    shown = _stringout("status", cwd=known).stdout
    assert "harbor" in shown
    assert "The service is not running" in shown
    detail = json.loads(_stringout("status", "harbor", "--json", cwd=known).stdout)
    assert detail["stories"][0]["items"][0]["state"] == "failed"
    assert detail["stories"][0]["items"][0]["message"] == "parse: a.fountain is empty"


def test_an_unknown_story_is_named(known):
    done = _stringout("status", "nowhere", cwd=known)
    assert done.returncode == 78
    assert "'nowhere'" in done.stderr


def test_retry_makes_failed_runs_due(known):
    assert "1 run to be tried again" in _stringout("retry", cwd=known).stdout
    catalog = Catalog(f"sqlite:///{known / 'state' / 'catalog.db'}")
    with catalog.reading() as session:
        run = session.get_one(StageRun, (1, "parse"))
    catalog.close()
    assert (run.status, run.attempt) == (Status.WAITING, 0)
    assert run.next_try_at is not None
    assert "nothing has failed" in _stringout("retry", cwd=known).stdout


def _said(*arguments: str) -> str:
    """What a command prints, in this process."""
    return CliRunner().invoke(cli.app, [*arguments]).stdout


def test_cancel_ends_what_has_not_ended_and_retry_brings_it_back(known, monkeypatch):
    monkeypatch.chdir(known)
    assert "9 runs cancelled" in _said("cancel", "harbor/a.fountain")
    detail = json.loads(_said("status", "harbor", "--json"))
    assert {run["status"] for run in detail["stories"][0]["items"][0]["runs"]} == {
        "failed",
        "cancelled",
    }
    assert "cancelled by" in detail["stories"][0]["items"][0]["runs"][1]["message"]
    assert "nothing was waiting" in _said("cancel", "harbor")
    assert "10 runs to be tried again" in _said("retry", "a.fountain")
    assert _said("cancel", "nothing.mov") == ""


def test_pause_is_told_by_status_until_resume(known, monkeypatch):
    monkeypatch.chdir(known)
    _said("pause", "--queue", "gpu", "--reason", "new cards")
    assert "queue gpu is paused by operator since" in _said("status")
    assert "nothing was paused" in _said("resume")
    assert _said("resume", "--queue", "gpu") == "goes on\n"
    assert "paused" not in _said("status")


def test_config_prints_every_switch_and_its_own_file_wins(tmp_path):
    (tmp_path / "stringout.toml").write_text("[match]\nthreshold = 0.9\n")
    shown = json.loads(_stringout("config", "--json", cwd=tmp_path).stdout)
    assert shown["match"]["threshold"] == 0.9
    default = tomllib.loads(Path(settings.__file__).with_name("default.toml").read_text())
    assert shown.keys() == default.keys()
    printed = tomllib.loads(_stringout("config", cwd=tmp_path).stdout)
    assert printed["match"]["threshold"] == 0.9
    assert printed.keys() == default.keys()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[match]\nthreshhold = 1\n", "match.threshhold"),
        ("[match]\nthreshold = 2\n", "match.threshold"),
        ("[match\n", "not valid TOML"),
        ('[cut]\nrate = "abc"\n', "cut.rate"),
        ('[[watch]]\nname="a"\npath="x"\n[[watch]]\nname="b"\npath="x/y"\n', "taken twice"),
    ],
)
def test_a_wrong_configuration_is_one_sentence_that_names_the_switch(tmp_path, text, words):
    (tmp_path / "stringout.toml").write_text(text)
    done = _stringout("config", cwd=tmp_path)
    assert done.returncode == 78
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_run_refuses_a_watched_folder_that_is_not_there(tmp_path):
    done = _stringout("run", "--watch", "nowhere", cwd=tmp_path)
    assert done.returncode == 78
    assert "does not exist" in done.stderr
    assert not (tmp_path / "output").exists()


def test_run_refuses_an_engine_that_is_not_here_before_any_work(tmp_path):
    (tmp_path / "drop").mkdir()
    (tmp_path / "stringout.toml").write_text('[transcript]\nengine = "whisper"\nmodel = "x.pt"\n')
    done = _stringout("run", cwd=tmp_path)
    assert done.returncode == 78
    assert "whisper" in done.stderr


def test_doctor_names_what_is_missing_and_how_to_mend_it(tmp_path):
    done = _stringout("doctor", "--json", cwd=tmp_path)
    checks = {check["name"]: check for check in json.loads(done.stdout)}
    assert done.returncode == 1
    assert not checks["watch drop"]["ok"]
    assert checks["watch drop"]["mend"]
    assert checks["packages"]["ok"]
    assert checks["encoders"]["ok"]


def test_every_command_has_help() -> None:
    names = [command.name or command.callback.__name__ for command in cli.app.registered_commands]
    assert {"run", "status", "config"} <= set(names)
    for name in names:
        told = CliRunner().invoke(cli.app, [name, "--help"])
        assert told.exit_code == 0
        assert len(told.stdout.split("Options")[0]) > 60, f"{name} says what it does"


def test_status_tells_of_lanes_waits_arrivals_troubles_and_disks(known):
    catalog = Catalog(f"sqlite:///{known / 'state' / 'catalog.db'}")
    with catalog.writing() as session:
        item = drops.accept(
            session, drops.Drop("drop", "harbor/b.mov", 1, 1, Kind.FOOTAGE), needs(Kind.FOOTAGE)
        )
        runs.promote(session, item.id, needs(Kind.FOOTAGE))
        probe = session.get_one(StageRun, (item.id, "probe"))
        probe.next_try_at, probe.message = 4e9, "waits for its hours"
        session.add(Arrival(root="drop", path="harbor/c.mov", size=9, since=1, reason="no moov"))
        session.add(Root(name="drop", noticing="by events", trouble="it is away"))
        audit.record(session, Deed.REJECTED, "a.fountain is empty", About(item, "parse"))
    catalog.close()
    told = json.loads(_stringout("status", "--json", cwd=known).stdout)
    service = told["service"]
    assert service["lanes"]["io"] == {"queued": 1, "running": 0}
    assert [(w["reason"], w["runs"]) for w in service["waiting"]] == [("waits for its hours", 1)]
    assert service["arriving"][0]["reason"] == "no moov"
    assert service["errors"][0]["message"] == "a.fountain is empty"
    assert service["roots"][0]["trouble"] == "it is away"
    assert told["disks"][0]["free"] > 0
    assert told["running"] is False
    shown = " ".join(_stringout("status", cwd=known).stdout.split())
    for words in ("waits for its hours", "no moov", "it is away", "is empty", "1 queued", "free"):
        assert words in shown


def test_only_a_watch_folder_that_somebody_named_is_missed(known):
    assert json.loads(_stringout("status", "--json", cwd=known).stdout)["away"] == []
    gone = known / "nas"
    (known / "stringout.toml").write_text(f'[[watch]]\npath = "{gone}"\n')
    assert json.loads(_stringout("status", "--json", cwd=known).stdout)["away"] == [str(gone)]


def test_status_is_renewed_until_ctrl_c(known):
    terminal, inside = pty.openpty()
    followed = subprocess.Popen(
        [sys.executable, "-m", "ingest", "status", "--watch"], cwd=known, stdout=inside,
        stderr=subprocess.PIPE, env={**os.environ, "TERM": "xterm"},
        preexec_fn=_heed_ctrl_c,
    )  # fmt: skip
    seen = b""
    while seen.count(b"harbor") < 2:  # shown, and shown again
        seen += os.read(terminal, 4096)
    followed.send_signal(signal.SIGINT)
    os.close(inside)
    rest = Thread(target=_drain, args=(terminal,), daemon=True)
    rest.start()  # a terminal that nobody reads is full after some screens, and blocks who writes
    _, errors = followed.communicate(timeout=60)
    rest.join(60)
    os.close(terminal)
    assert b"harbor" in seen
    assert b"Traceback" not in errors
    assert followed.returncode == 0


def _heed_ctrl_c() -> None:
    """Tests that run in the background of a shell are born with SIGINT ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _drain(terminal: int) -> None:
    with suppress(OSError):  # its other end is closed
        while os.read(terminal, 4096):
            pass


def test_audit_is_read_as_text_and_as_lines_of_json(known):
    lines = _stringout("audit", "--json", cwd=known).stdout.splitlines()
    told = [json.loads(line) for line in lines]
    assert told[0]["deed"] == "dropped"
    assert told[0]["path"] == "drop/harbor/a.fountain"
    assert "dropped by" in _stringout("audit", "harbor", "--limit", "1", cwd=known).stdout
    assert _stringout("audit", "nowhere", cwd=known).stdout == ""
