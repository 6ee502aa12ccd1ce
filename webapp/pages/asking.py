"""What a page's address asks: the check run, the filter, the number of the sheet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

from flask import abort, redirect, request
from werkzeug.wrappers import Response

from dutygraph.compliance.findings import STATUSES
from webapp.findings import Filter
from webapp.holdings import Holdings
from webapp.language import PARAMETER, gettext
from webapp.runs import Run
from webapp.saved import saved_settings

_ALWAYS = ("page", PARAMETER)

Item = TypeVar("Item")


def usual_day(held: Holdings) -> dt.date:
    """Give the day that is looked at unless another is asked for: that of the latest record.

    Where units are there and no records at all, it is today.
    """
    return held.usual.as_of or held.registry.latest or dt.datetime.now(dt.UTC).date()


def usual_run(held: Holdings) -> Run:
    """Give the run that is shown unless another is asked for."""
    return Run.asked(
        {},
        held.law.settings,
        usual_day(held),
        held.usual.year,
        saved_settings(held.law.settings),
    )


def asked_run(held: Holdings) -> Run:
    """Give the run that the address asks for; raises RunError when it cannot be made."""
    return Run.asked(
        request.args,
        held.law.settings,
        usual_day(held),
        held.usual.year,
        saved_settings(held.law.settings),
    )


def asked_filter() -> Filter:
    """Read which findings the address asks for."""
    status = request.args.get("status", "")
    return Filter(
        status=status if status in STATUSES else "",
        provision=request.args.get("provision", ""),
        unit=request.args.get("unit", "").strip(),
        words=request.args.get("q", "").strip(),
    )


def tidied(address: str, *wanted: Mapping[str, str]) -> Response | None:
    """Lead to the same page with nothing in its address but what is wanted.

    A form sends every field; what is empty or as usual need not stand in an address that people
    copy. None when nothing is to be left out.
    """
    given = {name: request.args[name] for name in _ALWAYS if request.args.get(name)}
    for parameters in wanted:
        given |= {name: value for name, value in parameters.items() if value}
    if given == request.args.to_dict():
        return None
    return redirect(f"{address}?{urlencode(given)}" if given else address, 303)


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
    return sheet_of(len(items), size, lambda first, number: items[first : first + number])


def sheet_of(total: int, size: int, some: Callable[[int, int], Sequence[Item]]) -> Sheet[Item]:
    """Give the sheet asked for of a list of which no more is fetched than that.

    ``some`` gives so many of it from a place on. Answers 404 for a number beyond the last.
    """
    last = max(1, -(-total // size))
    number = request.args.get("page", 1, type=int)
    if not 1 <= number <= last:
        abort(404, gettext("这份清单只有 %(last)s 页。", last=last))
    return Sheet(some((number - 1) * size, size), number, last, total)
