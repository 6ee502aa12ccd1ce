"""What a run derives from the records, rule by rule, and what the properties of a query can be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
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
        self._valued: dict[tuple[str, str], set[str] | None] = {}
        self._told: dict[tuple[str, int], bool] = {}
        for number, rule in enumerate(self.rules):
            self._enter(number, rule)

    def _enter(self, number: int, rule: Rule) -> None:
        known = self.properties(rule.body, {}, rule.head)
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

    def may_be(self, number: int, head: Link, entry: str, fixed: Mapping[str, Set[str]]) -> bool:
        """Tell whether a node of which a rule derives a link may be one held to some values.

        ``entry`` is the end of the link where the node stands.
        """
        for link in self.rules[number].head:
            (step,) = link.steps
            held = fixed.get(step.predicate)
            if link.subject != entry or is_variable(link.object) or held is None:
                continue
            begins = self.rules[number].body.prefixes.get(entry)
            values = {link.object} if link is head else self._values(step.predicate, begins)
            if values is not None and values.isdisjoint(held):
                return False
        return True

    def _values(self, predicate: str, begins: str | None) -> set[str] | None:
        """Give the values that a property of made nodes can have, by how these begin.

        None for any: so it is with nodes of which that is not known, those of the records too.
        """
        if begins is None:
            return None
        key = predicate, begins
        if key not in self._valued:
            self._valued[key] = self._derived(predicate, begins)
        return self._valued[key]

    def _derived(self, predicate: str, begins: str) -> set[str] | None:
        found = set[str]()
        for other, link in self.deriving(predicate, len(self.rules)):
            body = self.rules[other].body
            begins_too = body.prefixes.get(link.subject)
            if begins_too is not None and not _may_meet(begins, begins_too):
                continue
            values = body.among.get(link.object) if is_variable(link.object) else {link.object}
            if values is None:
                return None
            found |= values
        return found

    def is_link(self, predicate: str, before: int) -> bool:
        """Tell whether a property leads from records to records, or is derived by then."""
        return predicate in self.schema.links or bool(self.deriving(predicate, before))

    def is_told(self, predicate: str, before: int) -> bool:
        """Tell whether a rule has derived a property of something of the regulation by then."""
        key = predicate, before
        if key not in self._told:
            self._told[key] = any(
                not is_variable(head.subject) or self._may_be_apart(head.subject, number)
                for number, head in self.deriving(predicate, before)
            )
        return self._told[key]

    def _may_be_apart(self, variable: str, number: int) -> bool:
        """Tell whether a variable of a rule may stand for something of the regulation."""
        body = self.rules[number].body
        names = {variable}
        if variable not in body.made:
            names = names.union(*(sources for sources, made in body.same if made == variable))
        values = {
            link.subject if step.inverse else link.object
            for link in all_links(body)
            for step in link.steps
            if not self.is_link(step.predicate, number)
        }
        return not names.isdisjoint({*self.apart(body, {}, number), *values})

    def apart(
        self, pattern: Pattern, known: Mapping[str, frozenset[str]], before: int
    ) -> list[str]:
        """Give the variables of a group that stand for something of the regulation or the run."""
        known = {**self.properties(pattern, known), **known}
        apart = {
            term
            for link in pattern.links
            if self.is_apart(link, known, before)
            # Without a step both are the same, whatever that is.
            and not (link.maybe_none and is_variable(link.subject) and is_variable(link.object))
            for term in variables([link])
        }
        return sorted(apart.union(pattern.among))

    def is_apart(self, link: Link, known: Mapping[str, frozenset[str]], before: int) -> bool:
        """Tell whether a link says something of the regulation or the run, and not of records."""
        named = not is_variable(link.subject)
        for step in link.steps:
            variable = is_variable(step.predicate)
            meant_by = known.get(step.predicate) if variable else {step.predicate}
            if named and not self.is_told(step.predicate, before):
                continue
            if meant_by is None or any(
                one in self.schema.attributes or self.is_link(one, before) for one in meant_by
            ):
                return False
        return True

    def properties(
        self, pattern: Pattern, known: Mapping[str, frozenset[str]], head: Iterable[Link] = ()
    ) -> dict[str, frozenset[str]]:
        """Give the properties that variables in the place of one can be, by what a group says.

        ``known`` are those that are known from the group around it.
        """
        wanted = {
            step.predicate
            for link in (*all_links(pattern), *head)
            for step in link.steps
            if is_variable(step.predicate)
        } - known.keys()
        found = {name: held for name, held in pattern.among.items() if name in wanted}
        for link in pattern.links:
            step = link.only_step
            if step is not None and link.object in wanted - found.keys() and not step.inverse:
                objects = self.schema.objects(step.predicate)
                if objects:
                    found[link.object] = objects
        return found


def _may_meet(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def meant(predicate: str, known: Mapping[str, frozenset[str]], name: str) -> frozenset[str]:
    """Give the properties that stand for one: itself, or those that a variable can be.

    Raises UnboundedError for a variable that can be any.
    """
    if not is_variable(predicate):
        return frozenset([predicate])
    if predicate not in known:
        raise UnboundedError(f"{name}: {predicate} may be any property")
    return known[predicate]


def variables(links: Iterable[Link]) -> set[str]:
    """Give the variables that links begin or end with."""
    return {term for link in links for term in (link.subject, link.object) if is_variable(term)}


def all_links(pattern: Pattern) -> Iterator[Link]:
    """Give the links of a group and of all groups in it."""
    yield from pattern.links
    either = (inner for group in pattern.either for inner in group)
    for inner in (*either, *pattern.optional, *pattern.closed):
        yield from all_links(inner)
