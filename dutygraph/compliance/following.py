"""The ways of one query or rule, followed from the variable that it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import product
from typing import TypeAlias

from dutygraph.compliance.automata import HERE, Automaton, Drawing
from dutygraph.compliance.derivations import (
    Derivations,
    UnboundedError,
    meant,
    variables,
)
from dutygraph.compliance.graph_patterns import Link, Pattern, as_term, is_variable

Fixed: TypeAlias = Mapping[str, frozenset[str]]
"""To which constants the properties of a variable are held."""
Through: TypeAlias = Callable[[str, int, bool, bool, Fixed], Iterable[tuple[Automaton, str]]]
"""Gives the ways of the rules that derive a property; see ``Reach.through``."""


class _Scope:
    """What is known where a group stands: where its variables are, and to what they are held.

    A variable without a state stands for something of the regulation or of the run; ``imported``
    are those that stand for a node of the records, and not for one that a run has made; ``known``
    are the properties that a variable in the place of one can be, ``led`` the links of the group
    by which one came to a variable, ``settled`` the variables that are bound or not whatever holds
    of what may hold.
    """

    def __init__(self, states: dict[str, int | None]) -> None:
        self.states = states
        self.among: dict[str, frozenset[str]] = {}
        self.imported: set[str] = set()
        self.fixed: dict[str, dict[str, frozenset[str]]] = {}
        self.known: dict[str, frozenset[str]] = {}
        self.led: set[Link] = set()
        self.settled: set[str] = set()

    def within(self, *, closed: bool = False) -> _Scope:
        """Give the scope of a group in this one: what holds there need not hold here.

        What a closed one, that of an EXISTS, binds is not seen here either.
        """
        inner = _Scope(dict(self.states) if closed else self.states)
        inner.among, inner.known = dict(self.among), dict(self.known)
        inner.fixed = {name: dict(held) for name, held in self.fixed.items()}
        inner.imported, inner.settled = set(self.imported), set(self.settled)
        return inner

    def hold(self, pattern: Pattern) -> None:
        """Note what the properties of a variable are held to: ``?duty dg:ofNorm art11:n1``."""
        self.among |= pattern.among
        for link in pattern.links:
            values = (
                self.among.get(link.object)
                if is_variable(link.object)
                else frozenset([link.object])
            )
            step = link.only_step
            if values is not None and step is not None and not step.inverse:
                held = self.fixed.setdefault(link.subject, {})
                held[step.predicate] = held.get(step.predicate, frozenset()) | values


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
        self._called: dict[tuple[int, int], int] = {}
        self._bound: set[str] = set()

    def walk(self, pattern: Pattern, entry: str, leave: Iterable[str] = ()) -> None:
        """Follow a pattern from a variable; mark where the variables to leave by are.

        Raises UnboundedError when no way leads to some of the records that it looks at.
        """
        apart = set(self._derivations.apart(pattern, {}, self._before))
        # Where it is made from one of several others, it may be any of them: one after the other.
        sources = {one for of, made in pattern.same if made == entry for one in of - apart}
        for standing in sorted(sources) or [entry]:
            scope = _Scope({})
            here = self._place(entry, pattern, scope)
            self._drawing.join(0, here)
            self._drawing.join(here, self._place(standing, pattern, scope))
            self._bound = {entry, standing}
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
            step = link.only_step
            if link.subject != variable or is_variable(link.object) or not step or step.inverse:
                continue
            derived = self._derivations.deriving(step.predicate, self._before)
            if step.predicate in self._schema.attributes and not derived:
                before = self._drawing.state()
                self._drawing.join(before, place, f"{step.predicate} {as_term(link.object)}")
                place = before
        return place

    def _group(self, pattern: Pattern, scope: _Scope, reached: set[str]) -> None:
        """Follow a group, and what is in it, from the variables reached."""
        self._spread(pattern, scope, reached)
        for link in pattern.links:
            self._expect(link, reached)
            if link not in scope.led:
                self._look(link, scope)
        sole = self._sole(pattern, scope)
        for group in _groups(pattern):
            for inner in group:
                self._group(inner, self._inner(scope, group == sole), set(reached))
        for inner in pattern.closed:
            closed = scope.within(closed=True)
            closed.settled |= self._bound
            self._group(inner, closed, set(reached))

    def _spread(self, pattern: Pattern, scope: _Scope, reached: set[str]) -> None:
        """Reach the variables of a group: those that it binds, whatever else holds."""
        scope.known |= self._derivations.properties(pattern, scope.known)
        scope.hold(pattern)
        scope.settled |= _required_in(pattern)
        scope.imported |= {link.subject for link in pattern.links if self._is_imported(link)}
        for term in self._derivations.apart(pattern, scope.known, self._before):
            if term not in reached:
                scope.states.setdefault(term, None)
                reached.add(term)
        sole = self._sole(pattern, scope)
        before = -1
        while before != len(reached):
            before = len(reached)
            self._required(pattern, scope, reached)
            for group in pattern.either:
                found = [set(reached) for _ in group]
                for inner, there in zip(group, found, strict=True):
                    self._spread(inner, self._inner(scope, group == sole), there)
                reached |= set.intersection(*found)
            self._perhaps(pattern, scope, reached, sole)
            if before == len(reached):
                self._meet(pattern, scope, reached)

    def _sole(self, pattern: Pattern, scope: _Scope) -> list[Pattern] | None:
        """Give the group in which alone what one sets out from is bound: it holds, then."""
        unsettled = self._bound - scope.settled
        found = [
            group
            for group in _groups(pattern)
            if not unsettled.isdisjoint(set().union(*map(_seen_in, group)))
        ]
        return found[0] if len(found) == 1 else None

    def _inner(self, scope: _Scope, is_sole: bool) -> _Scope:
        inner = scope.within()
        if not is_sole:
            inner.settled |= self._bound
        return inner

    def _perhaps(
        self, pattern: Pattern, scope: _Scope, reached: set[str], sole: list[Pattern] | None
    ) -> None:
        """Spread what may hold."""
        for inner in pattern.optional:
            there, is_sole = set(reached), [inner] == sole
            self._spread(inner, self._inner(scope, is_sole), there)
            if is_sole:
                reached |= there
        # What is made from something that may be bound stands where that is.
        for sources, made in pattern.same:
            for one in sorted(sources - reached):
                start = scope.states.get(one)
                if start is not None:
                    self._drawing.join(start, self._place(made, pattern, scope))
                    reached.add(made)

    def _is_imported(self, link: Link) -> bool:
        """Tell whether only what was imported has such a property."""
        return all(
            step.predicate in self._schema.attributes | self._schema.links
            and not step.inverse
            and not link.maybe_none
            and not self._derivations.deriving(step.predicate, len(self._derivations.rules))
            for step in link.steps
        )

    def _required(self, pattern: Pattern, scope: _Scope, reached: set[str]) -> None:
        """Follow what a group requires as far as it leads."""
        changed = True
        while changed:
            changed = False
            for sources, made in pattern.same:
                changed |= self._alias(sources, made, pattern, scope, reached)
            for link in pattern.links:
                for here, there in ((link.subject, link.object), (link.object, link.subject)):
                    if here not in reached or there in reached or not is_variable(there):
                        continue
                    if self._lead(link, here, there, pattern, scope):
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
            pairs = [(one, made) for one in sorted(sources & reached)]
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
            for step in [link.only_step]
            if step and not step.inverse and step.predicate in self._schema.values
        ]
        for (there, onward), (here, to) in product(values, values):
            start = scope.states.get(here.subject)
            same = here.object == there.object and is_variable(here.object)
            known = here.subject in reached and start is not None
            if same and known and there.subject not in reached:
                assert start is not None  # noqa: S101
                middle = self._drawing.state()
                self._drawing.join(start, middle, to)
                end = self._place(there.subject, pattern, scope)
                self._drawing.join(middle, end, "^" + onward)
                reached.add(there.subject)

    def _lead(self, link: Link, here: str, there: str, pattern: Pattern, scope: _Scope) -> bool:
        """Follow a link to a variable that was not reached yet; tell whether it leads there."""
        forward = here == link.subject
        start = scope.states.get(here)
        leads = self._leads(link, forward, scope)
        if start is None or not (leads or link.maybe_none):
            # What belongs to the regulation or the run leads to no record; a value is none.
            apart = self._derivations.is_apart(link, scope.known, self._before)
            if apart or (forward and not self._is_told(leads)):
                scope.states.setdefault(there, None)
                return True
            return False
        self._go(link, leads, start, self._place(there, pattern, scope), scope, here)
        scope.led.add(link)
        return True

    def _leads(self, link: Link, forward: bool, scope: _Scope) -> list[tuple[str, bool]]:
        """Give the properties by which a link leads on, and whether against their direction."""
        return [
            (predicate, step.inverse == forward)
            for step in link.steps
            for predicate in meant(step.predicate, scope.known, self._name)
            if self._derivations.is_link(predicate, self._before)
        ]

    def _is_told(self, leads: Iterable[tuple[str, bool]]) -> bool:
        """Tell whether a run derives any of some properties of things of the regulation."""
        return any(self._derivations.is_told(each, self._before) for each, _ in leads)

    def _go(
        self,
        link: Link,
        leads: Iterable[tuple[str, bool]],
        start: int,
        end: int | None,
        scope: _Scope,
        here: str,
    ) -> None:
        """Go along a link from one state to another."""
        last = end
        if link.many:
            last = self._drawing.state()
            self._drawing.mark(last)
        for predicate, against in leads:
            self._move(start, predicate, against, last, scope, here)
            if link.many and last is not None:
                self._move(last, predicate, against, last, scope)
        if link.many and last is not None and end is not None:
            self._drawing.join(last, end)
        if link.maybe_none and end is not None:
            self._drawing.join(start, end)

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
        """Follow what a link between two that are reached already looks at beside the two.

        These are the records from which it is derived, and those between for one of many steps.
        """
        for here in (link.subject, link.object):
            start = scope.states.get(here)
            if start is not None:
                leads = self._leads(link, here == link.subject, scope)
                self._go(link, leads, start, None, scope, here)
                return
        if self._is_told(self._leads(link, True, scope)):
            raise UnboundedError(f"{self._name}: records are looked at from everywhere: {link}")

    def _expect(self, link: Link, reached: set[str]) -> None:
        """Make sure that every variable which stands for a record was reached."""
        for term in sorted(variables([link])):
            if term not in reached:
                raise UnboundedError(f"{self._name}: no way leads to {term} in {link}")


def _groups(pattern: Pattern) -> list[list[Pattern]]:
    """Give the groups in one whose variables are seen in it, alternatives together."""
    return [*pattern.either, *([inner] for inner in pattern.optional)]


def _seen_in(pattern: Pattern) -> set[str]:
    """Give the variables that a group may bind."""
    inner = (_seen_in(each) for group in _groups(pattern) for each in group)
    return variables(pattern.links).union(*inner)


def _required_in(pattern: Pattern) -> set[str]:
    """Give the variables that a group binds, what may hold left out."""
    inner = [set.intersection(*map(_required_in, group)) for group in pattern.either]
    return variables(pattern.links).union(*inner)
