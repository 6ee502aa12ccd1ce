"""Linked data: what the project publishes, and what its graphs say of one thing that they name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

from pyoxigraph import NamedNode, RdfFormat, Triple, parse, serialize

from dutygraph.compliance.shapes import shape_files
from dutygraph.regulations.linked import FORMATS, publications, published
from dutygraph.regulations.prepared import read_turtle
from dutygraph.terms import PREFIXES, regulation_iri
from webapp.kept import Kept

_PUBLICATIONS = 16


class Linked:
    """Linked data by what it is about and the form (``ttl``, ``jsonld``, ``nt``)."""

    def __init__(self, regulation: str) -> None:
        base = regulation_iri(regulation)
        self._regulation = regulation
        self._closure = f"{regulation}-closure"
        self._whole = {base: regulation, f"{base}/closure": self._closure}
        self.publications = Kept(_published, _PUBLICATIONS)

    @property
    def names(self) -> list[str]:
        """The names of the publications."""
        return publications()

    @cached_property
    def _things(self) -> dict[str, list[Triple]]:
        """What is said of each thing, and of what stands under its IRI with a fragment."""
        found: dict[str, list[Triple]] = defaultdict(list)
        published = parse(self.publications[self._closure, "nt"], format=RdfFormat.N_TRIPLES)
        for triple in (
            *(quad.triple for quad in published),
            *read_turtle(shape_files(self._regulation)),
        ):
            if isinstance(triple.subject, NamedNode):
                found[triple.subject.value.partition("#")[0]].append(triple)
        return dict(found)

    def names_thing(self, iri: str) -> bool:
        """Tell whether anything is said of a thing."""
        return iri in self._things

    def about(self, iri: str, form: str) -> bytes | None:
        """Give what the regulation's graphs say of a thing, None where they do not name it.

        The IRI of the regulation, or of its closure, stands for all that is published under it. Of
        any other thing it is what is said of it, of its parts, and of what is stated there: norms,
        their deadlines, declarations, and the anchors of both.
        """
        if iri in self._whole:
            return self.publications[self._whole[iri], form]
        if iri not in self._things:
            return None
        return _serialized(
            (
                triple
                for thing, triples in self._things.items()
                if thing == iri or thing.startswith(f"{iri}/")
                for triple in triples
            ),
            form,
        )

    def norms(self, iris: Iterable[str], form: str) -> bytes:
        """Give what is said of norms, of their deadlines and of the anchors of their words."""
        return _serialized(
            (
                triple
                for iri in iris
                for triple in self._things[iri.partition("#")[0]]
                if isinstance(triple.subject, NamedNode)
                and (triple.subject.value == iri or triple.subject.value.startswith(f"{iri}-"))
            ),
            form,
        )


def _serialized(triples: Iterable[Triple], form: str) -> bytes:
    serialization, _ = FORMATS[form]
    prefixes = {} if form == "nt" else PREFIXES
    return serialize(triples, format=serialization, prefixes=prefixes) or b""


def _published(asked: tuple[str, str]) -> bytes:
    name, form = asked
    return published(name, form)
