"""How gunicorn serves the site: ``gunicorn --config python:webapp.server 'webapp:create_app()'``.

Every name in lower case that gunicorn knows is one of its settings. Processes have some threads
each; what is stopped (SIGTERM) takes no more connections and ends the requests that it has.
"""

from __future__ import annotations

import logging
import os
import shutil
import threading
from typing import Any

from prometheus_client.multiprocess import mark_process_dead

from dutygraph.records.jobs import all_jobs
from dutygraph.store.embedded import store_location
from dutygraph.store.endpoint import beside
from webapp.logs import LOGGER, JsonFormatter
from webapp.metrics import SHARED, serving
from webapp.start import warm

_GIVEN = os.environ.get
_LEVEL = _GIVEN("DUTYGRAPH_LOG", "info").upper()

_HOST = _GIVEN("DUTYGRAPH_HOST", "127.0.0.1")
# Of an address with colons of its own brackets part the port (RFC 3986, 3.2.2).
bind = f"{f'[{_HOST}]' if ':' in _HOST else _HOST}:{_GIVEN('DUTYGRAPH_PORT', '8000')}"
workers = int(_GIVEN("DUTYGRAPH_WORKERS", "2"))
threads = int(_GIVEN("DUTYGRAPH_THREADS", "8"))
worker_class = "webapp.connections.Worker"
graceful_timeout = int(_GIVEN("DUTYGRAPH_GRACE", "30"))
keepalive = 5
# A process that gives no sign for so long is taken for dead: it may be slow while others have the
# processors, and whoever kills it breaks off what it does for everybody.
timeout = 120
# Nothing but signals tells it what to do, and a socket would want a folder to write to.
control_socket_disable = True
# The longest that gunicorn bounds: a SPARQL query may stand in an address.
limit_request_line = 8190
# Processes tell that they are alive in memory, whatever the disk is like.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108, PTH112
logconfig_dict: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": JsonFormatter}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"level": "WARNING", "handlers": ["stderr"]},
    "loggers": {
        LOGGER: {"level": _LEVEL},
        "gunicorn.error": {"level": _LEVEL, "propagate": True, "handlers": []},
    },
}


def post_worker_init(worker: Any) -> None:
    """Count a process that has begun to serve, and read meanwhile what it will be asked for."""
    serving()
    threading.Thread(target=warm, args=(worker.wsgi,), daemon=True).start()


def child_exit(_: object, worker: Any) -> None:
    """Forget what a process that has ended had under way."""
    if SHARED in os.environ:
        mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(_: object) -> None:
    """Note which jobs go on while the site is stopped; the next start says what came of them."""
    if SHARED in os.environ:
        shutil.rmtree(os.environ[SHARED], ignore_errors=True)
    found = all_jobs(beside(store_location()))
    running = [job.id for jobs in found for job in jobs.recent(50) if job.state == "running"]
    told = {"told": {"jobs": running}}
    logging.getLogger(LOGGER).info("stopped; jobs that go on by themselves", extra=told)
