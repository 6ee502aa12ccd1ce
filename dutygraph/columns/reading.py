"""Reading SPARQL 1.1 as far as the columns can answer it; what goes beyond is refused.

Section 19.8 has the grammar. A query is read once and kept: the same few hundred come again.
"""

from __future__ import annotations

from functools import lru_cache

from pyoxigraph import Literal

from dutygraph.columns.algebra import (
    Bind,
    Call,
    Change,
    Constant,
    Element,
    Exists,
    Expression,
    Filter,
    Group,
    Node,
    Optional,
    RefusedError,
    Select,
    Subquery,
    Triple,
    Union,
    Values,
    Variable,
)
from dutygraph.property_paths import Alternative, Inverse, Path, Predicate, Repeated, Sequence
from dutygraph.sparql import Token, expanded, prologue, tokens, unescaped
from dutygraph.terms import PREFIXES

_FUNCTIONS = {
    *("BOUND", "COALESCE", "IF", "YEAR", "STR", "CONTAINS", "STRSTARTS", "CONCAT", "STRAFTER"),
    *("ENCODE_FOR_URI", "IRI", "STRDT", "LANG", "MIN", "COUNT", "MONTH", "DAY", "STRLEN"),
    *("REGEX", "REPLACE", "DATATYPE", "SAMETERM", "ISIRI", "ISURI", "ISBLANK", "ISLITERAL"),
}
_COMPARISONS = {"=", "!=", "<", ">", "<=", ">="}
_TYPE = "<" + PREFIXES["rdf"] + "type>"
_XSD = PREFIXES["xsd"]
_STRING = f"<{_XSD}string>"
_END = Token("MARK", "", -1)
_AFTER_TRIPLES = {"", ".", "}", "{", "FILTER", "OPTIONAL", "BIND", "VALUES"}

_LONG = 20_000
"""From how many characters on a query is one that asks for many things, and does not come again."""


def read_select(query: str) -> Select:
    """Read a SELECT.

    Raises RefusedError for what the columns cannot answer.
    """
    return _read_select(query) if len(query) < _LONG else _read_select.__wrapped__(query)


@lru_cache(maxsize=4096)
def _read_select(query: str) -> Select:
    reader = _Reader(query)
    select = reader.select()
    reader.end()
    return select


@lru_cache(maxsize=1024)
def read_update(update: str) -> tuple[tuple[Change, ...], frozenset[str]]:
    """Read an update request of INSERT … WHERE and DELETE … WHERE, and all constants in it.

    Raises RefusedError for what the columns cannot do.
    """
    reader = _Reader(update)
    changes = [reader.change()]
    while reader.takes(";"):
        changes.append(reader.change())
    reader.end()
    return tuple(changes), frozenset(reader.constants)


