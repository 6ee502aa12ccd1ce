"""Constraints that one value fulfils or not by itself, as SPARQL expressions.

Each expression may raise an error for a value that it is not made for; whoever uses it must take
an error for false (``fulfilled``).
"""

from __future__ import annotations

from typing import TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode

from dutygraph.shacl.model import Datatype, In, LanguageIn, Length, NodeKind, Pattern, Range
from dutygraph.shacl.probing import Dialect
from dutygraph.store.graphs import Term
from dutygraph.terms import PREFIXES

XSD, _RDF = PREFIXES["xsd"], PREFIXES["rdf"]
ValueTest: TypeAlias = Datatype | NodeKind | Range | Length | Pattern | LanguageIn | In

_KINDS = {"IRI": "isIRI", "BlankNode": "isBlank", "Literal": "isLiteral"}
_INTEGER = r"^[+-]?[0-9]+$"
_DECIMAL = r"^[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)$"
_DOUBLE = r"^([+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)?|[+-]?INF|NaN)$"
_ZONE = r"(Z|[+-][0-9]{2}:[0-9]{2})"
_DATE = rf"^-?[0-9]{{4,}}-[0-9]{{2}}-[0-9]{{2}}{_ZONE}?$"
_LEXICAL = {
    "integer": _INTEGER,
    "decimal": _DECIMAL,
    "float": _DOUBLE,
    "double": _DOUBLE,
    "boolean": "^(true|false|1|0)$",
    "date": _DATE,
}
"""The lexical forms of the datatypes that SPARQL 1.1 knows (section 17.1), and of xsd:date."""

_BOUNDS: dict[str, tuple[int | None, int | None]] = {
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-(2**7), 2**7 - 1),
    "nonNegativeInteger": (0, None),
    "unsignedLong": (0, 2**64 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 2**8 - 1),
    "positiveInteger": (1, None),
}
"""The datatypes derived from xsd:integer, with their least and greatest value."""


def string(words: str) -> str:
    """Write a string as SPARQL does."""
    return str(Literal(words))


def same_term(variable: str, term: Term) -> str:
    """Give the expression that a variable is bound to a term: the very term, not an equal value.

    No query can name a blank node of the data, and one of the shapes graph is none of them.
    """
    if isinstance(term, BlankNode):
        return "false"
    return f"sameTerm({variable}, {term})"


def fulfilled(test: ValueTest, value: str, dialect: Dialect) -> str:
    """Give the expression that a value fulfils a constraint; an error counts as false."""
    return f"COALESCE({_expression(test, value, dialect)}, false)"


def _expression(test: ValueTest, value: str, dialect: Dialect) -> str:
    match test:
        case Datatype(iri):
            return _of_datatype(iri, value, dialect)
        case NodeKind(kinds):
            return "(" + " || ".join(f"{_KINDS[kind]}({value})" for kind in sorted(kinds)) + ")"
        case Range(_, operator, bound):
            return f"{value} {operator} {bound}"
        case Length(_, operator, length):
            return f"!isBlank({value}) && STRLEN(STR({value})) {operator} {length}"
        case Pattern(regex, flags):
            more = f", {string(flags)}" if flags else ""
            return f"!isBlank({value}) && REGEX(STR({value}), {string(regex)}{more})"
        case LanguageIn(ranges):
            matched = (f"LANGMATCHES(LANG({value}), {string(one)})" for one in ranges)
            return "(" + (" || ".join(matched) or "false") + ")"
        case In(members):
            return _is_one_of(members, value)


def _is_one_of(members: tuple[Term, ...], value: str) -> str:
    """Compare with IRIs by IN, which is quick, and with literals as terms, which IN is not."""
    iris = [str(one) for one in members if isinstance(one, NamedNode)]
    tests = [same_term(value, one) for one in members if isinstance(one, Literal)]
    if iris:
        tests.append(f"(isIRI({value}) && {value} IN ({', '.join(iris)}))")
    return "(" + (" || ".join(tests) or "false") + ")"


def _of_datatype(iri: str, value: str, dialect: Dialect) -> str:
    """Give the expression that a value is a literal of a datatype and not ill-typed (4.1.2)."""
    name = iri.removeprefix(XSD)
    is_typed = f"DATATYPE({value}) = <{iri}>"
    if iri == _RDF + "langString":
        return f'isLiteral({value}) && LANG({value}) != ""'
    if name in _BOUNDS:
        if dialect.folds_integers:
            is_typed = f"DATATYPE({value}) IN (<{iri}>, <{XSD}integer>)"
        return " && ".join([is_typed, _matches(value, _INTEGER), *_bounded(name, value)])
    if name == "dateTime":
        return f"{is_typed} && {_is_date_time(f'STR({value})')}"
    if name == "date":
        midnight = f'CONCAT(REPLACE(STR({value}), {string(_ZONE + "$")}, ""), "T00:00:00")'
        return f"{is_typed} && {_matches(value, _DATE)} && {_is_date_time(midnight)}"
    if name in _LEXICAL:
        return f"{is_typed} && {_matches(value, _LEXICAL[name])}"
    return is_typed


def _matches(value: str, regex: str) -> str:
    return f"REGEX(STR({value}), {string(regex)})"


def _bounded(name: str, value: str) -> list[str]:
    least, greatest = _BOUNDS[name]
    number = f"<{XSD}decimal>(STR({value}))"
    tests = [] if least is None else [f"{number} >= {least}"]
    return tests if greatest is None else [*tests, f"{number} <= {greatest}"]


def _is_date_time(lexical: str) -> str:
    return f"DATATYPE(<{XSD}dateTime>({lexical})) = <{XSD}dateTime>"
