"""What an operator sees: an id for every request, one log line for each as JSON, and counters for Prometheus."""

from __future__ import annotations

import json
import logging
import os
import re
import time
import uuid
from datetime import UTC, datetime
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.problems import internal_problem

_log = logging.getLogger("pincite.service")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
# Where the processes of one server share their counters; prometheus_client reads this name when it is imported.
METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_METHODS = {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}
# Seconds. An answer takes milliseconds; a rebuild's event stream stays open for minutes.
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The counters of one app, in a registry of their own so that two apps in a process stay apart."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.seconds = Histogram(
            "pincite_request_seconds",
            "Time from a request's arrival to the end of its response.",
            ["method", "route", "status"],
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self.in_flight = self._gauge("requests_in_flight", "Requests being served.", "livesum")
        self.answers = Counter("pincite_answers", "Answers given, by status.", ["status"], registry=self.registry)
        self.documents = self._gauge("documents", "Documents of the served generation.", "livemostrecent")
        self.passages = self._gauge("passages", "Passages of the served generation.", "livemostrecent")

    def _gauge(self, name: str, about: str, over_processes: Any) -> Gauge:
        return Gauge(f"pincite_{name}", about, registry=self.registry, multiprocess_mode=over_processes)

    def show_generation(self, *, documents: int, passages: int) -> None:
        """Set the size of the generation that is served now."""
        self.documents.set(documents)
        self.passages.set(passages)

    def render(self) -> bytes:
        """All of them in the Prometheus text format, added up over the server's processes where there are several."""
        if METRICS_FOLDER not in os.environ:
            return generate_latest(self.registry)
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)


class Observe:
    """ASGI middleware: gives each request its id, counts and logs it, and turns a fault of ours into a problem."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request under observation; anything but HTTP passes through."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = _choose_request_id(Headers(scope=scope).get("x-request-id"))
        scope.setdefault("state", {})["request_id"] = request_id
        status, started = 0, time.perf_counter()

        async def send_observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["x-request-id"] = request_id
            await send(message)

        with self.metrics.in_flight.track_inprogress():
            try:
                await self.app(scope, receive, send_observed)
            except Exception:
                _log.exception("fault", extra={"fields": {"request_id": request_id}})
                if not status:
                    await internal_problem(request_id)(scope, receive, send_observed)
            finally:
                self._record(scope, request_id, status, time.perf_counter() - started)

    def _record(self, scope: Scope, request_id: str, status: int, seconds: float) -> None:
        # Neither paths nor methods that a client makes up may each become a time series.
        route = getattr(scope.get("route"), "path_format", "none")
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self.metrics.seconds.labels(method, route, status).observe(seconds)
        fields = {
            "request_id": request_id,
            "method": scope["method"],
            "path": scope["path"],
            "status": status,
            "duration_ms": round(seconds * 1000, 2),
            "client": (scope.get("client") or ("",))[0],
        }
        _log.info("request", extra={"fields": fields})


class JsonLines(logging.Formatter):
    """Log records as one JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The record's time, level, event and the fields that the caller gave."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "process": record.process,
            "event": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def write_log() -> None:
    """Send the log of this process to stderr as JSON lines."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)


def _choose_request_id(given: str | None) -> str:
    """The client's own id where it is harmless to repeat, else a new one."""
    return given if given and _REQUEST_ID.fullmatch(given) else f"req_{uuid.uuid4().hex}"
