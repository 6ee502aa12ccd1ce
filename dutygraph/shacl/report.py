"""The validation report: results, what was looked at, what another engine had to do.

SHACL, section 3.6. Reports are read from RDF and written as N-Triples or Turtle text; a graph
library would take a hundred times as long to write.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pyoxigraph import BlankNode, Literal, Triple

from dutygraph.property_paths import Path
from dutygraph.shacl import typed
from dutygraph.shacl.errors import ShapesError
from dutygraph.shacl.model import SH, Node
from dutygraph.shacl.paths import path_triples, read_path
from dutygraph.shacl.triples import TYPE, Triples
from dutygraph.store.graphs import Row, Term
from dutygraph.terms import PREFIXES

VIOLATION = SH + "Violation"
IDLE = (
    Literal("没有形状找到可检查的节点，不能说符合。", language="zh"),
    Literal("No shape found a node to look at; nothing conforms.", language="en"),
)


@dataclass(frozen=True)
class Result:
    """One validation result (3.6.2).

    ``row`` is the solution that a SPARQL constraint gave; it is empty for others.
    """

    focus: Term
    path: Path | None
    value: Term | None
    component: str
    severity: str
    shape: Node
    constraint: Node | None = None
    messages: tuple[Literal, ...] = ()
    row: Row = field(default_factory=dict, compare=False, hash=False)


@dataclass(frozen=True)
class Fallback:
    """A shape that pyshacl had to validate, and why; ``refused`` is why it could not either."""

    shape: Node
    reason: str
    refused: str | None = None


@dataclass(frozen=True)
class Report:
    """What a validation found. ``looked_at`` gives the number of focus nodes by shape."""

    results: tuple[Result, ...]
    fallbacks: tuple[Fallback, ...]
    looked_at: Mapping[Node, int]

    @property
    def refused(self) -> tuple[Fallback, ...]:
        """The shapes that no engine could validate."""
        return tuple(one for one in self.fallbacks if one.refused is not None)

    @property
    def conforms(self) -> bool:
        """Whether there are no results, of any severity, and nothing was refused (3.6.1)."""
        return not self.results and not self.refused

    @property
    def is_idle(self) -> bool:
        """Whether no shape found a node to look at."""
        return not any(self.looked_at.values())

    def ntriples(self) -> Iterator[str]:
        """Write the report as N-Triples, line by line."""
        return _ntriples(self)

    def turtle(self) -> Iterator[str]:
        """Write the report as Turtle, result by result."""
        return _turtle(self)


def _verdict(report: Report) -> Iterator[tuple[str, Literal]]:
    """Give sh:conforms; a report that looked at nothing says so instead."""
    if report.is_idle and not report.results:
        for words in IDLE:
            yield PREFIXES["rdfs"] + "comment", words
    else:
        yield SH + "conforms", Literal(report.conforms)


def _properties(result: Result) -> Iterator[tuple[str, str]]:
    """Give what is said of a result but for its path, as property and term in N-Triples."""
    yield "focusNode", str(result.focus)
    if result.value is not None:
        yield "value", str(result.value)
    yield "resultSeverity", f"<{result.severity}>"
    yield "sourceConstraintComponent", f"<{result.component}>"
    yield "sourceShape", str(result.shape)
    if result.constraint is not None:
        yield "sourceConstraint", str(result.constraint)
    for message in result.messages:
        yield "resultMessage", str(message)


def _ntriples(report: Report) -> Iterator[str]:
    kind = f"<{TYPE}>"
    yield f"_:report {kind} <{SH}ValidationReport> .\n"
    for predicate, term in _verdict(report):
        yield f"_:report <{predicate}> {term} .\n"
    for number, result in enumerate(report.results):
        node = f"_:result{number}"
        yield f"_:report <{SH}result> {node} .\n{node} {kind} <{SH}ValidationResult> .\n"
        yield "".join(f"{node} <{SH}{name}> {term} .\n" for name, term in _properties(result))
        if result.path is not None:
            head, triples = path_triples(result.path)
            yield f"{node} <{SH}resultPath> {head} .\n"
            yield "".join(f"{triple} .\n" for triple in triples)


def _turtle(report: Report) -> Iterator[str]:
    yield f"@prefix sh: <{SH}> .\n\n"
    yield "[] a sh:ValidationReport"
    yield "".join(f" ;\n  <{predicate}> {term}" for predicate, term in _verdict(report))
    mark = " ;\n  sh:result\n    "
    paths: list[Triple] = []
    for result in report.results:
        said = [f"sh:{name} {_short(term)}" for name, term in _properties(result)]
        if result.path is not None:
            head, triples = path_triples(result.path)
            said.append(f"sh:resultPath {head}")
            paths += triples
        yield f"{mark}[ a sh:ValidationResult ; {' ; '.join(said)} ]"
        mark = " ,\n    "
    yield " .\n"
    yield "".join(f"{triple} .\n" for triple in paths)


def _short(term: str) -> str:
    name = term[1:-1].removeprefix(SH)
    return f"sh:{name}" if term.startswith(f"<{SH}") and name.isalnum() else term


def read_results(graph: Triples, report: Node) -> list[Result]:
    """Read the results of a validation report; raises ShapesError for one that is ill-formed."""
    nodes = graph.objects(report, SH + "result")
    return [_read_result(graph, typed.resource(node, report, "result")) for node in nodes]


def _read_result(graph: Triples, node: Node) -> Result:
    def one(name: str) -> Term:
        term = graph.value(node, SH + name)
        if term is None:
            raise ShapesError(f"{node} 没有 sh:{name} / {node} has no sh:{name}")
        return term

    path = graph.value(node, SH + "resultPath")
    constraint = graph.value(node, SH + "sourceConstraint")
    shape = graph.value(node, SH + "sourceShape")
    return Result(
        focus=one("focusNode"),
        path=None if path is None else read_path(graph, path),
        value=graph.value(node, SH + "value"),
        component=typed.iri(one("sourceConstraintComponent"), node, "sourceConstraintComponent"),
        severity=typed.iri(one("resultSeverity"), node, "resultSeverity"),
        shape=BlankNode() if shape is None else typed.resource(shape, node, "sourceShape"),
        constraint=None if constraint is None else typed.resource(constraint, node, "constraint"),
        messages=typed.messages(graph, node, "resultMessage"),
    )
