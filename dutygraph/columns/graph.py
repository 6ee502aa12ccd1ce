"""A graph in columns that answers as the embedded store does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import count

from dutygraph.columns.algebra import Change, Constant, Path, RefusedError, Select, Triple, Variable
from dutygraph.columns.frame import Frame
from dutygraph.columns.groups import Groups
from dutygraph.columns.reading import read_select, read_update
from dutygraph.columns.scope import Column
from dutygraph.columns.terms import IRI, kind_of
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.store.graphs import Row

_ALL = "SELECT * WHERE { ?s ?p ?o }"


class ColumnGraph:
    """One graph, the default graph of no other: what ``EmbeddedStore`` is asked, in columns."""

    at_once = 50_000

    def __init__(self) -> None:
        self._frame = Frame()
        self._solutions = count()
        self.refused: dict[str, str] = {}

    def load(self, ntriples: Iterable[bytes]) -> None:
        """Load N-Triples, once. Raises RefusedError for what columns cannot hold."""
        self._frame.load(ntriples)

    def select(self, query: str, graphs: Sequence[str] | None = None) -> Iterator[Row]:
        """Run a SELECT, as EmbeddedStore does; the rows are distinct in any case."""
        del graphs
        try:
            rows = iter(self.answer(query))
        except RefusedError as error:
            self.refused[query] = str(error)
            rows = self.stored.select(query, ())
        yield from rows

    def answer(self, query: str) -> list[Row]:
        """Run a SELECT in the columns. Raises RefusedError for one that they cannot answer."""
        select, constants = read_select(query)
        self._frame.learn(constants)
        groups = Groups(self._frame)
        sql, columns = groups.select(select)
        names = list(columns)
        listed = ", ".join(f"c{place}" for place in range(len(names)))
        found = self._frame.run(f"SELECT {listed} FROM ({sql})")
        for table in groups.tables:
            self._frame.run(f"DROP TABLE {table}")
        terms = self._frame.terms({number for row in found for number in row if number is not None})
        return [
            {
                name: terms[number]
                for name, number in zip(names, row, strict=True)
                if number is not None
            }
            for row in found
        ]

    def update(self, updates: Iterable[str]) -> None:
        """Run updates. Raises RefusedError for one that cannot be; the graph is of no use then."""
        read = [read_update(update) for update in updates]
        self._frame.learn({token for _, constants in read for token in constants}, stored=True)
        for changes, _ in read:
            for change in changes:
                self._change(change)
        self._frame.settle_texts()

    def _change(self, change: Change) -> None:
        names = {
            node.name
            for triple in change.template
            for node in (triple.subject, triple.path, triple.object)
            if isinstance(node, Variable)
        }
        select = Select(tuple((name, Variable(name)) for name in sorted(names)), change.where)
        sql, columns = Groups(self._frame).select(select)
        solution = f"solution{next(self._solutions)}"
        if self._frame.run(f"CREATE TABLE {solution} AS {sql}") == [(0,)]:
            return
        for column in columns.values():
            if column.token and change.inserts:
                self._frame.add_texts(
                    f"SELECT {column.sql} AS number, {column.token} AS token FROM {solution}"
                )
        for triple in change.template:
            self._apply(change.inserts, triple, solution, columns)

    def _apply(
        self, inserts: bool, triple: Triple, solution: str, columns: Mapping[str, Column]
    ) -> None:
        """Insert or delete one triple of a template for each solution that has all of it."""
        frame = self._frame
        subject, object_ = (
            self._column(triple.subject, columns),
            self._column(triple.object, columns),
        )
        property_ = self._column(triple.path, columns)
        if inserts and not (subject.kinds <= {IRI} and property_.kinds <= {IRI}):
            raise RefusedError(f"a literal where none can stand: {triple}")
        rows = f"FROM {solution} WHERE {subject.sql} IS NOT NULL AND {object_.sql} IS NOT NULL"
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

    def _column(self, node: Path, columns: Mapping[str, Column]) -> Column:
        match node:
            case Variable(name):
                return columns[name]
            case Constant(token):
                number = self._frame.number(token)
                return Column(str(number), frozenset({kind_of(number)}))
        raise RefusedError(f"a path in a template: {node}")

    @cached_property
    def stored(self) -> EmbeddedStore:
        """The same graph in pyoxigraph, for what the columns refuse."""
        store = EmbeddedStore.in_memory()
        store.load(self.ntriples())
        return store

    def ntriples(self) -> bytes:
        """Give the graph as N-Triples."""
        return "".join(
            f"{row['s']} {row['p']} {row['o']} .\n" for row in self.answer(_ALL)
        ).encode()
