"""The alignments as a page lists them: our terms beside those of other vocabularies."""

from __future__ import annotations

from dataclasses import dataclass

from pyoxigraph import RdfFormat, parse

from dutygraph import artefacts
from dutygraph.regulations.linked import ALIGNMENTS
from dutygraph.terms import DG, PREFIXES
from webapp.concepts import Concept, Vocabulary, safe_address
from webapp.language import Words
from webapp.ontology import qname

_VERSION = PREFIXES["owl"] + "versionIRI"
_SKOS = PREFIXES["skos"]


@dataclass(frozen=True)
class Match:
    """A term of ours, how it lies to the other (``closeMatch`` …), and the other's IRI."""

    concept: Concept
    relation: str
    target: str
    name: Words
    address: str | None


@dataclass(frozen=True)
class Alignments:
    """The matches by the name of the vocabulary that they lead to."""

    version: str
    matches: dict[str, list[Match]]

    def of(self, iri: str) -> list[Match]:
        """Give how one of our terms lies to others."""
        return [one for found in self.matches.values() for one in found if one.concept.iri == iri]


def alignments(vocabulary: Vocabulary) -> Alignments:
    """Read the alignments; the names of other terms have the prefixes that the file gives them."""
    file = artefacts.room("ontology") / f"{ALIGNMENTS}.ttl"
    parser = parse(path=str(file), format=RdfFormat.TURTLE)
    triples = [quad.triple for quad in parser]
    prefixes = parser.prefixes
    names = _names()
    found: dict[str, list[Match]] = {}
    for triple in sorted(triples, key=str):
        name = triple.predicate.value.removeprefix(_SKOS)
        if not (name.endswith("Match") and str(triple.subject.value).startswith(DG)):
            continue
        target = triple.object.value
        space = max((one for one in prefixes.values() if target.startswith(one)), default=target)
        found.setdefault(names.get(space, space), []).append(
            Match(
                concept=vocabulary.concept(triple.subject.value),
                relation=name,
                target=target,
                name=qname(target, prefixes),
                address=safe_address(target),
            )
        )
    version = next(one.object.value for one in triples if one.predicate.value == _VERSION)
    return Alignments(version, found)


def _names() -> dict[str, str]:
    """Give what the vocabularies are called, by namespace, as the lists of their terms say."""
    found = {}
    for file in (artefacts.room("ontology") / "external").glob("*.txt"):
        lines = file.read_text(encoding="utf-8").splitlines()
        head = dict(line[2:].split(": ", 1) for line in lines if line.startswith("# "))
        found[head["namespace"]] = f"{head['vocabulary']} {head['version'].partition(' ')[0]}"
    return found
