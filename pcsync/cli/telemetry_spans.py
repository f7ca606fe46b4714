"""OpenTelemetry spans: one a command, one a customer, one a request. Needs `pcsync[otel]`.

Owns the one import of opentelemetry. Without the extra, or without `OTEL_TRACES_EXPORTER`, nothing
is imported and nothing happens. Attributes are ids and figures, never values of the estate.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib.metadata import entry_points
from importlib.util import find_spec
from threading import Lock
from time import time_ns
from typing import TYPE_CHECKING, Any

from pcsync.cli.trace_redact import safe_path

if TYPE_CHECKING:
    from pcsync.client import Attempt

VARIABLE = "OTEL_TRACES_EXPORTER"
GROUP = "opentelemetry_traces_exporter"


def spans(command: str, environment: Mapping[str, str]) -> Spans | None:
    """The spans of a command; None where nobody asked, or the extra is not installed."""
    wanted = environment.get(VARIABLE, "none")
    if wanted in {"", "none"} or not _installed():
        return None
    if (exporter := _exporter(wanted)) is None:
        return None
    return Spans(command, exporter)


def _installed() -> bool:
    try:
        return find_spec("opentelemetry.sdk") is not None
    except ModuleNotFoundError:
        return False


def _exporter(name: str) -> Any:
    """``console`` writes to stderr, for stdout is the report; others are what is installed."""
    if name == "console":
        from opentelemetry.sdk.trace.export import ConsoleSpanExporter

        return ConsoleSpanExporter(out=sys.stderr)
    found = next(iter(entry_points(group=GROUP, name=name)), None)
    return found.load()() if found else None


class Spans:
    """A command's span with a child for each customer, which has one for each request.

    A customer's span lasts from its first request to its last. Thread-safe.
    """

    wants_bodies = False

    def __init__(self, command: str, exporter: Any) -> None:
        from opentelemetry import trace
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        self._api, self._lock = trace, Lock()
        resource = Resource.create({"service.name": "pcsync"})
        self._provider = TracerProvider(resource=resource)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("pcsync")
        self._command = self._tracer.start_span(f"pcsync {command}")
        self._customers: dict[str, tuple[Any, int]] = {}

    def request(self, attempt: Attempt) -> None:
        """A request ended: its span, below that of its customer."""
        ended = time_ns()
        began = ended - int(attempt.took * 1e9)
        parent = self._parent(attempt.path, began, ended)
        context = self._api.set_span_in_context(parent)
        span = self._tracer.start_span(
            f"{attempt.method} {safe_path(attempt.path).partition('?')[0]}",
            context=context,
            kind=self._api.SpanKind.CLIENT,
            start_time=began,
            attributes=_attributes(attempt),
        )
        if attempt.status is None or attempt.status >= 400:
            span.set_status(self._api.Status(self._api.StatusCode.ERROR))
        span.end(ended)

    def waiting(self, method: str, path: str, seconds: float, why: str) -> None:
        """An event in the command's span."""
        self._command.add_event("again", {"seconds": seconds})

    def close(self) -> None:
        """Ends what is open and hands everything over."""
        with self._lock:
            for span, ended in self._customers.values():
                span.end(ended)
        self._command.end()
        self._provider.shutdown()

    def _parent(self, path: str, began: int, ended: int) -> Any:
        from pcsync.client.policy import customer_of

        if not (customer := customer_of(path)):
            return self._command
        with self._lock:
            span, last = self._customers.get(customer) or (self._begin(customer, began), ended)
            self._customers[customer] = span, max(last, ended)
            return span

    def _begin(self, customer: str, began: int) -> Any:
        return self._tracer.start_span(
            "customer",
            context=self._api.set_span_in_context(self._command),
            start_time=began,
            attributes={"pcsync.customer.id": customer},
        )


def _attributes(attempt: Attempt) -> dict[str, str | int | float]:
    return {
        "http.request.method": attempt.method,
        "http.response.status_code": attempt.status or 0,
        "pcsync.try": attempt.number,
        "pcsync.waited": attempt.waited,
        "pcsync.request_id": attempt.request_id,
        "pcsync.correlation_id": attempt.correlation_id,
    }
