"""The units of the data: the tree of them, and for each its facts, its findings, its records."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask import Blueprint, abort, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from dutygraph.compliance.findings import STATUSES
from dutygraph.records.subtrees import RELATIONS
from dutygraph.terms import DG
from webapp.calendar import not_in_force, year
from webapp.concepts import Concept
from webapp.findings import given, of_unit, shown
from webapp.holdings import Holdings, holdings
from webapp.language import Words, gettext
from webapp.pages.asking import asked_run, sheet, sheet_of, tidied, usual_run
from webapp.regions import tiles
from webapp.runs import Run, RunError, Tally
from webapp.subtrees import tree
from webapp.units import Unit

page = Blueprint("units", __name__, url_prefix="/units")

_SHEET = 100
_NODES = 300
_WIDE, _NARROW = (1200, 560), (380, 560)

VIEWS = {
    "tree": Words("上下级", "tree"),
    "list": Words("清单", "list"),
    "map": Words("区划图", "map of regions"),
}
"""The ways to look at the units; the first is the usual one."""


@dataclass(frozen=True)
class Wanted:
    """Which units to show, and how; what is blank does not narrow them."""

    view: str
    words: str = ""
    level: str = ""
    status: str = ""
    under: str = ""
    region: str = ""

    @classmethod
    def asked(cls) -> Wanted:
        """Read it out of the address."""
        words, level = request.args.get("q", "").strip(), request.args.get("level", "")
        status = request.args.get("status", "")
        status = status if status in STATUSES else ""
        given = request.args.get("view", "")
        # What is narrowed by words, level or status hangs together no more: it is a list.
        usual = "list" if words or level or status else next(iter(VIEWS))
        view = given if given in VIEWS else usual
        if view != "list":
            words = level = status = ""
        return cls(
            view,
            words,
            level,
            status,
            request.args.get("under", "") if view == "tree" else "",
            request.args.get("region", "") if view == "map" else "",
        )

    @property
    def query(self) -> dict[str, str]:
        """The query parameters that ask for it."""
        narrowed = bool(self.words or self.level or self.status)
        usual = self.view == ("list" if narrowed else next(iter(VIEWS)))
        return given(
            view="" if usual else self.view,
            q=self.words,
            level=self.level,
            status=self.status,
            under=self.under,
            region=self.region,
        )

    @property
    def place(self) -> dict[str, str]:
        """The query parameters that ask for the same view of the same place, not narrowed."""
        kept = ("view", "under", "region")
        return {name: value for name, value in self.query.items() if name in kept}

    def narrows(self, units: Iterable[Unit], own: Mapping[str, Tally]) -> list[Unit]:
        """Give those of the units that fit."""
        return [unit for unit in units if self._fits(unit, own.get(unit.id))]

    def _fits(self, unit: Unit, tally: Tally | None) -> bool:
        return (
            (not self.words or self.words.casefold() in f"{unit.name} {unit.id}".casefold())
            and (not self.level or (unit.level is not None and unit.level.name == self.level))
            and (not self.status or (tally is not None and bool(tally.by_status[self.status])))
        )


@page.get("")
def index() -> Response | str:
    """Show the units as a tree, as a list or on a map of regions, with their findings."""
    held = holdings()
    if not held.has_records:
        return render_template("findings_none.html", held=held)
    wanted = Wanted.asked()
    try:
        run, error = asked_run(held), ""
    except RunError as refused:
        run, error = usual_run(held), str(refused)
    if not error and (tidy := tidied(url_for("units.index"), run.query, wanted.query)):
        return tidy
    shown_as = {"tree": _tree, "list": _list, "map": _map}[wanted.view](held, run, wanted)
    page_ = render_template(
        "units.html",
        held=held,
        run=run,
        error=error,
        wanted=wanted,
        views=VIEWS,
        levels=_levels(held),
        total=len(held.registry.units),
        **shown_as,
    )
    return make_response(page_, 400 if error else 200)


def _tree(held: Holdings, run: Run, wanted: Wanted) -> dict[str, object]:
    units = held.registry.units
    if wanted.under and wanted.under not in units:
        abort(404, gettext("数据中没有编号为“%(id)s”的单位。", id=wanted.under))
    top = units.get(wanted.under)
    roots = [top] if top else [unit for unit in units.values() if unit.depth == 0]
    nodes, left_out = tree(roots, _NODES)
    return {
        "nodes": nodes,
        "left_out": left_out,
        "top": top,
        "counted": held.tallies[run],
        "sizes": held.sizes,
    }


def _list(held: Holdings, run: Run, wanted: Wanted) -> dict[str, object]:
    own = held.tallies[run].own
    return {
        "found": sheet(wanted.narrows(held.registry.units.values(), own), _SHEET),
        "tallies": own,
    }


def _map(held: Holdings, run: Run, wanted: Wanted) -> dict[str, object]:
    regions = held.regions[run]
    region = regions.get(wanted.region)
    if region is None:
        abort(404, gettext("数据中没有以“%(code)s”开头的区划。", code=wanted.region))
    return {
        "regions": regions,
        "region": region,
        "wide": tiles(region, *_WIDE, gettext("本级")),
        "narrow": tiles(region, *_NARROW, gettext("本级")),
        "size_of": {"wide": _WIDE, "narrow": _NARROW},
    }


def _levels(held: Holdings) -> list[tuple[Concept, int]]:
    """Give the levels that occur, the highest first, with the number of units at each."""
    levels = (unit.level for unit in held.registry.units.values())
    counts = Counter(level for level in levels if level is not None)
    return sorted(counts.items(), key=lambda pair: -held.registry.ordinals.get(pair[0].iri, 0))


@page.get("/<identifier:identifier>", merge_slashes=False)
def unit(identifier: str) -> Response | str:
    """Show one unit."""
    held = holdings()
    found = held.registry.units.get(identifier)
    if found is None:
        abort(404, gettext("数据中没有编号为“%(id)s”的单位。", id=identifier))
    try:
        run, error = asked_run(held), ""
    except RunError as refused:
        run, error = usual_run(held), str(refused)
    address = url_for("units.unit", identifier=identifier)
    if not error and (tidy := tidied(address, run.query)):
        return tidy
    findings = of_unit(found, held.outcomes[run], held)
    calendar = held.calendars[run, found.id]
    at_a_glance = year(calendar, held)
    listed = held.registry.listed(found)
    page_ = render_template(
        "unit.html",
        held=held,
        unit=found,
        run=run,
        error=error,
        related=[
            (held.law.vocabulary.concept(DG + name), found.related[name])
            for name in RELATIONS
            if name in found.related
        ],
        role=held.law.roles.get(found.kind.name) if found.kind else None,
        tally=held.tallies[run].own.get(found.id, Tally()),
        year=at_a_glance,
        due=sum(len(month.lines) for month in at_a_glance),
        made=Counter(_month(record.date) for record in listed),
        remark=not_in_force(calendar),
        remedies=sum(len(finding.remedy) for finding in findings),
        cards=[shown(finding, held) for finding in findings],
        records=sheet_of(
            len(listed),
            _SHEET,
            lambda first, size: held.registry.entries(found, listed[first : first + size]),
        ),
    )
    return make_response(page_, 400 if error else 200)


def _month(day: str) -> dt.date | None:
    """Give the first day of the month of a date (ISO 8601), None where there is none."""
    return dt.date.fromisoformat(day).replace(day=1) if day else None
