"""The triples of a shapes graph, a validation report or a test, found by subject and predicate."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pyoxigraph import (
    Literal,
    NamedNode,
    QuadParser,
    RdfFormat,
    Triple,
    parse,
    serialize,
)

from dutygraph.shacl.errors import ShapesError
from dutygraph.shacl.model import Node
from dutygraph.store.graphs import Term
from dutygraph.terms import PREFIXES

_RDF = PREFIXES["rdf"]
TYPE = _RDF + "type"
SUBCLASS = PREFIXES["rdfs"] + "subClassOf"
FIRST, REST, NIL = _RDF + "first", _RDF + "rest", NamedNode(_RDF + "nil")


class Triples:
    """A small graph in memory; ``prefixes`` are those of the files that it was read from."""

    def __init__(
        self, triples: Iterable[Triple] = (), prefixes: Mapping[str, str] | None = None
    ) -> None:
        self.prefixes: Mapping[str, str] = prefixes or {}
        self._by_subject: dict[Node, dict[str, list[Term]]] = {}
        self._by_object: dict[str, dict[Term, list[Node]]] = defaultdict(dict)
        for triple in dict.fromkeys(triples):
            self._add(triple)

    def _add(self, triple: Triple) -> None:
        subject, predicate, value = triple.subject, triple.predicate.value, triple.object
        if isinstance(subject, Triple) or isinstance(value, Triple):
            raise ShapesError(
                "形状图中不能有三元组项（RDF-star） / triple terms are no part of SHACL graphs"
            )
        self._by_subject.setdefault(subject, {}).setdefault(predicate, []).append(value)
        self._by_object[predicate].setdefault(value, []).append(subject)

    def __iter__(self) -> Iterator[Triple]:
        for subject, properties in self._by_subject.items():
            for predicate, values in properties.items():
                for value in values:
                    yield Triple(subject, NamedNode(predicate), value)

    def subjects(self) -> list[Node]:
        """Give all subjects."""
        return list(self._by_subject)

    def properties(self, subject: Term) -> list[str]:
        """Give the IRIs of the properties that a subject has."""
        if isinstance(subject, Literal):
            return []
        return list(self._by_subject.get(subject, ()))

    def objects(self, subject: Term, predicate: str) -> list[Term]:
        """Give the values of a property."""
        if isinstance(subject, Literal):
            return []
        return self._by_subject.get(subject, {}).get(predicate, [])

    def value(self, subject: Term, predicate: str) -> Term | None:
        """Give the value of a property, None when there is none.

        Raises ShapesError where there is more than one.
        """
        values = self.objects(subject, predicate)
        if len(values) > 1:
            raise ShapesError(
                f"{subject} 的 <{predicate}> 至多有一个值，现有{len(values)}个 / "
                f"{subject} has {len(values)} values of <{predicate}>, at most one is allowed"
            )
        return values[0] if values else None

    def having(self, predicate: str, value: Term) -> list[Node]:
        """Give the subjects that have a value of a property."""
        return self._by_object.get(predicate, {}).get(value, [])

    def members(self, head: Term) -> list[Term]:
        """Give the members of an RDF list; raises ShapesError for what is no list."""
        found: list[Term] = []
        seen: set[Term] = set()
        while head != NIL:
            first, rest = self.value(head, FIRST), self.value(head, REST)
            if first is None or rest is None or head in seen:
                raise ShapesError(f"{head} 不是完整的列表 / {head} is no well-formed RDF list")
            seen.add(head)
            found.append(first)
            head = rest
        return found

    def instances(self, iri: str) -> list[Node]:
        """Give the SHACL instances of a class: of it and of its subclasses (section 1.1)."""
        classes: list[Term] = [NamedNode(iri)]
        for one in classes:
            classes += [sub for sub in self.having(SUBCLASS, one) if sub not in classes]
        return list(dict.fromkeys(node for one in classes for node in self.having(TYPE, one)))


def read_files(files: Iterable[Path]) -> Triples:
    """Read RDF files (Turtle, N-Triples, RDF/XML, …, by the ends of their names) as one graph.

    Raises ShapesError naming the file that cannot be read.
    """
    triples: list[Triple] = []
    prefixes: dict[str, str] = {}
    for file in files:
        found, own = _read(file)
        triples += found
        prefixes |= own
    return Triples(triples, prefixes)


def _read(file: Path) -> tuple[list[Triple], dict[str, str]]:
    quads = _quads(file)
    with _told(file):
        return [quad.triple for quad in quads], quads.prefixes


def as_ntriples(file: Path) -> bytes:
    """Read an RDF file as N-Triples, not keeping its triples as objects.

    Raises ShapesError as ``read_files`` does.
    """
    quads = _quads(file)
    with _told(file):
        return serialize((quad.triple for quad in quads), format=RdfFormat.N_TRIPLES) or b""


def _quads(file: Path) -> QuadParser:
    form = RdfFormat.from_extension(file.suffix.removeprefix("."))
    if form is None:
        raise ShapesError(
            f"{file}：不认识的扩展名，可用 .ttl .nt .rdf .jsonld / "
            f"{file}: the name ends in no known form; take .ttl, .nt, .rdf or .jsonld"
        )
    with _told(file):
        # Blank nodes of different files are different, whatever their labels.
        return parse(
            file.read_bytes(),
            form,
            base_iri=file.resolve().as_uri(),
            without_named_graphs=True,
            rename_blank_nodes=True,
        )


@contextmanager
def _told(file: Path) -> Iterator[None]:
    """Turn what hinders reading a file into a ShapesError that names it."""
    try:
        yield
    except (SyntaxError, ValueError) as error:
        raise ShapesError(f"{file}：无法读取 / cannot be read: {error}") from error
    except OSError as error:
        raise ShapesError(
            f"{file}：无法打开：{error.strerror} / cannot be opened: {error.strerror}"
        ) from error
