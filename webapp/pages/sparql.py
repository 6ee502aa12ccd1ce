"""The SPARQL endpoint for programs, and the page on which people write queries and read answers."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlencode

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from flask import Response as FlaskResponse
from werkzeug.wrappers import Response

from dutygraph.queries.catalogue import filled
from dutygraph.queries.foreign import Query, RefusedQueryError
from dutygraph.queries.worker import Outcome
from dutygraph.queries.workers import LimitError
from dutygraph.spreadsheets import XLSX, workbook
from dutygraph.store.graphs import StoreError
from dutygraph.terms import DG, PREFIXES
from webapp import files
from webapp.access import client
from webapp.description import described
from webapp.endpoint import RESULTS, TRIPLES
from webapp.holdings import Holdings, holdings
from webapp.language import gettext, language
from webapp.negotiation import varying
from webapp.pages.questions import editable, grouped
from webapp.programs import told
from webapp.protocol import Asked, ProtocolError, asked, preferred, wants_page
from webapp.rooms import room
from webapp.shares import TooManyError
from webapp.solutions import Terms, cells

page = Blueprint("sparql", __name__, url_prefix="/sparql")

_SHOWN = 500
"""Rows of an answer that the page shows; the files have all."""

_LONGEST_ADDRESS = 6000
"""Bytes of a query, as an address has it, that every server on the way takes."""

_START = """SELECT ?norm ?quote WHERE {
  ?norm dg:statedIn hebei:art20 ; dg:quote ?quote
}
ORDER BY ?norm
"""
_WORKBOOK = "xlsx"
_FILES = RESULTS | TRIPLES | {_WORKBOOK: XLSX}
_PROBLEMS = (ProtocolError, RefusedQueryError, StoreError, LimitError, TooManyError)


@page.route("", methods=["GET", "POST"])
def index() -> Response:
    """Answer a query as the protocol has it, describe the service, or show the page."""
    for_people = wants_page()
    try:
        given = asked()
        if given.text is None and request.method == "GET":
            return varying(_page(given) if for_people or not _wants_graph() else _description())
        return varying(_page(given) if for_people else _answer(given))
    except _PROBLEMS as error:
        return varying(_refused(error, for_people=for_people))


def _wants_graph() -> bool:
    """Tell whether the request names a form of RDF; a program that takes anything gets the page."""
    wanted = set(request.accept_mimetypes.values())
    return any(one.partition(";")[0] in wanted for one in TRIPLES.values())


def _description() -> Response:
    form = preferred(TRIPLES)
    graphs = room().endpoint.graphs(holdings())
    content = described(url_for("sparql.index", _external=True), graphs, form)
    return _for_all(content, TRIPLES[form])


def _answer(given: Asked) -> Response:
    held = holdings()
    query = _admitted(held, given)
    forms = TRIPLES if query.gives_triples else RESULTS
    form = preferred(forms)
    return _given(_run(held, query, form), forms[form])


def _admitted(held: Holdings, given: Asked) -> Query:
    if given.text is None:
        raise ProtocolError(
            HTTPStatus.BAD_REQUEST, "缺少 query 参数 / the parameter query is missing"
        )
    return room().endpoint.admitted(held, given.text, given.default, given.named)


def _run(held: Holdings, query: Query, form: str) -> Outcome:
    found = room().endpoint.run(held, query, form, client())
    if found.error:
        raise ProtocolError(HTTPStatus.BAD_REQUEST, found.error)
    return found


def _given(found: Outcome, media_type: str) -> Response:
    """Answer with what a query gave; a header says so when it is cut short, as Virtuoso's does."""
    response = _for_all(found.content, media_type)
    if found.cut:
        response.headers["X-SPARQL-MaxRows"] = str(found.count)
    return response


def _for_all(content: bytes, media_type: str) -> Response:
    """Answer with what is the same in every language of the site."""
    response = FlaskResponse(content, content_type=media_type)
    response.content_language.update(("zh", "en"))
    return response


