"""Terms as numbers: 64 bits that say what a term is, and of dates and numbers also how much.

The three bits below the sign tell the kind. Of a date, an integer and a truth value the other sixty
hold the value, so that to compare the numbers is to compare the values. Of all else they hold a
hash of the term as N-Triples write it, whose text stands in a table; two terms with one hash are
noticed when the table is made. A literal whose form is not the canonical one of its datatype, or
that has another datatype, is of the kind ``OTHER``: it equals itself, and nothing else is known.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable
from itertools import count
from typing import Final, TypeAlias

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from dutygraph.store.graphs import Term
from dutygraph.terms import PREFIXES

OTHER, IRI, STRING, TAGGED, DATE, INTEGER, BOOLEAN = range(7)
Kinds: TypeAlias = frozenset[int]
VALUES: Final[Kinds] = frozenset({DATE, INTEGER, BOOLEAN})
"""The kinds whose number holds the value."""

_BITS = 60
_REST = (1 << _BITS) - 1
_ZERO = 1 << 58
"""What is added to an integer, so that what stands for it has no sign."""
_FIRST = "DATE '0001-01-01'"
_LAST = (dt.date.max - dt.date.min).days
_XSD = PREFIXES["xsd"]
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,14}")
_TAG = re.compile(r"@[a-z]+(-[a-z0-9]+)*")
_XSD_DATE, _XSD_INTEGER, _XSD_BOOLEAN = (
    NamedNode(_XSD + name) for name in ("date", "integer", "boolean")
)


def _tagged(kind: int, rest: str) -> str:
    return f"({kind << _BITS} | {rest})"


def _hashed(kind: int, token: str) -> str:
    # Not DuckDB's own hash(): of texts that differ in two places it often gives the same.
    return _tagged(kind, f"((md5_number({token}) >> 68)::BIGINT & {_REST})")


_AN_INTEGER = f"(TRY_CAST(split_part(token, chr(34), 2) AS BIGINT) + {_ZERO})"
_WHICH = (
    "CASE WHEN starts_with(token, '<') THEN iri_id(token) "
    f"WHEN ends_with(token, '\"') THEN {_hashed(STRING, 'token')} "
    f"WHEN ends_with(token, '^^<{_XSD}date>') "
    "AND regexp_full_match(token, '\"[0-9]{4}-[0-9]{2}-[0-9]{2}\".*') "
    "AND TRY_CAST(token[2:11] AS DATE) IS NOT NULL AND token[2:5] <> '0000' "
    f"THEN {_tagged(DATE, f'(TRY_CAST(token[2:11] AS DATE) - {_FIRST})')} "
    f"WHEN ends_with(token, '^^<{_XSD}integer>') "
    "AND regexp_full_match(token, '\"(0|-?[1-9][0-9]{0,14})\".*') "
    f"THEN {_tagged(INTEGER, _AN_INTEGER)} "
    f"WHEN token = '\"true\"^^<{_XSD}boolean>' THEN {BOOLEAN << _BITS | 1} "
    f"WHEN token = '\"false\"^^<{_XSD}boolean>' THEN {BOOLEAN << _BITS} "
    "WHEN regexp_full_match(token, '\".*\"@[a-z]+(-[a-z0-9]+)*', 's') "
    f"THEN {_hashed(TAGGED, 'token')} "
    f"ELSE {_hashed(OTHER, 'token')} END"
)
MACROS: Final = (
    f"CREATE MACRO iri_id(token) AS {_hashed(IRI, 'token')}",
    f"CREATE MACRO term_id(token) AS {_WHICH}",
)
"""What turns a term's text into its number, in SQL."""


