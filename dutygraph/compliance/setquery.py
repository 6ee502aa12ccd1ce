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
from functools import cached_property, lru_cache

from dutygraph.compliance.folding import FOCUS, Folded, Folding
from dutygraph.compliance.patterns import Statement, gathered, statements
from dutygraph.compliance.shapes import Shape
from dutygraph.sparql import expanded, tokens
from dutygraph.store.graphs import Asked, Row

_FORM = re.compile(
    r"\s*SELECT\s+(?P<distinct>DISTINCT\s+)?(?P<variables>(?:[$?]\w+\s+)+)WHERE\s*\{(?P<body>.*)\}\s*",
    re.DOTALL,
)
_UNSAFE = {"SELECT", "MINUS", "SERVICE", "GROUP", "LIMIT", "OFFSET", "HAVING"}


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
    if form is None or not _UNSAFE.isdisjoint(one.keyword for one in tokens(form["body"])):
        raise UntranslatableError(
            f"not of the form SELECT … WHERE {{ … }} without subqueries and modifiers: {select}"
        )
    return Select(
        tuple(form["variables"].replace("$", "?").split()),
        tuple(gathered(statements(form["body"]))),
    )


@lru_cache(maxsize=1024)
def needed(prologue: str, select: str) -> frozenset[str]:
    """Give IRIs of properties without which a graph has no answer to a SELECT.

    They are those of the triple patterns that stand in no filter or group, but for paths.
    """
    prefixes = {prefix[:-1]: line.split()[2][1:-1] for prefix, line in _prefixes(prologue)}
    triples = (one.tokens for one in parsed(select).body if one.is_triple)
    words = [three[1] for three in triples if len(three) == 3 and ":" in three[1]]
    named = (word[1:-1] if word.startswith("<") else expanded(word, prefixes) for word in words)
    return frozenset(iri for iri in named if iri is not None)


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

    def __init__(self, graph: Asked, *, folds: bool = True, few: bool = False) -> None:
        """Take the graph; what several shapes ask is asked of it once.

        ``folds`` tells whether queries are folded before they are asked: for an engine that plans
        joins by what its tables hold that takes longer than it saves. So it does for a ``few``
        units, and so do threads; but many a query needs what none of them has, and is not asked.
        """
        self.graph = graph
        self._folds = folds and not few
        self._few = few
        self._foldings: dict[str, Folding] = {}
        self._targets: dict[tuple[str, str], frozenset[str]] = {}

    @cached_property
    def _held(self) -> frozenset[str]:
        """The IRIs of all properties that something in the graph has."""
        rows = self.graph.select("SELECT DISTINCT ?property WHERE { ?s ?property ?o }", ())
        return frozenset(row["property"].value for row in rows)

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
        """Give what each shape finds, in the order of the shapes.

        With threads they are run while what has been found is taken.
        """
        if self._few:
            return (list(self.results(shape)) for shape in shapes)
        pool = ThreadPoolExecutor(os.cpu_count())
        first = {target: shape for shape in shapes for target in shape.targets}
        list(pool.map(lambda target: self._target(first[target], target, ""), first))
        found = pool.map(lambda shape: list(self.results(shape)), shapes)
        pool.shutdown(wait=False)
        return found

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
            if self._few and not needed(shape.prologue, text) <= self._held:
                continue
            constraint = shape.constraints.get(text, shape.iri)
            bound = "" if select.finds_focus_nodes else targets
            for row in self._rows(shape, select, f"{within} {bound}"):
                focus = row["this"].value
                if focus in looked_at:
                    value = row["value"].value if "value" in row else focus
                    yield Result(shape, focus, value, row, constraint)

    def _rows(self, shape: Shape, select: Select, first: str) -> Iterator[Row]:
        """Give the distinct rows of a SELECT; ``first`` is a pattern to begin its body with."""
        queries = list(self._queries(shape, select))
        rows = (
            row
            for query in queries
            for row in self.graph.select(_text(shape.prologue, select, query, first), ())
        )
        if len(queries) == 1:
            yield from rows
            return
        seen = set()
        for row in rows:
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


def _text(prologue: str, select: Select, query: Folded, first: str) -> str:
    """Write a query; a variable whose value was put in is still given."""
    variables = " ".join(
        f"({query.values[name]} AS {name})" if name in query.values else name
        for name in select.variables
    )
    body = "\n".join(one.text for one in query.body)
    text = f"SELECT DISTINCT {variables} WHERE {{ {first}\n{body} }}"
    # Most prefixes are of articles; to read those that a query does not have takes longer than it.
    return "".join(line for prefix, line in _prefixes(prologue) if prefix in text) + text


@lru_cache(maxsize=16)
def _prefixes(prologue: str) -> list[tuple[str, str]]:
    """Give the lines of a prologue, each with the prefix, its colon included."""
    return [(line.split()[1], line) for line in prologue.splitlines(keepends=True)]
