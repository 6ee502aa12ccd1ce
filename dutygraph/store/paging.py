"""Answers longer than a server gives at once, read page by page (SPARQL 1.1 Query).

A server may cut an answer without a word of it. OFFSET needs an order that is the same each time
and tells all rows apart, and one of the servers that cut (Virtuoso) refuses to sort what lies
beyond its limit. Here every row has a key, a digest of its values, and pages are intervals of keys:
each row has exactly one key, so each stands on exactly one page, in whatever order the server
works. A full page may end in the middle of rows with the same key; these are read with the next.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from pyoxigraph import QuerySolutions, Store

from dutygraph.sparql import prologue, tokens
from dutygraph.store.graphs import StoreError
from dutygraph.store.results import Binding, term

_KEY: Final = "dutygraphPageKey"


@dataclass(frozen=True)
class Select:
    """A SELECT taken apart: what stands before it, itself, its ORDER BY, and what cannot be paged.

    ``bounded`` is the word in it (FROM, LIMIT, OFFSET) for which no page of it can be asked.
    """

    prologue: str
    body: str
    order: str | None
    bounded: str | None

    @classmethod
    def of(cls, query: str) -> Select:
        """Take a SELECT apart by its words outside all braces, brackets, strings and comments."""
        words = _outer_words(query)
        start = next((at for word, at in words if word == "SELECT"), 0)
        order = next((at for word, at in words if word == "ORDER"), None)
        bounded = next((word for word, _ in words if word in ("FROM", "LIMIT", "OFFSET")), None)
        end = next((at for word, at in words if word == "VALUES" and order and at > order), None)
        return cls(
            query[:start], query[start:], None if order is None else query[order:end], bounded
        )


def _outer_words(query: str) -> list[tuple[str, int]]:
    depth, words = 0, []
    for token in tokens(query, prologue(query)[1]):
        if token.kind == "MARK":
            depth += (token.text in "{(") - (token.text in "})")
        elif token.keyword and depth == 0:
            words.append((token.keyword, token.start))
    return words


def complete(
    query: str, names: Sequence[str], rows: list[Binding], ask: Callable[[str], list[Binding]]
) -> list[Binding]:
    """Give all rows of a SELECT, of which a server gave some: ``rows``, perhaps all of them.

    ``names`` are its variables; ``ask`` runs a SELECT and gives what comes of its rows. They stand
    in the order that the query asks for. Raises StoreError for a query that cannot be paged, and
    where the server's own count of the rows is another than what came.
    """
    select, size = Select.of(query), len(rows)
    whole = f"{{ {select.body} }}"
    if select.bounded != "FROM":
        (counted,) = ask(f"{select.prologue}SELECT (COUNT(*) AS ?n) WHERE {{ {whole} }}")
        there = int(counted["n"]["value"])
        if there == size:
            return rows
    if select.bounded:
        raise StoreError(
            f"结果超过服务器一次给出的 {size} 行，而查询中有 {select.bounded}，无法分页；"
            f"请去掉它，或者每次要得少一些 / the answer is longer than the {size} rows that "
            f"the server gives at once, and {select.bounded} keeps it from being read in pages; "
            "leave it out or ask for fewer rows"
        )
    found = _keyed(select.prologue, whole, names, size, ask)
    if len(found) != there:
        raise StoreError(
            f"服务器数出 {there} 行，却给出 {len(found)} 行；数据可能正在更新，请再试一次 / "
            f"the server counts {there} rows and gives {len(found)}; the data may have been "
            "updated meanwhile, try again"
        )
    return found if select.order is None else _sorted(found, names, select)


def _keyed(
    prologue: str, whole: str, names: Sequence[str], size: int, ask: Callable[[str], list[Binding]]
) -> list[Binding]:
    # Neither a blank node nor an unbound variable has a string. With COALESCE in the place of IF,
    # Virtuoso 7.2.5 forgets the filter.
    digests = ", ".join(
        f'IF(BOUND(?{name}) && !isBlank(?{name}), MD5(STR(?{name})), "")' for name in names
    )
    variables = " ".join(f"?{name}" for name in names)
    rows: list[Binding] = []
    last = ""
    while True:
        page = ask(
            f"{prologue}SELECT {variables} ?{_KEY} WHERE {{ {whole} "
            f"BIND(CONCAT({digests}) AS ?{_KEY}) "
            f'FILTER(?{_KEY} >= "{last}") }} ORDER BY ?{_KEY} LIMIT {size}'
        )
        full = len(page) == size
        if full:
            before, last = last, page[-1][_KEY]["value"]
            if last == before:
                raise StoreError(
                    f"有超过 {size} 行完全相同，无法分页 / more than {size} rows are the same; "
                    "they cannot be read in pages"
                )
            page = [row for row in page if row[_KEY]["value"] != last]
        for row in page:
            del row[_KEY]
        rows += page
        if not full:
            return rows


def _sorted(rows: list[Binding], names: Sequence[str], select: Select) -> list[Binding]:
    """Put rows in the order that their query asks for: Oxigraph sorts them by its ORDER BY."""
    mentioned = {token.variable for token in tokens(select.order or "") if token.variable}
    if not mentioned <= set(names):
        missing = ", ".join(sorted(f"?{name}" for name in mentioned - set(names)))
        raise StoreError(
            f"结果超过服务器一次给出的行数，排序所用的 {missing} 须列入 SELECT / the answer is "
            f"longer than the server gives at once, and is to be sorted by {missing}; "
            "name it after SELECT"
        )
    used = sorted(mentioned)
    lines = "\n".join(
        f"({number} {' '.join(_written(row, name) for name in used)})"
        for number, row in enumerate(rows)
    )
    variables = " ".join(f"?{name}" for name in used)
    query = (
        f"{select.prologue}SELECT ?{_KEY} WHERE {{ VALUES (?{_KEY} {variables}) {{\n{lines}\n}} }} "
        f"{select.order}"
    )
    solutions = Store().query(query)
    assert isinstance(solutions, QuerySolutions)  # noqa: S101 - it is a SELECT
    return [rows[int(solution[0].value)] for solution in solutions]


def _written(row: Binding, name: str) -> str:
    if name not in row or row[name]["type"] == "bnode":
        return "UNDEF"
    return str(term(row[name]))
