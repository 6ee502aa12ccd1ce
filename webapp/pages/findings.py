"""The findings of a check run: what each check counted, and every finding with its evidence."""

from __future__ import annotations

import io
from collections import Counter

from flask import Blueprint, Response, abort, make_response, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from dutygraph.compliance.findings import STATUSES
from dutygraph.reports.exports import exports
from dutygraph.reports.html_export import policy
from webapp.earlier import LARGEST
from webapp.files import sent
from webapp.findings import Filter, edition_of, shown
from webapp.holdings import Holdings, holdings
from webapp.language import gettext
from webapp.pages.asking import asked_filter, asked_run, sheet, tidied, usual_run
from webapp.runs import Run, RunError

page = Blueprint("findings", __name__, url_prefix="/findings")

_SHEET = 40
_MANY_UNITS = 300


@page.get("")
def index() -> AnyResponse | str:
    """Show the findings of the run that the address asks for."""
    held = holdings()
    if not held.has_records:
        return render_template("findings_none.html", held=held)
    wanted = asked_filter()
    try:
        run = asked_run(held)
    except RunError as error:
        return make_response(_page(held, usual_run(held), wanted, str(error)), 400)
    return tidied(url_for("findings.index"), run.query, wanted.query) or _page(held, run, wanted)


@page.get("/report.<form>")
def report(form: str) -> AnyResponse:
    """Give the run and the findings that the address asks for as a file, or as a page to print."""
    export = exports().get(form)
    if export is None:
        known = ", ".join(f"report.{name}" for name in exports())
        abort(404, gettext("可以下载的有 %(known)s。", known=known))
    held = holdings()
    if not held.has_records:
        abort(404, gettext("还没有导入记录。"))
    try:
        edition = edition_of(held, asked_run(held), asked_filter())
    except RunError as error:
        return make_response(_page(held, usual_run(held), asked_filter(), str(error)), 400)
    out = io.BytesIO()
    export.write(edition, out)
    if form == "html":
        answer = Response(out.getvalue(), content_type=export.media_type)
        # The page holds its own style sheet and nothing else.
        answer.headers["Content-Security-Policy"] = policy()
        return answer
    name = f"{export.stem}-{edition.report.as_of}{export.suffix}"
    return sent(out.getvalue(), export.media_type, name)


def _page(held: Holdings, run: Run, wanted: Filter, error: str = "") -> str:
    outcome = held.outcomes[run]
    everywhere = Filter(provision=wanted.provision, unit=wanted.unit, words=wanted.words)
    fitting = everywhere.narrows(outcome.findings, held)
    found = sheet([one for one in fitting if wanted.status in ("", one.status)], _SHEET)
    numbers = Counter(one.status for one in fitting)
    counted = {status: numbers[status] for status in STATUSES}
    concerned = [
        held.registry.units[one] for one in outcome.by_subject if one in held.registry.units
    ]
    return render_template(
        "findings.html",
        held=held,
        run=run,
        wanted=wanted,
        exports=exports().values(),
        error=error,
        outcome=outcome,
        counted=counted,
        fitting=len(fitting),
        found=found,
        cards=[shown(finding, held) for finding in found.items],
        largest=LARGEST // (1024 * 1024),
        concerned=sorted(concerned, key=lambda unit: unit.name)[:_MANY_UNITS],
    )
