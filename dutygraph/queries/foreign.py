"""Queries of strangers, read before they are run: what they are, what they may see, how much.

A query is taken apart into its tokens, no more: that is enough to tell a query from an update, to
find the graphs it names and to refuse what leaves the store. The graphs it sees are given to the
store as its dataset, which holds whatever a query says; so nothing that the tokens might miss can
be read.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin

from dutygraph.sparql import Token, expanded, tokens
from dutygraph.terms import PREFIXES

LONGEST: Final = 64 * 1024
"""Characters of a query; longer ones stall or crash parsers."""

_DEEPEST: Final = 100
_MOST_OPERATORS: Final = 1000

_ESCAPE: Final = re.compile(r"\\\\|\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_OPERATORS: Final = frozenset(
    ("||", "&&", "^^", "!=", "<=", ">=", "|", "&", "^", "!", "=", "<", ">", "+", "-", "*", "/")
)
_FORMS: Final = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_UPDATES: Final = (
    *("INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"),
)
_OUTSIDE: Final = "SERVICE"
_SPEAKING_OF_IT: Final = ("IRIREF", "STRING", "VAR", "BLANK_NODE_LABEL")
"""What may have that word in it."""
_GLUED: Final = ("FROM", "NAMED", "GRAPH", "BASE", "PREFIX")
"""Keywords that a prefixed name may follow without a space: ``FROM:one``."""
_NAMES: Final = ("PNAME_LN", "PNAME_NS")


class RefusedQueryError(ValueError):
    """A query may not be run; the message says why and what may, in both languages."""


@dataclass(frozen=True)
class Dataset:
    """The graphs that a query sees: merged as its default graph, and by name (SPARQL 1.1, 13)."""

    default: tuple[str, ...]
    named: tuple[str, ...]


@dataclass(frozen=True)
class Query:
    """A query that may be run: its text, escapes resolved, its form, and the graphs it sees.

    ``form`` is SELECT, ASK, CONSTRUCT or DESCRIBE.
    """

    text: str
    form: str
    dataset: Dataset

    @property
    def gives_triples(self) -> bool:
        """Whether it answers with triples, not with rows or yes and no."""
        return self.form in ("CONSTRUCT", "DESCRIBE")


def admitted(
    text: str,
    graphs: Sequence[str],
    default: Collection[str] = (),
    named: Collection[str] = (),
) -> Query:
    """Read a stranger's query over these graphs; ``default`` and ``named`` are the protocol's.

    Graphs that the protocol names take the place of those in the query (SPARQL 1.1 Protocol,
    2.1.4); where neither names any, the query sees all. Raises RefusedQueryError for an update, for
    SERVICE, for a graph that is not among ours, for a string without end, and for a query too long
    or too deep.
    """
    if len(text) > LONGEST:
        raise RefusedQueryError(
            f"查询超过 {LONGEST} 个字符 / the query has more than {LONGEST} characters"
        )
    resolved = _resolved(text)
    read = list(_tokens(resolved))
    _refuse_shape(read)
    _refuse_outside(read)
    form = _form(read)
    asked = _Named(read)
    for graph in (*asked.default, *asked.named, *asked.patterns, *default, *named):
        if graph not in graphs:
            raise RefusedQueryError(
                f"没有图 <{graph}>；可用的图见服务描述 / there is no graph <{graph}>; "
                "the service description lists those there are"
            )
    return Query(resolved, form, _dataset(tuple(graphs), asked, default, named))


def _dataset(
    graphs: tuple[str, ...], asked: _Named, default: Collection[str], named: Collection[str]
) -> Dataset:
    if default or named:
        return Dataset(tuple(default), tuple(named))
    if asked.default or asked.named:
        return Dataset(tuple(asked.default), tuple(asked.named))
    return Dataset(graphs, graphs)


def _resolved(text: str) -> str:
    """Resolve codepoint escapes wherever they stand (SPARQL 1.1, 19.2), each once."""

    def character(found: re.Match[str]) -> str:
        digits = found[1] or found[2]
        if digits is None:
            return found[0]
        number = int(digits, 16)
        # A backslash made from an escape would begin another for whoever reads it next.
        if number in (0, 0x5C) or 0xD800 <= number <= 0xDFFF or number > 0x10FFFF:
            raise RefusedQueryError(
                f"不接受转义 {found[0]} / the escape {found[0]} is not accepted"
            )
        return chr(number)

    return _ESCAPE.sub(character, text)


def _tokens(text: str) -> Iterator[Token]:
    """Give the tokens of a query; a keyword that a name follows without a space is one by itself.

    So parsers that know no tokens read ``FROM:one``.
    """
    for token in tokens(text):
        prefix, colon, local = token.text.partition(":")
        if token.kind == "OPEN":
            raise RefusedQueryError(
                f"字符串没有结束，缺少 {token.text[0]} / "
                f"a string does not end: {token.text[0]} is missing"
            )
        if token.kind in _NAMES and prefix.upper() in _GLUED:
            yield Token("WORD", prefix, token.start)
            yield Token(token.kind, colon + local, token.start + len(prefix))
        else:
            yield token


def _refuse_shape(read: Sequence[Token]) -> None:
    depth = operators = 0
    for token in read:
        if token.kind == "MARK":
            depth += (token.text in "({[") - (token.text in ")}]")
            operators += token.text in _OPERATORS
        if depth > _DEEPEST:
            raise RefusedQueryError(
                f"括号嵌套超过 {_DEEPEST} 层 / brackets are nested more than {_DEEPEST} deep"
            )
    if operators > _MOST_OPERATORS:
        raise RefusedQueryError(
            f"运算符超过 {_MOST_OPERATORS} 个 / there are more than {_MOST_OPERATORS} operators"
        )


def _refuse_outside(read: Sequence[Token]) -> None:
    """Refuse SERVICE, also where parsers take words apart: ``trueSERVICE``, ``SERVICE:name``."""
    for token in read:
        word = token.text.partition(":")[0] if token.kind in _NAMES else token.text
        if token.kind not in _SPEAKING_OF_IT and _OUTSIDE in word.upper():
            raise RefusedQueryError(
                "这里的查询不得访问别的服务器：不接受 SERVICE，也不接受含 service 的前缀 / queries "
                "here reach no other server: SERVICE is refused, and so are prefixes with that word"
            )


def _form(read: Sequence[Token]) -> str:
    """Give the query form: the first keyword after the prologue."""
    words = (token.keyword for token in read if token.keyword)
    first = next((word for word in words if word not in ("BASE", "PREFIX")), "")
    for form in _FORMS:
        # Parsers ask for no space after a keyword: ``SELECTDISTINCT`` is read as two.
        if first.startswith(form):
            return form
    if any(first.startswith(update) for update in _UPDATES):
        raise RefusedQueryError(
            "这里只能查询，不能修改 / this endpoint is read-only: updates are refused"
        )
    raise RefusedQueryError(
        f"查询应以 {'、'.join(_FORMS)} 开头 / a query begins with one of {', '.join(_FORMS)}"
    )


class _Named:
    """The graphs that a query names: in FROM, in FROM NAMED, and after GRAPH."""

    def __init__(self, read: Sequence[Token]) -> None:
        self.default: list[str] = []
        self.named: list[str] = []
        self.patterns: list[str] = []
        self._prefixes = dict(PREFIXES)
        self._base = ""
        padded = [*read, *[Token("MARK", "", -1)] * 2]
        for token, second, third in zip(padded, padded[1:], padded[2:], strict=False):
            self._note(token.keyword, second, third)

    def _note(self, keyword: str, second: Token, third: Token) -> None:
        if keyword == "BASE" and second.kind == "IRIREF":
            self._base = self._resolved(second)
        elif keyword == "PREFIX" and third.kind == "IRIREF":
            self._prefixes[second.text[:-1]] = self._resolved(third)
        elif keyword == "FROM" and second.keyword == "NAMED":
            self.named += self._iri(third)
        elif keyword == "FROM":
            self.default += self._iri(second)
        elif keyword == "GRAPH":
            self.patterns += self._iri(second)

    def _resolved(self, token: Token) -> str:
        """Resolve an IRI against the base; one that is ill-formed stays, and names no graph."""
        try:
            return urljoin(self._base, token.text[1:-1])
        except ValueError:
            return token.text[1:-1]

    def _iri(self, token: Token) -> list[str]:
        """Give the IRI that a token stands for, none for a variable or a prefix not declared."""
        if token.kind == "IRIREF":
            return [self._resolved(token)]
        iri = expanded(token.text, self._prefixes) if token.kind in _NAMES else None
        return [] if iri is None else [iri]
