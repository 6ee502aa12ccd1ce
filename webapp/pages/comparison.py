"""A check run beside an earlier one that a reader hands in: what is new, cured, still open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlencode

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from dutygraph.compliance.findings import STATUSES
from dutygraph.reports.comparison import (
    CHANGES,
    Comparison,
    ComparisonError,
    Entry,
    compared,
)
from dutygraph.reports.edition import Scope
from dutygraph.reports.wording import CHANGE_WORDS
from webapp.earlier import LARGEST
from webapp.findings import given
from webapp.holdings import Holdings, holdings
from webapp.language import Words, gettext
from webapp.pages.asking import asked_run, sheet, tidied, usual_run
from webapp.rooms import room
from webapp.runs import Run, RunError
from webapp.writing import refuse_forged

page = Blueprint("comparison", __name__, url_prefix="/findings/comparison")

_SHEET = 100
_FORM = 64 * 1024
"""Bytes that the form may have beside the file."""


@page.before_request
def _limit() -> None:
    """Let a run that is handed in be as large as one is kept."""
    if request.endpoint == "comparison.hand_in":
        request.max_content_length = LARGEST + _FORM


@dataclass(frozen=True)
class Filter:
    """Which findings of a comparison to show; blank is all."""

    change: str = ""
    status: str = ""
    provision: str = ""
    words: str = ""

    @property
    def query(self) -> dict[str, str]:
        """The query parameters that ask for these findings."""
        return given(change=self.change, status=self.status, provision=self.provision, q=self.words)

    def narrows(self, entries: Iterable[Entry]) -> list[Entry]:
        """Give those of the findings that fit, whatever became of them."""
        return [entry for entry in entries if self._fits(entry)]

    def _fits(self, entry: Entry) -> bool:
        said = (entry.subject, entry.subject_name, entry.code, entry.message_zh, entry.message_en)
        return (
            (not self.status or self.status in (entry.status, entry.before))
            and (not self.provision or entry.provision == self.provision)
            and (not self.words or any(self.words.casefold() in one.casefold() for one in said))
        )


@page.post("")
def hand_in() -> Response:
    """Take an earlier run and lead to the comparison with it (RFC 9110, 15.4.4).

    It is kept for all who work in this room, in the place of the oldest.
    """
    refuse_forged()
    held = holdings()
    file = request.files.get("earlier")
    if file is None or not file.filename:
        return _refused(held, gettext("请选择一份较早的检查结果。"))
    content = file.stream.read()
    try:
        run = asked_run(held)
        name = room().earlier.add(file.filename, content)
    except (ComparisonError, RunError) as error:
        return _refused(held, str(error))
    except OSError:
        return _refused(
            held, gettext("服务器无法保存这份文件，请告诉管理员。"), HTTPStatus.INSUFFICIENT_STORAGE
        )
    query = urlencode(run.query | {"earlier": name})
    return redirect(f"{url_for('comparison.index')}?{query}", HTTPStatus.SEE_OTHER)


@page.get("")
def index() -> Response | str:
    """Show what became of the findings of an earlier run, or ask for one."""
    held = holdings()
    if not held.has_records:
        return render_template("findings_none.html", held=held)
    try:
        run = asked_run(held)
    except RunError as error:
        return _refused(held, str(error))
    name, wanted = request.args.get("earlier", ""), _filter()
    if not name:
        return _page(held, run)
    try:
        comparison = compared(held.outcomes[run].report, Scope().to_json(), room().earlier[name])
    except KeyError:
        words = gettext("这份较早的检查结果已不在服务器上，请重新选择文件。")
        return _refused(held, words, HTTPStatus.NOT_FOUND, run)
    except ComparisonError as error:
        return _refused(held, str(error), run=run)
    tidy = tidied(url_for("comparison.index"), run.query, {"earlier": name}, wanted.query)
    return tidy or _page(held, run, comparison=comparison, name=name, wanted=wanted)


def _filter() -> Filter:
    change, status = request.args.get("change", ""), request.args.get("status", "")
    return Filter(
        change if change in CHANGES else "",
        status if status in STATUSES else "",
        request.args.get("provision", ""),
        request.args.get("q", "").strip(),
    )


def _refused(
    held: Holdings,
    error: str,
    status: HTTPStatus = HTTPStatus.BAD_REQUEST,
    run: Run | None = None,
) -> Response:
    if not held.has_records:
        return make_response(render_template("findings_none.html", held=held))
    return make_response(_page(held, run or usual_run(held), error=error), status)


def _page(
    held: Holdings,
    run: Run,
    *,
    error: str = "",
    comparison: Comparison | None = None,
    name: str = "",
    wanted: Filter | None = None,
) -> str:
    wanted = wanted or Filter()
    entries = comparison.entries if comparison else {}
    became = {change: wanted.narrows(entries.get(change, ())) for change in CHANGES}
    shown = [wanted.change] if wanted.change else CHANGES
    rows = [(change, entry) for change in shown for entry in became[change]]
    provisions = {entry.provision for some in entries.values() for entry in some}
    return render_template(
        "comparison.html",
        held=held,
        run=run,
        error=error,
        comparison=comparison,
        name=name,
        wanted=wanted,
        words={change: Words(*pair) for change, pair in CHANGE_WORDS.items()},
        counted={change: len(entries) for change, entries in became.items()},
        provisions=sorted(provisions, key=held.law.wording.order),
        found=sheet(rows, _SHEET),
        largest=LARGEST // (1024 * 1024),
    )