def number(token: str) -> int:
    """Give the number of a term from its text: what ``term_id`` gives in SQL."""
    if token.startswith("<"):
        return _numbered(IRI, token)
    if token.endswith('"'):
        return _numbered(STRING, token)
    text = token[1 : token.rindex('"')]
    match token.removeprefix(f'"{text}"'):
        case "^^<http://www.w3.org/2001/XMLSchema#date>" if _is_day(text):
            return DATE << _BITS | (dt.date.fromisoformat(text) - dt.date.min).days
        case "^^<http://www.w3.org/2001/XMLSchema#integer>" if _INTEGER.fullmatch(text):
            return INTEGER << _BITS | (int(text) + _ZERO)
        case "^^<http://www.w3.org/2001/XMLSchema#boolean>" if text in {"true", "false"}:
            return BOOLEAN << _BITS | (text == "true")
        case tag if _TAG.fullmatch(tag):
            return _numbered(TAGGED, token)
    return _numbered(OTHER, token)


def _is_day(text: str) -> bool:
    if not _DAY.fullmatch(text):
        return False
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _numbered(kind: int, token: str) -> int:
    digest = hashlib.md5(token.encode(), usedforsecurity=False).digest()
    return kind << _BITS | (int.from_bytes(digest, "little") >> 68) & _REST


def kind_of(number: int) -> int:
    """Give the kind of the term that a number stands for."""
    return number >> _BITS


def kind_in_sql(number: str) -> str:
    """Give the kind of a number, in SQL."""
    return f"({number} >> {_BITS})"


def date_in_sql(number: str) -> str:
    """Give the DATE of a number of the kind DATE, in SQL."""
    return f"({_FIRST} + ({number} & {_REST})::INTEGER)"


def integer_in_sql(number: str) -> str:
    """Give the value of a number of the kind INTEGER, in SQL."""
    return f"(({number} & {_REST}) - {_ZERO})"


def boolean_in_sql(number: str) -> str:
    """Give the value of a number of the kind BOOLEAN, in SQL."""
    return f"({number} = {BOOLEAN << _BITS | 1})"


def let(value: str, use: Callable[[str], str]) -> str:
    """Write what uses a value several times, in SQL, so that it is worked out once."""
    name = f"x{next(_names)}"
    return f"list_transform([{value}], lambda {name}: {use(name)})[1]"


_names = count()


def of_date(date: str) -> str:
    """Give the number of a DATE or TIMESTAMP in SQL; a day that has no four-digit year stops it."""
    return let(
        f"(({date})::DATE - {_FIRST})",
        lambda days: (
            f"CASE WHEN {days} BETWEEN 0 AND {_LAST} THEN {_tagged(DATE, days)} "
            f"WHEN {days} IS NULL THEN NULL ELSE error('a day out of range')::BIGINT END"
        ),
    )


def of_integer(value: str) -> str:
    """Give the number of an integer in SQL."""
    return _tagged(INTEGER, f"({value} + {_ZERO})")


def of_iri(token: str) -> str:
    """Give the number of an IRI in SQL, from its text with the angle brackets."""
    return f"iri_id({token})"


def decoded(number: int) -> Term | None:
    """Give the term of a number that holds its value, None for one that does not."""
    kind, rest = number >> _BITS, number & _REST
    if kind == DATE:
        day = dt.date.min + dt.timedelta(days=rest)
        return Literal(day.isoformat(), datatype=_XSD_DATE)
    if kind == INTEGER:
        return Literal(str(rest - _ZERO), datatype=_XSD_INTEGER)
    if kind == BOOLEAN:
        return Literal("true" if rest else "false", datatype=_XSD_BOOLEAN)
    return None


def read(token: str) -> Term:
    """Give the term of a text in N-Triples."""
    if token.startswith("<"):
        return NamedNode(token[1:-1])
    if token.endswith('"') and "\\" not in token:
        return Literal(token[1:-1])
    (triple,) = parse(f"<urn:s> <urn:p> {token} .\n".encode(), format=RdfFormat.N_TRIPLES)
    term = triple.object
    assert isinstance(term, NamedNode | Literal)  # noqa: S101
    return term