class _Reader:
    """Goes through the tokens of a query, one rule of the grammar to a method."""

    def __init__(self, text: str) -> None:
        declared, start = prologue(text)
        self._prefixes = {**PREFIXES, **declared}
        self._tokens = [*tokens(text, start), _END]
        # As they are compared: keywords in capitals, of which ``a`` is none.
        self._words = tuple(token.keyword or token.text for token in self._tokens)
        self._place = 0
        self.constants: set[str] = set()

    # Tokens -------------------------------------------------------------------------------------

    @property
    def _next(self) -> Token:
        return self._tokens[self._place]

    @property
    def _word(self) -> str:
        return self._words[self._place]

    def takes(self, *words: str) -> bool:
        """Go on over the next words if they are these."""
        end = self._place + len(words)
        if self._words[self._place : end] != words:
            return False
        self._place = end
        return True

    def _take(self) -> Token:
        token = self._tokens[self._place]
        if token is not _END:
            self._place += 1
        return token

    def _expect(self, *words: str) -> None:
        if not self.takes(*words):
            raise RefusedError(f"{' '.join(words)} expected before {self._next.text!r}")

    def end(self) -> None:
        """Make sure that nothing is left."""
        if self._next is not _END:
            raise RefusedError(f"not understood: {self._next.text!r}")

    # Queries ------------------------------------------------------------------------------------

    def select(self) -> Select:
        """Read a SELECT without solution modifiers."""
        self._expect("SELECT")
        distinct = self.takes("DISTINCT")
        columns: list[tuple[str, Expression]] | None = []
        if self.takes("*"):
            columns = None
        while columns is not None and self._word not in ("WHERE", "{"):
            if self.takes("("):
                value = self._expression()
                self._expect("AS")
                columns.append((self._variable().name, value))
                self._expect(")")
            else:
                variable = self._variable()
                columns.append((variable.name, variable))
        self.takes("WHERE")
        named = None if columns is None else tuple(columns)
        return Select(named, self._group(), distinct)

    def change(self) -> Change:
        """Read an INSERT or a DELETE with its WHERE."""
        inserts = self.takes("INSERT")
        if not inserts:
            self._expect("DELETE")
        template = self._group().elements
        self._expect("WHERE")
        triples = tuple(one for one in template if isinstance(one, Triple))
        simple = all(isinstance(one.path, Variable | Predicate) for one in triples)
        if len(triples) < len(template) or not simple:
            raise RefusedError("a template of triples expected")
        return Change(inserts, triples, self._group())

    # Groups -------------------------------------------------------------------------------------

    def _group(self) -> Group:
        self._expect("{")
        if self._word == "SELECT":
            inner = Subquery(self.select())
            self._expect("}")
            return Group((inner,))
        elements: list[Element] = []
        while not self.takes("}"):
            if self.takes("FILTER"):
                elements.append(Filter(self._constraint()))
            elif self.takes("OPTIONAL"):
                elements.append(Optional(self._group()))
            elif self.takes("BIND", "("):
                value = self._expression()
                self._expect("AS")
                elements.append(Bind(value, self._variable()))
                self._expect(")")
            elif self.takes("VALUES"):
                elements.append(self._values())
            elif self._word == "{":
                elements.append(self._union())
            elif not self.takes("."):
                elements += self._triples()
        return Group(tuple(elements))

    def _union(self) -> Element:
        groups = [self._group()]
        while self.takes("UNION"):
            groups.append(self._group())
        if len(groups) == 1 and len(groups[0].elements) == 1:
            (only,) = groups[0].elements
            if isinstance(only, Subquery):
                return only
        return Union(tuple(groups))

    def _values(self) -> Values:
        variable = self._variable()
        self._expect("{")
        values = []
        while not self.takes("}"):
            node = self._node()
            if not isinstance(node, Constant):
                raise RefusedError("a constant expected")
            values.append(node)
        return Values(variable, tuple(values))

    def _triples(self) -> list[Element]:
        subject, triples = self._node(), list[Element]()
        while True:
            path = self._variable() if self._next.kind == "VAR" else self._path()
            triples.append(Triple(subject, path, self._node()))
            while self.takes(","):
                triples.append(Triple(subject, path, self._node()))
            while self.takes(";"):
                pass
            if self._word in _AFTER_TRIPLES:
                return triples
            if self._words[self._place - 1] != ";":
                raise RefusedError(f"not understood: {self._next.text!r}")

    # Paths (section 9) --------------------------------------------------------------------------

    def _path(self) -> Path:
        choices = [self._steps()]
        while self.takes("|"):
            choices.append(self._steps())
        return choices[0] if len(choices) == 1 else Alternative(tuple(choices))

    def _steps(self) -> Path:
        steps = [self._step()]
        while self.takes("/"):
            steps.append(self._step())
        return steps[0] if len(steps) == 1 else Sequence(tuple(steps))

    def _step(self) -> Path:
        if self.takes("^"):
            return Inverse(self._step())
        if self.takes("("):
            path = self._path()
            self._expect(")")
        else:
            path = self._predicate()
        # A variable's mark is part of its token, so that a mark by itself belongs to the path.
        return Repeated(path, self._take().text) if self._word in ("*", "+", "?") else path

    def _predicate(self) -> Predicate:
        if self._next.text == "a":
            self._take()
            token = _TYPE
        else:
            token = self._constant().token
        if not token.startswith("<"):
            raise RefusedError("a literal is no predicate")
        self.constants.add(token)
        return Predicate(token[1:-1])

    # Terms --------------------------------------------------------------------------------------

    def _variable(self) -> Variable:
        token = self._take()
        if not token.variable:
            raise RefusedError(f"a variable expected: {token.text!r}")
        return Variable(token.variable)

    def _node(self) -> Node:
        if self._next.kind == "VAR":
            return self._variable()
        constant = self._constant()
        self.constants.add(constant.token)
        return constant

    def _constant(self) -> Constant:
        token = self._take()
        match token.kind:
            case "IRIREF" if ":" in token.text:
                return Constant(token.text)
            case "PNAME_LN" | "PNAME_NS":
                iri = expanded(token.text, self._prefixes)
                if iri is not None:
                    return Constant(f"<{iri}>")
            case "STRING":
                return self._literal(token)
            case "INTEGER":
                return Constant(f'"{int(token.text)}"^^<{_XSD}integer>')
            case "WORD" if token.text in ("true", "false"):
                return Constant(f'"{token.text}"^^<{_XSD}boolean>')
        raise RefusedError(f"a term expected: {token.text!r}")

    def _literal(self, token: Token) -> Constant:
        text = unescaped(token.text)
        if text is None or not text.isprintable():
            raise RefusedError(f"characters that have to be escaped: {token.text}")
        written = str(Literal(text))
        if self.takes("^^"):
            kind = self._node()
            if not isinstance(kind, Constant) or not kind.token.startswith("<"):
                raise RefusedError("a datatype expected")
            return Constant(written if kind.token == _STRING else f"{written}^^{kind.token}")
        if self._next.kind == "LANGTAG":
            written += self._take().text.lower()
        return Constant(written)

    # Expressions (17.2) -------------------------------------------------------------------------

    def _constraint(self) -> Expression:
        if self._word == "(":
            return self._bracketed()
        return self._primary()

    def _bracketed(self) -> Expression:
        self._expect("(")
        inner = self._expression()
        self._expect(")")
        return inner

    def _expression(self) -> Expression:
        left = self._conjunction()
        while self.takes("||"):
            left = Call("||", (left, self._conjunction()))
        return left

    def _conjunction(self) -> Expression:
        left = self._relation()
        while self.takes("&&"):
            left = Call("&&", (left, self._relation()))
        return left

    def _relation(self) -> Expression:
        left = self._sum()
        if self._word in _COMPARISONS:
            return Call(self._take().text, (left, self._sum()))
        if self.takes("IN"):
            return Call("IN", (left, *self._arguments()))
        if self.takes("NOT", "IN"):
            return Call("!", (Call("IN", (left, *self._arguments())),))
        return left

    def _sum(self) -> Expression:
        left = self._unary()
        while self._word in ("+", "-"):
            left = Call(self._take().text, (left, self._unary()))
        return left

    def _unary(self) -> Expression:
        return Call("!", (self._unary(),)) if self.takes("!") else self._primary()

    def _primary(self) -> Expression:
        if self._word == "(":
            return self._bracketed()
        if self.takes("EXISTS"):
            return Exists(self._group())
        if self.takes("NOT", "EXISTS"):
            return Call("!", (Exists(self._group()),))
        name = self._word
        if name in _FUNCTIONS and self._words[self._place + 1] == "(":
            self._take()
            return Call(name, self._arguments())
        node = self._node()
        if isinstance(node, Constant) and self._word == "(":
            return Call(node.token, self._arguments())
        return node

    def _arguments(self) -> tuple[Expression, ...]:
        self._expect("(")
        arguments = [self._expression()]
        while self.takes(","):
            arguments.append(self._expression())
        self._expect(")")
        return tuple(arguments)