def _refused(error: Exception, *, for_people: bool) -> Response:
    status = HTTPStatus.BAD_REQUEST
    if isinstance(error, ProtocolError):
        status = error.status
    elif isinstance(error, LimitError | StoreError):
        status = HTTPStatus.SERVICE_UNAVAILABLE
    elif isinstance(error, TooManyError):
        status = HTTPStatus.TOO_MANY_REQUESTS
    if for_people:
        return _shown(request.values.get("query", ""), error=str(error), status=status)
    return told(status, str(error))


# For people -------------------------------------------------------------------------------------


def _page(given: Asked) -> Response:
    held = holdings()
    if given.text is None:
        name = request.args.get("question", "")
        if not name:
            return _shown(_START)
        given = Asked(_of_question(held, name))
    address = _address(given)
    if request.method == "POST" and address:
        return redirect(address, HTTPStatus.SEE_OTHER)
    query = _admitted(held, given)
    found = _run(held, query, "nt" if query.gives_triples else "json")
    return _shown(given.text or "", query=query, found=found, address=address)


def _address(given: Asked) -> str:
    """Give the address that asks the same, "" when it would be too long for one."""
    graphs = {"default-graph-uri": given.default, "named-graph-uri": given.named}
    asks = urlencode({"query": given.text or ""} | graphs, doseq=True)
    return f"{url_for('sparql.index')}?{asks}" if len(asks) <= _LONGEST_ADDRESS else ""


def _of_question(held: Holdings, name: str) -> str:
    if name not in held.law.questions:
        abort(404, gettext("没有名为 %(name)s 的问题。", name=name))
    return editable(held, filled(held.law.values, held.law.questions[name], {}, language()))


def _shown(
    text: str,
    *,
    query: Query | None = None,
    found: Outcome | None = None,
    address: str = "",
    error: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    held = holdings()
    table = None
    if query and found:
        lay_out = Terms(held).triples if query.gives_triples else Terms(held).table
        table = lay_out(found.content, _SHOWN)
    content = render_template(
        "sparql.html",
        held=held,
        text=text,
        query=query,
        found=found,
        table=table,
        forms=_forms(query),
        asks=address.partition("?")[2],
        error=error,
        graphs=room().endpoint.graphs(held),
        limits=room().endpoint.limits,
        prefixes=PREFIXES,
        groups=grouped(held),
    )
    return make_response(content, status)


def _forms(query: Query | None) -> tuple[str, ...]:
    """Give the files that an answer can be had as."""
    if query is None:
        return ()
    if query.gives_triples:
        return tuple(TRIPLES)
    return ("csv", "json", _WORKBOOK) if query.form == "SELECT" else ("json",)


@page.route("/answer.<form>", methods=["GET", "POST"])
def download(form: str) -> Response:
    """Give the answer of a query as a file."""
    if form not in _FILES:
        abort(404, gettext("答案可以下载为 %(known)s。", known=", ".join(_FILES)))
    try:
        held, given = holdings(), asked()
        query = _admitted(held, given)
        rows = form in ("csv", _WORKBOOK) and query.form == "SELECT"
        found = _run(held, query, "json" if rows else form)
        if rows and form == _WORKBOOK:
            return _sent(_as_workbook(found), found, form)
        if rows:
            # A spreadsheet opens it as what it is; the protocol's own CSV stays as W3C has it.
            return _sent(files.table(cells(found.content)), found, form)
        return _sent(found.content, found, form)
    except _PROBLEMS as error:
        return _refused(error, for_people=True)


def _as_workbook(found: Outcome) -> bytes:
    head, *rows = cells(found.content)
    return workbook("SPARQL", head, rows)


def _sent(content: bytes, found: Outcome, form: str) -> Response:
    name = f"answer-first-{found.count}" if found.cut else "answer"
    return files.sent(content, _FILES[form], f"{name}.{form}")


@page.get("/terms.json")
def terms() -> Response:
    """Give prefixes and terms that the editor completes, each with its labels."""
    held = holdings()
    return _for_all(
        files.as_json(
            {
                "prefixes": PREFIXES,
                "terms": [
                    {
                        "name": f"dg:{entry.concept.iri.removeprefix(DG)}",
                        "zh": entry.concept.label.zh,
                        "en": entry.concept.label.en,
                        "is_class": not entry.concept.name[:1].islower(),
                    }
                    for entry in held.law.vocabulary.entries.values()
                ],
            }
        ),
        files.JSON,
    )
