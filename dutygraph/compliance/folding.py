"""What a run fixes is put into a query before it is asked.

Settings, the norms at issue, the duties of the calendar, the superior line that is meant: in one
run each has one value or a few. A query that names them by variables makes an engine guess how
many there are, and guess wrong. Here those statements of a query's body that few triples answer
are answered first, and their values stand in what is left (partial evaluation). The answers of
all the queries that come of one are together those of the one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode

from dutygraph.compliance.patterns import Statement
from dutygraph.store.graphs import Reading

Values: TypeAlias = Mapping[str, NamedNode | Literal]
"""Variables, with their question mark, and what they stand for."""

FOCUS = "?this"

_FEW_TRIPLES = 128
"""A statement that more triples answer is left to the engine."""

_FEW_QUERIES = 16
"""Into how many queries one is taken apart at most."""


@dataclass(frozen=True)
class Folded:
    """What is left of a query's body, and the values that were put into it."""

    body: tuple[Statement, ...]
    values: Values = field(default_factory=dict)


class Folding:
    """Folds queries over one graph, which does not change meanwhile."""

    def __init__(self, graph: Reading, prologue: str) -> None:
        """Take a graph, and the prefixes that the queries use."""
        self._graph = graph
        self._prologue = prologue
        self._few: dict[str, bool] = {}

    def queries(self, body: Sequence[Statement]) -> Iterator[Folded]:
        """Give what comes of a query: none where some statement has no answer."""
        yield from self._folded(Folded(tuple(body)), _FEW_QUERIES)

    def _folded(self, query: Folded, room: int) -> Iterator[Folded]:
        for group in self._groups(query.body):
            left = [one for one in query.body if one not in group]
            answers = self._answers(group, room)
            if answers is None or not all(_can_be_put_into(left, values) for values in answers):
                continue
            for values in answers:
                bound = Folded(tuple(one.bound(values) for one in left), {**query.values, **values})
                yield from self._folded(bound, room // len(answers))
            return
        yield query

    def _groups(self, body: Sequence[Statement]) -> Iterator[list[Statement]]:
        """Give the statements that few triples answer, those that share variables together.

        With each group go the filters that look at nothing else.
        """
        left = [one for one in _settled(body) if self._is_small(one)]
        while left:
            group = [left.pop(0)]
            known = set(group[0].variables)
            while joined := [one for one in left if one.variables & known]:
                group += joined
                left = [one for one in left if one not in joined]
                known.update(*(one.variables for one in joined))
            tests = [one for one in body if one.is_test and one.variables <= known]
            yield group + tests

    def _is_small(self, statement: Statement) -> bool:
        if FOCUS in statement.variables:
            return False
        if statement.text not in self._few:
            query = f"SELECT * WHERE {{ {statement.text} }} OFFSET {_FEW_TRIPLES} LIMIT 1"
            self._few[statement.text] = not list(self._graph.select(self._prologue + query, ()))
        return self._few[statement.text]

    def _answers(self, group: Sequence[Statement], room: int) -> list[Values] | None:
        """Give the values that answer a group of statements, None where they are too many."""
        pattern = " ".join(one.text for one in group)
        query = f"SELECT DISTINCT * WHERE {{ {pattern} }} LIMIT {room + 1}"
        answers: list[Values] = []
        for row in self._graph.select(self._prologue + query, ()):
            values = {f"?{k}": term for k, term in row.items() if not isinstance(term, BlankNode)}
            if len(values) < len(row):
                # A blank node cannot be written in a query: it stands for any node there.
                return None
            answers.append(values)
        return answers if len(answers) <= room else None


def _can_be_put_into(body: Sequence[Statement], values: Values) -> bool:
    """Tell whether no literal would come to stand as a subject or a predicate."""
    literals = {name for name, value in values.items() if isinstance(value, Literal)}
    return all(one.nodes.isdisjoint(literals) for one in body)


def _settled(body: Sequence[Statement]) -> Iterator[Statement]:
    """Give the triple patterns whose answers nothing else in the body can widen or narrow.

    Those before the first OPTIONAL, assignment or group: one behind it may take its values from
    there. And none with a variable that a filter within such a group asks for, since in SPARQL that
    filter does not see what is bound outside.
    """
    between = [one for one in body if not one.is_triple and not one.is_filter]
    unseen = {name for one in between if one.has_filter for name in one.variables}
    for one in body:
        if one in between:
            return
        if one.is_triple and one.variables.isdisjoint(unseen):
            yield one
