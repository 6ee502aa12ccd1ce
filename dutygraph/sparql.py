"""The tokens of SPARQL 1.1 Query and Update (19.8), for all who look into a query's text.

Engines read queries themselves; here they are read to be taken apart, put together otherwise or
refused. No library gives the tokens: pyoxigraph keeps its parser to itself, and that of rdflib
gives a tree without the text and takes a hundred times as long.

Codepoint escapes are resolved before (19.2), where a text may have any. Every text has tokens, also
one that is no query: what begins none of the grammar's is a MARK of one character.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final, Literal, NamedTuple, TypeAlias

# fmt: off
Kind: TypeAlias = Literal[
    "IRIREF", "PNAME_NS", "PNAME_LN", "BLANK_NODE_LABEL", "VAR", "LANGTAG", "INTEGER", "DECIMAL",
    "DOUBLE", "STRING", "OPEN", "WORD", "MARK",
]
# fmt: on
"""A terminal of the grammar, by its name there.

VAR is VAR1 or VAR2, STRING a literal in any of the four kinds of quotation marks, OPEN one that
does not end, WORD a keyword or the name of a function, MARK an operator or a bracket. A sign is a
MARK beside its number; NIL and ANON are two brackets.
"""

# The characters of names by those that are none, which are fewer: so they are compiled in no time.
_NO_CHARS: Final = (
    r"\x00-,./:-@\[-\^`{-\u00b6\u00b8-\u00bf\u00d7\u00f7\u037e\u2000-\u200b\u200e-\u203e"
    r"\u2041-\u206f\u2190-\u2bff\u2ff0-\u3000\ud800-\uf8ff\ufdd0-\ufdef\ufffe\uffff"
    r"\U000f0000-\U0010ffff"
)
_CHAR: Final = f"[^{_NO_CHARS}]"
_OF_VARIABLE: Final = rf"[^{_NO_CHARS}\-]"
_FIRST: Final = rf"[^{_NO_CHARS}\-\u00b7\u0300-\u036f\u203f\u2040]"
_LETTER: Final = rf"[^{_NO_CHARS}\-\u00b7\u0300-\u036f\u203f\u20400-9_]"
_PLX: Final = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%]"
_IN_LOCAL: Final = rf"(?:{_CHAR}|:|{_PLX})"
_PREFIX: Final = rf"{_LETTER}{_CHAR}*(?:\.+{_CHAR}+)*"
_IRIREF: Final = r'<[^<>"{}|^`\\\x00-\x20]*>'
_NUMBER: Final = r"""
    (?P<DOUBLE>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)[eE][+-]?[0-9]+)
  | (?P<DECIMAL>[0-9]*\.[0-9]+)
  | (?P<INTEGER>[0-9]+)"""
# No part can match in two ways, so that strangers' texts too are read in a time that grows with
# their length. A prefix is looked for once in what may be one: where no colon follows, none follows
# within it either, and it is cut into words.
_TOKEN: Final = re.compile(
    rf"""
    ((?:[ \t\r\n]+|\#[^\r\n]*)*)(?:
    (?P<VAR>[?$]{_FIRST}{_OF_VARIABLE}*)
  | (?={_LETTER}|:)(?P<WORD>{_PREFIX})?
    (?:(?P<PNAME_NS>:)(?P<PNAME_LN>(?:{_FIRST}|:|{_PLX}){_IN_LOCAL}*(?:\.+{_IN_LOCAL}+)*)?)?
  | (?P<IRIREF>{_IRIREF})
  | (?P<STRING>
      \"\"\"[^"\\]*(?:(?:\\.|"{{1,2}}(?!"))[^"\\]*)*\"\"\"
    | '''[^'\\]*(?:(?:\\.|'{{1,2}}(?!'))[^'\\]*)*'''
    | "(?!"")[^"\\\r\n]*(?:\\[^\r\n][^"\\\r\n]*)*"
    | '(?!'')[^'\\\r\n]*(?:\\[^\r\n][^'\\\r\n]*)*')
  | (?P<OPEN>(?:\"\"\"|''').*|["'][^\r\n]*)
  | {_NUMBER}
  | (?P<LANGTAG>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<BLANK_NODE_LABEL>_:{_FIRST}{_CHAR}*(?:\.+{_CHAR}+)*)
  | (?P<MARK>&&|\|\||\^\^|!=|<=|>=|.)
  | \Z)""",
    re.VERBOSE | re.DOTALL,
)
_WORDS: Final = re.compile(rf"(?P<WORD>{_LETTER}{_FIRST}*)|{_NUMBER}|(?P<MARK>.)", re.VERBOSE)

_GAP: Final = r"(?:[ \t\r\n]|\#[^\r\n]*(?=[\r\n]))"
_PROLOGUE: Final = re.compile(
    rf"(?:{_GAP}*(?i:PREFIX){_GAP}+(?:{_PREFIX})?:{_GAP}*{_IRIREF})*", re.VERBOSE
)
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES: Final = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"} | {
    mark: mark for mark in ('"', "'", "\\")
}


class Token(NamedTuple):
    """A token: what it is, how it is written, and where it begins in its text."""

    kind: Kind
    text: str
    start: int

    @property
    def keyword(self) -> str:
        """The word that it is, in capitals; "" for any other token."""
        return self.text.upper() if self.kind == "WORD" else ""

    @property
    def variable(self) -> str:
        """The name of the variable that it is, without its mark; "" for any other token."""
        return self.text[1:] if self.kind == "VAR" else ""


def tokens(text: str, start: int = 0) -> Iterator[Token]:
    """Give the tokens of a text from a place on; white space and comments are left out."""
    for found in _TOKEN.finditer(text, start):
        kind, (begin, end) = found.lastgroup, (found.end(1), found.end())
        word = text[begin:end]
        if kind == "WORD" and not word.isalnum():
            for part in _WORDS.finditer(word):
                yield Token(part.lastgroup, part[0], begin + part.start())  # type: ignore[arg-type]
        elif word:
            yield Token(kind, word, begin)  # type: ignore[arg-type]


def prologue(text: str) -> tuple[Mapping[str, str], int]:
    """Give the prefixes that a text begins with by declaring, and where it goes on after them."""
    found = _PROLOGUE.match(text)
    assert found is not None  # noqa: S101 - it may be empty
    end = found.end()
    return _declared(text[:end]), end


@lru_cache(maxsize=64)
def _declared(declarations: str) -> Mapping[str, str]:
    found = [token.text for token in tokens(declarations)]
    return {name[:-1]: iri[1:-1] for name, iri in zip(found[1::3], found[2::3], strict=True)}


def expanded(name: str, prefixes: Mapping[str, str]) -> str | None:
    """Give the IRI that a prefixed name stands for, None where its prefix is not declared."""
    prefix, _, local = name.partition(":")
    if prefix not in prefixes:
        return None
    return prefixes[prefix] + _ESCAPED.sub(r"\1", local)


def unescaped(string: str) -> str | None:
    """Give what a STRING says, None where it has an escape that there is not (19.7)."""
    marks = 3 if string.startswith(('"""', "'''")) else 1
    try:
        return _ESCAPED.sub(lambda one: _ESCAPES[one[1]], string[marks:-marks])
    except KeyError:
        return None
