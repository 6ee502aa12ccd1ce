"""The tokens of SPARQL (section 19.8), as far as the columns know them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from dutygraph.columns.algebra import RefusedError
from dutygraph.terms import PREFIXES

_TOKEN = re.compile(
    r"""\s+|\#[^\n]*|(?P<token>
      <[^<>"{}|^`\\\x00-\x20]*>
    | "(?:[^"\\\n\r]|\\.)*"
    | \^\^|&&|\|\||<=|>=|!=
    | @[A-Za-z]+(?:-[A-Za-z0-9]+)*
    | [?$]\w+
    | (?:[^\W\d_][\w-]*)?:(?:\w(?:[\w.-]*[\w-])?)?
    | \d+(?:\.\d+)?(?:[eE]\d+)?
    | \w+
    | .
    )""",
    re.VERBOSE | re.DOTALL,
)
_PROLOGUE = re.compile(r"(?:\s*PREFIX\s+\S*:\s*<[^>]*>[ \t]*(?=\n|PREFIX|SELECT|INSERT|DELETE))+")
_PREFIX = re.compile(r"PREFIX\s+(\S*):\s*<([^>]*)>")
_ESCAPED = re.compile(r"\\(.)")


def tokens(text: str) -> tuple[list[str], Mapping[str, str]]:
    """Give the tokens of a query after its prologue, and what its prefixes stand for."""
    prologue = _PROLOGUE.match(text)
    end = prologue.end() if prologue else 0
    found = [match["token"] for match in _TOKEN.finditer(text, end) if match["token"]]
    return found, _prefixes(text[:end])


@lru_cache(maxsize=64)
def _prefixes(prologue: str) -> Mapping[str, str]:
    return {**PREFIXES, **dict(_PREFIX.findall(prologue))}


def unescaped(token: str) -> str:
    """Give what stands between the quotation marks, escaped as N-Triples does it.

    Raises RefusedError where that would be another text.
    """
    text = token[1:-1]
    if set(_ESCAPED.findall(text)) - {'"', "\\"} or not text.isprintable():
        raise RefusedError(f"an escape: {token}")
    return text
