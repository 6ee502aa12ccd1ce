"""The questions of the catalogue: a form, the answer, the query behind it, the files to keep."""

from __future__ import annotations

from flask import Blueprint, Response, abort, make_response, render_template, request

from dutygraph.queries.catalogue import Parameter, Question, filled
from dutygraph.queries.values import FREE_TEXT, QuestionError
from dutygraph.terms import sparql_prologue
from webapp import files
from webapp.answers import answer, as_csv, charted, headings, laid_out
from webapp.holdings import Holdings, holdings
from webapp.language import Words, gettext, language

page = Blueprint("questions", __name__, url_prefix="/questions")

AUDIENCES = ("researcher", "compliance", "trainer")
"""Whom the questions are for, in the order of the list."""

_MEDIA_TYPES = {"csv": files.CSV, "json": "application/sparql-results+json"}


@page.get("")
def index() -> str:
    """List the questions, each once, by those whom they are for."""
    held = holdings()
    return render_template("questions.html", held=held, groups=grouped(held))


def grouped(held: Holdings) -> list[tuple[tuple[str, ...], list[Question]]]:
    """Give the questions by those whom they are for, those for everybody first."""
    groups: dict[tuple[str, ...], list[Question]] = {}
    for asked in held.law.questions.values():
        named = {name.strip() for name in asked.audience.split(",")}
        groups.setdefault(tuple(one for one in AUDIENCES if one in named), []).append(asked)
    return sorted(groups.items(), key=lambda group: (-len(group[0]), _places(group[0])))


def editable(held: Holdings, sparql: str) -> str:
    """Give the SPARQL of a question as the editor takes it.

    The project's prefixes need no declaration there. The editor asks all graphs unless told
    otherwise (SPARQL 1.1, 13.2), and among the records of a province it would look for long.
    """
    head, where, body = sparql.removeprefix(sparql_prologue()).partition("WHERE {")
    graphs = "".join(f"FROM <{name}>\n" for name in held.law.graphs)
    return f"{head.rstrip()}\n{graphs}{where}{body}"


def _places(audiences: tuple[str, ...]) -> list[int]:
    return [AUDIENCES.index(name) for name in audiences]


@page.get("/<name>")
def question(name: str) -> Response:
    """Show a question with its form and its answer."""
    held = holdings()
    asked = _asked(held, name)
    given = _given(asked)
    try:
        sparql, error = filled(held.law.values, asked, given, language()), ""
    except QuestionError as refused:
        sparql, error = "", str(refused)
    found = answer(held, sparql) if sparql else None
    page_ = render_template(
        "question.html",
        held=held,
        question=asked,
        given=_chosen(held, asked, given),
        choices={one.name: _choices(held, one.kind) for one in asked.parameters},
        headings=headings(),
        sparql=sparql,
        editable=editable(held, sparql),
        error=error,
        answer=found,
        bars=charted(found, asked.chart) if found and asked.chart else [],
        matrix=laid_out(found, asked.pivot) if found and asked.pivot else None,
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
        sparql = filled(held.law.values, asked, _given(asked), language())
    except QuestionError as refused:
        abort(400, str(refused))
    as_table = form == "csv"
    content = as_csv(held, sparql, asked.pivot) if as_table else held.law.results[sparql, form]
    return files.sent(content, _MEDIA_TYPES[form], f"{asked.name}.{form}")


def _asked(held: Holdings, name: str) -> Question:
    found = held.law.questions.get(name)
    if found is None:
        abort(404, gettext("没有名为 %(name)s 的问题。", name=name))
    return found


def _given(asked: Question) -> dict[str, str]:
    names = {one.name for one in asked.parameters}
    return {name: value for name, value in request.args.items() if name in names and value}


def _chosen(held: Holdings, asked: Question, given: dict[str, str]) -> dict[str, str]:
    """Give the parameters as the form has them: names of values; the default for what is none."""
    return {
        one.name: _name(held, one, given.get(one.name)) or _name(held, one, one.default) or ""
        for one in asked.parameters
    }


def _name(held: Holdings, parameter: Parameter, word: str | None) -> str | None:
    """Give the name of the value that a word stands for, None where it stands for none."""
    if word is None or parameter.kind == FREE_TEXT:
        return word
    try:
        return held.law.values.find(parameter.kind, word).name
    except QuestionError:
        return None


def _choices(held: Holdings, kind: str) -> list[tuple[str, Words]] | None:
    """Give the values that a parameter takes, each with its label; None where any words do."""
    if kind == FREE_TEXT:
        return None
    return [(value.name, Words(value.label_zh, value.label_en)) for value in held.law.values[kind]]
