"""What a check looks at, told from its queries: the ways from a focus node to the records.

A query's links, in the order in which they lead away from the node that it is asked for, are the
ways on which the records lie that can bear on its answer. A property that a run derives (who owes
what, who is the superior) is replaced by the ways of the rules that derive it. All ways of all
queries together make an automaton over links of the records (a regular path query); what it does
not pass when it starts from a node cannot change what is found of that node.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, TypeAlias

from dutygraph.compliance.graph_patterns import Link, Pattern, as_term, is_variable


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


Automaton: TypeAlias = tuple[Mapping[str, int], ...]
"""Of each state, by number, where its labels lead; the first is state 0.

A label is a step along a property (``IRI``, against it ``^IRI``), the test for a value (``IRI``
and, after a space, the term as in N-Triples), or a mark (``!``), which leads nowhere.
"""
HERE = "!"
"""Marks a state in which one is at something that the query looks at, not only on the way to it."""
_Edges: TypeAlias = list[set[tuple[str, int]]]
_FREELY = ""
"""The label of what leads on without a step."""


class Reach:
    """The ways of a regulation's checks, query by query."""

    def __init__(self, schema: Schema, rules: Iterable[Rule]) -> None:
        """Take the schema of the records, and the rules in the order in which they are run."""
        self.schema = schema
        self.rules = tuple(rules)
        self._heads: dict[str, list[tuple[int, Link]]] = defaultdict(list)
        self._prefixed: list[tuple[str, int, Link]] = []
        self._ways: dict[tuple[int, str], Automaton] = {}
        self._through: dict[Any, list[tuple[Automaton, str]]] = {}
        self._found: list[Automaton] = []
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

    def follow(self, pattern: Pattern, focus: str, name: str) -> None:
        """Add the ways of a query from the variable that it is asked for.

        Raises UnboundedError when no way leads to some of the records that it looks at.
        """
        ways = _Ways(self, len(self.rules), name)
        ways.walk(pattern, focus)
        found = ways.automaton()
        if found not in self._found:
            self._found.append(found)

    def automaton(self) -> Automaton:
        """Give the smallest automaton of all ways that were added."""
        edges: _Edges = [set()]
        for automaton in self._found:
            edges[0].add((_FREELY, _copied(automaton, edges)))
        return _smallest(_deterministic(edges))

    def ways(self, number: int, entry: str) -> Automaton:
        """Give the ways of a rule from a variable of its head to the others."""
        key = number, entry
        if key not in self._ways:
            rule = self.rules[number]
            ways = _Ways(self, number, rule.name)
            ways.walk(rule.body, entry, leave=_variables(rule.head))
            found = ways.automaton()
            same = (known for known in self._ways.values() if known == found)
            self._ways[key] = next(same, found)
        return self._ways[key]

    def deriving(self, predicate: str, before: int) -> list[tuple[int, Link]]:
        """Give the rules, with the link of the head, that have derived a property by then."""
        prefixed = ((n, link) for begins, n, link in self._prefixed if predicate.startswith(begins))
        heads = (*self._heads.get(predicate, ()), *prefixed)
        return [(number, link) for number, link in heads if number < before]

    def through(
        self,
        predicate: str,
        before: int,
        against: bool,
        imported: bool,
        fixed: Mapping[str, frozenset[str]],
    ) -> list[tuple[Automaton, str]]:
        """Give the ways of the rules that derive a property, and where each is to be left.

        ``imported`` tells whether the node from which one sets out is one of the records,
        ``fixed`` to what its properties are held.
        """
        key = predicate, before, against, imported, frozenset(fixed.items())
        if key not in self._through:
            found = {}
            for number, head in self.deriving(predicate, before):
                ends = (head.subject, head.object)
                entry, leave = reversed(ends) if against else ends
                made = entry in self.rules[number].body.made
                if not is_variable(entry) or (made and imported):
                    continue
                if against or self._may_be(number, entry, fixed):
                    ways = self.ways(number, entry)
                    found[id(ways), leave] = ways, leave
            self._through[key] = list(found.values())
        return self._through[key]

    def _may_be(self, number: int, entry: str, fixed: Mapping[str, frozenset[str]]) -> bool:
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


