"""Random edits of org graphs, as imports, replacements and undone imports make them."""

from __future__ import annotations

from functools import cache
from random import Random

from pyoxigraph import RdfFormat, Triple, parse, serialize

from dutygraph.records.csvw import load_model

_IDENTIFIER = "http://purl.org/dc/terms/identifier"


@cache
def several_valued() -> frozenset[str]:
    """Give the properties of which something may have more than one value."""
    tables = [table for each in load_model().tables for table in (each, *each.parts.values())]
    columns = (column for table in tables for column in table.columns.values())
    return frozenset(str(column.property_iri) for column in columns if column.separator is not None)


def triples(ntriples: bytes) -> set[Triple]:
    return {quad.triple for quad in parse(ntriples, format=RdfFormat.N_TRIPLES)}


def written(graph: set[Triple]) -> bytes:
    return serialize(sorted(graph, key=str), format=RdfFormat.N_TRIPLES) or b""


def edited(graph: set[Triple], lot: Random) -> set[Triple]:
    """Take away, add or change a few things: a value, a whole row, somebody's superior or kind."""
    result = set(graph)
    for _ in range(lot.randint(1, 3)):
        one = lot.choice(sorted(graph, key=str))
        match lot.choice(("remove", "change", "add", "row")):
            case "row":
                row = str(one.subject.value).partition("#")[0]
                result -= {each for each in graph if _of(each, row)}
            case _ if one.predicate.value == _IDENTIFIER:
                continue
            case "remove":
                result.discard(one)
            case action:
                others = [
                    each for each in sorted(graph, key=str) if each.predicate == one.predicate
                ]
                result.add(Triple(one.subject, one.predicate, lot.choice(others).object))
                if action == "change" or one.predicate.value not in several_valued():
                    result.discard(one)
    return result


def _of(triple: Triple, row: str) -> bool:
    return str(triple.subject.value).partition("#")[0] == row
