"""Pre-bound variables (SHACL, appendix A): which queries have them, and how they are freed.

SHACL runs a query once for each focus node with ``$this`` in its place. A set query frees
``$this`` and joins it with the focus nodes instead. The two agree as long as every part of the
query that depends on ``$this`` sees it bound; ``obstacle`` says where that is not so. Such a query
is run with the terms written in their places (``substituted``), as SHACL says.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from itertools import pairwise

from dutygraph.shacl.errors import ShapesError
from dutygraph.shacl.model import Query
from dutygraph.shacl.syntax import (
    Group,
    Item,
    Parts,
    elements,
    groups,
    keywords,
    mapped,
    parse,
    parts_of,
    put,
    variables,
    written,
)
from dutygraph.sparql import Token
from dutygraph.store.graphs import Term

_FORBIDDEN = ("MINUS", "VALUES", "SERVICE")
OWN = "_dg"
"""What the names of our own variables begin with."""


def read_query(query: Query, prebound: Collection[str], where: str) -> Parts:
    """Read a query and hold it to the rules of pre-binding.

    No MINUS, VALUES or SERVICE; no pre-bound variable is assigned; every nested SELECT projects
    them. Raises ShapesError, which names ``where`` the query stands.
    """
    parts = parse(query.text, query.prefixes)
    items = (*parts.projection, parts.pattern, *parts.modifiers)
    faults = [word for word in _FORBIDDEN if word in keywords(items)]
    faults += [f"AS ?{name}" for name in sorted(_assigned(items) & set(prebound))]
    for group in groups(items):
        if group.is_select:
            inner = parts_of(group.items)
            missing = set(prebound) - set(inner.projected if inner else ())
            faults += [f"SELECT … ?{name}" for name in sorted(missing)]
    if faults:
        raise ShapesError(
            f"{where}：不符合预绑定的规则（SHACL 附录 A）：{'、'.join(faults)} / "
            f"{where}: against the rules of pre-binding (SHACL, appendix A): {', '.join(faults)}"
        )
    if any(name.startswith(OWN) for name in variables(items)):
        raise ShapesError(
            f"{where}：变量名不能以 {OWN} 开头 / {where}: no variable may begin with {OWN}"
        )
    return parts


def _assigned(items: tuple[Item, ...]) -> set[str]:
    found: set[str] = set()
    for before, item in pairwise(items):
        if before.keyword == "AS":
            found.add(item.variable)
    for item in items:
        if isinstance(item, Group):
            found |= _assigned(item.items)
    return found


def obstacle(parts: Parts, freed: Collection[str]) -> str | None:
    """Say why a query cannot be answered for all focus nodes at once; None if it can."""
    return _of_select(parts, frozenset(freed))


def _of_select(parts: Parts, freed: frozenset[str]) -> str | None:
    if parts.is_cut:
        return "LIMIT, OFFSET"
    if parts.aggregates:
        keys = parts.grouping or ()
        named = {one.variable for one in keys}
        if not freed <= named:
            return "an aggregate not grouped by the pre-bound variables"
    return _of_group(parts.pattern, freed)


def _of_group(group: Group, freed: frozenset[str]) -> str | None:
    """Look through a group outside EXISTS: what needs focus nodes gets them there."""
    for kind, items in elements(group):
        for one in items:
            if not isinstance(one, Group):
                continue
            if kind != "other":
                reason = _of_exists(one, freed)
            elif one.is_select:
                inner = parts_of(one.items)
                reason = None if inner is None else _of_select(inner, freed)
            else:
                reason = _of_group(one, freed)
            if reason is not None:
                return reason
    return None


def obstacle_within_exists(group: Group, freed: Collection[str]) -> str | None:
    """Say why a pattern cannot stand in an EXISTS with variables bound outside; None if it can."""
    return _of_exists(group, frozenset(freed))


def _of_exists(group: Group, freed: frozenset[str], *, nested: bool = False) -> str | None:
    """Look through a group inside EXISTS, into which only its own top takes bindings along."""
    if not freed & variables((group,)):
        return None
    if group.is_select:
        return "a SELECT within EXISTS"
    if needs_focus(group, freed, filters=nested):
        return "an expression in a nested group within EXISTS"
    for kind, items in elements(group):
        for one in items:
            if isinstance(one, Group):
                reason = _of_exists(one, freed, nested=kind == "other")
                if reason is not None:
                    return reason
    return None


def needs_focus(group: Group, freed: frozenset[str], *, filters: bool = True) -> bool:
    """Tell whether expressions of a group use freed variables that its triples do not bind."""
    bound: set[str] = set()
    wanted: set[str] = set()
    for kind, items in elements(group):
        used = variables(items) & freed
        if kind == "other":
            bound |= {one.variable for one in items}
        elif kind == "bind":
            if used - bound:
                return True
        elif filters:
            wanted |= used
    return bool(wanted - bound)


def joined(group: Group, freed: frozenset[str], focus: str) -> str:
    """Write a group's content with the focus nodes joined into the nested groups that need them."""
    pieces: list[str] = []
    for kind, items in elements(group):
        if kind == "other" and isinstance(items[0], Group):
            pieces.append(_joined_group(items[0], freed, focus))
        elif kind == "other":
            pieces.append(written(items))
        else:
            pieces.append(f"{kind.upper()} {written(items)}")
    return " ".join(pieces)


