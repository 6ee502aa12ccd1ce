"""SPARQL texts as trees: tokens, groups in braces, and the parts of a SELECT or ASK.

Only as much of SPARQL 1.1 is understood as pre-binding needs (SHACL, section 5.2.1 and appendix
A): where groups begin and end, which tokens are variables, and what belongs to a FILTER or BIND.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from dutygraph.shacl.errors import ShapesError
from dutygraph.sparql import Token, expanded, prologue, tokens

_AGGREGATES = {"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"}
_MODIFIERS = {"GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES"}


@dataclass(frozen=True)
class Group:
    """What stands in braces."""

    items: tuple[Item, ...]
    keyword = variable = text = ""

    @property
    def is_select(self) -> bool:
        """Whether it is a nested SELECT."""
        return bool(self.items) and self.items[0].keyword == "SELECT"


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
            depth += {"(": 1, ")": -1}.get(item.text, 0)
            named = depth == 1 and self.projection[number - 1].keyword == "AS"
            if item.variable and (depth == 0 or named):
                found.append(item.variable)
        return found

    @property
    def grouping(self) -> tuple[Item, ...] | None:
        """What stands after GROUP BY; None where there is none."""
        for number, item in enumerate(self.modifiers):
            if item.keyword == "GROUP":
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
        return any(one.keyword in ("LIMIT", "OFFSET") for one in self.modifiers)


def _is_modifier(item: Item) -> bool:
    return item.keyword in _MODIFIERS


def parse(text: str, prefixes: Mapping[str, str]) -> Parts:
    """Read a SELECT or ASK; prefixed names become IRIs, labelled blank nodes variables.

    Raises ShapesError for an undeclared prefix and for what is no such query.
    """
    declared, start = prologue(text)
    known = {**prefixes, **declared}
    items = _tree((_plain(token, known) for token in tokens(text, start)), text)
    parts = parts_of(items)
    if parts is None:
        raise ShapesError(f"应为 SELECT 或 ASK 查询 / a SELECT or an ASK was expected: {text}")
    return parts


def parts_of(items: tuple[Item, ...]) -> Parts | None:
    """Take the items of a query apart; None for items that are none."""
    place = next((number for number, one in enumerate(items) if isinstance(one, Group)), None)
    first = items[0] if items else None
    if place is None or first is None or first.keyword not in ("SELECT", "ASK"):
        return None
    head = [one for one in items[1:place] if one.keyword != "WHERE"]
    distinct = ""
    if head and head[0].keyword in ("DISTINCT", "REDUCED"):
        distinct = head.pop(0).keyword
    pattern = items[place]
    assert isinstance(pattern, Group)  # noqa: S101 - it was looked for
    return Parts(first.keyword, distinct, tuple(head), pattern, items[place + 1 :])


def _plain(token: Token, prefixes: Mapping[str, str]) -> Token:
    """Write a variable as ``?name``, a prefixed name as its IRI, a blank node as a variable."""
    match token.kind:
        case "VAR":
            return token._replace(text="?" + token.variable)
        case "BLANK_NODE_LABEL":
            name = "?_blank_" + re.sub(r"\W", "_", token.text[2:])
            return token._replace(kind="VAR", text=name)
        case "PNAME_LN" | "PNAME_NS":
            iri = expanded(token.text, prefixes)
            if iri is None:
                prefix = token.text.partition(":")[0]
                raise ShapesError(
                    f"前缀 {prefix}: 没有声明 / prefix {prefix}: is not declared ({token.text})"
                )
            return token._replace(kind="IRIREF", text=f"<{iri}>")
    return token


def put(text: str) -> Token:
    """Give a token for what is put in the place of others."""
    return Token("MARK", text, -1)


def _tree(read: Iterable[Token], text: str) -> tuple[Item, ...]:
    open_groups: list[list[Item]] = [[]]
    for token in read:
        if token.text == "{":
            open_groups.append([])
        elif token.text == "}" and len(open_groups) > 1:
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
        else:
            found.add(item.variable)
    return found - {""}


def keywords(items: Iterable[Item]) -> set[str]:
    """Give all bare words in items, in capitals, at any depth."""
    found: set[str] = set()
    for item in items:
        if isinstance(item, Group):
            found |= keywords(item.items)
        else:
            found.add(item.keyword)
    return found - {""}


def iris(items: Iterable[Item]) -> set[str]:
    """Give all IRIs in items, at any depth."""
    found: set[str] = set()
    for item in items:
        if isinstance(item, Group):
            found |= iris(item.items)
        elif item.kind == "IRIREF":
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
        if item.keyword in ("FILTER", "BIND"):
            end = _expression_end(items, place + 1)
            yield item.keyword.lower(), items[place + 1 : end]
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
        elif item.text == "(":
            depth += 1
        elif item.text == ")":
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
