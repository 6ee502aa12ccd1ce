"""What supervisors ask: is the process alive, can it serve, what has it measured."""

from __future__ import annotations

import ipaddress
from http import HTTPStatus
from pathlib import Path

from flask import Blueprint, Response, abort, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST

from dutygraph.store.embedded import store_location
from dutygraph.store.endpoint import is_endpoint
from dutygraph.store.graphs import StoreError
from webapp.access import handed_on
from webapp.kept import StillMakingError
from webapp.metrics import exposition
from webapp.readiness import readiness

page = Blueprint("operation", __name__)


@page.get("/healthz")
def alive() -> Response:
    """Say that the process is alive, whatever its store is like."""
    return _said(HTTPStatus.OK, "运行中 / alive")


@page.get("/readyz")
def ready() -> Response:
    """Say whether the site can serve: its store is opened, its regulation prepared."""
    try:
        readiness().refuse_unready()
    except StoreError as error:
        # Where the store lies and what is wrong with it is not for everybody.
        current_app.logger.error("not ready: %s", error)
        words = "数据打不开，原因见日志 / the store cannot be opened, the log says why"
        return _said(HTTPStatus.SERVICE_UNAVAILABLE, words)
    except StillMakingError:
        words = "正在打开数据、准备图谱 / the store is being opened and the graph prepared"
        return _said(HTTPStatus.SERVICE_UNAVAILABLE, words)
    return _said(HTTPStatus.OK, "可以使用 / ready")


@page.get("/metrics")
def metrics() -> Response:
    """Give what is measured, to whom the operator lets have it."""
    if not _may_read():
        abort(404)
    location = store_location(current_app.config["STORE"])
    directory = None if is_endpoint(location) else Path(location)
    answer = Response(exposition(directory), content_type=CONTENT_TYPE_LATEST)
    answer.cache_control.no_store = True
    return answer


def _said(status: int, words: str) -> Response:
    answer = Response(f"{words}\n", status, content_type="text/plain; charset=utf-8")
    answer.cache_control.no_store = True
    return answer


def _may_read() -> bool:
    match current_app.config["METRICS"]:
        case "all":
            return True
        case "local":
            # A proxy on this machine hands on what comes from elsewhere.
            return not handed_on() and _is_loopback(request.remote_addr or "")
        case _:
            return False


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
