"""The ways of a regulation's checks: from whom they look at to all records that they look at.

Read from the shapes, and from the updates by which a run derives who owes what and who is whose
superior. To work them out takes seconds, so they are kept until the shapes, the regulation or the
code that reads them change.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache, partial
from pathlib import Path

from dutygraph import artefacts
from dutygraph.compliance import (
    automata,
    basis,
    derivations,
    following,
    graph_patterns,
    occasions,
    patterns,
    reach,
    working,
)
from dutygraph.compliance.automata import Automaton
from dutygraph.compliance.derivations import Rule, Schema
from dutygraph.compliance.graph_patterns import RDF_TYPE, Pattern, PatternReader, declared
from dutygraph.compliance.reach import Reach
from dutygraph.compliance.shapes import shape_files, shapes
from dutygraph.records.csvw import load_model
from dutygraph.records.model import Column, Table
from dutygraph.regulations.caching import cached
from dutygraph.regulations.prepared import fingerprint, open_regulations, prepared_graphs
from dutygraph.store.graphs import GraphStore
from dutygraph.terms import DG, PREFIXES

_UPDATE = re.compile(
    r"(?:INSERT|DELETE)\s*\{(?P<head>[^{}]*)\}\s*WHERE\s*\{(?P<body>.*)\}\s*", re.DOTALL
)
_NEXT = re.compile(r"(?<=\})\s*;\s*(?=INSERT|DELETE)")
_PROLOGUE = re.compile(r"\A(\s*PREFIX [^\n]*\n)+")
# The code that says what the ways are.
_CODE = (
    automata,
    basis,
    derivations,
    following,
    graph_patterns,
    occasions,
    patterns,
    reach,
    working,
)
# What a finding says of whom it is about, beside what its shape has found: posts and follow-up.
_TOLD = (
    "?focus org:hasMembership ?post . ?post org:organization ?unit",
    "?notice dg:subject ?focus . ?step dg:ref* ?notice . ?step dg:unit ?unit",
)
_OBJECTS = "SELECT DISTINCT ?o WHERE { ?s <%s> ?o FILTER(ISIRI(?o)) }"


@cache
def ways(regulation: str) -> Automaton:
    """Give the ways of all checks of a regulation, from a unit or person to the records.

    Raises UnboundedError where a check looks at records to which no way leads from there.
    """
    code = [Path(module.__file__ or "") for module in _CODE]
    files = [*shape_files(regulation), *code, Path(__file__)]
    stamp = artefacts.fingerprint(files, fingerprint())
    return tuple(json.loads(cached(f"ways-{regulation}.json", stamp, partial(_made, regulation))))


def _made(regulation: str) -> bytes:
    store = open_regulations()
    enforced = {norm for shape in shapes(regulation) for norm in shape.norms}
    found = Reach(_schema(store), _rules(working.derivations(store, enforced)))
    for shape in shapes(regulation):
        reader = PatternReader(declared(shape.prologue))
        for select in (*shape.targets, *shape.selects):
            found.follow(_asked(reader, select), "?this", shape.iri)
    for told in _TOLD:
        found.follow(PatternReader(PREFIXES).read(told), "?focus", told)
    return json.dumps(found.automaton()).encode()


def _asked(reader: PatternReader, select: str) -> Pattern:
    return reader.read(select[select.index("{") + 1 : select.rindex("}")])


def _rules(updates: Iterable[str]) -> Iterator[Rule]:
    """Read SPARQL updates as rules; what is deleted depends on the same as what is inserted."""
    reader = PatternReader(PREFIXES)
    for update in updates:
        for part in _NEXT.split(_PROLOGUE.sub("", update).strip()):
            form = _UPDATE.fullmatch(part)
            if form is None:
                raise graph_patterns.UnreadableError(part)
            head = tuple(reader.links(form["head"]))
            yield Rule(head, reader.read(form["body"]), part.partition("WHERE")[0])


def _schema(store: GraphStore) -> Schema:
    tables = list(_tables(load_model().tables))
    columns = {
        column.property_iri: column
        for table in tables
        for column in table.columns.values()
        if column.property_iri is not None
    }
    parts = {table.link for table in tables if table.link}
    links = frozenset({iri for iri, column in columns.items() if column.references} | parts)
    source = {DG + name for name in ("sourceFile", "sourceSheet", "sourceRow")}

    @cache
    def objects(of: str) -> frozenset[str]:
        rows = store.select(_OBJECTS % of, prepared_graphs())
        return frozenset(row["o"].value for row in rows)

    return Schema(
        links,
        frozenset({*columns, *source, RDF_TYPE}) - links,
        frozenset(iri for iri, column in columns.items() if _is_telling(column)) - links,
        objects,
    )


def _is_telling(column: Column) -> bool:
    return column.terms is None and column.datatype.base == "string"


def _tables(tables: Iterable[Table]) -> Iterator[Table]:
    for table in tables:
        yield table
        yield from _tables(table.parts.values())