class _Scope:
    """What is known where a group stands: where its variables are, and to what they are held.

    A variable without a state stands for something of the regulation or of the run; ``imported``
    are those that stand for a node of the records, and not for one that a run has made.
    """

    def __init__(self, states: dict[str, int | None]) -> None:
        self.states = states
        self.among: dict[str, frozenset[str]] = {}
        self.imported: set[str] = set()
        self.fixed: dict[str, dict[str, frozenset[str]]] = {}

    def within(self) -> _Scope:
        """Give the scope of an EXISTS: what it binds is not seen outside."""
        inner = _Scope(dict(self.states))
        inner.among, inner.fixed = dict(self.among), dict(self.fixed)
        inner.imported = set(self.imported)
        return inner

    def hold(self, pattern: Pattern) -> None:
        """Note what the properties of a variable are held to: ``?duty dg:ofNorm art11:n1``."""
        self.among |= pattern.among
        for link in pattern.links:
            (step, *others) = link.steps
            values = (
                self.among.get(link.object)
                if is_variable(link.object)
                else frozenset([link.object])
            )
            if values is not None and not others and not step.inverse and not link.many:
                held = self.fixed.get(link.subject, {})
                self.fixed[link.subject] = held | {step.predicate: values}


class _Ways:
    """The ways of one query or rule, being followed."""

    def __init__(self, reach: Reach, before: int, name: str) -> None:
        self._reach = reach
        self._schema = reach.schema
        self._before = before
        self._name = name
        self._edges: _Edges = [set()]
        self._known: dict[str, frozenset[str]] = {}
        self._called: dict[tuple[int, int], int] = {}

    def walk(self, pattern: Pattern, entry: str, leave: Iterable[str] = ()) -> None:
        """Follow a pattern from a variable; mark where the variables to leave by are."""
        self._known = self._reach.properties(pattern)
        apart: set[str] = set()
        self._set_apart(pattern, _Scope({}), apart)
        # Where it is made from one of several others, it may be any of them: one after the other.
        sources = {one for of, made in pattern.same if made == entry for one in of - apart}
        for standing in sorted(sources) or [entry]:
            scope = _Scope({})
            here = self._place(entry, pattern, scope)
            self._join(0, here)
            self._join(here, self._place(standing, pattern, scope))
            self._group(pattern, scope, {entry, standing})
            for variable in leave:
                state = scope.states.get(variable)
                if state is not None:
                    self._edges[state].add((HERE + variable, self._state()))

    def automaton(self) -> Automaton:
        """Give the smallest automaton of the ways."""
        return _smallest(_deterministic(self._edges))

    def _state(self) -> int:
        self._edges.append(set())
        return len(self._edges) - 1

    def _join(self, here: int | None, there: int | None, label: str = _FREELY) -> None:
        if here is not None and there is not None:
            self._edges[here].add((label, there))

    def _place(self, variable: str, pattern: Pattern, scope: _Scope) -> int:
        """Give where one arrives at a variable: before the tests that its group puts to it."""
        place = scope.states.get(variable)
        if place is None:
            place = scope.states[variable] = self._state()
            self._edges[place].add((HERE, self._state()))
        for link in pattern.links:
            (step, *others) = link.steps
            if link.subject != variable or is_variable(link.object) or others or step.inverse:
                continue
            derived = self._reach.deriving(step.predicate, self._before)
            if step.predicate in self._schema.attributes and not derived and not link.many:
                before = self._state()
                self._edges[before].add((f"{step.predicate} {as_term(link.object)}", place))
                place = before
        return place

    def _group(self, pattern: Pattern, scope: _Scope, reached: set[str]) -> None:
        """Follow a group, and what is in it, from the variables reached."""
        self._spread(pattern, scope, reached)
        for link in pattern.links:
            self._look(link, scope)
            self._expect(link, reached)
        for inner in pattern.open:
            self._group(inner, scope, set(reached))
        for inner in pattern.closed:
            self._group(inner, scope.within(), set(reached))

    def _spread(self, pattern: Pattern, scope: _Scope, reached: set[str]) -> None:
        """Reach the variables of a group, those of OPTIONAL and UNION with it."""
        scope.hold(pattern)
        scope.imported |= {link.subject for link in pattern.links if self._is_imported(link)}
        self._set_apart(pattern, scope, reached)
        before = -1
        while before != len(reached):
            before = len(reached)
            self._required(pattern, scope, reached)
            for inner in pattern.open:
                found = set(reached)
                self._spread(inner, scope, found)
                reached |= found
            if before == len(reached):
                self._meet(pattern, scope, reached)

    def _set_apart(self, pattern: Pattern, scope: _Scope, reached: set[str]) -> None:
        """Mark the variables that stand for something of the regulation or of the run."""
        apart = [
            term
            for link in pattern.links
            if not is_variable(link.subject)
            or all(self._is_apart(step.predicate) for step in link.steps)
            for term in _variables([link])
        ]
        for term in (*apart, *pattern.among):
            if term not in reached:
                scope.states.setdefault(term, None)
                reached.add(term)

    def _is_imported(self, link: Link) -> bool:
        """Tell whether only what was imported has such a property."""
        return all(
            step.predicate in self._schema.attributes | self._schema.links
            and not step.inverse
            and not link.maybe_none
            and not self._reach.deriving(step.predicate, len(self._reach.rules))
            for step in link.steps
        )

    def _is_apart(self, predicate: str) -> bool:
        known = self._known.get(predicate) if is_variable(predicate) else {predicate}
        return known is not None and not any(
            one in self._schema.links
            or one in self._schema.attributes
            or self._reach.deriving(one, self._before)
            for one in known
        )

    def _required(self, pattern: Pattern, scope: _Scope, reached: set[str]) -> None:
        """Follow what a group requires as far as it leads."""
        changed = True
        while changed:
            changed = False
            for sources, made in pattern.same:
                changed |= self._alias(sources, made, pattern, scope, reached)
            for link in pattern.links:
                for here, there, forward in (
                    (link.subject, link.object, True),
                    (link.object, link.subject, False),
                ):
                    if here not in reached or there in reached or not is_variable(there):
                        continue
                    if self._lead(link, here, there, forward, pattern, scope):
                        reached.add(there)
                        changed = True

    def _alias(
        self,
        sources: frozenset[str],
        made: str,
        pattern: Pattern,
        scope: _Scope,
        reached: set[str],
    ) -> bool:
        """Put a variable where those are that it is made from, or them where it is."""
        if made in reached and len(sources) == 1 and scope.states.get(made) is not None:
            pairs = [(made, one) for one in sources - reached]
        elif made not in reached:
            pairs = [(one, made) for one in sources & reached]
        else:
            pairs = []
        for here, there in pairs:
            start = scope.states.get(here)
            if start is None:
                scope.states.setdefault(there, None)
            else:
                self._join(start, self._place(there, pattern, scope))
            reached.add(there)
        return bool(pairs)

    def _meet(self, pattern: Pattern, scope: _Scope, reached: set[str]) -> None:
        """Go from one node to another that has the same value, where no link leads there."""
        values = [
            (link, step.predicate)
            for link in pattern.links
            for step in link.steps
            if step.predicate in self._schema.values and len(link.steps) == 1
        ]
        for (there, onward), (here, to) in product(values, values):
            start = scope.states.get(here.subject)
            same = here.object == there.object and is_variable(here.object)
            if same and start is not None and there.subject not in reached:
                middle = self._state()
                self._join(start, middle, to)
                end = self._place(there.subject, pattern, scope)
                self._join(middle, end, "^" + onward)
                reached.add(there.subject)

    def _lead(
        self,
        link: Link,
        here: str,
        there: str,
        forward: bool,
        pattern: Pattern,
        scope: _Scope,
    ) -> bool:
        """Follow a link to a variable that was not reached yet; tell whether it leads there."""
        start = scope.states.get(here)
        if start is None:
            # What belongs to the regulation or the run leads to no record, unless backwards.
            if forward:
                scope.states.setdefault(there, None)
            return forward
        ways = [
            (predicate, step.inverse == forward)
            for step in link.steps
            for predicate in meant(step.predicate, self._known, self._name)
        ]
        leads = [way for way in ways if self._is_link(way[0])]
        if not leads:
            if forward:
                scope.states.setdefault(there, None)
            return forward
        end = self._place(there, pattern, scope)
        last = self._state() if link.many else end
        for predicate, against in leads:
            self._move(start, predicate, against, last, scope, here)
            if link.many:
                self._move(last, predicate, against, last, scope)
        if link.many:
            self._join(last, end)
        if link.maybe_none:
            self._join(start, end)
        return True

    def _is_link(self, predicate: str) -> bool:
        return predicate in self._schema.links or bool(
            self._reach.deriving(predicate, self._before)
        )

    def _move(
        self,
        start: int,
        predicate: str,
        against: bool,
        end: int | None,
        scope: _Scope,
        here: str = "",
    ) -> None:
        """Go along a property from one state to another, and along what it is derived from."""
        fixed, imported = scope.fixed.get(here, {}), here in scope.imported
        if predicate in self._schema.links:
            self._join(start, end, "^" + predicate if against else predicate)
        for ways, leave in self._reach.through(predicate, self._before, against, imported, fixed):
            key = id(ways), start
            if key not in self._called:
                self._called[key] = _copied(ways, self._edges)
                self._join(start, self._called[key])
            if end is not None:
                for place, moves in enumerate(ways, self._called[key]):
                    if HERE + leave in moves:
                        self._join(place, end)

    def _look(self, link: Link, scope: _Scope) -> None:
        """Follow the rules that derive a link between two that are reached already."""
        for step in link.steps:
            here = link.object if step.inverse else link.subject
            start = scope.states.get(here)
            if start is not None:
                for predicate in meant(step.predicate, self._known, self._name):
                    self._move(start, predicate, False, None, scope, here)

    def _expect(self, link: Link, reached: set[str]) -> None:
        """Make sure that every variable which stands for a record was reached."""
        for term in _variables([link]):
            if term not in reached:
                raise UnboundedError(f"{self._name}: no way leads to {term} in {link}")


