"""Whose request is answered first: who has used much of the processor lately gives way to others.

The threads of a process share one processor (the interpreter's lock), so a page takes as many times
as long as there are requests beside it. Somebody who asks as quickly as he is answered would slow
everybody down without asking for anything that is refused. His requests wait, a short while at
most, until none of those that have used little is under way, and run one at a time. Alone he waits
for nobody.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import Final

from flask import Flask, g, request
from werkzeug.exceptions import ServiceUnavailable

from webapp.access import client, shows_nothing
from webapp.language import gettext
from webapp.pages import sparql

MUCH: Final = 0.5
"""Seconds of the processor, of lately, from which on a client gives way."""

LATELY: Final = 10.0
"""The seconds in which what was used comes to count e times less."""

PATIENCE: Final = 1.0
"""The longest that a request gives way, in seconds."""

_MOST_KNOWN: Final = 10_000


class FullError(Exception):
    """As many wait for their turn as may."""


class Turns:
    """The turns of a process: what each client has used, what is under way, how many wait."""

    def __init__(self, most_waiting: int, clock: Callable[[], float] = time.monotonic) -> None:
        """Take how many may wait at a time, each in a thread that meanwhile answers nobody."""
        self._most_waiting, self._clock = most_waiting, clock
        self._used: dict[str, tuple[float, float]] = {}
        self.waiting = self._at_once = self._giving_way = 0
        self._changed = threading.Condition()

    def __len__(self) -> int:
        """Give of how many it is known what they have used."""
        return len(self._used)

    def begin(self, who: str) -> bool:
        """Wait for a turn; gives whether it is that of one who gives way. Raises FullError."""
        with self._changed:
            gives_way = self.lately(who) > MUCH
            if gives_way:
                self._wait()
                self._giving_way += 1
            else:
                self._at_once += 1
        return gives_way

    def end(self, who: str, used: float, *, gives_way: bool) -> None:
        """End a turn in which so many seconds of the processor were used."""
        with self._changed:
            if gives_way:
                self._giving_way -= 1
            else:
                self._at_once -= 1
            self._used[who] = self.lately(who) + used, self._clock()
            if len(self._used) > _MOST_KNOWN:
                self._used = {one: use for one, use in self._used.items() if self.lately(one) > 0.1}
            self._changed.notify_all()

    def lately(self, who: str) -> float:
        """Give the seconds of the processor that a client has used, the longer ago the less."""
        used, then = self._used.get(who, (0.0, 0.0))
        return used * math.exp((then - self._clock()) / LATELY)

    def _wait(self) -> None:
        if self.waiting >= self._most_waiting:
            raise FullError
        self.waiting += 1
        try:
            self._changed.wait_for(lambda: not (self._at_once or self._giving_way), PATIENCE)
        finally:
            self.waiting -= 1


def install(app: Flask) -> None:
    """Have the requests to an app take turns, but for queries, which run in workers."""
    turns = app.extensions["dutygraph-turns"] = Turns(max(app.config["THREADS"] // 2, 1))

    def begin() -> None:
        if shows_nothing() or request.blueprint == sparql.page.name or (who := client()) is None:
            return
        try:
            g.turn = who, time.thread_time(), turns.begin(who)
        except FullError:
            raise ServiceUnavailable(gettext("请求太多，请稍后再试。"), retry_after=1) from None

    def end(_: BaseException | None) -> None:
        if "turn" in g:
            who, began_at, gives_way = g.pop("turn")
            turns.end(who, time.thread_time() - began_at, gives_way=gives_way)

    app.before_request(begin)
    app.teardown_request(end)
