"""What a process reads when it begins to serve, so that no first visit waits for it."""

from __future__ import annotations

import gc
from contextlib import suppress

from flask import Flask

from dutygraph.accounts.remits import EVERYTHING, NOTHING
from dutygraph.store.graphs import StoreError
from webapp.access import access
from webapp.pages.asking import usual_run
from webapp.rooms import rooms


def warm(app: Flask) -> None:
    """Read templates, regulation and records of an app, and check these as of the usual day.

    Of the rooms these are the one over the whole store and, where not all visitors see that one,
    the one over the demo. What runs their queries is started. A store that cannot be read now is
    left to the first request, which tells its user. What was read stays, so the collector of
    garbage, which takes a second to go through a province, leaves it alone from then on.
    """
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)
    with app.app_context():
        rooms().law.read()
        is_own = access().personal and not access().accounts.exist
        for remit in (EVERYTHING,) if is_own else (NOTHING, EVERYTHING):
            with suppress(StoreError):
                room = rooms().of(remit)
                # Opened for the first time after an upgrade, a store is brought up to date.
                room.library.holdings()
                held = room.library.holdings()
                room.endpoint.ready(held)
                held.read(usual_run(held))
    gc.collect()
    gc.freeze()
