"""OpenTelemetry: a span for every run, and one trace for all runs of an item, wherever they ran.

Off unless `[tracing] endpoint` names a collector. The trace's number follows from the item, so
that processes on many hosts agree on it without a word.
"""

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from catalog.claims import Claim
from catalog.models import Item
from catalog.places import about
from config.working import Tracing
from media.errors import Misconfigured

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span

_span: ContextVar["Span | None"] = ContextVar("span", default=None)  # of the run in this thread
_FLUSH_MILLISECONDS = 3000  # that a stop waits for a collector


class Traces:
    """Makes spans of runs. Without a provider it makes none, and costs nothing."""

    def __init__(self, provider: "TracerProvider | None" = None) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("stringout") if provider else None

    @contextmanager
    def run(self, claim: Claim) -> Iterator[None]:
        """A span around a run; `tell` says of what, and how it ended."""
        if self._tracer is None:
            yield
            return
        with self._tracer.start_as_current_span(claim.stage, context=_trace(claim.item_id)) as span:
            span.set_attributes(
                {"stringout.stage": claim.stage, "stringout.attempt": claim.attempt}
            )
            token = _span.set(span)
            try:
                yield
            finally:
                _span.reset(token)

    def close(self) -> None:
        """Send what has not been sent; not for long."""
        if self._provider:
            self._provider.force_flush(_FLUSH_MILLISECONDS)


def tell(item: Item, stage: str, message: str, level: int) -> None:
    """How the run of this thread ended, for its span."""
    span = _span.get()
    if span is None:
        return
    from opentelemetry.trace import StatusCode

    known = {f"stringout.{name}": str(value) for name, value in about(item, stage).items()}
    span.set_attributes({**known, "stringout.message": message})
    if level >= logging.WARNING:
        span.set_status(StatusCode.ERROR, message)
    else:
        span.set_status(StatusCode.OK)


def connect(section: Tracing) -> Traces:
    """Traces to the collector of the settings, or none. Raises Misconfigured where the packages
    that send them are missing."""
    if not section.endpoint:
        return Traces()
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise Misconfigured(
            f"[tracing] endpoint is set, but {error.name} is not installed: run "
            "pip install 'stringout[trace]', or leave endpoint empty"
        ) from error
    provider = TracerProvider(resource=Resource.create({"service.name": "stringout"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=section.endpoint)))
    return Traces(provider)


def _trace(item_id: int) -> Any:
    """The trace of an item, as a parent that was elsewhere."""
    from opentelemetry import trace

    number = hashlib.sha256(f"stringout item {item_id}".encode()).digest()
    parent = trace.SpanContext(
        trace_id=int.from_bytes(number[:16]),
        span_id=int.from_bytes(number[16:24]),
        is_remote=True,
        trace_flags=trace.TraceFlags(trace.TraceFlags.SAMPLED),
    )
    return trace.set_span_in_context(trace.NonRecordingSpan(parent))
