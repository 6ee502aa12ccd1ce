"""Texts in SQL: as they are quoted, as tokens hold them, and patterns that they match."""

from __future__ import annotations

import re

from dutygraph.columns import terms
from dutygraph.columns.algebra import Constant, Expression, RefusedError

_PLAIN_PATTERN = re.compile(
    r"""(?:
      [^\\\[\](){}*+?|.^$] | \. | \^ | \$ | \|
    | \[\^?(?:[^\\\[\]^&~-](?:-[^\\\[\]^&~-])?)+-?\]
    | \((?!\?) | \) | (?<![*+?}(|^])(?:[*+?]|\{[0-9]{1,3}(?:,[0-9]{0,3})?\})
    )*""",
    re.VERBOSE,
)


def pattern(expression: Expression) -> str:
    """Write a pattern that both engines' regular expressions read alike (17.4.3.14).

    They differ in classes by name, in case and in what is looked at around a place.
    """
    match expression:
        case Constant(token) if token.endswith('"'):
            written = terms.read(token).value
            if _PLAIN_PATTERN.fullmatch(written):
                return quoted(written)
    raise RefusedError(f"a pattern: {expression}")


def between_quotes(token: str) -> str:
    """Write the text of a simple literal from its token; one with an escape stops the query."""
    return (
        f"CASE WHEN contains({token}, '\\') THEN error('an escape') "
        f"ELSE substr({token}, 2, length({token}) - 2) END"
    )


def before_last_quote(token: str) -> str:
    """Write the text of a literal with a tag or datatype; one with an escape stops the query."""
    return (
        f"CASE WHEN contains({token}, '\\') THEN error('an escape') "
        f"ELSE regexp_extract({token}, '^\"(.*)\"', 1, 's') END"
    )


def quoted(text: str) -> str:
    """Write a text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"
