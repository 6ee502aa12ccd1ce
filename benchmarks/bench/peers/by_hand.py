"""The rules by hand, a query for each: in DuckDB, in pyoxigraph, and in rdflib alone.

They tell of each result which shape found it at which node, and no more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from pyoxigraph import QuerySolutions, Store

from benchmarks.bench import rules
from benchmarks.bench.findings import LEAST, Finding
from benchmarks.bench.peers.peer import in_pyoxigraph, in_rdflib, package_version
from benchmarks.bench.watch import Watch

_READ: Final = """
CREATE TABLE triples AS
WITH parts AS (
  SELECT line, strpos(line, ' ') AS first FROM read_csv(
    ?, columns = {'line': 'VARCHAR'}, header = false, delim = '\x01', quote = '', escape = ''
  )
), further AS (
  SELECT line, first, first + strpos(substr(line, first + 1), ' ') AS second FROM parts
)
SELECT
  substr(line, 1, first - 1) AS s,
  substr(line, first + 1, second - first - 1) AS p,
  substr(line, second + 1, length(line) - second - 2) AS o
FROM further
"""
"""A line is subject, predicate and object with a blank between them, and `` .`` at its end."""


class DuckDB:
    """SQL in DuckDB: the floor. Loading makes the tables that the rules look at."""

    name: Final = "DuckDB, by hand"
    install: Final = "python -m pip install duckdb"
    fields: Final = LEAST

    def version(self) -> str | None:
        """Give the package's version."""
        return package_version("duckdb")

    def run(self, data: Sequence[Path], names: Sequence[str], watch: Watch) -> Iterator[Finding]:
        """Run the rules."""
        import duckdb

        base = duckdb.connect()
        with watch.phase("load"):
            base.execute(_READ, [[str(file) for file in data]])
            for statement in rules.tables():
                base.execute(statement)
        with watch.phase("check"):
            rows = [(name, base.execute(rules.statement(name)).fetchall()) for name in names]
        for name, found in rows:
            for focus, *shape in found:
                yield Finding(rules.shape_iri(shape[0] if shape else name), focus)


class Pyoxigraph:
    """SPARQL in pyoxigraph: what the set engine could reach at best in the same store."""

    name: Final = "pyoxigraph, by hand"
    install: Final = "python -m pip install pyoxigraph"
    fields: Final = LEAST

    def version(self) -> str | None:
        """Give the package's version."""
        return package_version("pyoxigraph")

    def run(self, data: Sequence[Path], names: Sequence[str], watch: Watch) -> Iterator[Finding]:
        """Run the rules."""
        with watch.phase("load"):
            store = in_pyoxigraph(data)
        with watch.phase("check"):
            rows = [(name, list(_solutions(store, rules.query(name)))) for name in names]
        for name, found in rows:
            for focus, shape in found:
                yield Finding(rules.shape_iri(shape or name), focus)


def _solutions(store: Store, query: str) -> Iterator[tuple[str, str | None]]:
    solutions = store.query(query)
    assert isinstance(solutions, QuerySolutions)  # noqa: S101 - every rule is a SELECT
    named = any(variable.value == "shape" for variable in solutions.variables)
    for one in solutions:
        yield str(one["focus"]), one["shape"].value if named else None


class Rdflib:
    """SPARQL in rdflib alone."""

    name: Final = "rdflib, by hand"
    install: Final = "python -m pip install rdflib"
    fields: Final = LEAST

    def version(self) -> str | None:
        """Give the package's version."""
        return package_version("rdflib")

    def run(self, data: Sequence[Path], names: Sequence[str], watch: Watch) -> Iterator[Finding]:
        """Run the rules."""
        import rdflib

        with watch.phase("load"):
            graph = in_rdflib(data)
        with watch.phase("check"):
            rows = [(name, graph.query(rules.query(name)).bindings) for name in names]
        for name, found in rows:
            for row in found:
                shape = row.get(rdflib.Variable("shape"), name)
                focus = row[rdflib.Variable("focus")]
                yield Finding(rules.shape_iri(str(shape)), focus.n3())
