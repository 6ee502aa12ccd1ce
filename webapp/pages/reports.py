"""Reports: everything there is to download in one place, each with a sentence for whom it is."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, abort, make_response, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from dutygraph.compliance.checking import by_check
from dutygraph.compliance.findings import STATUSES
from dutygraph.compliance.shapes import shapes
from dutygraph.regulations.linked import FORMATS
from dutygraph.reports.exports import exports
from dutygraph.reports.grouping import SORTERS, Group, grouped
from webapp import files
from webapp.findings import Filter
from webapp.holdings import Holdings, holdings
from webapp.language import Words, gettext
from webapp.pages.asking import asked_filter, asked_run, sheet, tidied, usual_run
from webapp.runs import SETTING_PREFIX, Run, RunError

page = Blueprint("reports", __name__, url_prefix="/reports")

_SHEET = 50
_MANY_UNITS = 300
GROUPS = {
    "provision": Words("条款", "provision"),
    "unit": Words("单位", "unit"),
    "level": Words("层级", "level"),
    "region": Words("区划", "region"),
}
"""What findings can be counted by, and what that is called."""


@page.get("")
def index() -> AnyResponse | str:
    """Show what can be downloaded of the run and the findings that the address asks for."""
    held = holdings()
    try:
        run = asked_run(held)
    except RunError as error:
        refused = _page(held, usual_run(held), str(error))
        return make_response(refused, HTTPStatus.BAD_REQUEST)
    wanted = asked_filter()
    by = {"by": _by()} if request.args.get("by") else {}
    return tidied(url_for("reports.index"), run.query, wanted.query, by) or _page(held, run)


def _by() -> str:
    wanted = request.args.get("by", "")
    return wanted if wanted in SORTERS else next(iter(GROUPS))


def _page(held: Holdings, run: Run, error: str = "") -> str:
    wanted = asked_filter()
    return render_template(
        "reports.html",
        held=held,
        run=run,
        error=error,
        wanted=wanted,
        exports=exports().values(),
        groups=GROUPS,
        by=_by(),
        found=sheet(_grouped(held, run, wanted) if held.has_records else [], _SHEET),
        provisions=[
            held.law.commentary.by_key[key]
            for key in by_check(shapes(held.law.regulation))
            if key in held.law.commentary.by_key
        ],
        # Without "preview", what an address does not choose is as the site has it.
        settings={"preview": "1"} | {SETTING_PREFIX + key: value for key, value in run.assignments},
        offered=list(held.registry.units.values())[:_MANY_UNITS],
        query=run.query | wanted.query,
    )


def _grouped(held: Holdings, run: Run, wanted: Filter) -> list[Group]:
    findings = wanted.narrows(held.outcomes[run].findings, held)
    return grouped(findings, _by(), held.law.wording)


@page.get("/groups.csv")
def groups() -> AnyResponse:
    """Give the findings counted by what the address asks for, as a table."""
    held = holdings()
    try:
        found = _grouped(held, asked_run(held), asked_filter())
    except RunError as error:
        abort(400, str(error))
    rows = [
        (group.key, group.label, *(group.count(status) for status in STATUSES), len(group.findings))
        for group in found
    ]
    heading = ("key", _by(), *STATUSES, "total")
    return files.sent(files.table([heading, *rows]), files.CSV, f"findings-by-{_by()}.csv")


@page.get("/records.nt")
def records() -> Response:
    """Give the records in force as N-Triples, which the import takes again."""
    held = holdings()
    if not held.has_records:
        abort(404, gettext("还没有导入记录。"))
    # One import after the other: a province's records need not stand in memory all at once.
    content = (held.store.graph(name) for name in held.records)
    answer = Response(content, content_type=FORMATS["nt"][1])
    answer.headers["Content-Disposition"] = 'attachment; filename="records.nt"'
    return answer
