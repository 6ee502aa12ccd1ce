"""The duty calendar: what is due in a year, for one unit or for everybody; also as a file."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, abort, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from dutygraph.compliance.calendar import Calendar
from dutygraph.compliance.ics import icalendar_file
from webapp import files
from webapp.calendar import lines, months, not_in_force, states, unit_asked
from webapp.holdings import Holdings, holdings
from webapp.language import gettext
from webapp.pages.asking import asked_run, tidied, usual_run
from webapp.runs import Run, RunError
from webapp.units import Unit

page = Blueprint("calendar", __name__)

_MANY_UNITS = 300
_ICS = "text/calendar; charset=utf-8"


@page.get("/calendar")
def index() -> Response | str:
    """Show the calendar of the unit and the year that the address asks for."""
    held = holdings()
    words = request.args.get("unit", "").strip()
    unit = unit_asked(words, held)
    try:
        run = asked_run(held)
    except RunError as error:
        return make_response(_page(held, usual_run(held), unit, str(error)), 400)
    if words and unit is None:
        unknown = gettext("数据中没有编号或者名称为“%(words)s”的单位。", words=words)
        return make_response(_page(held, run, None, unknown, words), 404)
    wanted = {"unit": unit.id} if unit else {}
    return tidied(url_for("calendar.index"), wanted, run.query) or _page(held, run, unit)


@page.get("/calendar.<form>")
def download(form: str) -> Response:
    """Give the calendar as a file: iCalendar (RFC 5545) for calendar programs, or JSON."""
    held = holdings()
    if form not in ("ics", "json"):
        abort(404, gettext("日历可以下载为 ics 或 json。"))
    words = request.args.get("unit", "").strip()
    unit = unit_asked(words, held)
    if words and unit is None:
        abort(404, gettext("数据中没有编号或者名称为“%(words)s”的单位。", words=words))
    try:
        run = asked_run(held)
    except RunError as error:
        abort(400, str(error))
    calendar = _calendar(held, run, unit)
    content = icalendar_file(calendar) if form == "ics" else files.as_json(calendar.to_json())
    media_type = _ICS if form == "ics" else files.JSON
    name = quote(unit.id, safe="") if unit else "all"
    return files.sent(content, media_type, f"calendar-{name}-{run.year}.{form}")


def _calendar(held: Holdings, run: Run, unit: Unit | None) -> Calendar:
    return held.calendars[run, unit.id if unit else None]


def _page(held: Holdings, run: Run, unit: Unit | None, error: str = "", words: str = "") -> str:
    calendar = _calendar(held, run, unit)
    return render_template(
        "calendar.html",
        held=held,
        run=run,
        error=error,
        unit=unit,
        words=unit.id if unit else words,
        offered=list(held.registry.units.values())[:_MANY_UNITS],
        calendar=calendar,
        months=months(calendar, held),
        undated=lines(calendar.undated, held),
        states=states(calendar),
        remark=not_in_force(calendar),
        query=({"unit": unit.id} if unit else {}) | run.query,
    )
