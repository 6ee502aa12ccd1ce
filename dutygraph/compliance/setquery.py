"""A SHACL-SPARQL constraint as one query over all its focus nodes.

SHACL (section 5.3.1) runs a constraint's SELECT once for each focus node with ``$this`` bound
beforehand. Freed of that binding and joined with the SELECT of its target, the same text answers
for all focus nodes at once. That holds for a SELECT without solution modifiers whose patterns
take ``$this`` from outside; others are refused here, not answered wrongly.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from dutygraph.compliance.shapes import Shape
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.store.graphs import Row

_FORM = re.compile(
    r"\s*SELECT\s+(?P<distinct>DISTINCT\s+)?(?P<variables>(?:[$?]\w+\s+)+)WHERE\s*\{(?P<body>.*)\}\s*",
    re.DOTALL,
)
_UNSAFE = re.compile(r"\b(SELECT|MINUS|SERVICE|GROUP\s+BY|LIMIT|OFFSET|HAVING)\b", re.IGNORECASE)


class UntranslatableError(ValueError):
    """A constraint is not of the form that can be answered for all focus nodes at once."""


@dataclass(frozen=True)
class Result:
    """One validation result: the shape, its focus node, the value, the whole row, the constraint.

    ``constraint`` is the IRI of the SHACL-SPARQL constraint that found it.
    """

    shape: Shape
    focus: str
    value: str
    row: Row
    constraint: str


def target_query(shape: Shape) -> str:
    """Give the query for all focus nodes of a shape, each once, as ``?this``."""
    union = " UNION ".join(f"{{ {_body(target)[1]} }}" for target in shape.targets)
    return f"{shape.prologue}SELECT DISTINCT ?this WHERE {{ {union} }}"


def set_queries(shape: Shape) -> list[str]:
    """Give one query for each constraint of a shape: its SELECT joined with the shape's target.

    Raises UntranslatableError for a SELECT with subqueries or solution modifiers.
    """
    union = " UNION ".join(f"{{ {_body(target)[1]} }}" for target in shape.targets)
    queries = []
    for select in shape.selects:
        variables, body = _body(select)
        queries.append(
            f"{shape.prologue}SELECT DISTINCT {variables} WHERE {{\n"
            f"  {{ SELECT DISTINCT ?this WHERE {{ {union} }} }}\n{body}}}"
        )
    return queries


def of_duties(shape: Shape, among: Iterable[str]) -> Shape:
    """Give a shape that looks at some nodes only and says of which duty each result is.

    A constraint that begins with ``$this dg:owes ?duty`` then gives ``?duty`` too. SHACL looks at
    each focus node by itself, so the results for a node stay what they are.
    """
    nodes = "VALUES ?this { " + " ".join(f"<{iri}>" for iri in sorted(among)) + " }"
    return replace(
        shape,
        targets=tuple(
            f"SELECT ?this WHERE {{ {nodes} {_body(target)[1]} }}" for target in shape.targets
        ),
        selects=tuple(_with_duty(select, nodes) for select in shape.selects),
    )


def _with_duty(select: str, nodes: str) -> str:
    variables, body = _body(select)
    if "?duty" not in variables.split():
        variables += " ?duty"
    # Said here too, the few nodes are where the engine begins, and not every unit there is.
    return f"SELECT {variables} WHERE {{ {nodes} {body} }}"


def _body(select: str) -> tuple[str, str]:
    form = _FORM.fullmatch(select)
    if form is None or _UNSAFE.search(form["body"]):
        raise UntranslatableError(
            f"not of the form SELECT … WHERE {{ … }} without subqueries and modifiers: {select}"
        )
    return form["variables"].replace("$", "?").strip(), form["body"].replace("$", "?")


def focus_nodes(shape: Shape, graph: EmbeddedStore) -> set[str]:
    """Give the IRIs of all nodes that a shape looks at."""
    return {row["this"].value for row in graph.select(target_query(shape), ())}


def results(shape: Shape, graph: EmbeddedStore) -> Iterator[Result]:
    """Run a shape over a working graph and give its results, one for each row.

    The value is ``?value``, or the focus node when the SELECT gives none (SHACL section 5.3.2).
    """
    for select, query in zip(shape.selects, set_queries(shape), strict=True):
        constraint = shape.constraints.get(select, shape.iri)
        for row in graph.select(query, ()):
            focus = row["this"].value
            value = row["value"].value if "value" in row else focus
            yield Result(shape, focus, value, row, constraint)
