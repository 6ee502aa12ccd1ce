"""What a check looks at, told from its queries: the ways from a focus node to the records.

A query's links, in the order in which they lead away from the node that it is asked for, are the
ways on which the records lie that can bear on its answer. A property that a run derives (who owes
what, who is the superior) is replaced by the ways of the rules that derive it. All ways of all
queries together make an automaton over links of the records (a regular path query); what it does
not pass when it starts from a node cannot change what is found of that node.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dutygraph.compliance.automata import Automaton, Drawing
from dutygraph.compliance.derivations import Derivations, Rule, Schema, variables
from dutygraph.compliance.following import Fixed, Ways
from dutygraph.compliance.graph_patterns import Pattern, is_variable


class Reach:
    """The ways of a regulation's checks, query by query."""

    def __init__(self, schema: Schema, rules: Iterable[Rule]) -> None:
        """Take the schema of the records, and the rules in the order in which they are run.

        Raises UnboundedError for a rule that may derive any property.
        """
        self._derivations = Derivations(schema, rules)
        self._ways: dict[tuple[int, str], Automaton] = {}
        self._entered: dict[Any, list[tuple[Automaton, str]]] = {}
        self._found: list[Automaton] = []

    def follow(self, pattern: Pattern, focus: str, name: str) -> None:
        """Add the ways of a query from the variable that it is asked for.

        Raises UnboundedError when no way leads to some of the records that it looks at.
        """
        ways = Ways(self._derivations, self._through, len(self._derivations.rules), name)
        ways.walk(pattern, focus)
        found = ways.automaton()
        if found not in self._found:
            self._found.append(found)

    def automaton(self) -> Automaton:
        """Give the smallest automaton of all ways that were added."""
        drawing = Drawing()
        for automaton in self._found:
            drawing.join(0, drawing.copy(automaton))
        return drawing.automaton()

    def _of_rule(self, number: int, entry: str) -> Automaton:
        """Give the ways of a rule from a variable of its head to the others."""
        key = number, entry
        if key not in self._ways:
            rule = self._derivations.rules[number]
            ways = Ways(self._derivations, self._through, number, rule.name)
            ways.walk(rule.body, entry, leave=variables(rule.head))
            found = ways.automaton()
            same = (known for known in self._ways.values() if known == found)
            self._ways[key] = next(same, found)
        return self._ways[key]

    def _through(
        self,
        predicate: str,
        before: int,
        against: bool,
        imported: bool,
        fixed: Fixed,
    ) -> list[tuple[Automaton, str]]:
        """Give the ways of the rules that derive a property, and where each is to be left.

        ``imported`` tells whether the node from which one sets out is one of the records,
        ``fixed`` to what its properties are held.
        """
        key = predicate, before, against, imported, frozenset(fixed.items())
        if key not in self._entered:
            found = {}
            for number, head in self._derivations.deriving(predicate, before):
                ends = (head.subject, head.object)
                entry, leave = reversed(ends) if against else ends
                made = entry in self._derivations.rules[number].body.made
                if not is_variable(entry) or (made and imported):
                    continue
                if against or self._derivations.may_be(number, head, entry, fixed):
                    ways = self._of_rule(number, entry)
                    found[id(ways), leave] = ways, leave
            self._entered[key] = list(found.values())
        return self._entered[key]
