"""What a query asks of the graph, scope by scope: its links between variables, without its tests.

Read from the statements of ``patterns``. Sequences of a path become links through variables of
their own, so that each link is one step, or many of the same step (SPARQL 1.1, sections 9 and 18).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dutygraph.compliance.patterns import PatternError, Statement, bracket, statements, within
from dutygraph.sparql import expanded
from dutygraph.terms import PREFIXES

_VARIABLE = re.compile(r"\?[\w.]+")
_MADE = re.compile(r'BIND \( IRI \( CONCAT \( "([^"]+)"', re.IGNORECASE)
RDF_TYPE = PREFIXES["rdf"] + "type"


class UnreadableError(PatternError):
    """A query has a form whose links cannot be told."""


@dataclass(frozen=True)
class Step:
    """One step of a path: a property by IRI or by variable, against its direction if inverse."""

    predicate: str
    inverse: bool = False


@dataclass(frozen=True)
class Link:
    """``subject`` leads to ``object`` by one of the steps; by many of them when ``many``.

    ``maybe_none`` tells that both may be the same without any step (``*`` and ``?``). Subject and
    object are variables with their question mark, IRIs, or literals as written.
    """

    subject: str
    steps: frozenset[Step]
    object: str
    many: bool = False
    maybe_none: bool = False

    def renamed(self, names: Mapping[str, str]) -> Link:
        """Give it with other names of variables."""
        steps = (
            replace(one, predicate=names.get(one.predicate, one.predicate)) for one in self.steps
        )
        ends = names.get(self.subject, self.subject), names.get(self.object, self.object)
        return replace(self, subject=ends[0], steps=frozenset(steps), object=ends[1])

    @property
    def only_step(self) -> Step | None:
        """The step that leads from subject to object, None where others may or more of it."""
        (step, *others) = self.steps
        return None if others or self.many or self.maybe_none else step


@dataclass
class Pattern:
    """A group of a query: what it requires, and the groups in it.

    ``same`` says which variables a variable is made from (BIND); ``among`` the constants one of
    which a variable is; ``made`` are the variables that stand for IRIs made from others,
    ``prefixes`` how these begin, where that is known. ``either`` are the groups of which one must
    hold (UNION; a single one for a subquery), ``optional`` those that may, ``closed`` those of
    EXISTS, whose variables are not seen outside.
    """

    links: list[Link] = field(default_factory=list)
    same: list[tuple[frozenset[str], str]] = field(default_factory=list)
    among: dict[str, frozenset[str]] = field(default_factory=dict)
    made: set[str] = field(default_factory=set)
    prefixes: dict[str, str] = field(default_factory=dict)
    either: list[list[Pattern]] = field(default_factory=list)
    optional: list[Pattern] = field(default_factory=list)
    closed: list[Pattern] = field(default_factory=list)

    @property
    def bound(self) -> set[str]:
        """The variables that it may bind: all but those of its tests."""
        inside = self._either + self.optional
        named = {term for one in self.links for term in (one.subject, one.object)}
        named |= {step.predicate for one in self.links for step in one.steps}
        named |= {target for _, target in self.same} | self.among.keys()
        return set(filter(is_variable, named)).union(*(group.bound for group in inside))

    @property
    def variables(self) -> set[str]:
        """The variables in it, those of its tests among them."""
        sources = set[str]().union(*(some for some, _ in self.same))
        return self.bound.union(sources, *(group.variables for group in self._groups))

    @property
    def _either(self) -> list[Pattern]:
        return [group for groups in self.either for group in groups]

    @property
    def _groups(self) -> list[Pattern]:
        return self._either + self.optional + self.closed

    def rename(self, names: Mapping[str, str]) -> None:
        """Give variables other names, wherever they stand in it."""

        def new(name: str) -> str:
            return names.get(name, name)

        self.links = [one.renamed(names) for one in self.links]
        self.same = [(frozenset(map(new, some)), new(target)) for some, target in self.same]
        self.among = {new(name): held for name, held in self.among.items()}
        self.made = set(map(new, self.made))
        self.prefixes = {new(name): prefix for name, prefix in self.prefixes.items()}
        for group in self._groups:
            group.rename(names)


def is_variable(term: str) -> bool:
    """Tell whether a term of a link is a variable."""
    return _VARIABLE.fullmatch(term) is not None


def as_term(constant: str) -> str:
    """Write a constant of a link as a term of N-Triples."""
    if constant in ("true", "false"):
        return f'"{constant}"^^<{PREFIXES["xsd"]}boolean>'
    if constant.isdecimal():
        return f'"{constant}"^^<{PREFIXES["xsd"]}integer>'
    return constant if constant.startswith('"') else f"<{constant}>"


class PatternReader:
    """Reads the body of queries that share a prologue."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        """Take prefix → namespace."""
        self._prefixes = prefixes
        self._made = 0

    def read(self, body: str) -> Pattern:
        """Read what stands between the braces of a WHERE. Raises UnreadableError, PatternError."""
        return self._pattern(statements(body))

    def links(self, template: str) -> list[Link]:
        """Read the triples of a template."""
        return [link for one in statements(template) for link in self._links(one)]

    def _pattern(self, body: Iterable[Statement]) -> Pattern:
        pattern = Pattern()
        for one in body:
            word = one.tokens[0].upper()
            if one.is_triple:
                pattern.links += self._links(one)
            elif word == "BIND":
                self._bind(one, pattern)
            elif word == "VALUES":
                self._values(one, pattern)
            elif one.is_filter:
                pattern.among |= self._held(one.tokens[1:])
                pattern.closed += self._groups(one.tokens)
            elif word == "OPTIONAL":
                pattern.optional += self._groups(one.tokens)
            elif word == "{":
                pattern.either.append([self._alone(group) for group in self._groups(one.tokens)])
            else:
                raise UnreadableError(one.text)
        return pattern

    def _groups(self, tokens: Sequence[str]) -> Iterator[Pattern]:
        """Give the outermost groups among some tokens."""
        place = 0
        while "{" in tokens[place:]:
            start = tokens.index("{", place)
            place = bracket(tokens, start)
            inside = tokens[start + 1 : place - 1]
            if inside and inside[0].upper() == "SELECT":
                yield self._subquery(inside)
            else:
                yield self._pattern(within(inside))

    def _alone(self, group: Pattern) -> Pattern:
        """Part the tests of a group from what stands around it.

        They see what the group itself binds: another variable of theirs may be anything, though it
        has the name of one outside (SPARQL 1.1, 18.2.2, 18.6).
        """
        own = group.bound
        self._made += 1
        for test in group.closed:
            test.rename({name: f"{name}.{self._made}" for name in test.variables - own})
        return group

    def _subquery(self, tokens: Sequence[str]) -> Pattern:
        """Read a subquery for its body; what it does not select has other names outside."""
        first = tokens.index("{")
        end = bracket(tokens, first)
        if not {"LIMIT", "OFFSET"}.isdisjoint(map(str.upper, tokens[end:])):
            raise UnreadableError(" ".join(tokens))
        body, made, seen = tokens[first + 1 : end - 1], list[Sequence[str]](), set[str]()
        for word, depth in _depths(tokens[1:first]):
            if word == "(" and depth == 1:
                made.append([])
            elif depth:
                made[-1] = [*made[-1], word]
            elif is_variable(word) or word == "*":
                seen.add(word)
        self._made += 1
        hidden = {
            word: f"{word}.{self._made}"
            for word in (*body, *(word for one in made for word in one[:-3]))
            if is_variable(word) and word not in seen and "*" not in seen
        }
        pattern = self._pattern(within([hidden.get(word, word) for word in body]))
        for one in made:
            sources = frozenset(hidden.get(word, word) for word in one[:-3] if is_variable(word))
            pattern.same.append((sources, one[-2]))
        return pattern

    def _bind(self, one: Statement, pattern: Pattern) -> None:
        target = one.tokens[-2]
        sources = one.variables - {target}
        pattern.same.append((frozenset(sources), target))
        pattern.closed += self._groups(one.tokens)
        if one.tokens[2].upper() == "IRI":
            pattern.made.add(target)
            begins = _MADE.match(" ".join(one.tokens))
            if begins is not None:
                pattern.prefixes[target] = begins[1]

    def _values(self, one: Statement, pattern: Pattern) -> None:
        if not _VARIABLE.fullmatch(one.tokens[1]):
            raise UnreadableError(one.text)
        pattern.among[one.tokens[1]] = frozenset(self._iri(word) for word in one.tokens[3:-1])

    def _held(self, tokens: Sequence[str]) -> dict[str, frozenset[str]]:
        """Give the variables that a test holds to some constants: ``?v IN (…)``, ``?v = …``."""
        if tokens and tokens[0] == "(" and bracket(tokens, 0) == len(tokens):
            return self._held(tokens[1:-1])
        parts = list(_parted(tokens, "||"))
        if len(parts) > 1:
            either = [self._held(part) for part in parts]
            in_all = set(either[0]).intersection(*either[1:])
            return {name: frozenset().union(*(one[name] for one in either)) for name in in_all}
        parts = list(_parted(tokens, "&&"))
        if len(parts) > 1:
            return {name: held for part in parts for name, held in self._held(part).items()}
        words: Sequence[str] = ()
        if len(tokens) > 3 and tokens[1].upper() == "IN":
            words = [word for word in tokens[3:-1] if word != ","]
        elif len(tokens) == 3 and tokens[1] == "=":
            words = tokens[2:]
        if not words or not is_variable(tokens[0]) or any(map(is_variable, words)):
            return {}
        return {tokens[0]: frozenset(map(self._iri, words))}

    def _links(self, one: Statement) -> Iterator[Link]:
        subject, *path, target = one.tokens
        yield from self._path(self._term(subject), path, self._term(target))

    def _path(self, subject: str, path: Sequence[str], target: str) -> Iterator[Link]:
        parts = list(_parted(path, "/"))
        for part in parts[:-1]:
            self._made += 1
            between = f"?.{self._made}"
            yield self._step(subject, part, between)
            subject = between
        yield self._step(subject, parts[-1], target)

    def _step(self, subject: str, path: Sequence[str], target: str) -> Link:
        mark = path[-1] if path[-1] in "*+?" else ""
        steps = frozenset(self._one(part) for part in _parted(_bare(path, mark), "|"))
        return Link(subject, steps, target, mark in ("*", "+"), mark in ("*", "?"))

    def _one(self, path: Sequence[str]) -> Step:
        inverse = path[0] == "^"
        words = path[1:] if inverse else path
        if len(words) != 1:
            raise UnreadableError(" ".join(path))
        return Step(self._term(words[0]), inverse)

    def _term(self, word: str) -> str:
        return word if _VARIABLE.fullmatch(word) else self._iri(word)

    def _iri(self, word: str) -> str:
        if word == "a":
            return RDF_TYPE
        if word.startswith("<"):
            return word[1:-1]
        if word.startswith('"'):
            text, typed, datatype = word.rpartition("^^")
            return f"{text}^^<{self._iri(datatype)}>" if typed else word
        iri = expanded(word, self._prefixes) if ":" in word else None
        return iri or word


def _depths(tokens: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Give each token with how many brackets it stands in, its own included."""
    depth = 0
    for word in tokens:
        depth += word == "("
        yield word, depth
        depth -= word == ")"


def _bare(path: Sequence[str], mark: str) -> Sequence[str]:
    path = path[:-1] if mark else path
    return path[1:-1] if path[0] == "(" and bracket(path, 0) == len(path) else path


def _parted(tokens: Sequence[str], mark: str) -> Iterator[Sequence[str]]:
    """Part tokens at a mark, where it stands outside of brackets."""
    start = depth = 0
    for place, word in enumerate(tokens):
        depth += (word in ("(", "{")) - (word in (")", "}"))
        if word == mark and not depth:
            yield tokens[start:place]
            start = place + 1
    yield tokens[start:]
