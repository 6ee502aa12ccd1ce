"""A graph in columns that answers as the embedded store does."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count

from dutygraph.columns.algebra import Change, Constant, Node, RefusedError, Select, Triple, Variable
from dutygraph.columns.frame import Frame
from dutygraph.columns.groups import Groups
from dutygraph.columns.reading import read_select, read_update
from dutygraph.columns.scope import Column
from dutygraph.columns.terms import IRI, kind_of
from dutygraph.property_paths import Path, Predicate
from dutygraph.store.graphs import Row


@dataclass(frozen=True)
class Solution:
    """The table of a change's solutions, and its columns by variable."""

    table: str
    columns: Mapping[str, Column]


class ColumnGraph:
    """One graph, the default graph of no other: what ``EmbeddedStore`` is asked, in columns."""

    def __init__(self, *, often: bool = True) -> None:
        """Make an empty graph; ``often`` tells whether hundreds of queries are to be asked of it.

        Then texts are put in order, and large tables narrowed to what is asked for.
        """
        self._frame = Frame(ordered=often)
        self._narrows = often
        self._solutions = count()

    def load(self, ntriples: Iterable[bytes]) -> None:
        """Load N-Triples, once. Raises RefusedError for what columns cannot hold."""
        self._frame.load(ntriples)

    def select(self, query: str, graphs: Sequence[str] | None = None) -> Iterator[Row]:
        """Run a SELECT, as EmbeddedStore does; the rows are distinct in any case.

        Raises RefusedError for one that the columns cannot answer exactly.
        """
        del graphs
        return self._selected(query, Groups(self._frame, narrows=self._narrows))

    def about(self, things: Iterable[str], query: str) -> Iterator[Row]:
        """Run a SELECT about some things, as EmbeddedStore does, about all of them at once."""
        numbers = frozenset(self._frame.number(f"<{iri}>") for iri in things)
        if not numbers:
            return iter(())
        return self._selected(query % "", Groups(self._frame, numbers, narrows=self._narrows))

    def _selected(self, query: str, groups: Groups) -> Iterator[Row]:
        sql, columns = groups.select(read_select(query))
        names = list(columns)
        listed = ", ".join(f"c{place}" for place in range(len(names)))
        found = self._frame.run(f"SELECT {listed} FROM ({sql})")
        for table in groups.tables:
            self._frame.run(f"DROP TABLE {table}")
        terms = self._frame.terms({number for row in found for number in row if number is not None})
        for row in found:
            yield {
                name: terms[number]
                for name, number in zip(names, row, strict=True)
                if number is not None
            }

    def update(self, updates: Sequence[str]) -> None:
        """Run updates, of which none looks at what another of them changes.

        Raises RefusedError for one that cannot be answered; the graph is of no use then.
        """
        read = [read_update(update) for update in updates]
        self._frame.store({token for _, constants in read for token in constants})
        self._frame.settle()
        at_once = [changes[0] for changes, _ in read if len(changes) == 1]
        one_by_one = [change for changes, _ in read if len(changes) > 1 for change in changes]
        self._change(at_once)
        for change in one_by_one:
            self._change([change])

    def _change(self, changes: Sequence[Change]) -> None:
        """Make changes that do not look at each other; their solutions are found side by side."""
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            solutions = list(pool.map(self._solved, changes))
        for change, solution in zip(changes, solutions, strict=True):
            self._apply(change, solution)
        self._frame.settle()
        for solution in filter(None, solutions):
            self._frame.run(f"DROP TABLE {solution.table}")

    def _solved(self, change: Change) -> Solution | None:
        """Put the solutions of a change's WHERE into a table; None when there is none."""
        names = {
            node.name
            for triple in change.template
            for node in (triple.subject, triple.path, triple.object)
            if isinstance(node, Variable)
        }
        select = Select(tuple((name, Variable(name)) for name in sorted(names)), change.where)
        sql, columns = Groups(self._frame, narrows=False).select(select)
        solution = f"solution{next(self._solutions)}"
        found = self._frame.run(f"CREATE TABLE {solution} AS {sql}")
        return None if found == [(0,)] else Solution(solution, columns)

    def _apply(self, change: Change, solution: Solution | None) -> None:
        if solution is None:
            return
        for column in solution.columns.values():
            if column.token and change.inserts:
                self._frame.add_texts(
                    f"SELECT {column.sql} AS number, {column.token} AS token FROM {solution.table}"
                )
        for triple in change.template:
            self._apply_triple(change.inserts, triple, solution)

    def _apply_triple(self, inserts: bool, triple: Triple, solution: Solution) -> None:
        """Insert or delete one triple of a template for each solution that has all of it."""
        frame = self._frame
        subject, property_, object_ = (
            self._column(node, solution.columns)
            for node in (triple.subject, triple.path, triple.object)
        )
        if inserts and not (subject.kinds <= {IRI} and property_.kinds <= {IRI}):
            raise RefusedError(f"a literal where none can stand: {triple}")
        rows = (
            f"FROM {solution.table} WHERE {subject.sql} IS NOT NULL AND {object_.sql} IS NOT NULL"
        )
        numbers = [(property_.sql,)]
        if isinstance(triple.path, Variable):
            numbers = frame.run(f"SELECT DISTINCT {property_.sql} {rows}")
        for (number,) in numbers:
            if number is not None:
                pairs = (
                    f"SELECT {subject.sql} AS s, {object_.sql} AS o {rows} "
                    f"AND {property_.sql} = {number}"
                )
                if inserts:
                    frame.insert(int(number), pairs, subject.kinds, object_.kinds)
                else:
                    frame.delete(int(number), pairs)

    def _column(self, node: Node | Path, columns: Mapping[str, Column]) -> Column:
        match node:
            case Variable(name):
                return columns[name]
            case Constant(token):
                number = self._frame.number(token)
            case Predicate(iri):
                number = self._frame.number(f"<{iri}>")
            case _:
                raise RefusedError(f"a path in a template: {node}")
        return Column(str(number), frozenset({kind_of(number)}))
