"""Linked data: what the project publishes, and what its graphs say of one thing that they name."""

from __future__ import annotations

from pyoxigraph import Literal, NamedNode, RdfFormat, parse, serialize

from dutygraph.regulations.linked import FORMATS, published
from dutygraph.regulations.prepared import closure_graph, regulation_graph
from dutygraph.store.graphs import GraphStore
from dutygraph.terms import PREFIXES
from webapp.kept import Kept

_ABOUT = """
CONSTRUCT { ?s ?p ?o } WHERE {
  ?s ?p ?o
  FILTER(?s = %(thing)s || STRSTARTS(STR(?s), %(below)s) || STRSTARTS(STR(?s), %(within)s))
}"""
_PUBLICATIONS, _THINGS = 16, 64


class Linked:
    """Linked data by what it is about and the form (``ttl``, ``jsonld``, ``nt``)."""

    def __init__(self, store: GraphStore, regulation: str) -> None:
        self._store = store
        self._graphs = [regulation_graph(regulation), closure_graph(regulation)]
        self._whole = {"": regulation, "/closure": f"{regulation}-closure"}
        self._base = regulation_graph(regulation)
        self.publications = Kept(_published, _PUBLICATIONS)
        self._things = Kept(self._describe, _THINGS)

    def about(self, iri: str, form: str) -> bytes | None:
        """Give what the regulation's graphs say of a thing, None where they do not name it.

        The IRI of the regulation, or of its closure, stands for all that is published under it. Of
        any other thing it is what is said of it, of its parts, and of what is stated there: norms,
        their deadlines, declarations, and the anchors of both.
        """
        whole = self._whole.get(iri.removeprefix(self._base))
        if whole is not None:
            return self.publications[whole, form]
        triples = self._things[iri]
        if not triples:
            return None
        serialization, _ = FORMATS[form]
        given = (quad.triple for quad in parse(triples, format=RdfFormat.N_TRIPLES))
        prefixes = {} if form == "nt" else PREFIXES
        return serialize(given, format=serialization, prefixes=prefixes)

    def _describe(self, iri: str) -> bytes:
        try:
            thing = NamedNode(iri)
        except ValueError:
            # What was asked for is no IRI at all, so nothing is named by it.
            return b""
        terms = {"thing": thing, "below": Literal(f"{iri}/"), "within": Literal(f"{iri}#")}
        found = self._store.construct(_ABOUT % terms, self._graphs)
        lines = sorted(found.splitlines(keepends=True))
        named = any(line.startswith(f"{thing} ".encode()) for line in lines)
        return b"".join(lines) if named else b""


def _published(asked: tuple[str, str]) -> bytes:
    name, form = asked
    return published(name, form)
