"""Uses of the ontology's terms: the norms that have to do with one, the question to ask of it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import NamedNode

from dutygraph.queries.catalogue import Question
from dutygraph.queries.values import FREE_TEXT, Values
from dutygraph.store.graphs import GraphStore
from dutygraph.terms import sparql_prologue

_USED = (
    sparql_prologue()
    + """
SELECT DISTINCT ?norm ?term WHERE {
  ?norm dg:statedIn ?provision .
  { ?norm ?term ?value } UNION { ?value ?term ?norm } UNION { ?norm ?property ?term }
  UNION { ?norm dg:deadline ?deadline . ?deadline ?term ?value }
  UNION { ?norm dg:deadline ?deadline . ?deadline ?property ?term }
  FILTER(STRSTARTS(STR(?term), STR(dg:)))
}"""
)
_NORM_COLUMN = re.compile(r"SELECT\b[^{]*\?norm\b")


@dataclass(frozen=True)
class Asking:
    """A question with the parameter that takes a term, and the name by which it takes it."""

    question: Question
    parameter: str
    value: str


class Uses:
    """Which norms use a term: as a property of theirs, a value of one, or their kind."""

    def __init__(
        self,
        store: GraphStore,
        graphs: list[str],
        questions: Iterable[Question],
        values: Values,
    ) -> None:
        self._store, self._graphs = store, graphs
        self._questions, self._values = list(questions), values

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many norms use each term, by the term's IRI; what none uses is not there."""
        found: dict[str, int] = defaultdict(int)
        for row in self._store.select(_USED, self._graphs):
            found[row["term"].value] += 1
        return dict(found)

    @cached_property
    def askings(self) -> dict[str, Asking]:
        """The question to ask of each term, by the term's IRI, where there is one.

        Of several it is the one with the fewest parameters, and one that answers with norms before
        one that does not.
        """
        found: dict[str, Asking] = {}
        for question in sorted(self._questions, key=_order):
            for parameter in question.parameters:
                if parameter.kind == FREE_TEXT:
                    continue
                for value in self._values[parameter.kind]:
                    if isinstance(value.term, NamedNode):
                        asking = Asking(question, parameter.name, value.name)
                        found.setdefault(value.term.value, asking)
        return found


def _order(question: Question) -> tuple[int, bool, str]:
    answers_norms = _NORM_COLUMN.search(question.query) is not None
    return (len(question.parameters), not answers_norms, question.name)
