"""SPARQL texts as trees: tokens, groups in braces, and the parts of a SELECT or ASK.

Only as much of SPARQL 1.1 is understood as pre-binding needs (SHACL, section 5.2.1 and appendix
A): where groups begin and end, which tokens are variables, and what belongs to a FILTER or BIND.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from dutygraph.shacl.errors import ShapesError

_TOKEN = re.compile(
    r"""(?P<skip>\s+|\#[^\n]*)
    |(?P<string>\"{3}(?:(?:\"|\"\")?(?:[^\"\\]|\\.))*\"{3}|'{3}(?:(?:'|'')?(?:[^'\\]|\\.))*'{3}
       |\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')
    |(?P<iri><[^<>\"{}|^`\\\s]*>)
    |(?P<variable>[?$]\w+)
    |(?P<blank>_:\w(?:[\w.\-]*[\w\-])?)
    |(?P<name>[A-Za-z_]?(?:[\w\-.]*[\w\-])?:(?:(?:[\w:\-.]|%[0-9A-Fa-f]{2}|\\.)*(?:[\w:\-]|%[0-9A-Fa-f]{2}|\\.))?)
    |(?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    |(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    |(?P<word>\w+)
    |(?P<mark>\^\^|&&|\|\||!=|<=|>=|.)""",
    re.VERBOSE | re.DOTALL,
)
_AGGREGATES = {"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"}
_MODIFIERS = {"GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES"}


class Token(NamedTuple):
    """One token; a variable is written ``?name``, a prefixed name as its IRI."""

    kind: str
    text: str

    def is_word(self, *words: str) -> bool:
        """Tell whether it is one of some keywords."""
        return self.kind == "word" and self.text.upper() in words

    @property
    def variable(self) -> str | None:
        """The name of the variable that it is, None for any other token."""
        return self.text[1:] if self.kind == "variable" else None


@dataclass(frozen=True)
class Group:
    """What stands in braces."""

    items: tuple[Item, ...]

    @property
    def is_select(self) -> bool:
        """Whether it is a nested SELECT."""
        first = self.items[0] if self.items else None
        return isinstance(first, Token) and first.is_word("SELECT")


Item: TypeAlias = Token | Group


@dataclass(frozen=True)
class Parts:
    """A SELECT or ASK taken apart: ``form``, what is projected, the pattern, the modifiers."""

    form: str
    distinct: str
    projection: tuple[Item, ...]
    pattern: Group
    modifiers: tuple[Item, ...]

    @property
    def projected(self) -> list[str]:
        """The names of the variables projected, but for ``*``."""
        found, depth = [], 0
        for number, item in enumerate(self.projection):
            if isinstance(item, Token):
                depth += {"(": 1, ")": -1}.get(item.text, 0)
                before = self.projection[number - 1] if number else None
                named = isinstance(before, Token) and before.is_word("AS")
                if item.variable is not None and (depth == 0 or (depth == 1 and named)):
                    found.append(item.variable)
        return found

    @property
    def grouping(self) -> tuple[Item, ...] | None:
        """What stands after GROUP BY; None where there is none."""
        for number, item in enumerate(self.modifiers):
            if isinstance(item, Token) and item.is_word("GROUP"):
                rest = self.modifiers[number + 2 :]
                ends = (place for place, one in enumerate(rest) if _is_modifier(one))
                return rest[: next(ends, len(rest))]
        return None

    @property
    def aggregates(self) -> bool:
        """Whether rows are grouped and counted."""
        words = keywords((*self.projection, *self.modifiers))
        return not words.isdisjoint((*_AGGREGATES, "GROUP", "HAVING"))

    @property
    def is_cut(self) -> bool:
        """Whether LIMIT or OFFSET leaves rows away."""
        return any(
            isinstance(one, Token) and one.is_word("LIMIT", "OFFSET") for one in self.modifiers
        )


def _is_modifier(item: Item) -> bool:
    return isinstance(item, Token) and item.is_word(*_MODIFIERS)


def parse(text: str, prefixes: Mapping[str, str]) -> Parts:
    """Read a SELECT or ASK; prefixed names become IRIs, labelled blank nodes variables.

    Raises ShapesError for an undeclared prefix and for what is no such query.
    """
    items = _tree(_expanded(_tokens(text), dict(prefixes)), text)
    parts = parts_of(items)
    if parts is None:
        raise ShapesError(f"应为 SELECT 或 ASK 查询 / a SELECT or an ASK was expected: {text}")
    return parts


def parts_of(items: tuple[Item, ...]) -> Parts | None:
    """Take the items of a query apart; None for items that are none."""
    place = next((number for number, one in enumerate(items) if isinstance(one, Group)), None)
    first = items[0] if items else None
    if place is None or not isinstance(first, Token) or not first.is_word("SELECT", "ASK"):
        return None
    head = [one for one in items[1:place] if not (isinstance(one, Token) and one.is_word("WHERE"))]
    distinct = ""
    if head and isinstance(head[0], Token) and head[0].is_word("DISTINCT", "REDUCED"):
        distinct = head.pop(0).text.upper()  # type: ignore[union-attr]
    pattern = items[place]
    assert isinstance(pattern, Group)  # noqa: S101 - it was looked for
    return Parts(first.text.upper(), distinct, tuple(head), pattern, items[place + 1 :])


def _tokens(text: str) -> Iterator[Token]:
    for match in _TOKEN.finditer(text):
        kind = str(match.lastgroup)
        if kind == "variable":
            yield Token(kind, "?" + match.group()[1:])
        elif kind == "blank":
            yield Token("variable", "?_blank_" + re.sub(r"\W", "_", match.group()[2:]))
        elif kind != "skip":
            yield Token(kind, match.group())


def _expanded(tokens: Iterable[Token], prefixes: dict[str, str]) -> Iterator[Token]:
    """Replace prefixed names by IRIs; PREFIX lines of the text itself count too."""
    tokens = iter(tokens)
    for token in tokens:
        if token.is_word("PREFIX"):
            name, iri = next(tokens, token), next(tokens, token)
            prefixes[name.text.rstrip(":")] = iri.text[1:-1]
        elif token.kind == "name":
            prefix, _, local = token.text.partition(":")
            if prefix not in prefixes:
                raise ShapesError(
                    f"前缀 {prefix}: 没有声明 / prefix {prefix}: is not declared ({token.text})"
                )
            unescaped = re.sub(r"\\(.)", r"\1", local)
            yield Token("iri", f"<{prefixes[prefix]}{unescaped}>")
        else:
            yield token


def _tree(tokens: Iterable[Token], text: str) -> tuple[Item, ...]:
    open_groups: list[list[Item]] = [[]]
    for token in tokens:
        if token.text == "{" and token.kind == "mark":
            open_groups.append([])
        elif token.text == "}" and token.kind == "mark" and len(open_groups) > 1:
            group = Group(tuple(open_groups.pop()))
            open_groups[-1].append(group)
        else:
            open_groups[-1].append(token)
    if len(open_groups) != 1:
        raise ShapesError(f"花括号不配对 / braces do not match: {text}")
    return tuple(open_groups[0])


def written(items: Iterable[Item]) -> str:
    """Write items as SPARQL text; a bracket stands close to the name of its function."""
    text = ""
    for item in items:
        piece = item.text if isinstance(item, Token) else f"{{ {written(item.items)} }}"
        text += piece if piece == "(" else " " + piece
    return text.strip()


def variables(items: Iterable[Item]) -> set[str]:
    """Give the names of all variables in items, at any depth."""
    found: set[str] = set()
    for item in items:
        if isinstance(item, Group):
            found |= variables(item.items)
        elif item.variable is not None:
            found.add(item.variable)
    return found


def keywords(items: Iterable[Item]) -> set[str]:
    """Give all bare words in items, in capitals, at any depth."""
    found: set[str] = set()
    for item in items:
        if isinstance(item, Group):
            found |= keywords(item.items)
        elif item.kind == "word":
            found.add(item.text.upper())
    return found


def iris(items: Iterable[Item]) -> set[str]:
    """Give all IRIs in items, at any depth."""
    found: set[str] = set()
    for item in items:
        if isinstance(item, Group):
            found |= iris(item.items)
        elif item.kind == "iri":
            found.add(item.text[1:-1])
    return found


def groups(items: Iterable[Item]) -> Iterator[Group]:
    """Give all groups in items, at any depth."""
    for item in items:
        if isinstance(item, Group):
            yield item
            yield from groups(item.items)


def elements(group: Group) -> Iterator[tuple[str, tuple[Item, ...]]]:
    """Give the elements of a group: ``filter`` and ``bind`` with their expression, else ``other``.

    Groups and tokens that are part of no expression come one by one as ``other``.
    """
    items, place = group.items, 0
    while place < len(items):
        item = items[place]
        if isinstance(item, Token) and item.is_word("FILTER", "BIND"):
            end = _expression_end(items, place + 1)
            yield item.text.lower(), items[place + 1 : end]
            place = end
        else:
            yield "other", (item,)
            place += 1


def _expression_end(items: tuple[Item, ...], place: int) -> int:
    """Give where an expression ends that begins at a place: in brackets, a call or EXISTS."""
    depth = 0
    while place < len(items):
        item = items[place]
        place += 1
        if isinstance(item, Group):
            if depth == 0:
                return place
        elif item.text == "(" and item.kind == "mark":
            depth += 1
        elif item.text == ")" and item.kind == "mark":
            depth -= 1
            if depth == 0:
                return place
    return place


def mapped(items: Iterable[Item], change: Callable[[Token], Token]) -> tuple[Item, ...]:
    """Give the same items with every token changed."""
    return tuple(
        Group(mapped(item.items, change)) if isinstance(item, Group) else change(item)
        for item in items
    )
