"""The ways of one query or rule, followed from the variable that it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import product
from typing import TypeAlias

from dutygraph.compliance.automata import HERE, Automaton, Drawing
from dutygraph.compliance.derivations import Derivations, UnboundedError, meant, variables
from dutygraph.compliance.graph_patterns import Link, Pattern, as_term, is_variable

Fixed: TypeAlias = Mapping[str, frozenset[str]]
"""To which constants the properties of a variable are held."""
Through: TypeAlias = Callable[[str, int, bool, bool, Fixed], Iterable[tuple[Automaton, str]]]
"""Gives the ways of the rules that derive a property; see ``Reach.through``."""


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


class Ways:
    """The ways of one query or rule, being followed."""

    def __init__(self, derivations: Derivations, through: Through, before: int, name: str) -> None:
        """Take what a run derives, how many rules were run before, and what messages call this."""
        self._derivations = derivations
        self._schema = derivations.schema
        self._through = through
        self._before = before
        self._name = name
        self._drawing = Drawing()
        self._known: dict[str, frozenset[str]] = {}
        self._called: dict[tuple[int, int], int] = {}

    def walk(self, pattern: Pattern, entry: str, leave: Iterable[str] = ()) -> None:
        """Follow a pattern from a variable; mark where the variables to leave by are.

        Raises UnboundedError when no way leads to some of the records that it looks at.
        """
        self._known = self._derivations.properties(pattern)
        apart: set[str] = set()
        self._set_apart(pattern, _Scope({}), apart)
        # Where it is made from one of several others, it may be any of them: one after the other.
        sources = {one for of, made in pattern.same if made == entry for one in of - apart}
        for standing in sorted(sources) or [entry]:
            scope = _Scope({})
            here = self._place(entry, pattern, scope)
            self._drawing.join(0, here)
            self._drawing.join(here, self._place(standing, pattern, scope))
            self._group(pattern, scope, {entry, standing})
            for variable in leave:
                state = scope.states.get(variable)
                if state is not None:
                    self._drawing.mark(state, variable)

    def automaton(self) -> Automaton:
        """Give the smallest automaton of the ways."""
        return self._drawing.automaton()

    def _place(self, variable: str, pattern: Pattern, scope: _Scope) -> int:
        """Give where one arrives at a variable: before the tests that its group puts to it."""
        place = scope.states.get(variable)
        if place is None:
            place = scope.states[variable] = self._drawing.state()
            self._drawing.mark(place)
        for link in pattern.links:
            (step, *others) = link.steps
            if link.subject != variable or is_variable(link.object) or others or step.inverse:
                continue
            derived = self._derivations.deriving(step.predicate, self._before)
            if step.predicate in self._schema.attributes and not derived and not link.many:
                before = self._drawing.state()
                self._drawing.join(before, place, f"{step.predicate} {as_term(link.object)}")
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
            for term in variables([link])
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
            and not self._derivations.deriving(step.predicate, len(self._derivations.rules))
            for step in link.steps
        )

    def _is_apart(self, predicate: str) -> bool:
        known = self._known.get(predicate) if is_variable(predicate) else {predicate}
        return known is not None and not any(
            one in self._schema.links
            or one in self._schema.attributes
            or self._derivations.deriving(one, self._before)
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
                self._drawing.join(start, self._place(there, pattern, scope))
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
                middle = self._drawing.state()
                self._drawing.join(start, middle, to)
                end = self._place(there.subject, pattern, scope)
                self._drawing.join(middle, end, "^" + onward)
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
        last = self._drawing.state() if link.many else end
        for predicate, against in leads:
            self._move(start, predicate, against, last, scope, here)
            if link.many:
                self._move(last, predicate, against, last, scope)
        if link.many:
            self._drawing.join(last, end)
        if link.maybe_none:
            self._drawing.join(start, end)
        return True

    def _is_link(self, predicate: str) -> bool:
        return predicate in self._schema.links or bool(
            self._derivations.deriving(predicate, self._before)
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
        if predicate in self._schema.links and end is not None:
            self._drawing.join(start, end, "^" + predicate if against else predicate)
        for ways, leave in self._through(predicate, self._before, against, imported, fixed):
            key = id(ways), start
            if key not in self._called:
                self._called[key] = self._drawing.copy(ways)
                self._drawing.join(start, self._called[key])
            if end is not None:
                for place, moves in enumerate(ways, self._called[key]):
                    if HERE + leave in moves:
                        self._drawing.join(place, end)

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
        for term in variables([link]):
            if term not in reached:
                raise UnboundedError(f"{self._name}: no way leads to {term} in {link}")
