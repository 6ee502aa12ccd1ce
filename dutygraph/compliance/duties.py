"""Duties in time: each norm's deadline as the dates of one year, and how far off they are.

The text says 每年第一季度; a check needs 2014-01-01 to 2014-03-31. Windows come from the norm's
deadline, from the setting that it names (articles 11, 16, 20 and reading A04), or from its occasion
where the text only says how often (articles 24 and 40, readings A10 and A24).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dutygraph.compliance.occasions import HALF_YEARLY, Occasion, days_allowed, later
from dutygraph.compliance.settings import Settings
from dutygraph.store.graphs import GraphStore, Row, text
from dutygraph.terms import sparql_prologue

_DEADLINES = (
    sparql_prologue()
    + """
SELECT ?norm ?from ?to ?window ?outer ?reportsOn WHERE {
  ?norm dg:statedIn ?provision .
  OPTIONAL {
    ?norm dg:deadline ?deadline .
    OPTIONAL { ?deadline dg:from ?from ; dg:to ?to }
    OPTIONAL {
      ?deadline dg:windowSetting ?setting . ?setting dg:key ?window .
      OPTIONAL { ?setting dg:outerWindow/dg:key ?outer }
    }
    OPTIONAL { ?deadline dg:reportsOn ?reportsOn }
  }
} ORDER BY ?norm"""
)


@dataclass(frozen=True)
class Duty:
    """What one norm demands for one year.

    ``opens`` to ``due`` is the window (None: the norm has no date), ``soft_opens`` to ``soft_due``
    the outer window of reading A04, ``covered_year`` the year a report is about. A unit owes it
    when it was founded on ``founded_by`` at the latest and not dissolved on ``stands_on`` or
    before (reading A39). ``half`` is the half-year, 1 or 2, that it is about. What is owed only
    when its period is over is due soon from its first day on (``after_period``).
    """

    norm: str
    year: int
    opens: dt.date | None
    due: dt.date | None
    soft_opens: dt.date | None
    soft_due: dt.date | None
    covered_year: int | None
    founded_by: dt.date
    stands_on: dt.date
    half: int | None = None
    after_period: bool = False
    having: str | None = None

    def phase(self, as_of: dt.date, due_soon_days: int) -> str:
        """Give where the as-of date stands: NotDue, DueSoon, Grace, Overdue or Standing.

        Standing: the norm names no time and is owed at any. Grace: the window has closed, its
        outer window has not.
        """
        if self.due is None:
            return "Standing"
        if as_of <= self.due:
            warned = self.due - dt.timedelta(days=due_soon_days)
            if self.after_period and self.opens is not None:
                warned = self.opens
            return "DueSoon" if as_of >= warned else "NotDue"
        return "Grace" if self.soft_due and as_of <= self.soft_due else "Overdue"


def duties(
    store: GraphStore,
    graphs: list[str],
    settings: Settings,
    as_of: dt.date,
    year: int,
    occasions: Iterable[Occasion] = (),
) -> list[Duty]:
    """Give every norm's duties for one year, in the order of the norms' IRIs.

    A norm that an occasion in the records gives rise to has none: its duties come with the records.
    """
    occasion_of = {norm: occasion for occasion in occasions for norm in occasion.norms}
    found: list[Duty] = []
    for row in store.select(_DEADLINES, graphs):
        occasion = occasion_of.get(row["norm"].value)
        if occasion is None:
            found.append(_duty(row, settings, as_of, year))
        elif occasion.in_record is None:
            found += _recurring(row["norm"].value, occasion, settings, year)
    return found


def _recurring(norm: str, occasion: Occasion, settings: Settings, year: int) -> Iterator[Duty]:
    """Give the duties of an occasion that comes round every year or half-year."""
    days = days_allowed(occasion, settings)
    halves = (1, 2) if occasion.frequency == HALF_YEARLY else (None,)
    for half in halves:
        end = dt.date(year, 6, 30) if half == 1 else dt.date(year, 12, 31)
        first, last = dt.date(year, 1, 1), end
        if days is not None:
            first, last = later(end, 1), later(end, days)
        yield Duty(
            norm=norm,
            year=year,
            opens=first,
            due=last,
            soft_opens=None,
            soft_due=None,
            covered_year=None,
            founded_by=end,
            stands_on=end,
            half=half,
            after_period=days is not None,
            having=occasion.where_property,
        )


def _duty(row: Row, settings: Settings, as_of: dt.date, year: int) -> Duty:
    opens = due = soft_opens = soft_due = None
    window, outer = text(row, "window"), text(row, "outer")
    if window is not None:
        opens, due = _dates(settings[window], year)
        if outer is not None:
            first, last = _dates(settings[outer], year)
            # Whatever was set, the outer window is no narrower than the core it surrounds.
            soft_opens, soft_due = min(first, opens), max(last, due)
    elif "to" in row:
        opens, due = (
            dt.date.fromisoformat(f"{year}-{row[end].value.removeprefix('--')}")
            for end in ("from", "to")
        )
    covered = year - 1 if "reportsOn" in row else None
    return Duty(
        norm=row["norm"].value,
        year=year,
        opens=opens,
        due=due,
        soft_opens=soft_opens,
        soft_due=soft_due,
        covered_year=covered,
        # A body founded after the year that is reported on has nothing to report.
        founded_by=dt.date(covered, 12, 31) if covered else (due or as_of),
        stands_on=due or as_of,
    )


def _dates(window: str | None, year: int) -> tuple[dt.date, dt.date]:
    assert window is not None  # noqa: S101 - a window setting always has a default
    first, _, last = window.partition("..")
    return dt.date.fromisoformat(f"{year}-{first}"), dt.date.fromisoformat(f"{year}-{last}")


def duty_iri(duty: Duty) -> str:
    """Give the IRI of a duty in a working graph."""
    return f"{duty.norm}-{duty.year}" + (f"H{duty.half}" if duty.half else "")
