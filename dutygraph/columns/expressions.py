"""Expressions in SQL (SPARQL 1.1, section 17). An error, and what is unbound, is NULL.

The three truth values of SPARQL are those of SQL: ``error || true`` is true, ``!error`` an error.
What a comparison says depends on the kinds of its terms; where the data leave open whether it would
be one that pyoxigraph answers otherwise, it is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product

from dutygraph.columns import terms
from dutygraph.columns.algebra import (
    Call,
    Constant,
    Element,
    Exists,
    Expression,
    Filter,
    Group,
    Optional,
    RefusedError,
    Union,
    Variable,
)
from dutygraph.columns.frame import Frame
from dutygraph.columns.scope import Column, Scope, any_of
from dutygraph.columns.terms import BOOLEAN, DATE, INTEGER, IRI, OTHER, STRING, TAGGED, kind_of
from dutygraph.columns.texts import before_last_quote, between_quotes, pattern, quoted
from dutygraph.terms import PREFIXES

_XSD = PREFIXES["xsd"]
_ORDERS = {"<", ">", "<=", ">="}
_PERIODS = {
    f"<{_XSD}dayTimeDuration>": "-P([0-9]{1,6})D",
    f"<{_XSD}yearMonthDuration>": "-P([0-9]{1,5})M",
}
_UNITS = {f"<{_XSD}dayTimeDuration>": "to_days", f"<{_XSD}yearMonthDuration>": "to_months"}
_DATE_TIME = f"<{_XSD}dateTime>"
_DATATYPES = {
    STRING: f"{_XSD}string",
    TAGGED: f"{PREFIXES['rdf']}langString",
    DATE: f"{_XSD}date",
    INTEGER: f"{_XSD}integer",
    BOOLEAN: f"{_XSD}boolean",
}


class Expressions:
    """Writes expressions as SQL, over one frame."""

    def __init__(self, frame: Frame, exists: Callable[[Group, Scope], str]) -> None:
        """Take the frame, and what writes EXISTS of a group in a scope."""
        self._frame = frame
        self._exists = exists

    # Truth --------------------------------------------------------------------------------------

    def test(self, expression: Expression, scope: Scope) -> str:
        """Write an expression as a BOOLEAN, its effective boolean value (17.2.2)."""
        match expression:
            case Exists(group):
                return self._exists(group, scope)
            case Call("&&" | "||" as sign, (left, right)):
                if sign == "||":
                    return f"({self.test(left, scope)} OR {self.test(right, scope)})"
                return f"({self.test(left, scope)} AND {self.test(right, _bound(left, scope))})"
            case Call("!", (inner,)):
                return f"(NOT {self.test(inner, scope)})"
            case Call("BOUND", (Variable(name),)):
                return f"({scope[name].sql} IS NOT NULL)" if name in scope else "FALSE"
            case Call("IN", (left, *others)):
                each = [self._comparison("=", left, other, scope) for other in others]
                return f"({' OR '.join(each)})"
            case Call("=" | "!=" | "<" | ">" | "<=" | ">=" as sign, (left, right)):
                return self._comparison(sign, left, right, scope)
            case Call("SAMETERM", (left, right)):
                return f"({self.term(left, scope).sql} = {self.term(right, scope).sql})"
            case Call("ISIRI" | "ISURI" | "ISLITERAL" | "ISBLANK" as name, (inner,)):
                # There are no blank nodes.
                asked = {"ISLITERAL": f"<> {IRI}", "ISBLANK": "< 0"}.get(name, f"= {IRI}")
                return f"({terms.kind_in_sql(self.term(inner, scope).sql)} {asked})"
            case Call("REGEX", (text, form)):
                return f"regexp_matches({self.string(text, scope)}, {pattern(form)})"
            case Call("CONTAINS" | "STRSTARTS" as name, (left, right)):
                function = "contains" if name == "CONTAINS" else "starts_with"
                return f"{function}({self.string(left, scope)}, {self.string(right, scope)})"
            case Call("COALESCE", arguments):
                return f"COALESCE({', '.join(self.test(one, scope) for one in arguments)})"
        value = self.term(expression, scope)
        if not value.kinds <= {BOOLEAN}:
            raise RefusedError(f"no truth value: {expression}")
        return terms.boolean_in_sql(value.sql)

    def _comparison(self, sign: str, left: Expression, right: Expression, scope: Scope) -> str:
        if _is_string(left) or _is_string(right):
            return f"({self.string(left, scope)} {sign} {self.string(right, scope)})"
        one, other = self.term(left, scope), self.term(right, scope)
        fits = _ordered if sign in _ORDERS else _equated
        if not all(fits(*kinds) for kinds in product(one.kinds, other.kinds)):
            raise RefusedError(f"a comparison of mixed kinds: {left} {sign} {right}")
        return f"({one.sql} {sign} {other.sql})"

    # Terms --------------------------------------------------------------------------------------

    def term(self, expression: Expression, scope: Scope) -> Column:
        """Write an expression as the number of a term."""
        match expression:
            case Variable(name):
                return self._column(name, scope)
            case Constant(token):
                number = self._frame.number(token)
                kinds = frozenset({kind_of(number)})
                text = quoted(token) if kinds.isdisjoint(terms.VALUES) else None
                return Column(str(number), kinds, token=text, among=frozenset({number}))
            case Call("COALESCE", arguments):
                return self._first([self.term(one, scope) for one in arguments])
            case Call("IF", (condition, then, otherwise)):
                return self._either(self.test(condition, scope), then, otherwise, scope)
            case Call("YEAR" | "MONTH" | "DAY" as part, (date,)):
                day = self._of_kind(DATE, date, scope)
                value = f"{part.lower()}({terms.date_in_sql(day.sql)})"
                return Column(terms.of_integer(value), frozenset({INTEGER}), day.certain)
            case Call("STRLEN", (text,)):
                length = f"length({self.string(text, scope)})"
                return Column(terms.of_integer(length), frozenset({INTEGER}), certain=False)
            case Call("DATATYPE", (Call(datatype, (text,)),)) if datatype == _DATE_TIME:
                return self._cast(self.string(text, scope))
            case Call("DATATYPE", (inner,)):
                return self._datatype(self.term(inner, scope))
            case Call("+", parts):
                each = [self._of_kind(INTEGER, part, scope) for part in parts]
                total = " + ".join(terms.integer_in_sql(part.sql) for part in each)
                certain = all(part.certain for part in each)
                return Column(terms.of_integer(f"({total})"), frozenset({INTEGER}), certain)
            case Call("-", (date, period)):
                return self._earlier(self._of_kind(DATE, date, scope), period, scope)
            case Call("STRDT", (text, Constant(datatype))) if datatype == f"<{_XSD}date>":
                return _date(self.string(text, scope))
            case Call("IRI", (Call("CONCAT", parts),)):
                return self._made(parts, scope)
        raise RefusedError(f"no term: {expression}")

    def _column(self, name: str, scope: Scope) -> Column:
        if name not in scope:
            # Never bound here: an error that whoever wrote the query did not mean.
            raise RefusedError(f"?{name} cannot be bound")
        return scope[name]

    def _of_kind(self, kind: int, expression: Expression, scope: Scope) -> Column:
        column = self.term(expression, scope)
        if not column.kinds <= {kind}:
            raise RefusedError(f"may be of another kind: {expression}")
        return column

    def _datatype(self, column: Column) -> Column:
        """Write DATATYPE (17.4.2.3): of an IRI there is none."""
        written = f"regexp_extract({self._token(column)}, '\\^\\^(<[^<>]*>)$', 1)"
        cases = [
            f"WHEN {kind} THEN {self._frame.number(f'<{_DATATYPES[kind]}>')}"
            for kind in sorted(column.kinds & _DATATYPES.keys())
        ]
        if OTHER in column.kinds:
            cases.append(f"WHEN {OTHER} THEN {terms.of_iri(written)}")
        sql = f"CASE {terms.kind_in_sql(column.sql)} {' '.join(cases)} END"
        return Column(sql if cases else "NULL::BIGINT", frozenset({IRI}), certain=False)

    def _cast(self, text: str) -> Column:
        """Write the datatype of a cast to the first moment of a day; there is none of no day."""
        number = self._frame.number(_DATE_TIME)
        moment = "[0-9]{4}-[0-9]{2}-[0-9]{2}T00:00:00"
        sql = terms.let(
            text,
            lambda x: (
                f"CASE WHEN {x} IS NULL THEN NULL "
                f"WHEN NOT regexp_full_match({x}, '{moment}') OR starts_with({x}, '0000') "
                "THEN error('a moment of another form')::BIGINT "
                f"WHEN TRY_CAST({x}[1:10] AS DATE) IS NOT NULL THEN {number} END"
            ),
        )
        return Column(sql, frozenset({IRI}), certain=False)

    def _first(self, columns: list[Column]) -> Column:
        """Write COALESCE of terms."""
        token = None
        if any(column.token for column in columns):
            cases = " ".join(
                f"WHEN {column.sql} IS NOT NULL THEN {column.token or 'NULL'}" for column in columns
            )
            token = f"CASE {cases} END"
        return Column(
            f"COALESCE({', '.join(column.sql for column in columns)})",
            frozenset().union(*(column.kinds for column in columns)),
            any(column.certain for column in columns),
            token,
            any_of(column.among for column in columns),
        )

    def _either(self, test: str, then: Expression, otherwise: Expression, scope: Scope) -> Column:
        """Write IF: an error of the condition is one of the whole."""
        yes, no = self.term(then, scope), self.term(otherwise, scope)

        def case(one: str | None, other: str | None) -> str:
            return (
                f"CASE WHEN {test} THEN {one or 'NULL'} WHEN NOT {test} THEN {other or 'NULL'} END"
            )

        return Column(
            case(yes.sql, no.sql),
            yes.kinds | no.kinds,
            certain=False,
            token=case(yes.token, no.token) if yes.token or no.token else None,
            among=any_of((yes.among, no.among)),
        )

    def _earlier(self, day: Column, period: Expression, scope: Scope) -> Column:
        """Write a date less a duration of days or months below zero."""
        match period:
            case Constant(token) if token.startswith('"') and "^^" in token:
                literal = terms.read(token)
                text, datatype = quoted(literal.value), str(literal.datatype)  # type: ignore[union-attr]
            case Call("STRDT", (inner, Constant(datatype))):
                text = self.string(inner, scope)
            case _:
                raise RefusedError(f"no duration: {period}")
        if datatype not in _PERIODS:
            raise RefusedError(f"no duration: {period}")
        form, unit = _PERIODS[datatype], _UNITS[datatype]
        number = f"TRY_CAST(regexp_extract({text}, '^{form}$', 1) AS INTEGER)"
        date = terms.date_in_sql(day.sql)
        later = (
            f"CASE WHEN {date} IS NULL OR {text} IS NULL THEN NULL "
            f"WHEN {number} IS NULL THEN error('a duration of another form')::TIMESTAMP "
            f"ELSE {date} + {unit}({number}) END"
        )
        return Column(terms.of_date(later), frozenset({DATE}), certain=False)

    def _made(self, parts: tuple[Expression, ...], scope: Scope) -> Column:
        """Write an IRI joined of a beginning that is one and of what can stand in any."""
        first, *others = parts
        begins = isinstance(first, Constant) and ":" in first.token and "#" in first.token
        match first:
            case Call("STR", (Variable(name),)):
                begins = self._column(name, scope).kinds <= {IRI}
        if not begins or not all(self._can_stand_in_iri(part, scope) for part in others):
            raise RefusedError(f"may be no IRI: {parts}")
        token = "('<' || " + " || ".join(self.string(part, scope) for part in parts) + " || '>')"
        return Column(terms.of_iri(token), frozenset({IRI}), certain=False, token=token)

    def _can_stand_in_iri(self, part: Expression, scope: Scope) -> bool:
        match part:
            case Constant(token):
                return token == '"-"'  # noqa: S105
            case Call("ENCODE_FOR_URI", _):
                return True
            case Call("STRAFTER", (Call("STR", (Variable(name),)), Constant('"#"'))):
                return self._column(name, scope).kinds <= {IRI}
        return False

    # Strings ------------------------------------------------------------------------------------

    def string(self, expression: Expression, scope: Scope) -> str:
        """Write an expression that gives a simple literal as a VARCHAR."""
        match expression:
            case Constant(token) if token.endswith('"'):
                return quoted(terms.read(token).value)
            case Constant() | Variable():
                return self._text(self._of_kind(STRING, expression, scope))
            case Call("STR", (inner,)):
                return self._text(self.term(inner, scope))
            case Call("CONCAT", parts):
                return "(" + " || ".join(self.string(part, scope) for part in parts) + ")"
            case Call("STRAFTER", (text, mark)):
                whole, cut = self.string(text, scope), self.string(mark, scope)
                return terms.let(
                    whole,
                    lambda x: (
                        f"CASE WHEN contains({x}, {cut}) "
                        f"THEN substr({x}, instr({x}, {cut}) + length({cut})) "
                        f"WHEN {x} IS NOT NULL THEN '' END"
                    ),
                )
            case Call("ENCODE_FOR_URI", (text,)):
                return f"url_encode({self.string(text, scope)})"
            case Call("REPLACE", (text, form, Constant(instead))) if instead.endswith('"'):
                value = terms.read(instead).value
                if set(value) & set("$\\"):
                    raise RefusedError(f"a replacement that refers to what is replaced: {instead}")
                whole, by = self.string(text, scope), quoted(value)
                return f"regexp_replace({whole}, {pattern(form)}, {by}, 'g')"
        raise RefusedError(f"no string: {expression}")

    def _token(self, column: Column) -> str:
        """Write the text of a term as N-Triples have it; one that holds its value has none."""
        if column.text is not None:
            return column.text
        stored = f"(SELECT any_value(token) FROM text WHERE text.number = {column.sql})"
        return stored if column.token is None else f"COALESCE({column.token}, {stored})"

    def _text(self, column: Column) -> str:
        """Write STR of a term (17.4.2.5)."""
        stored = self._token(column)
        forms = {
            IRI: terms.let(stored, lambda x: f"substr({x}, 2, length({x}) - 2)"),
            STRING: terms.let(stored, between_quotes),
            **dict.fromkeys((TAGGED, OTHER), terms.let(stored, before_last_quote)),
            DATE: f"strftime({terms.date_in_sql(column.sql)}, '%Y-%m-%d')",
            INTEGER: f"{terms.integer_in_sql(column.sql)}::VARCHAR",
            BOOLEAN: f"{terms.boolean_in_sql(column.sql)}::VARCHAR",
        }
        if len(column.kinds) == 1:
            return forms[next(iter(column.kinds))]
        kind = terms.kind_in_sql(column.sql)
        cases = " ".join(f"WHEN {one} THEN {forms[one]}" for one in sorted(column.kinds))
        return f"CASE {kind} {cases} END" if cases else "NULL::VARCHAR"


def spoken(expression: Expression) -> set[str]:
    """Give the variables whose texts an expression looks at, those in its EXISTS too."""
    match expression:
        case Exists(group):
            return {name for one in group.elements for name in _spoken_in(one)}
        case Call(name, arguments):
            found = {name for one in arguments for name in spoken(one)}
            if name in _OF_TEXTS:
                found |= {one.name for one in arguments if isinstance(one, Variable)}
            return found
    return set()


def _spoken_in(element: Element) -> set[str]:
    match element:
        case Filter(test):
            return spoken(test)
        case Optional(group):
            return spoken(Exists(group))
        case Union(groups):
            return {name for group in groups for name in spoken(Exists(group))}
    return set()


_OF_TEXTS = {
    *("STR", "CONTAINS", "STRSTARTS", "CONCAT", "STRAFTER", "ENCODE_FOR_URI"),
    *("REGEX", "REPLACE", "STRLEN", "DATATYPE"),
}


def _bound(test: Expression, scope: Scope) -> Scope:
    """Give the scope of what stands behind a test and ``&&``: it counts only where that holds."""
    match test:
        case Call("BOUND", (Variable(name),)) if name in scope:
            return {**scope, name: replace(scope[name], certain=True)}
        case Call("&&", (left, right)):
            return _bound(right, _bound(left, scope))
    return scope


def _is_string(expression: Expression) -> bool:
    return isinstance(expression, Call) and expression.name in (
        *("STR", "CONCAT", "STRAFTER", "ENCODE_FOR_URI", "REPLACE"),
    )


def _equated(one: int, other: int) -> bool:
    """Tell whether two terms of these kinds are equal if, and only if, they are the same."""
    return IRI in (one, other) or (one == other and one not in (TAGGED, OTHER))


def _ordered(one: int, other: int) -> bool:
    return one == other and one in (DATE, INTEGER)


def _date(text: str) -> Column:
    """Write STRDT of a date; one that does not exist would be a literal of another kind."""
    day = terms.let(
        text,
        lambda x: (
            f"CASE WHEN {x} IS NULL THEN NULL "
            f"WHEN regexp_full_match({x}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}') "
            f"THEN COALESCE(TRY_CAST({x} AS DATE), error('no date')::DATE) "
            "ELSE error('no date')::DATE END"
        ),
    )
    return Column(terms.of_date(day), frozenset({DATE}), certain=False)
