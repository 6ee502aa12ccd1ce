"""What the site measures of itself, for Prometheus (text format 0.0.4).

Requests are counted by every process that serves the site, in files that all of them share; who is
asked adds them up. What the store holds is looked at when somebody asks.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from webapp.logs import seconds_so_far

SHARED: Final = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that names the folder of what processes share; it is set before this is imported."""

_METHODS: Final = ("GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE")
_own = CollectorRegistry()

_requests = Counter(
    "dutygraph_requests", "Requests answered.", ["route", "method", "status"], registry=_own
)
_seconds = Histogram(
    "dutygraph_request_seconds",
    "How long requests took.",
    ["route", "method"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
    registry=_own,
)
_under_way = Gauge(
    "dutygraph_requests_under_way",
    "Requests that are being answered.",
    multiprocess_mode="livesum",
    registry=_own,
)
_checks = Gauge(
    "dutygraph_checks_running",
    "Check runs under way.",
    multiprocess_mode="livesum",
    registry=_own,
)
_processes = Gauge(
    "dutygraph_processes",
    "Processes that serve the site.",
    multiprocess_mode="livesum",
    registry=_own,
)


class _Store(Collector):
    """The size of a store's directory, by part."""

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Measure it."""
        found = GaugeMetricFamily(
            "dutygraph_store_bytes", "Bytes that the store's directory takes.", labels=["part"]
        )
        for part, size in _sizes(self._directory).items():
            found.add_metric([part], size)
        yield found


def _sizes(directory: Path | None) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for folder, _, names in os.walk(directory or ""):
        for name in names:
            file = Path(folder) / name
            part = file.relative_to(directory or "").parts[0]
            try:
                sizes[part] = sizes.get(part, 0) + file.stat().st_size
            except FileNotFoundError:
                continue
    return sizes


def exposition(directory: Path | None) -> bytes:
    """Give all that is measured, by all processes, as text; ``directory`` is that of the store."""
    shown = CollectorRegistry() if SHARED in os.environ else _own
    if SHARED in os.environ:
        MultiProcessCollector(shown)  # type: ignore[no-untyped-call]
    store = CollectorRegistry()
    store.register(_Store(directory))
    return bytes(generate_latest(shown)) + bytes(generate_latest(store))


@contextmanager
def check_running() -> Iterator[None]:
    """Count a check run as under way."""
    with _checks.track_inprogress():
        yield


def serving() -> None:
    """Count this process among those that serve the site."""
    _processes.set(1)


def _begin() -> None:
    g.is_counted = True
    _under_way.inc()


def _end(response: Response) -> Response:
    # The rule, not the path: who asks for addresses that are not there makes no new series.
    route = request.url_rule.rule if request.url_rule else "none"
    method = request.method if request.method in _METHODS else "other"
    _requests.labels(route, method, response.status_code).inc()
    _seconds.labels(route, method).observe(seconds_so_far())
    return response


def _ended(_: BaseException | None) -> None:
    if g.pop("is_counted", False):
        _under_way.dec()


def install(app: Flask) -> None:
    """Have the requests of an app counted and measured."""
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_ended)
