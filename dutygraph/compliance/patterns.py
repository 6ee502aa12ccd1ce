"""The body of a constraint's SELECT as its statements: triple patterns, filters, groups.

SPARQL 1.1 (W3C, 2013), section 5, in the form in which constraints are written: one token for
each subject and object, any path between them. A statement of another form is kept as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from pyoxigraph import Literal, NamedNode

from dutygraph import sparql

_VARIABLE = re.compile(r"\?\w+")
_CLOSING = {"(": ")", "{": "}"}
_WORDS = {"FILTER", "OPTIONAL", "BIND", "MINUS", "GRAPH", "SERVICE", "VALUES"}


class PatternError(ValueError):
    """Brackets of a SELECT's body do not match."""


@dataclass(frozen=True)
class Statement:
    """One statement of a body, by its tokens."""

    tokens: tuple[str, ...]

    @cached_property
    def text(self) -> str:
        """The statement as SPARQL, with its full stop."""
        # Oxigraph takes no space between the name of a function and its bracket.
        called = [
            word if word == "(" and before.isalnum() else f" {word}"
            for before, word in pairwise(("", *self.tokens))
        ]
        return "".join(called).lstrip() + " ."

    @cached_property
    def variables(self) -> frozenset[str]:
        """The names of all variables in the statement, with their question mark."""
        return frozenset(token for token in self.tokens if _VARIABLE.fullmatch(token))

    @cached_property
    def nodes(self) -> frozenset[str]:
        """The variables that are a subject or a predicate somewhere: no literal can stand there."""
        if self.is_triple:
            return frozenset(token for token in self.tokens[:-1] if _VARIABLE.fullmatch(token))
        inside, place = set[str](), 0
        while "{" in self.tokens[place:]:
            start = self.tokens.index("{", place)
            place = bracket(self.tokens, start)
            for one in within(self.tokens[start + 1 : place - 1]):
                inside |= one.nodes
        return frozenset(inside)

    @property
    def is_triple(self) -> bool:
        """Whether it is one triple pattern, not a filter, a group or the like."""
        return self.tokens[0].upper() not in _WORDS and self.tokens[0] not in _CLOSING

    @property
    def is_filter(self) -> bool:
        """Whether it is a filter."""
        return self.tokens[0].upper() == "FILTER"

    @property
    def is_test(self) -> bool:
        """Whether it is a filter that looks at values and at no pattern."""
        return self.is_filter and "{" not in self.tokens

    @property
    def has_filter(self) -> bool:
        """Whether it is, or has somewhere in it, a filter or an assignment."""
        return any(token.upper() in {"FILTER", "BIND"} for token in self.tokens)

    def bound(self, values: Mapping[str, NamedNode | Literal]) -> Statement:
        """Give the statement with values in the place of variables."""
        if self.variables.isdisjoint(values):
            return self
        return Statement(
            tuple(str(values[token]) if token in values else token for token in self.tokens)
        )


def statements(body: str) -> list[Statement]:
    """Split the body of a SELECT into its statements; ``;`` and ``,`` are spelled out.

    Variables are written with a question mark (SPARQL lets ``$`` stand for it). Raises
    PatternError for brackets that do not match.
    """
    return list(within(_terms(body)))


def _terms(body: str) -> list[str]:
    """Give the tokens of a body; a literal is one together with its language or datatype."""
    terms = [""]
    for kind, text, _ in sparql.tokens(body):
        if kind == "LANGTAG" or text == "^^" or terms[-1][-2:] == "^^":
            terms[-1] += text
        else:
            terms.append("?" + text[1:] if kind == "VAR" else text)
    return terms[1:]


def gathered(body: Sequence[Statement]) -> list[Statement]:
    """Put triple patterns before what stands between them, where that says the same.

    An engine plans the joins of patterns side by side together; an OPTIONAL or an assignment
    between them makes it join two halves, in Oxigraph at the cost of their product. A pattern stays
    where it is if it has a variable that may come from what it would pass.
    """
    first, rest = list[Statement](), list[Statement]()
    given, passed = set[str](), set[str]()
    for one in body:
        if one.is_triple and one.variables.isdisjoint(passed - given):
            first.append(one)
            given |= one.variables
        else:
            rest.append(one)
            passed |= one.variables
    return first + rest


def within(tokens: Sequence[str]) -> Iterator[Statement]:
    """Split the tokens of a body into its statements."""
    place = 0
    while place < len(tokens):
        start = place
        if tokens[place] == ".":
            place += 1
            continue
        if tokens[place].upper() in _WORDS or tokens[place] in _CLOSING:
            place = _end_of_other(tokens, place)
            yield Statement(tuple(tokens[start:place]))
        else:
            while place < len(tokens) and tokens[place] != "." and not _begins(tokens[place]):
                place += 1
            yield from _triples(tokens[start:place])


def _begins(word: str) -> bool:
    return word.upper() in _WORDS or word == "{"


def _end_of_other(tokens: Sequence[str], place: int) -> int:
    """Give where a filter, an assignment or a group ends, alternatives included."""
    while place < len(tokens) and tokens[place] not in _CLOSING:
        place += 1
    place = bracket(tokens, place)
    while place < len(tokens) and tokens[place].upper() == "UNION":
        place = bracket(tokens, place + 1)
    return place


def bracket(tokens: Sequence[str], place: int) -> int:
    """Give the place behind the bracket that closes the first one from a place on."""
    expected: list[str] = []
    while place < len(tokens):
        token = tokens[place]
        place += 1
        if token in _CLOSING:
            expected.append(_CLOSING[token])
        elif expected and token == expected[-1]:
            expected.pop()
            if not expected:
                return place
    raise PatternError("括号不成对 / brackets do not match: " + " ".join(tokens))


def _triples(tokens: Sequence[str]) -> Iterator[Statement]:
    """Spell out ``s p o , o ; p o``: each statement has its subject, path and object."""
    if len(tokens) < 3 or "[" in tokens:
        yield Statement(tuple(tokens))
        return
    subject, path = tokens[0], list[str]()
    for part in _split(tokens[1:], ";"):
        for number, piece in enumerate(_split(part, ",")):
            if number == 0:
                path = list(piece[:-1])
            yield Statement((subject, *path, piece[-1]))


def _split(tokens: Sequence[str], mark: str) -> Iterator[Sequence[str]]:
    start = 0
    for place, token in enumerate([*tokens, mark]):
        if token == mark:
            if place > start:
                yield tokens[start:place]
            start = place + 1
