"""SHACL-SPARQL constraints as queries over all their focus nodes at once.

SHACL (section 5.3.1) runs a constraint's SELECT once for each focus node with ``$this`` bound
beforehand. Freed of that binding, the same text answers for all nodes at once, and what it says of
others than the focus nodes is left out. That holds for a SELECT without solution modifiers whose
patterns take ``$this`` from outside; others are refused here, not answered wrongly.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache

from dutygraph.compliance.folding import FOCUS, Folded, Folding
from dutygraph.compliance.patterns import Statement, gathered, statements
from dutygraph.compliance.shapes import Shape
from dutygraph.store.graphs import Asked, Row

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


@dataclass(frozen=True)
class Select:
    """A SELECT of a target or a constraint: its variables, with question marks, and its body."""

    variables: tuple[str, ...]
    body: tuple[Statement, ...]

    @property
    def finds_focus_nodes(self) -> bool:
        """Whether some triple pattern of the body says which nodes ``$this`` can be."""
        return any(one.is_triple and FOCUS in one.variables for one in self.body)


@lru_cache(maxsize=1024)
def parsed(select: str) -> Select:
    """Read a SELECT. Raises UntranslatableError for one with subqueries or solution modifiers."""
    form = _FORM.fullmatch(select)
    if form is None or _UNSAFE.search(form["body"]):
        raise UntranslatableError(
            f"not of the form SELECT … WHERE {{ … }} without subqueries and modifiers: {select}"
        )
    return Select(
        tuple(form["variables"].replace("$", "?").split()),
        tuple(gathered(statements(form["body"]))),
    )


def of_duties(shape: Shape) -> Shape:
    """Give a shape that says of which duty each result is.

    A constraint that begins with ``$this dg:owes ?duty`` then gives ``?duty`` too.
    """

    def told(select: str) -> str:
        form = _FORM.fullmatch(select)
        if form is None:
            raise UntranslatableError(select)
        named = dict.fromkeys([*form["variables"].split(), "?duty"])
        return f"SELECT {' '.join(named)} WHERE {{ {form['body']} }}"

    return replace(shape, selects=tuple(told(select) for select in shape.selects))


class SetEngine:
    """Runs shapes over one working graph, which does not change meanwhile."""

    def __init__(self, graph: Asked, *, folds: bool = True) -> None:
        """Take the graph; what several shapes ask is asked of it once.

        ``folds`` tells whether queries are folded before they are asked: for a few units, and for
        an engine that plans joins by what its tables hold, that takes longer than it saves.
        """
        self.graph = graph
        self._folds = folds
        self._foldings: dict[str, Folding] = {}
        self._targets: dict[tuple[str, str], frozenset[str]] = {}

    def focus_nodes(self, shape: Shape, within: str = "") -> frozenset[str]:
        """Give the IRIs of all nodes that a shape looks at; ``within`` says which can be."""
        found = (self._target(shape, target, within) for target in shape.targets)
        return frozenset().union(*found)

    def _target(self, shape: Shape, target: str, within: str) -> frozenset[str]:
        if (target, within) not in self._targets:
            rows = self._rows(shape, parsed(target), within)
            self._targets[target, within] = frozenset(row["this"].value for row in rows)
        return self._targets[target, within]

    def run(self, shapes: Sequence[Shape]) -> Iterator[list[Result]]:
        """Give what each shape finds, in the order of the shapes, as many at a time as cores."""
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            yield from pool.map(lambda shape: list(self.results(shape)), shapes)

    def results(self, shape: Shape, among: Iterable[str] | None = None) -> Iterator[Result]:
        """Give what a shape finds, one result for each row.

        With ``among`` it looks at the nodes that have these IRIs alone: SHACL looks at each focus
        node by itself, so the results for a node stay what they are.

        The value is ``?value``, or the focus node when the SELECT gives none (SHACL section
        5.3.2). Raises UntranslatableError for a SELECT that cannot be answered for all at once.
        """
        selects = [(text, parsed(text)) for text in shape.selects]
        # Said first, the few nodes are where the engine begins, and not every unit there is.
        within = "" if among is None else f"VALUES ?this {{ {_listed(among)} }}"
        looked_at = self.focus_nodes(shape, within)
        if not looked_at:
            return
        targets = " UNION ".join(
            "{ " + " ".join(one.text for one in parsed(target).body) + " }"
            for target in shape.targets
        )
        for text, select in selects:
            constraint = shape.constraints.get(text, shape.iri)
            bound = "" if select.finds_focus_nodes else targets
            for row in self._rows(shape, select, f"{within} {bound}"):
                focus = row["this"].value
                if focus in looked_at:
                    value = row["value"].value if "value" in row else focus
                    yield Result(shape, focus, value, row, constraint)

    def _rows(self, shape: Shape, select: Select, first: str) -> Iterator[Row]:
        """Give the distinct rows of a SELECT; ``first`` is a pattern to begin its body with."""
        seen = set()
        for query in self._queries(shape, select):
            for row in self.graph.select(shape.prologue + _text(select, query, first), ()):
                key = tuple(row.get(name[1:]) for name in select.variables)
                if key not in seen:
                    seen.add(key)
                    yield row

    def _queries(self, shape: Shape, select: Select) -> Iterable[Folded]:
        if not self._folds:
            return (Folded(select.body),)
        folding = self._foldings.setdefault(shape.prologue, Folding(self.graph, shape.prologue))
        return folding.queries(select.body)


def _listed(iris: Iterable[str]) -> str:
    return " ".join(f"<{iri}>" for iri in sorted(iris))


def _text(select: Select, query: Folded, first: str) -> str:
    """Write a query; a variable whose value was put in is still given."""
    variables = " ".join(
        f"({query.values[name]} AS {name})" if name in query.values else name
        for name in select.variables
    )
    body = "\n".join(one.text for one in query.body)
    return f"SELECT DISTINCT {variables} WHERE {{ {first}\n{body} }}"
