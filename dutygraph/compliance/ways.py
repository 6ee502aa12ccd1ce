"""The ways of a regulation's checks: from whom they look at to all records that they look at.

Read from the shapes, and from the updates by which a run derives who owes what and who is whose
superior. To work them out takes seconds, so they are kept until the shapes, the regulation or the
code that reads them change.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Set
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path

from dutygraph import artefacts
from dutygraph.compliance import working
from dutygraph.compliance.automata import Automaton
from dutygraph.compliance.derivations import Rule, Schema, UnboundedError
from dutygraph.compliance.graph_patterns import (
    RDF_TYPE,
    Pattern,
    PatternReader,
    UnreadableError,
)
from dutygraph.compliance.patterns import PatternError
from dutygraph.compliance.reach import Reach
from dutygraph.compliance.shapes import enforced, shape_files, shapes
from dutygraph.compliance.slicing import Routes
from dutygraph.records.csvw import load_model
from dutygraph.records.model import Column, Table
from dutygraph.regulations.caching import cached
from dutygraph.regulations.prepared import (
    fingerprint,
    open_regulations,
    prepared_graphs,
    regulations,
)
from dutygraph.sparql import prologue
from dutygraph.store.graphs import GraphStore
from dutygraph.terms import DG, PREFIXES

_UPDATE = re.compile(
    r"(?:INSERT|DELETE)\s*\{(?P<head>[^{}]*)\}\s*WHERE\s*\{(?P<body>.*)\}\s*", re.DOTALL
)
_NEXT = re.compile(r"(?<=\})\s*;\s*(?=INSERT|DELETE)")
# What a finding says of whom it is about, beside what its shape has found: posts and follow-up.
_TOLD = (
    "?focus org:hasMembership ?post . ?post org:organization ?unit",
    "?notice dg:subject ?focus . ?step dg:ref* ?notice . ?step dg:unit ?unit",
)
_OBJECTS = "SELECT DISTINCT ?o WHERE { ?s <%s> ?o FILTER(ISIRI(?o)) }"


class WaysError(ValueError):
    """Of some check it cannot be told at which records it looks."""


@cache
def ways(regulation: str) -> Automaton:
    """Give the ways of all checks of a regulation, from a unit or person to the records.

    Raises WaysError where a check looks at records to which no way leads from there, or asks in a
    form of which that cannot be told: such checks can only be run over all records.
    """
    return ways_of(f"ways-{regulation}", regulation, enforced(regulation), ())


@cache
def routes(regulation: str) -> Routes:
    """Give the ways of all checks of a regulation to follow them. Raises WaysError as ``ways``."""
    return Routes(ways(regulation))


def ways_of(name: str, regulation: str, norms: Set[str], asked: Iterable[str]) -> Automaton:
    """Give the ways of all checks, and of what else is asked of a unit or person.

    ``norms`` are those of which a run says who owes them; ``asked`` are patterns about ``?focus``;
    the ways are kept under the name. Raises WaysError as ``ways`` does.
    """
    made = partial(_made, regulation, norms, tuple(asked))
    return tuple(json.loads(cached(f"{name}.json", checks_fingerprint(), made)))


@cache
def links() -> frozenset[str]:
    """Give the properties that lead from one node of the records to another, by IRI."""
    tables = list(_tables(load_model().tables))
    referring = {
        column.property_iri
        for table in tables
        for column in table.columns.values()
        if column.property_iri is not None and column.references
    }
    return frozenset(referring | {table.link for table in tables if table.link})


@cache
def checks_fingerprint() -> str:
    """Give the fingerprint of all that a check's report depends on but records and question.

    The regulations, the shapes, and the code; also that of wording, so nothing kept is ever stale.
    """
    shapes_of_all = [file for name in regulations() for file in shape_files(name)]
    code = sorted(Path(__file__).parents[1].rglob("*.py"))
    return artefacts.fingerprint([*shapes_of_all, *code], fingerprint(), version("pyoxigraph"))


def _made(regulation: str, norms: Set[str], asked: Iterable[str]) -> bytes:
    try:
        return json.dumps(_followed(regulation, norms, asked)).encode()
    except (UnboundedError, PatternError) as error:
        raise WaysError(
            f"这些检查只能对全部记录一次进行：{error} / "
            f"these checks can only be run over all records at once: {error}"
        ) from error


def _followed(regulation: str, norms: Set[str], asked: Iterable[str]) -> Automaton:
    store = open_regulations()
    found = Reach(_schema(store), _rules(working.derivations(store, set(norms))))
    for shape in shapes(regulation):
        reader = PatternReader(prologue(shape.prologue)[0])
        for select in (*shape.targets, *shape.selects):
            found.follow(_asked(reader, select), "?this", shape.iri)
    for told in (*_TOLD, *asked):
        found.follow(PatternReader(PREFIXES).read(told), "?focus", told)
    return found.automaton()


def _asked(reader: PatternReader, select: str) -> Pattern:
    return reader.read(select[select.index("{") + 1 : select.rindex("}")])


def _rules(updates: Iterable[str]) -> Iterator[Rule]:
    """Read SPARQL updates as rules; what is deleted depends on the same as what is inserted."""
    reader = PatternReader(PREFIXES)
    for update in updates:
        _, start = prologue(update)
        for part in _NEXT.split(update[start:].strip()):
            form = _UPDATE.fullmatch(part)
            if form is None:
                raise UnreadableError(part)
            head = tuple(reader.links(form["head"]))
            yield Rule(head, reader.read(form["body"]), part.partition("WHERE")[0])


def _schema(store: GraphStore) -> Schema:
    columns = {
        column.property_iri: column
        for table in _tables(load_model().tables)
        for column in table.columns.values()
        if column.property_iri is not None
    }
    source = {DG + name for name in ("sourceFile", "sourceSheet", "sourceRow")}

    @cache
    def objects(of: str) -> frozenset[str]:
        rows = store.select(_OBJECTS % of, prepared_graphs())
        return frozenset(row["o"].value for row in rows)

    return Schema(
        links(),
        frozenset({*columns, *source, RDF_TYPE}) - links(),
        frozenset(iri for iri, column in columns.items() if _is_telling(column)) - links(),
        objects,
    )


def _is_telling(column: Column) -> bool:
    return column.terms is None and column.datatype.base == "string"


def _tables(tables: Iterable[Table]) -> Iterator[Table]:
    for table in tables:
        yield table
        yield from _tables(table.parts.values())
