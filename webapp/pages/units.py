"""The units of the data: the tree of them, and for each its facts, its findings, its records."""

from __future__ import annotations

from flask import Blueprint, abort, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from dutygraph.terms import DG
from webapp.concepts import Concept
from webapp.findings import of_unit, shown
from webapp.holdings import Holdings, holdings
from webapp.language import gettext
from webapp.pages.asking import asked_run, sheet, tidied, usual_run
from webapp.registry import RELATIONS
from webapp.runs import Outcome, RunError, Tally
from webapp.units import Unit

page = Blueprint("units", __name__, url_prefix="/units")

_SHEET = 100


@page.get("")
def index() -> Response | str:
    """List the units in the order of the tree, with the number of findings of each."""
    held = holdings()
    if not held.has_records:
        return render_template("findings_none.html", held=held)
    try:
        run, error = asked_run(held), ""
    except RunError as refused:
        run, error = usual_run(held), str(refused)
    words, level = request.args.get("q", "").strip(), request.args.get("level", "")
    if not error and (
        tidy := tidied(url_for("units.index"), run.query, {"level": level, "q": words})
    ):
        return tidy
    outcome = held.outcomes[run]
    fitting = [
        unit
        for unit in held.registry.units.values()
        if (not words or words.casefold() in f"{unit.name} {unit.id}".casefold())
        and (not level or (unit.level is not None and unit.level.name == level))
    ]
    found = sheet(fitting, _SHEET)
    page_ = render_template(
        "units.html",
        held=held,
        run=run,
        error=error,
        words=words,
        level=level,
        levels=_levels(held),
        found=found,
        tallies={unit.id: _tally(unit, outcome, held) for unit in found.items},
    )
    return make_response(page_, 400 if error else 200)


def _levels(held: Holdings) -> list[tuple[Concept, int]]:
    """Give the levels that occur, the highest first, with the number of units at each."""
    counts: dict[Concept, int] = {}
    for unit in held.registry.units.values():
        if unit.level is not None:
            counts[unit.level] = counts.get(unit.level, 0) + 1
    return sorted(counts.items(), key=lambda pair: -held.registry.ordinals.get(pair[0].iri, 0))


def _tally(unit: Unit, outcome: Outcome, held: Holdings) -> Tally:
    tally = Tally()
    for finding in of_unit(unit, outcome, held):
        tally.add(finding)
    return tally


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
    outcome = held.outcomes[run]
    page_ = render_template(
        "unit.html",
        held=held,
        unit=found,
        run=run,
        error=error,
        related=[
            (held.vocabulary.concept(DG + name), found.related[name])
            for name in RELATIONS
            if name in found.related
        ],
        role=held.roles.get(found.kind.name) if found.kind else None,
        tally=_tally(found, outcome, held),
        cards=[shown(finding, held) for finding in of_unit(found, outcome, held)],
        records=sheet(held.registry.entries(found), _SHEET),
    )
    return make_response(page_, 400 if error else 200)