def _variables(links: Iterable[Link]) -> list[str]:
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


def _copied(automaton: Automaton, edges: _Edges) -> int:
    """Copy the steps of an automaton among other edges; give its first state there."""
    first = len(edges)
    for moves in automaton:
        edges.append(
            {
                (label, first + to)
                for label, to in moves.items()
                if label == HERE or not label.startswith(HERE)
            }
        )
    return first


def _deterministic(edges: _Edges) -> list[dict[str, int]]:
    """Make moves definite: each leads to one state (subset construction)."""
    first = _closed(edges, [0])
    numbers, waiting = {first: 0}, [first]
    result: list[dict[str, int]] = [{}]
    while waiting:
        group = waiting.pop()
        targets: dict[str, set[int]] = defaultdict(set)
        for state in group:
            for label, target in edges[state]:
                if label != _FREELY:
                    targets[label].add(target)
        for label, found in targets.items():
            key = _closed(edges, found)
            if key not in numbers:
                numbers[key] = len(numbers)
                result.append({})
                waiting.append(key)
            result[numbers[group]][label] = numbers[key]
    return result


def _closed(edges: _Edges, states: Iterable[int]) -> frozenset[int]:
    found, waiting = set(states), list(states)
    while waiting:
        for label, target in edges[waiting.pop()]:
            if label == _FREELY and target not in found:
                found.add(target)
                waiting.append(target)
    return frozenset(found)


def _smallest(automaton: Sequence[Mapping[str, int]]) -> Automaton:
    """Put together the states from which the same ways lead (partition refinement)."""
    block, count = [0] * len(automaton), 1
    while True:
        signs: dict[Any, int] = {}
        block = [
            signs.setdefault(
                (block[state], frozenset((label, block[to]) for label, to in moves.items())),
                len(signs),
            )
            for state, moves in enumerate(automaton)
        ]
        if len(signs) == count:
            break
        count = len(signs)
    of_block = {block[state]: moves for state, moves in enumerate(automaton)}
    # Numbered as they are met from the first, so that the same ways make the same automaton.
    numbers, order = {block[0]: 0}, [block[0]]
    for one in order:
        for label in sorted(of_block[one]):
            to = block[of_block[one][label]]
            if to not in numbers:
                numbers[to] = len(order)
                order.append(to)
    return tuple(
        {label: numbers[block[to]] for label, to in of_block[one].items()} for one in order
    )
