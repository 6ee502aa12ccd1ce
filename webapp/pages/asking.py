"""What a page's address asks: the check run, the filter, the number of the sheet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from flask import abort, request

from webapp.holdings import Holdings, library
from webapp.language import gettext
from webapp.runs import Run

Item = TypeVar("Item")


def usual_day(held: Holdings) -> dt.date:
    """Give the day that is looked at unless another is asked for: that of the latest record."""
    return library().usual.as_of or held.registry.latest or dt.date(2012, 1, 1)


def usual_run(held: Holdings) -> Run:
    """Give the run that is shown unless another is asked for."""
    return Run.asked({}, held.settings, usual_day(held), library().usual.year)


def asked_run(held: Holdings) -> Run:
    """Give the run that the address asks for; raises RunError when it cannot be made."""
    return Run.asked(request.args, held.settings, usual_day(held), library().usual.year)


@dataclass(frozen=True)
class Sheet(Generic[Item]):
    """One sheet of a long list."""

    items: Sequence[Item]
    number: int
    last: int
    total: int


def sheet(items: Sequence[Item], size: int) -> Sheet[Item]:
    """Give the sheet of a list that the address asks for with ``page``; there is always a first.

    Answers 404 for a number beyond the last.
    """
    last = max(1, -(-len(items) // size))
    number = request.args.get("page", 1, type=int)
    if not 1 <= number <= last:
        abort(404, gettext("这份清单只有 %(last)s 页。", last=last))
    return Sheet(items[(number - 1) * size : number * size], number, last, len(items))
