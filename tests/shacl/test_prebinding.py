"""Queries of users: which are freed of ``$this``, and that freeing them changes no result.

Each file in ``queries/`` says in its first line whether its query is answered for all focus nodes
together, or apart and why. What is expected is what SHACL says: the node in the place of ``$this``.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from drawn import EX, NODES, graphs
from hypothesis import given, settings
from outcomes import ntriples
from pyoxigraph import Literal, NamedNode, RdfFormat, Store, Triple

from dutygraph.shacl.errors import ShapesError
from dutygraph.shacl.model import SH
from dutygraph.shacl.prebinding import obstacle
from dutygraph.shacl.syntax import parse
from dutygraph.shacl.triples import TYPE, Triples
from dutygraph.shacl.validation import Validator
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.store.graphs import Term

QUERIES = {
    file.stem: file.read_text(encoding="utf-8")
    for file in sorted((Path(__file__).parent / "queries").glob("*.rq"))
}
_SHAPE, _CONSTRAINT = NamedNode(EX + "Shape"), NamedNode(EX + "Shape-sparql")
Rows = Counter[tuple[str, str]]


def _shapes(select: str, targets: list[Term]) -> Triples:
    """Give a shapes graph with one SPARQL constraint."""

    def say(subject: NamedNode, name: str, term: Term) -> Triple:
        return Triple(subject, NamedNode(SH + name), term)

    return Triples(
        [
            Triple(_SHAPE, NamedNode(TYPE), NamedNode(SH + "NodeShape")),
            say(_SHAPE, "sparql", _CONSTRAINT),
            say(_CONSTRAINT, "select", Literal(select)),
            *(say(_SHAPE, "targetNode", node) for node in targets),
        ],
        {"ex": EX},
    )


def _prebound(data: Store, select: str) -> Rows:
    """Run a query once for each node, with the node written in the places of ``$this``."""
    found: Rows = Counter()
    for node in NODES:
        text = re.sub(r"(SELECT (?:DISTINCT )?)\$this", r"\1(1 AS ?one) ", select, count=1)
        text = re.sub(r"(SELECT (?:DISTINCT )?)\$this", r"\1", text)
        text = text.replace("GROUP BY $this", f"GROUP BY ({node})").replace("$this", str(node))
        rows = data.query(text, prefixes={"ex": EX})
        names = [variable.value for variable in rows.variables]
        for row in rows:
            value = row["value"] if "value" in names else None
            found[str(node), str(value or node)] += 1
    return found


def _found(store: EmbeddedStore, select: str) -> Rows:
    report = Validator(_shapes(select, list(NODES)), store, ()).report()
    assert not report.fallbacks
    return Counter((str(one.focus), str(one.value)) for one in report.results)


@pytest.mark.parametrize("name", QUERIES)
@settings(max_examples=25)
@given(data=graphs(ordered=False))
def test_a_query_gives_what_it_gives_each_focus_node_by_itself(name: str, data: Triples) -> None:
    store = Store()
    store.load(ntriples(data), RdfFormat.N_TRIPLES)
    assert _found(EmbeddedStore(store), QUERIES[name]) == _prebound(store, QUERIES[name])


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_is_answered_together_or_apart_as_its_file_says(name: str) -> None:
    told = QUERIES[name].partition("\n")[0].removeprefix("# ")
    reason = obstacle(parse(QUERIES[name], {"ex": EX}), {"this"})
    assert told == ("together" if reason is None else f"apart: {reason}")


def test_both_kinds_of_queries_are_there() -> None:
    assert {text.partition("\n")[0].split(":")[0] for text in QUERIES.values()} == {
        "# together",
        "# apart",
    }


def test_a_limit_that_is_freed_would_leave_rows_away() -> None:
    store = Store()
    store.load(
        b"<http://example.org/a> <http://example.org/p> 1 .\n"
        b"<http://example.org/b> <http://example.org/p> 2 .\n",
        RdfFormat.TURTLE,
    )
    select = QUERIES["the-first-row-only"]
    freed = [row["this"].value for row in store.query(select, prefixes={"ex": EX})]
    assert len(freed) == 1
    assert _found(EmbeddedStore(store), select).total() == 2


def test_a_focus_node_that_no_query_can_name_goes_to_pyshacl() -> None:
    store = EmbeddedStore.in_memory()
    store.load(b'<http://example.org/a> <http://example.org/p> "x" .\n')
    shapes = _shapes(QUERIES["the-first-row-only"], [NODES[0], Literal("x")])
    report = Validator(shapes, store, ()).report()
    (fallback,) = report.fallbacks
    assert fallback.reason.startswith("LIMIT, OFFSET")
    assert [str(one.focus) for one in report.results] == [str(NODES[0])]


@pytest.mark.parametrize(
    "select",
    [
        "SELECT $this WHERE { $this ex:p ?v MINUS { $this ex:q ?v } }",
        "SELECT $this WHERE { VALUES ?v { 1 } $this ex:p ?v }",
        "SELECT $this WHERE { SERVICE ex:s { $this ex:p ?v } }",
        "SELECT $this WHERE { { SELECT ?v WHERE { ?v ex:p ?o } } $this ex:p ?v }",
        "SELECT $this WHERE { BIND(1 AS $this) }",
        "SELECT $this WHERE { $this other:p ?v }",
        "SELECT $this WHERE { $this ex:p ?v ",
        "DESCRIBE $this",
    ],
)
def test_a_query_against_the_rules_of_prebinding_is_refused(select: str) -> None:
    with pytest.raises(ShapesError):
        Validator(_shapes(select, list(NODES)), EmbeddedStore.in_memory(), ()).report()
