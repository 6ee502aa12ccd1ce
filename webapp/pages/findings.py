"""The findings of a check run: what each check counted, and every finding with its evidence."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from dutygraph.compliance.findings import STATUSES
from webapp.findings import Filter, shown
from webapp.holdings import Holdings, holdings
from webapp.pages.asking import asked_run, sheet, tidied, usual_run
from webapp.runs import Run, RunError

page = Blueprint("findings", __name__, url_prefix="/findings")

_SHEET = 40
_MANY_UNITS = 300


@page.get("")
def index() -> Response | str:
    """Show the findings of the run that the address asks for."""
    held = holdings()
    if not held.has_records:
        return render_template("findings_none.html", held=held)
    wanted = Filter(
        status=request.args.get("status", "") if request.args.get("status") in STATUSES else "",
        provision=request.args.get("provision", ""),
        unit=request.args.get("unit", "").strip(),
        words=request.args.get("q", "").strip(),
    )
    try:
        run = asked_run(held)
    except RunError as error:
        return make_response(_page(held, usual_run(held), wanted, str(error)), 400)
    return tidied(url_for("findings.index"), run.query, wanted.query) or _page(held, run, wanted)


def _page(held: Holdings, run: Run, wanted: Filter, error: str = "") -> str:
    outcome = held.outcomes[run]
    everywhere = Filter(provision=wanted.provision, unit=wanted.unit, words=wanted.words)
    fitting = everywhere.narrows(outcome.findings, held)
    found = sheet([one for one in fitting if wanted.status in ("", one.status)], _SHEET)
    counted = {status: sum(one.status == status for one in fitting) for status in STATUSES}
    concerned = [
        held.registry.units[one] for one in outcome.by_subject if one in held.registry.units
    ]
    return render_template(
        "findings.html",
        held=held,
        run=run,
        wanted=wanted,
        error=error,
        outcome=outcome,
        counted=counted,
        fitting=len(fitting),
        found=found,
        cards=[shown(finding, held) for finding in found.items],
        concerned=sorted(concerned, key=lambda unit: unit.name)[:_MANY_UNITS],
    )
