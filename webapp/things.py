"""Things of the org data that have an IRI: units, persons, records, imports and their journal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote, urlsplit

from pyoxigraph import Literal, NamedNode, RdfFormat, parse, serialize

from dutygraph.records.history import JOURNAL
from dutygraph.regulations.linked import FORMATS
from dutygraph.store.graphs import GraphStore, Term
from dutygraph.terms import DG, PREFIXES
from webapp.concepts import Concept, Vocabulary, safe_address
from webapp.language import Words
from webapp.ontology import qname
from webapp.wording import term_address

_IMPORTS = "import/"
# What a thing is said to be, and the same of what hangs on it (person/p1#role-1).
_DESCRIBED = """
CONSTRUCT { <%(iri)s> ?p ?o . ?part ?q ?value } WHERE {
  { <%(iri)s> ?p ?o }
  UNION { <%(iri)s> ?link ?part . ?part ?q ?value . FILTER(STRSTARTS(STR(?part), "%(iri)s#")) }
}"""


_BOOLEAN = f"^^<{PREFIXES['xsd']}boolean>"
_TRUTH = {f'"true"{_BOOLEAN}': Words("是", "yes"), f'"false"{_BOOLEAN}': Words("否", "no")}


@dataclass(frozen=True)
class Value:
    """A value of a fact: words, and where they lead."""

    words: Words
    address: str | None = None


@dataclass(frozen=True)
class Part:
    """A thing, or what hangs on it by a fragment: what is said of it, by property."""

    iri: str
    facts: tuple[tuple[Concept, tuple[Value, ...]], ...]


class Things:
    """What a store says of the things that its imports brought in."""

    def __init__(
        self, store: GraphStore, record_graphs: Sequence[str], vocabulary: Vocabulary
    ) -> None:
        self._store, self._graphs, self._vocabulary = store, list(record_graphs), vocabulary

    @cached_property
    def bases(self) -> list[str]:
        """The bases of the IRIs that rows have, the longest first."""
        found = {name.rpartition(_IMPORTS)[0] for name in self._graphs if _IMPORTS in name}
        return sorted(found, key=len, reverse=True)

    def at(self, path: str) -> str | None:
        """Give the IRI that a path of the site stands for; None where no base has such a path."""
        for base in self.bases:
            place = urlsplit(base).path
            if path.startswith(place):
                entity, _, identifier = path.removeprefix(place).partition("/")
                return f"{base}{entity}/{quote(identifier, safe='')}" if identifier else None
        return None

    def is_own(self, iri: str) -> bool:
        """Tell whether an IRI is one of an import or of the journal."""
        return iri.startswith((JOURNAL, *self.bases))

    def describe(self, iri: str) -> bytes:
        """Give what is said of a thing and of its parts as N-Triples; empty where nothing is."""
        if iri == JOURNAL:
            return self._store.graph(JOURNAL)
        try:
            NamedNode(iri)
        except ValueError:  # no IRI, and nothing that could stand in a query
            return b""
        return self._store.construct(_DESCRIBED % {"iri": iri}, [JOURNAL, *self._graphs])

    def about(self, iri: str, form: str) -> bytes | None:
        """Give what is said of a thing in a form of RDF, None where nothing is."""
        triples = self.describe(iri)
        if not triples:
            return None
        serialization, _ = FORMATS[form]
        prefixes = {} if form == "nt" else PREFIXES
        given = sorted(
            (quad.triple for quad in parse(triples, format=RdfFormat.N_TRIPLES)), key=str
        )
        return serialize(given, format=serialization, prefixes=prefixes)

    def parts(self, iri: str, named: Callable[[str], Value]) -> list[Part]:
        """Give what is said of a thing, then of each of its parts, ready for a page.

        ``named`` gives what one of its own IRIs is called and the page that shows it.
        """
        said: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        for quad in parse(self.describe(iri), format=RdfFormat.N_TRIPLES):
            value = quad.object
            if isinstance(quad.subject, NamedNode) and isinstance(value, Literal | NamedNode):
                said[quad.subject.value][quad.predicate.value].append(value)
        return [
            Part(
                one,
                tuple(
                    (
                        self._property(name),
                        tuple(self._value(one, named) for one in sorted(values, key=str)),
                    )
                    for name, values in sorted(said[one].items())
                ),
            )
            for one in sorted(said, key=lambda part: (part != iri, part))
        ]

    def _property(self, iri: str) -> Concept:
        return self._vocabulary.concept(iri) if iri.startswith(DG) else Concept(iri, qname(iri))

    def _value(self, term: Term, named: Callable[[str], Value]) -> Value:
        if not isinstance(term, NamedNode):
            return Value(_TRUTH.get(str(term), Words(term.value)))
        iri = term.value
        if iri.startswith(DG):
            concept = self._vocabulary.concept(iri)
            return Value(concept.label, term_address(concept.name))
        if self.is_own(iri):
            return named(iri)
        return Value(qname(iri), safe_address(iri))
