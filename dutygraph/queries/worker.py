"""The process that runs strangers' queries, one at a time, and ends with one that takes too long.

Started as ``python -m dutygraph.queries.worker LOCATION``. A job comes in on standard input, its
outcome goes out on standard output, each a frame: the length in eight bytes, then that much. The
kernel's alarm ends the process at a query's time limit, whatever the engine is doing then, and
bounds on memory end it when a query wants more: neither needs the engine's consent, or its parent.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import IO, Final, TypeVar
from urllib.error import HTTPError

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, serialize

from dutygraph.bounds import bound
from dutygraph.regulations.prepared import open_regulations, open_store, prepared_graphs
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.store.graphs import Given, GraphStore, Solutions, StoreError, results_form
from dutygraph.store.results import binding, written
from dutygraph.terms import PREFIXES

_MEMORY: Final = 2 << 30
"""Bytes of address space that a worker may have."""

_NICE: Final = 10

UNREADABLE: Final = 3
"""The exit code of a worker that cannot open its store."""

_LENGTH: Final = 8
_OVERHEAD: Final = 40
"""Bytes that a term takes in an answer beside its own."""

Item = TypeVar("Item")


@dataclass(frozen=True)
class Job:
    """A query to run: its text and dataset, the W3C form of its answer, and how much may come."""

    text: str
    default: tuple[str, ...]
    named: tuple[str, ...]
    form: str
    seconds: float
    rows: int
    bytes: int


@dataclass(frozen=True)
class Outcome:
    """What came of a job: an answer, cut short where ``cut``, or else an error's words.

    ``count`` is the number of rows or triples in the answer; ``passing`` says of an error that it
    is not the query's, and that the same query may be answered later.
    """

    content: bytes = b""
    count: int = 0
    cut: bool = False
    error: str = ""
    passing: bool = False


def send(job: Job, stream: IO[bytes]) -> None:
    """Write a job for a worker to read."""
    _write(stream, json.dumps(asdict(job)).encode())


def receive(stream: IO[bytes]) -> Outcome:
    """Read the outcome of a job. Raises EOFError when the worker ended before."""
    count, cut, error, passing = json.loads(_read(stream))
    return Outcome(_read(stream), count, cut, error, passing)


def _write(stream: IO[bytes], frame: bytes) -> None:
    stream.write(len(frame).to_bytes(_LENGTH, "big") + frame)
    stream.flush()


def _read(stream: IO[bytes]) -> bytes:
    head = stream.read(_LENGTH)
    frame = stream.read(int.from_bytes(head, "big"))
    if len(head) < _LENGTH or len(frame) < int.from_bytes(head, "big"):
        raise EOFError
    return frame


class _Measure:
    """Lets through as much of an answer as may come, and notes whether there was more."""

    def __init__(self, items: int, size: int) -> None:
        self._items, self._size = items, size
        self.count, self.cut = 0, False

    def of(self, given: Iterator[Item], size: Callable[[Item], int]) -> Iterator[Item]:
        for item in given:
            self._size -= size(item)
            if self.count == self._items or self._size < 0:
                self.cut = True
                return
            self.count += 1
            yield item


def outcome(store: GraphStore, job: Job) -> Outcome:
    """Run a job; an error of the query is an outcome."""
    try:
        return _answer(store.ask(job.text, job.default, job.named), job)
    except StoreError as error:
        return Outcome(error=str(error), passing=_is_passing(error.__cause__))


def _is_passing(cause: BaseException | None) -> bool:
    """Tell whether an error is the store's: files in motion, a server that cannot be reached."""
    if isinstance(cause, HTTPError):
        return cause.code >= HTTPStatus.INTERNAL_SERVER_ERROR
    return isinstance(cause, OSError | RuntimeError)


def _answer(given: Given, job: Job) -> Outcome:
    measure = _Measure(job.rows, job.bytes)
    if isinstance(given, bool):
        results = {"head": {}, "boolean": given}
        return Outcome(written(results, results_form(job.form, triples=False)), 1)
    if isinstance(given, Solutions):
        rows = [binding(row) for row in measure.of(given.rows, lambda row: _size(*row.values()))]
        results = {"head": {"vars": given.names}, "results": {"bindings": rows}}
        content = written(results, results_form(job.form, triples=False))
        return Outcome(content, measure.count, measure.cut)
    form = results_form(job.form, triples=True)
    triples = measure.of(given, lambda one: _size(one.subject, one.predicate, one.object))
    prefixes = {} if form == RdfFormat.N_TRIPLES else PREFIXES
    try:
        content = serialize(triples, format=form, prefixes=prefixes) or b""
    except OSError as error:
        # The form's fault, and the same later: JSON-LD 1.1 lacks what RDF 1.2 has.
        raise StoreError(
            f"答案不能写成 {form.name} / the answer cannot be written as {form.name}: {error}"
        ) from None
    return Outcome(content, measure.count, measure.cut)


def _size(*terms: NamedNode | Literal | BlankNode | Triple) -> int:
    return sum(len(str(term)) + _OVERHEAD for term in terms)


def main(location: str) -> None:
    """Serve jobs over the store at a location until the parent closes the pipe."""
    bound(resource.RLIMIT_AS, _MEMORY)
    bound(resource.RLIMIT_CORE, 0)
    # Where processors are short, those who read pages go before.
    os.nice(_NICE)
    # A supervisor stops all processes of the site at once; a query that runs may end before.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        store = open_store(location)
        # From a disk a question about them takes ten times as long.
        regulations = open_regulations() if isinstance(store, EmbeddedStore) else store
    except StoreError:
        raise SystemExit(UNREADABLE) from None
    own = set(prepared_graphs())
    while True:
        try:
            job = Job(**json.loads(_read(sys.stdin.buffer)))
        except EOFError:
            return
        signal.setitimer(signal.ITIMER_REAL, job.seconds)
        asks_for_records = not own.issuperset((*job.default, *job.named))
        found = outcome(store if asks_for_records else regulations, job)
        signal.setitimer(signal.ITIMER_REAL, 0)
        head = json.dumps([found.count, found.cut, found.error, found.passing]).encode()
        _write(sys.stdout.buffer, head)
        _write(sys.stdout.buffer, found.content)


if __name__ == "__main__":
    main(sys.argv[1])
