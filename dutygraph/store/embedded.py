"""The embedded store: Oxigraph in memory or in a directory. Nothing to start, nothing to set up."""

from __future__ import annotations

import fcntl
import os
import re
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Self, cast

from pyoxigraph import (
    DefaultGraph,
    NamedNode,
    Quad,
    QueryBoolean,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    Triple,
)

from dutygraph.store.damage import refuse_headless, told_of_damage
from dutygraph.store.digests import Digest
from dutygraph.store.format import mark, refuse_newer
from dutygraph.store.graphs import Given, Row, Solutions, StoreError, about, results_form
from dutygraph.store.journal import FOLLOWS, Content, Entry, MovedError, write
from dutygraph.terms import PREFIXES

_STEP = 1 << 25
"""Bytes of triples in one load, some 200,000 of them: more would take memory and save no time."""


_PAUSES = (0.02, 0.1, 0.3)
"""How long to wait, in seconds, before a store that changed while it was opened is tried again."""


def store_location(given: str | None = None) -> str:
    """Give where the store is: a directory, or the address of a SPARQL endpoint.

    What is given wins, then the environment's DUTYGRAPH_STORE, then ``.dutygraph`` in the folder
    one stands in.
    """
    return given or os.environ.get("DUTYGRAPH_STORE") or ".dutygraph"


def _syntax_message(error: SyntaxError) -> str:
    """Say where a query cannot be read; the engine's list of all that might stand there is cut."""
    place = re.search(r"error at (\d+):(\d+)", str(error))
    if place is None:
        return f"SPARQL 查询不能用：{error} / the query cannot be used: {error}"
    line, column = place.groups()
    return (
        f"SPARQL 语法错误：第{line}行第{column}列 / "
        f"the query is not valid SPARQL 1.1: line {line}, column {column}"
    )


@contextmanager
def _readable() -> Iterator[None]:
    """Turn what Oxigraph says of files that a writer swept away meanwhile into a StoreError.

    A reader beside a writer may need a file that the writer has just merged into another; opened
    anew, the store is as it should be. Files that are damaged are told of as such.
    """
    try:
        with told_of_damage(open_=True):
            yield
    except (OSError, RuntimeError) as error:
        raise StoreError(
            f"数据在读取时被更新，请再试一次：{error} / "
            f"the data were updated while they were read, try again: {error}"
        ) from error


@contextmanager
def _writable(what: str) -> Iterator[None]:
    """Turn what hinders a write (a full disk, a read-only store) into a StoreError.

    ``what`` is what was to be written. Oxigraph writes all or nothing, so nothing has changed.
    """
    try:
        with told_of_damage():
            yield
    except (SyntaxError, OSError, RuntimeError) as error:
        raise StoreError(
            f"写入{what}失败，原内容未变：{error}；请检查磁盘空间和目录权限 / "
            f"{what} was not written, its former content stands: {error}; "
            "look at the free space and at the folder's permissions"
        ) from error


def _quads(ntriples: bytes, graph: str) -> bytes:
    # A line break inside a literal is escaped, so only ends of lines are found.
    return ntriples.replace(b" .\n", f" <{graph}> .\n".encode())


def _create(directory: Path) -> None:
    """Make an empty store in a directory; it is there when it can be opened, not before.

    Who is killed while Oxigraph makes its files leaves some that the next one goes on with.
    """
    # Records are nobody's business but the owner's.
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not EmbeddedStore.exists(directory):
            making = directory / ".graph.part"
            Store(str(making)).flush()
            mark(directory)
            making.rename(directory / "graph")
            os.fsync(lock)
    finally:
        os.close(lock)


def _read_only(place: Path) -> Store:
    """Open a store to read; a writer may just be merging its files, so it is tried some times."""
    for pause in _PAUSES:
        try:
            return Store.read_only(str(place))
        except (OSError, RuntimeError):
            time.sleep(pause)
    return Store.read_only(str(place))


def _rows(results: QuerySolutions) -> Iterator[Row]:
    names = [variable.value for variable in results.variables]
    with _readable():
        for solution in results:
            # Iterating a solution is a third quicker than asking it for each variable by name.
            bound = zip(names, solution, strict=True)
            yield {name: term for name, term in bound if term is not None}


def _triples(results: QueryTriples) -> Iterator[Triple]:
    with _readable():
        yield from results