def _joined_group(group: Group, freed: frozenset[str], focus: str) -> str:
    if group.is_select:
        inner = parts_of(group.items)
        if inner is not None:
            body = f"{focus} {joined(inner.pattern, freed, focus)}"
            return f"{{ {select_text(inner, body)} }}"
    start = focus + " " if needs_focus(group, freed) else ""
    return f"{{ {start}{joined(group, freed, focus)} }}"


def select_text(parts: Parts, body: str) -> str:
    """Write a SELECT with another body."""
    return (
        f"SELECT {parts.distinct} {written(parts.projection)} WHERE {{ {body} }} "
        f"{written(parts.modifiers)}"
    )


def substituted(parts: Parts, terms: Mapping[str, str], *, outermost: bool = True) -> Parts:
    """Give a query with variables replaced by the text of terms or of other variables.

    What is projected stays so: ``?x`` becomes ``(term AS ?x)`` in the outermost SELECT, and goes
    from the inner ones, where it is the same in every row.
    """

    def projected(name: str) -> list[Item]:
        return [put(f"({terms[name]} AS ?{name})")] if outermost else []

    def keyed(name: str) -> list[Item]:
        return [put(f"({terms[name]})")]

    projection = _substituted(parts.projection, terms, projected)
    if parts.projection and not projection:
        projection = (put(f"(true AS ?{OWN}one)"),)
    return replace(
        parts,
        projection=projection,
        pattern=Group(_substituted(parts.pattern.items, terms)),
        modifiers=_substituted(parts.modifiers, terms, keyed),
    )


def _substituted(
    items: tuple[Item, ...],
    terms: Mapping[str, str],
    bare: Callable[[str], list[Item]] | None = None,
) -> tuple[Item, ...]:
    """Replace variables in items; ``bare`` gives what stands for one outside of brackets."""
    changed: list[Item] = []
    depth = 0
    for item in items:
        if isinstance(item, Group):
            changed.append(_substituted_group(item, terms))
            continue
        depth += {"(": 1, ")": -1}.get(item.text, 0)
        name = item.variable
        if name not in terms:
            changed.append(item)
        elif _is_call_of_bound(changed):
            changed[-2:] = [put("("), put("true")]
        elif bare is not None and depth == 0:
            changed += bare(name)
        else:
            changed.append(put(terms[name]))
    return tuple(changed)


def _is_call_of_bound(items: list[Item]) -> bool:
    return [item.keyword or item.text for item in items[-2:]] == ["BOUND", "("]


def _substituted_group(group: Group, terms: Mapping[str, str]) -> Group:
    inner = parts_of(group.items) if group.is_select else None
    if inner is None:
        return Group(_substituted(group.items, terms))
    parts = substituted(inner, terms, outermost=False)
    head = [Token("WORD", word, -1) for word in ("SELECT", parts.distinct) if word]
    return Group((*head, *parts.projection, parts.pattern, *parts.modifiers))


def renamed(parts: Parts, names: Mapping[str, str], suffix: str) -> Parts:
    """Give a query with some variables renamed and all others made its own by a suffix."""

    def change(token: Token) -> Token:
        name = token.variable
        if not name:
            return token
        return token._replace(text=names.get(name, f"?{OWN}{name}{suffix}"))

    return replace(
        parts,
        projection=mapped(parts.projection, change),
        pattern=Group(mapped(parts.pattern.items, change)),
        modifiers=mapped(parts.modifiers, change),
    )


def terms_text(bindings: Mapping[str, Term]) -> dict[str, str]:
    """Give the text of terms, by variable."""
    return {name: str(term) for name, term in bindings.items()}
