"""Rectification: how far a finding has been followed, as the records say.

A notice names the finding that it is about, by provision, code, subject and year, and may set a
day by which to report. What comes after it refers to the record before: the report, the
verification, the closure. An overdue report is a finding itself (articles 15(4) and 26(2)); that
is for the shapes, not for this module.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dutygraph.store.graphs import Reading, Row, text
from dutygraph.terms import DG, sparql_prologue

Key = tuple[str, str, str, int]
"""A finding's provision, code, subject (its id in the import) and year."""

_STEPS = (
    sparql_prologue()
    + """
SELECT DISTINCT * WHERE {
  ?notice dg:recordKind dg:RectificationNotice ; dg:check ?provision ; dg:code ?code ;
    dg:subject/dcterms:identifier ?subject ; dg:coversYear ?year .
  ?step dg:ref* ?notice .
  ?step a dg:Rectification ; dg:recordKind ?kind ; dcterms:identifier ?record ; dg:date ?date .
  ?kind skos:notation ?word .
  OPTIONAL { ?step dg:unit/dcterms:identifier ?unit }
  OPTIONAL { ?step dg:reportBy ?limit }
  OPTIONAL { ?step dg:accepted ?accepted }
}"""
)
_NOTICE, _REPORT, _VERIFICATION, _CLOSURE = (
    f"{DG}Rectification{step}" for step in ("Notice", "Report", "Verification", "Closure")
)
_ORDER = (_NOTICE, _REPORT, _VERIFICATION, _CLOSURE)


@dataclass(frozen=True)
class Step:
    """One record in the course of a rectification: what it is, when, by whom (ids)."""

    kind: str
    date: dt.date
    unit: str | None
    record: str


@dataclass(frozen=True)
class State:
    """How far a finding has been followed.

    ``state`` is open, notified, reported, verified or closed; ``limit`` the day that the latest
    notice set for the report, None where it set none; ``history`` the records, oldest first.
    """

    state: str = "open"
    limit: dt.date | None = None
    history: tuple[Step, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Give {state, limit, history: [{kind, date, unit, record}]}, dates as ISO 8601."""
        return {
            "state": self.state,
            "limit": self.limit and self.limit.isoformat(),
            "history": [vars(step) | {"date": step.date.isoformat()} for step in self.history],
        }


OPEN = State()
"""The state of a finding of which nobody has given notice."""


def states(graph: Reading) -> Mapping[Key, State]:
    """Give the state of every finding that some notice in a working graph is about.

    All that refers to one of its notices counts, by date. A verification that did not accept the
    rectification puts it back to notified; one that does not say leaves it as it was. A later
    notice begins anew.
    """
    steps: dict[Key, list[Row]] = defaultdict(list)
    for row in graph.select(_STEPS, ()):
        provision, code, subject = (row[name].value for name in ("provision", "code", "subject"))
        steps[provision, code, subject, int(row["year"].value)].append(row)
    return {key: _state(sorted(rows, key=_order)) for key, rows in steps.items()}


def _order(row: Row) -> tuple[str, int, str]:
    return row["date"].value, _ORDER.index(row["kind"].value), row["record"].value


def _state(rows: Iterable[Row]) -> State:
    state, limit, history = "open", None, []
    for row in rows:
        kind = row["kind"].value
        if kind == _NOTICE:
            limit = text(row, "limit")
        state = _after(state, kind, text(row, "accepted"))
        history.append(
            Step(
                row["word"].value,
                dt.date.fromisoformat(row["date"].value),
                text(row, "unit"),
                row["record"].value,
            )
        )
    return State(state, None if limit is None else dt.date.fromisoformat(limit), tuple(history))


def _after(state: str, kind: str, accepted: str | None) -> str:
    """Give the state after one more step."""
    if kind == _VERIFICATION:
        return {"true": "verified", "false": "notified"}.get(accepted or "", state)
    return {_NOTICE: "notified", _REPORT: "reported", _CLOSURE: "closed"}[kind]
