"""The questions of the catalogue: a form, the answer, the query behind it, the files to keep."""

from __future__ import annotations

from flask import Blueprint, Response, abort, make_response, render_template, request

from dutygraph.queries.catalogue import Question, filled
from dutygraph.queries.values import FREE_TEXT, QuestionError, values
from webapp.answers import answer, as_csv, headings
from webapp.holdings import Holdings, holdings
from webapp.language import Words, gettext, language

page = Blueprint("questions", __name__, url_prefix="/questions")

_MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/sparql-results+json"}


@page.get("")
def index() -> str:
    """List the questions."""
    return render_template("questions.html", held=holdings())


@page.get("/<name>")
def question(name: str) -> Response:
    """Show a question with its form and its answer."""
    held = holdings()
    asked = _asked(held, name)
    given = _given(asked)
    try:
        sparql, error = filled(held.store, asked, given, language()), ""
    except QuestionError as refused:
        sparql, error = "", str(refused)
    page_ = render_template(
        "question.html",
        held=held,
        question=asked,
        given={one.name: given.get(one.name) or one.default for one in asked.parameters},
        choices={one.name: _choices(held, one.kind) for one in asked.parameters},
        headings=headings(),
        sparql=sparql,
        error=error,
        answer=answer(held, sparql) if sparql else None,
    )
    return make_response(page_, 400 if error else 200)


@page.get("/<name>/answer.<form>")
def download(name: str, form: str) -> Response:
    """Give an answer as a file: CSV for a spreadsheet, or SPARQL results JSON as W3C has it."""
    held = holdings()
    asked = _asked(held, name)
    if form not in _MEDIA_TYPES:
        abort(404, gettext("答案可以下载为 csv 或 json。"))
    try:
        sparql = filled(held.store, asked, _given(asked), language())
    except QuestionError as refused:
        abort(400, str(refused))
    content = as_csv(held, sparql) if form == "csv" else held.results[sparql, "json"]
    response = Response(content, content_type=_MEDIA_TYPES[form])
    response.headers["Content-Disposition"] = f'attachment; filename="{asked.name}.{form}"'
    return response


def _asked(held: Holdings, name: str) -> Question:
    found = held.questions.get(name)
    if found is None:
        abort(404, gettext("没有名为 %(name)s 的问题。", name=name))
    return found


def _given(asked: Question) -> dict[str, str]:
    names = {one.name for one in asked.parameters}
    return {name: value for name, value in request.args.items() if name in names and value}


def _choices(held: Holdings, kind: str) -> list[tuple[str, Words]] | None:
    """Give the values that a parameter takes, each with its label; None where any words do."""
    if kind == FREE_TEXT:
        return None
    return [
        (value.name, Words(value.label_zh, value.label_en)) for value in values(held.store, kind)
    ]
