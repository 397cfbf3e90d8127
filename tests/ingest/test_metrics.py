"""What Prometheus reads, from a real server over a real ledger; and what Grafana asks for."""

import json
import re
import socket
import urllib.request
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from catalog import drops, pauses, runs
from catalog.database import Catalog
from catalog.models import Kind, Scope, StageRun, Status
from config.settings import Settings, load
from ingest import metrics
from media.errors import Misconfigured
from tasks.pipeline import needs

DASHBOARD = Path(metrics.__file__).parents[1] / "grafana" / "stringout.json"
_WORD = re.compile(r"\b(?:stringout|process)_[a-z_]+")


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture
def settings(tmp_path, port) -> Settings:
    folders = {"output": tmp_path / "output", "state": tmp_path / "state"}
    for folder in (*folders.values(), tmp_path / "drop"):
        folder.mkdir()
    return load(watch=[{"path": tmp_path / "drop"}], folders=folders, metrics={"port": port})


@pytest.fixture
def catalog(settings):
    """One script: parsed in 4 s; its match is queued and lost its worker once."""
    catalog = Catalog(settings.database_url)
    catalog.migrate()
    with catalog.writing() as session:
        item = drops.accept(
            session, drops.Drop("drop", "harbor/a.fountain", 1, 1, Kind.SCRIPT), needs(Kind.SCRIPT)
        )
        assert item
        assert item.id
        parse = session.get_one(StageRun, (item.id, "parse"))
        parse.status, parse.started_at, parse.finished_at = Status.DONE, 100.0, 104.0
        session.flush()
        runs.promote(session, item.id, needs(Kind.SCRIPT))
        session.get_one(StageRun, (item.id, "match")).interruptions = 1
        pauses.pause(session, Scope.QUEUE, "gpu", "operator", "new cards")
    yield catalog
    catalog.close()


def _read(port: int) -> dict[str, float]:
    """Every sample as `name{labels}` in order of the labels."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=60) as answer:
        text = answer.read().decode()
    return {
        f"{sample.name}{sorted(sample.labels.values())}": sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_the_ledger_is_told_in_figures(settings, catalog, port):
    metrics.serve(settings, catalog)
    found = _read(port)
    assert found["stringout_items['script']"] == 1
    assert found["stringout_runs['done', 'parse']"] == 1
    assert found["stringout_queue_depth['cpu']"] == 1
    assert found["stringout_queue_oldest_seconds['cpu']"] >= 0
    assert found["stringout_run_seconds_bucket['1', 'parse']"] == 0
    assert found["stringout_run_seconds_bucket['5', 'parse']"] == 1
    assert found["stringout_run_seconds_sum['parse']"] == 4
    assert found["stringout_lease_expiries[]"] == 1
    assert found["stringout_paused['gpu', 'operator', 'queue']"] == 1
    assert found[f"stringout_disk_free_bytes['{settings.folders.state}']"] > 0
    assert found["stringout_catalog_up[]"] == 1
    assert found["process_resident_memory_bytes[]"] > 0


def test_a_port_that_is_taken_is_one_sentence(settings, catalog, port):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with pytest.raises(Misconfigured, match=str(port)):
            metrics.serve(settings, catalog)


def test_no_port_means_no_server(settings, catalog):
    quiet = settings.model_copy(update={"metrics": settings.metrics.model_copy(update={"port": 0})})
    metrics.serve(quiet, catalog)


def test_what_an_nvidia_card_says_is_understood_and_what_it_can_not_say_left_out():
    found = {
        (sample.name, sample.labels["gpu"]): sample.value
        for family in metrics.gpu_figures("0, 45, 1024, 24576\n1, [N/A], 3, 24576\n")
        for sample in family.samples
    }
    assert found["stringout_gpu_busy_ratio", "0"] == pytest.approx(0.45)
    assert found["stringout_gpu_memory_used_bytes", "0"] == 1 << 30
    assert ("stringout_gpu_busy_ratio", "1") not in found
    assert found["stringout_gpu_memory_total_bytes", "1"] == 24 << 30


def test_every_expression_of_the_dashboard_names_a_metric_that_there_is(settings, catalog, port):
    metrics.serve(settings, catalog)
    there = {name.partition("[")[0] for name in _read(port)}
    there |= {family.name for family in metrics.gpu_figures("0, 1, 1, 1\n")}
    panels = json.loads(DASHBOARD.read_text())["panels"]
    asked = {
        word for panel in panels for target in panel["targets"]
        for word in _WORD.findall(target["expr"])
    }  # fmt: skip
    assert asked <= there
    assert {"stringout_runs", "stringout_queue_depth", "stringout_lease_expiries"} <= asked
