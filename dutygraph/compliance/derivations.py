"""What a run derives from the records, rule by rule, and what the properties of a query can be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from dutygraph.compliance.graph_patterns import Link, Pattern, is_variable


class UnboundedError(ValueError):
    """A query looks at records to which no way leads from the node that it is asked for."""


@dataclass(frozen=True)
class Rule:
    """What a run derives: the links of its head, and the pattern of the records it holds for."""

    head: tuple[Link, ...]
    body: Pattern
    name: str


@dataclass(frozen=True)
class Schema:
    """What the records are made of, and what the regulation's graph says of properties.

    ``links`` are the properties that lead from one node of the records to another, ``attributes``
    those that lead to a value, ``values`` those of them whose value is no word of the ontology, so
    that few nodes share it; ``objects`` gives the IRIs to which a property of the regulation
    leads, for queries that take a property from there.
    """

    links: frozenset[str]
    attributes: frozenset[str]
    values: frozenset[str]
    objects: Callable[[str], frozenset[str]]


class Derivations:
    """The rules of a run, by the properties that they derive."""

    def __init__(self, schema: Schema, rules: Iterable[Rule]) -> None:
        """Take the schema of the records, and the rules in the order in which they are run.

        Raises UnboundedError for a rule that may derive any property.
        """
        self.schema = schema
        self.rules = tuple(rules)
        self._heads: dict[str, list[tuple[int, Link]]] = defaultdict(list)
        self._prefixed: list[tuple[str, int, Link]] = []
        for number, rule in enumerate(self.rules):
            self._enter(number, rule)

    def _enter(self, number: int, rule: Rule) -> None:
        known = self.properties(rule.body, rule.head)
        for link in rule.head:
            (step,) = link.steps
            if step.predicate in rule.body.prefixes:
                self._prefixed.append((rule.body.prefixes[step.predicate], number, link))
                continue
            for predicate in meant(step.predicate, known, rule.name):
                self._heads[predicate].append((number, link))

    def deriving(self, predicate: str, before: int) -> list[tuple[int, Link]]:
        """Give the rules, with the link of the head, that have derived a property by then."""
        prefixed = ((n, link) for begins, n, link in self._prefixed if predicate.startswith(begins))
        heads = (*self._heads.get(predicate, ()), *prefixed)
        return [(number, link) for number, link in heads if number < before]

    def may_be(self, number: int, entry: str, fixed: Mapping[str, frozenset[str]]) -> bool:
        """Tell whether what a rule derives of a node can be what the query holds it to."""
        return all(
            link.object in fixed.get(step.predicate, {link.object})
            for link in self.rules[number].head
            for step in link.steps
            if link.subject == entry and not is_variable(link.object)
        )

    def properties(self, pattern: Pattern, head: Iterable[Link] = ()) -> dict[str, frozenset[str]]:
        """Give the properties that variables in the place of one can be."""
        links = list(_all_links(pattern))
        wanted = {
            step.predicate
            for link in (*links, *head)
            for step in link.steps
            if is_variable(step.predicate)
        }
        found = {name: held for name, held in _all_among(pattern) if name in wanted}
        for link in links:
            for step in link.steps:
                if link.object in wanted - found.keys() and not is_variable(step.predicate):
                    known = self.schema.objects(step.predicate)
                    if known:
                        found[link.object] = known
        return found


def meant(predicate: str, known: Mapping[str, frozenset[str]], name: str) -> frozenset[str]:
    """Give the properties that stand for one: itself, or those that a variable can be.

    Raises UnboundedError for a variable that can be any.
    """
    if not is_variable(predicate):
        return frozenset([predicate])
    if predicate not in known:
        raise UnboundedError(f"{name}: {predicate} may be any property")
    return known[predicate]


def variables(links: Iterable[Link]) -> list[str]:
    """Give the variables that links begin or end with, sorted."""
    found = {term for link in links for term in (link.subject, link.object)}
    return sorted(filter(is_variable, found))


def _all_links(pattern: Pattern) -> Iterable[Link]:
    yield from pattern.links
    for inner in (*pattern.open, *pattern.closed):
        yield from _all_links(inner)


def _all_among(pattern: Pattern) -> Iterable[tuple[str, frozenset[str]]]:
    yield from pattern.among.items()
    for inner in (*pattern.open, *pattern.closed):
        yield from _all_among(inner)