class EmbeddedStore:
    """An Oxigraph store as a GraphStore (RDF 1.1 datasets, SPARQL 1.1)."""

    def __init__(self, store: Store, union: Sequence[str] | None = None) -> None:
        self._store = store
        self._union = union
        self._recording = threading.Lock()

    def showing(self, graphs: Sequence[str]) -> Self:
        """Give the same store with these graphs as its union; see GraphStore.showing."""
        # The union of all graphs needs no list, and Oxigraph reads it faster without one.
        whole = set(graphs) >= set(self.graph_names())
        shown = type(self)(self._store, None if whole else tuple(graphs))
        shown._recording = self._recording
        return shown

    @classmethod
    def in_memory(cls) -> EmbeddedStore:
        """Make an empty store that lives as long as the object."""
        return cls(Store())

    @classmethod
    def open(cls, directory: Path, *, read_only: bool = False) -> EmbeddedStore:
        """Open the store of a directory; for writing the directory is made when missing.

        Raises StoreError when another process writes to it, when it is no store, or when it is
        to be read and does not exist, or when its format is newer than the program; DamagedError
        when files of it are missing or spoilt.
        """
        place = directory / "graph"
        try:
            refuse_newer(directory)
            refuse_headless(place)
            if read_only:
                with told_of_damage():
                    return cls(_read_only(place))
            if not cls.exists(directory):
                _create(directory)
            with told_of_damage():
                store = Store(str(place))
            # What a bulk load left that was broken off; with the store open, nobody else loads.
            for orphan in place.glob("bulk-*.sst"):
                orphan.unlink(missing_ok=True)
            return cls(store)
        except (OSError, RuntimeError) as error:
            raise StoreError(
                f"无法打开数据目录 {directory}：{error}；请确认目录的权限和磁盘空间，并且没有其他 "
                f"dutygraph 命令正在写入 / cannot open the store in {directory}: {error}; "
                "look at its permissions and the free space, make sure that "
                "no other dutygraph command is writing to it, or name another with --store"
            ) from error

    @staticmethod
    def exists(directory: Path) -> bool:
        """Tell whether a directory holds an embedded store.

        Raises StoreError for a directory that may not be looked into, DamagedError for one of
        whose store only a part is there.
        """
        try:
            refuse_headless(directory / "graph")
            return (directory / "graph" / "CURRENT").is_file()
        except OSError as error:
            raise StoreError(
                f"无法读取数据目录 {directory}：{error.strerror}；请检查权限 / the store in "
                f"{directory} cannot be read: {error.strerror}; look at its permissions"
            ) from error

    def _run(
        self, query: str, graphs: Sequence[str] | None
    ) -> QueryBoolean | QuerySolutions | QueryTriples:
        graphs = self._union if graphs is None else graphs
        store, names = self._store, [NamedNode(graph) for graph in graphs or ()]
        try:
            with _readable():
                if graphs is None:
                    return store.query(query, prefixes=PREFIXES, use_default_graph_as_union=True)
                if not names:
                    return store.query(query, prefixes=PREFIXES)
                return store.query(
                    query, prefixes=PREFIXES, default_graph=[*names], named_graphs=[*names]
                )
        except SyntaxError as error:
            raise StoreError(_syntax_message(error)) from error

    def select(self, query: str, graphs: Sequence[str] | None = None) -> Iterator[Row]:
        """Run a SELECT; see GraphStore.select. Raises StoreError for any other or bad query."""
        results = self._run(query, graphs)
        if not isinstance(results, QuerySolutions):
            raise StoreError("需要 SELECT 查询 / a SELECT query was expected")
        yield from _rows(results)

    def about(self, things: Iterable[str], query: str) -> Iterator[Row]:
        """Run a SELECT about some things; see Asked.about."""
        return about(self, things, query)

    def ask(self, query: str, default: Sequence[str], named: Sequence[str]) -> Given:
        """Run any query over a dataset; see GraphStore.ask. Raises StoreError for a bad query."""
        # Of all that there is Oxigraph needs no list, and then answers several times as fast; what
        # the query itself names after FROM it ignores in this case, too.
        whole = set(default) == set(named) >= set(self.graph_names())
        try:
            with _readable():
                results = self._store.query(
                    query,
                    prefixes=PREFIXES,
                    use_default_graph_as_union=whole,
                    default_graph=None if whole else [NamedNode(graph) for graph in default],
                    named_graphs=None if whole else [NamedNode(graph) for graph in named],
                )
        except SyntaxError as error:
            raise StoreError(_syntax_message(error)) from error
        if isinstance(results, QuerySolutions):
            return Solutions([variable.value for variable in results.variables], _rows(results))
        return _triples(results) if isinstance(results, QueryTriples) else bool(results)

    def serialize(self, query: str, form: str, graphs: Sequence[str] | None = None) -> bytes:
        """Run any SPARQL query; see GraphStore.serialize.

        Raises StoreError for a bad query or a form that does not fit it.
        """
        results = self._run(query, graphs)
        wanted = results_form(form, triples=isinstance(results, QueryTriples))
        with _readable():
            return results.serialize(format=wanted) or b""  # type: ignore[arg-type]

    def construct(self, query: str, graphs: Sequence[str] | None = None) -> bytes:
        """Run a CONSTRUCT or DESCRIBE and give the triples as N-Triples."""
        return self.serialize(query, "nt", graphs)

    def graph_names(self) -> list[str]:
        """Give the IRIs of the named graphs, sorted."""
        with _readable():
            return sorted(name.value for name in self._store.named_graphs())

    def graph(self, name: str) -> bytes:
        """Give one named graph as N-Triples (empty when there is none)."""
        with _readable():
            return self._store.dump(format=RdfFormat.N_TRIPLES, from_graph=NamedNode(name)) or b""

    def digest(self, name: str) -> Digest:
        """Read the whole of a named graph and give its digest."""
        digest = Digest()
        with _readable():
            # Of all that a stream is, Oxigraph asks it to be written to and flushed alone.
            stream = cast(IO[bytes], digest)
            self._store.dump(stream, RdfFormat.N_TRIPLES, from_graph=NamedNode(name))
        return digest

    def snapshot(self, folder: Path) -> None:
        """Make a copy of the store as it is at this moment in a folder, which must not be there.

        On the same disk it takes milliseconds: files that never change are linked, not copied. It
        can be made of a store that is open for reading while another process writes to it, and has
        whatever that process was done with when the store was opened.
        """
        with _writable(f" {folder} "):
            self._store.backup(str(folder))

    def replace_graph(self, name: str, ntriples: bytes) -> None:
        """Put the triples in the place of the named graph's content, all or nothing.

        A SPARQL update request is one transaction in Oxigraph, and N-Triples is a subset of what
        INSERT DATA takes, so clearing and filling stand in the same request.
        """
        with _writable(f" {name} "):
            if NamedNode(name) in set(self._store.named_graphs()):
                self._store.update(
                    f"DROP GRAPH <{name}> ; INSERT DATA {{ GRAPH <{name}> {{\n"
                    + ntriples.decode()
                    + "} }"
                )
            else:
                self._store.load(ntriples, RdfFormat.N_TRIPLES, to_graph=NamedNode(name))
            self._store.flush()

    def record(
        self, journal: str, follows: str, entry: Entry, content: Content | None = None
    ) -> None:
        """Write an entry of a journal and what it brings in; see GraphStore.record."""
        with self._recording:
            write(self, journal, follows, entry, content, _STEP, _STEP)

    def write_entry(
        self, journal: str, follows: str, entry: Entry, graph: str, ntriples: bytes
    ) -> None:
        """Write an entry and the triples of a graph; see ``journal.Writer``."""
        pattern = (None, NamedNode(FOLLOWS), NamedNode(follows), NamedNode(journal))
        if any(self._store.quads_for_pattern(*pattern)):
            raise MovedError
        self._load(_quads(ntriples, graph) + _quads(entry.after(follows), journal))

    def fill(self, graph: str, ntriples: bytes) -> None:
        """Add triples to a graph; see ``journal.Writer``."""
        self._load(_quads(ntriples, graph))

    def _load(self, quads: bytes) -> None:
        # A bulk load is in whole or not at all, even when the process is killed.
        with _writable(" N-Quads "):
            self._store.bulk_load(quads, RdfFormat.N_QUADS)
            self._store.flush()

    def load(self, quads: bytes, *, own: bool = False) -> None:
        """Add N-Quads as they are, in one transaction; triples go to the default graph.

        Those of our ``own`` writing are well-formed, and not looked at for that once more: a third
        of the time.
        """
        with _writable(" N-Quads "):
            self._store.load(quads, RdfFormat.N_QUADS, lenient=own)

    def update(self, update: str) -> None:
        """Run a SPARQL 1.1 update request of our own, as one transaction."""
        with _writable(" SPARQL Update "):
            self._store.update(update)

    def default_graph(self) -> bytes:
        """Give the default graph as N-Triples."""
        return self._store.dump(format=RdfFormat.N_TRIPLES, from_graph=DefaultGraph()) or b""

    def add(self, triples: Iterable[Triple]) -> None:
        """Add triples to the default graph."""
        self._store.extend(
            Quad(triple.subject, triple.predicate, triple.object) for triple in triples
        )
