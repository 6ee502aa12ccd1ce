"""The ontology as its documentation has it: classes, properties, concepts, how they hang together.

All of it is read from the ontology's own graph: labels, definitions and axioms (OWL 2, SKOS).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import Literal, NamedNode

from dutygraph.regulations.prepared import ONTOLOGY_GRAPH
from dutygraph.store.graphs import GraphStore, Term
from dutygraph.terms import DG, PREFIXES
from webapp.concepts import Concept, Vocabulary
from webapp.language import Words

_TRIPLES = "SELECT ?s ?p ?o WHERE { ?s ?p ?o }"
_RDF, _RDFS, _OWL, _SKOS = (PREFIXES[name] for name in ("rdf", "rdfs", "owl", "skos"))
_DCTERMS = PREFIXES["dcterms"]
_TYPE, _FIRST, _REST = _RDF + "type", _RDF + "first", _RDF + "rest"
_COLLECTION, _MEMBER = _SKOS + "Collection", _SKOS + "member"
_IN_SCHEME, _ORDINAL = _SKOS + "inScheme", DG + "ordinal"

_OUTWARD = {
    _RDFS + "subClassOf": "super_class",
    _RDFS + "subPropertyOf": "super_property",
    _RDFS + "domain": "domain",
    _RDFS + "range": "range",
    _OWL + "inverseOf": "inverse",
    _OWL + "differentFrom": "different",
    _SKOS + "broader": "broader",
    _MEMBER: "member",
}
_INWARD = {
    _RDFS + "subClassOf": "sub_class",
    _RDFS + "subPropertyOf": "sub_property",
    _OWL + "inverseOf": "inverse",
    _SKOS + "broader": "narrower",
    _MEMBER: "drawn_in",
    _TYPE: "instances",
}
_TRAITS = {
    _OWL + "TransitiveProperty": "transitive",
    _OWL + "FunctionalProperty": "functional",
}


@dataclass(frozen=True)
class Relation:
    """How a term lies to others: by an axiom (``name``), or by a property of our own."""

    name: str
    property: Concept | None
    terms: tuple[Concept, ...]


@dataclass(frozen=True)
class Documented:
    """A term with all that its entry says.

    ``chains`` are the properties that, one after the other, give this one; ``depth`` is how far it
    stands below the top of its tree.
    """

    concept: Concept
    definition: Words
    examples: tuple[Words, ...]
    alternatives: tuple[str, ...]
    notation: str | None
    ordinal: int | None
    traits: tuple[str, ...]
    chains: tuple[tuple[Concept, ...], ...]
    relations: tuple[Relation, ...]
    depth: int


@dataclass(frozen=True)
class Scheme:
    """A concept scheme: its concepts, and those that another scheme lists and that it has too."""

    term: Documented
    concepts: tuple[Documented, ...]
    also: tuple[Concept, ...]


@dataclass(frozen=True)
class Header:
    """What the ontology says of itself."""

    iri: str
    title: Words
    description: Words
    version: str
    licence: str


class Ontology:
    """Every term of the ontology, in the order of its documentation."""

    def __init__(self, store: GraphStore, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._out: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        self._in: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for row in store.select(_TRIPLES, [ONTOLOGY_GRAPH]):
            subject, name, value = row["s"].value, row["p"].value, row["o"]
            self._out[subject][name].append(value)
            if isinstance(value, NamedNode) and subject.startswith(DG):
                self._in[value.value][name].append(subject)

    @cached_property
    def header(self) -> Header:
        """The ontology's header."""
        return Header(
            iri=ONTOLOGY_GRAPH,
            title=self._words(ONTOLOGY_GRAPH, _DCTERMS + "title"),
            description=self._words(ONTOLOGY_GRAPH, _DCTERMS + "description"),
            version=self._one(ONTOLOGY_GRAPH, _OWL + "versionIRI") or "",
            licence=self._one(ONTOLOGY_GRAPH, _DCTERMS + "license") or "",
        )

    @cached_property
    def classes(self) -> list[Documented]:
        """The classes, each below the one that it is a subclass of."""
        return list(self._tree(self._of("Class"), _RDFS + "subClassOf"))

    @cached_property
    def relations(self) -> list[Documented]:
        """The object properties, each below the one that it is a subproperty of."""
        return list(self._tree(self._of("ObjectProperty"), _RDFS + "subPropertyOf"))

    @cached_property
    def attributes(self) -> list[Documented]:
        """The datatype properties."""
        return list(self._tree(self._of("DatatypeProperty"), _RDFS + "subPropertyOf"))

    @cached_property
    def schemes(self) -> list[Scheme]:
        """The concept schemes; a concept of several stands in the first of them."""
        held = self._in
        found = []
        placed: set[str] = set()
        for iri in sorted(held[_SKOS + "ConceptScheme"][_TYPE]):
            members = set(held[iri][_IN_SCHEME])
            own = list(self._tree(members - placed, _SKOS + "broader"))
            also = tuple(self._named(one) for one in sorted(members & placed))
            found.append(Scheme(self._documented(iri), tuple(own), also))
            placed |= members
        return found

    @cached_property
    def figures(self) -> list[Documented]:
        """The class diagrams: collections of the classes that are drawn together."""
        return [self._documented(iri) for iri in sorted(self._in[_COLLECTION][_TYPE])]

    def drawn(self, figure: Documented) -> list[str]:
        """Give the local names of the classes that a figure draws."""
        return [
            concept.name
            for relation in figure.relations
            if relation.name == "member"
            for concept in relation.terms
        ]

    @cached_property
    def individuals(self) -> list[Documented]:
        """What is neither class, property nor figure and stands in no scheme."""
        terms = (*self.classes, *self.relations, *self.attributes, *self.figures)
        told = {one.concept.iri for one in terms}
        for scheme in self.schemes:
            told |= {scheme.term.concept.iri, *(one.concept.iri for one in scheme.concepts)}
        left = sorted(self._vocabulary.entries.keys() - told)
        return [self._documented(iri) for iri in left]

    def term(self, name: str) -> Documented | None:
        """Give a term by its local name, None where there is none such."""
        return self._by_name.get(name)

    @cached_property
    def _by_name(self) -> dict[str, Documented]:
        schemes = [one for scheme in self.schemes for one in (scheme.term, *scheme.concepts)]
        terms = (*self.classes, *self.relations, *self.attributes, *self.figures)
        return {one.concept.name: one for one in (*terms, *schemes, *self.individuals)}

    def scheme(self, name: str) -> Scheme | None:
        """Give the scheme that a term is, or that it has its entry in."""
        return next(
            (
                scheme
                for scheme in self.schemes
                if name in {one.concept.name for one in (scheme.term, *scheme.concepts)}
            ),
            None,
        )

    def _of(self, kind: str) -> set[str]:
        return set(self._in[_OWL + kind][_TYPE])

    def _tree(self, members: set[str], upwards: str) -> Iterator[Documented]:
        """Give terms so that each follows the one above it; the others stand at the top."""

        def above(iri: str) -> list[str]:
            return sorted(
                term.value
                for term in self._out[iri][upwards]
                if term.value in members and term.value != iri
            )

        def below(parents: Iterable[str], depth: int) -> Iterator[Documented]:
            for iri in sorted(parents, key=self._place):
                yield self._documented(iri, depth)
                yield from below((one for one in members if above(one)[:1] == [iri]), depth + 1)

        yield from below((one for one in members if not above(one)), 0)

    def _place(self, iri: str) -> tuple[int, str]:
        """Order terms: the highest ordinal first, then by name, whatever the capitals."""
        return (-int(self._one(iri, _ORDINAL) or 0), iri.removeprefix(DG).casefold())

    def _documented(self, iri: str, depth: int = 0) -> Documented:
        entry = self._vocabulary.entries[iri]
        out = self._out[iri]
        ordinal = self._one(iri, _ORDINAL)
        return Documented(
            concept=entry.concept,
            definition=entry.definition,
            examples=tuple(map(_spoken, out[_SKOS + "example"])),
            alternatives=tuple(sorted(term.value for term in out[_SKOS + "altLabel"])),
            notation=self._one(iri, _SKOS + "notation"),
            ordinal=int(ordinal) if ordinal else None,
            traits=tuple(
                _TRAITS[kind] for kind in sorted({term.value for term in out[_TYPE]} & set(_TRAITS))
            ),
            chains=tuple(
                tuple(map(self._named, steps))
                for steps in sorted(
                    list(self._listed(head.value)) for head in out[_OWL + "propertyChainAxiom"]
                )
            ),
            relations=tuple(self._relations(iri)),
            depth=depth,
        )

    def _relations(self, iri: str) -> Iterator[Relation]:
        out, into = self._out[iri], self._in[iri]
        by_name: dict[str, set[str]] = defaultdict(set)
        for name, key in _OUTWARD.items():
            by_name[key].update(term.value for term in out[name] if isinstance(term, NamedNode))
        for name, key in _INWARD.items():
            by_name[key].update(into[name])
        by_name["disjoint"].update(self._disjoint.get(iri, set()) - {iri})
        by_name["kinds"] = {term.value for term in out[_TYPE] if term.value.startswith(DG)}
        by_name["instances"] -= {one for one in by_name["instances"] if self._schemes_of(one)}
        for key, terms in by_name.items():
            if terms:
                yield Relation(key, None, self._all(terms))
        for name in sorted(name for name in out if name.startswith(DG) and name != _ORDINAL):
            terms = {term.value for term in out[name] if isinstance(term, NamedNode)}
            if terms:
                yield Relation("", self._named(name), self._all(terms))

    def _schemes_of(self, iri: str) -> list[Term]:
        return self._out[iri][_IN_SCHEME]

    @cached_property
    def _disjoint(self) -> dict[str, set[str]]:
        """The classes that exclude each class (owl:AllDisjointClasses)."""
        found: dict[str, set[str]] = defaultdict(set)
        for facts in list(self._out.values()):
            for head in facts.get(_OWL + "members", []):
                members = set(self._listed(head.value))
                for one in members:
                    found[one] |= members
        return found

    def _listed(self, head: str) -> Iterator[str]:
        """Give the members of an RDF list."""
        while head != _RDF + "nil":
            yield self._out[head][_FIRST][0].value
            head = self._out[head][_REST][0].value

    def _all(self, iris: Iterable[str]) -> tuple[Concept, ...]:
        return tuple(self._named(iri) for iri in sorted(iris, key=self._place))

    def _named(self, iri: str) -> Concept:
        """Give a term of ours by its label, another vocabulary's by its prefixed name."""
        return self._vocabulary.concept(iri) if iri.startswith(DG) else Concept(iri, qname(iri))

    def _one(self, subject: str, name: str) -> str | None:
        return next((term.value for term in self._out[subject][name]), None)

    def _words(self, subject: str, name: str) -> Words:
        said = {
            term.language: term.value
            for term in self._out[subject][name]
            if isinstance(term, Literal)
        }
        return Words(said.get("zh", ""), said.get("en"))


def qname(iri: str, prefixes: dict[str, str] = PREFIXES) -> Words:
    """Give an IRI as a prefixed name, where there is a prefix for it: ``skos:Concept``."""
    fitting = [(space, prefix) for prefix, space in prefixes.items() if iri.startswith(space)]
    if not fitting:
        return Words(iri)
    space, prefix = max(fitting)
    return Words(f"{prefix}:{iri.removeprefix(space)}")


def _spoken(term: Term) -> Words:
    """Give words said in one language only; an English example has no Chinese beside it."""
    english = isinstance(term, Literal) and term.language == "en"
    return Words(term.value, term.value if english else None)
