"""Spans of real runs, through OpenTelemetry's own SDK."""

import logging
import subprocess
import sys

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from config.working import Tracing
from media.errors import Misconfigured
from tasks.traces import Traces, connect, tell


@pytest.fixture
def spans():
    return InMemorySpanExporter()


@pytest.fixture
def traced(runner, spans):
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    runner.traces = Traces(provider)
    return runner


def test_all_runs_of_an_item_are_one_trace_and_say_how_they_ended(
    house, traced, spans, short_footage
):
    item = house.drop(short_footage)
    traced.run("checksum", item.id)
    traced.run("probe", item.id)
    traced.traces.close()
    first, second = spans.get_finished_spans()
    assert (first.name, second.name) == ("checksum", "probe")
    assert first.context.trace_id == second.context.trace_id
    assert first.attributes["stringout.stage"] == "checksum"
    assert first.attributes["stringout.attempt"] == 1
    assert "short.mp4" in str(dict(first.attributes))
    assert first.status.status_code == StatusCode.OK
    assert first.end_time > first.start_time


def test_another_item_is_another_trace_and_a_rejection_an_error(house, traced, spans, tmp_path):
    ids = []
    for name in ("one.mp4", "two.mp4"):
        (tmp_path / name).write_bytes(name.encode() * 100)
        ids.append(house.drop(tmp_path / name).id)
        traced.run("checksum", ids[-1])
        traced.run("probe", ids[-1])
    found = [span for span in spans.get_finished_spans() if span.name == "probe"]
    assert len({span.context.trace_id for span in found}) == 2
    assert {span.status.status_code for span in found} == {StatusCode.ERROR}
    assert "one.mp4" in found[0].status.description


def test_without_a_collector_nothing_is_imported_and_nothing_told(house, runner):
    tell(None, "probe", "nobody hears it", logging.INFO)
    code = (
        "import sys; from config.working import Tracing; from tasks.traces import connect;"
        "connect(Tracing(endpoint='')).close(); sys.exit('opentelemetry' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_collector_without_the_packages_to_reach_it_is_the_operators_to_mend(monkeypatch):
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    with pytest.raises(Misconfigured, match=r"stringout\[trace\]"):
        connect(Tracing(endpoint="http://127.0.0.1:4318/v1/traces"))
