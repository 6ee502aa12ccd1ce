"""The prepared graph: ontology, regulation and closure as one N-Quads file, kept until they change.

Reasoning takes seconds, reading the result takes milliseconds.
"""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple, parse, serialize

from dutygraph import artefacts
from dutygraph.regulations.anchors import Quote, anchors
from dutygraph.regulations.caching import cached
from dutygraph.regulations.closure import closure
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.store.endpoint import is_endpoint
from dutygraph.store.format import CURRENT, format_of, migrate
from dutygraph.store.graphs import GraphStore
from dutygraph.store.probe import refuse_unfit
from dutygraph.store.remote import RemoteStore
from dutygraph.terms import DG, PREFIXES, norm_id, regulation_iri

ONTOLOGY_GRAPH = DG.removesuffix("#")
_KEY = NamedNode(DG + "key")
_MADE_FROM = NamedNode(PREFIXES["dcterms"] + "identifier")


def regulations() -> list[str]:
    """Give the ids of the regulations at hand: the folders of data/regulations, sorted."""
    folder = artefacts.room("data") / "regulations"
    return sorted(place.name for place in folder.iterdir() if (place / "text.ttl").is_file())


def regulation_graph(regulation: str) -> str:
    """Give the IRI of the named graph that holds a regulation as written."""
    return regulation_iri(regulation)


def closure_graph(regulation: str) -> str:
    """Give the IRI of the named graph that holds what follows from a regulation."""
    return regulation_iri(regulation) + "/closure"


def prepared_graphs() -> list[str]:
    """Give the names of all graphs that the prepared file fills."""
    names = [ONTOLOGY_GRAPH]
    for regulation in regulations():
        names += [regulation_graph(regulation), closure_graph(regulation)]
    return names


def sources(regulation: str) -> list[Path]:
    """Give the Turtle files of a regulation, sorted."""
    return sorted((artefacts.room("data") / "regulations" / regulation).rglob("*.ttl"))


def ontology_files(folder: Path | None = None) -> list[Path]:
    """Give the ontology's Turtle files, sorted; alignments stay apart and are not loaded."""
    folder = folder or artefacts.room("ontology")
    return sorted(file for file in folder.glob("*.ttl") if file.stem != "alignments")


def read_turtle(files: list[Path]) -> list[Triple]:
    """Read Turtle files; raises SyntaxError naming file and line when one is not Turtle."""
    triples: list[Triple] = []
    for file in files:
        try:
            triples += [quad.triple for quad in parse(path=str(file), format=RdfFormat.TURTLE)]
        except SyntaxError as error:
            raise SyntaxError(f"{file}: {error}") from error
    return triples


def _quotes(triples: list[Triple]) -> tuple[list[Quote], dict[str, str]]:
    """Give the quotes of norms and declarations, and the provisions' texts, of a regulation."""
    stated: dict[str, str] = {}
    words: dict[str, str] = {}
    occurrence: dict[str, int] = {}
    texts: dict[str, str] = {}
    for triple in triples:
        subject, value = triple.subject, triple.object
        if not isinstance(subject, NamedNode) or not isinstance(value, NamedNode | Literal):
            continue
        match triple.predicate.value.removeprefix(DG):
            case "statedIn" | "declaredIn":
                stated[subject.value] = value.value
            case "quote" | "passage":
                words[subject.value] = value.value
            case "quoteOccurrence" | "passageOccurrence":
                occurrence[subject.value] = int(value.value)
            case "text":
                texts[subject.value] = value.value
    return [
        Quote(norm, stated.get(norm, ""), words[norm], occurrence.get(norm))
        for norm in sorted(words)
    ], texts


def _keys(quotes: list[Quote], regulation: str) -> list[Triple]:
    """Give each norm and declaration its key, ``art9.item3#n7``, as provisions have theirs."""
    return [
        Triple(NamedNode(quote.norm), _KEY, Literal(norm_id(quote.norm, regulation)))
        for quote in quotes
    ]


def _stamp(regulation: str) -> Triple:
    """Give the triple that says from which inputs a closure was made."""
    return Triple(NamedNode(closure_graph(regulation)), _MADE_FROM, Literal(fingerprint()))


def prepare() -> bytes:
    """Read, anchor and reason: give the N-Quads of ontology, regulations and closures.

    Raises AnchorError for a quote that is not in the text, InconsistentError for a contradiction,
    SyntaxError for a file that is not Turtle.
    """
    ontology = read_turtle(ontology_files())
    graphs = {ONTOLOGY_GRAPH: ontology}
    for regulation in regulations():
        stated = read_turtle(sources(regulation))
        graphs[regulation_graph(regulation)] = stated
        quotes, texts = _quotes(stated)
        graphs[closure_graph(regulation)] = [
            _stamp(regulation),
            *_keys(quotes, regulation),
            *anchors(quotes, texts),
            *closure([*ontology, *stated]),
        ]
    quads = (
        Quad(triple.subject, triple.predicate, triple.object, NamedNode(name))
        for name, triples in graphs.items()
        for triple in triples
    )
    return serialize(quads, format=RdfFormat.N_QUADS) or b""


def fingerprint() -> str:
    """Give the fingerprint of all that the prepared graph is made from."""
    files = ontology_files() + [file for name in regulations() for file in sources(name)]
    code = [Path(__file__).with_name(f"{module}.py") for module in ("anchors", "closure")]
    return artefacts.fingerprint([*files, *code, Path(__file__)], version("owlrl"))


def prepared() -> bytes:
    """Give the prepared N-Quads, from the cache when its inputs have not changed."""
    return cached("graph.nq", fingerprint(), prepare)


def open_regulations() -> EmbeddedStore:
    """Open a store in memory that holds ontology, regulations and closures, nothing else."""
    store = EmbeddedStore.in_memory()
    store.load(prepared(), own=True)
    return store


def is_current(store: GraphStore) -> bool:
    """Tell whether a store's prepared graphs were made from the inputs as they are now."""
    stamps = [
        store.select(
            f"SELECT ?stamp WHERE {{ <{closure_graph(name)}> {_MADE_FROM} ?stamp }}",
            [closure_graph(name)],
        )
        for name in regulations()
    ]
    return all([row["stamp"].value for row in stamp] == [fingerprint()] for stamp in stamps)


def refresh(store: GraphStore) -> None:
    """Put the prepared graphs of today's inputs into a store, in the place of older ones."""
    if is_current(store):
        return
    graphs: dict[str, list[Triple]] = {name: [] for name in prepared_graphs()}
    for quad in parse(prepared(), format=RdfFormat.N_QUADS):
        assert isinstance(quad.graph_name, NamedNode)  # noqa: S101 - prepare names every graph
        graphs[quad.graph_name.value].append(quad.triple)
    # The closures carry the stamp and come last: until they are in, the store is not current.
    for name, triples in graphs.items():
        store.replace_graph(name, serialize(triples, format=RdfFormat.N_TRIPLES) or b"")


def open_directory(directory: Path) -> EmbeddedStore:
    """Open a directory's store for reading, its format and its prepared graphs up to date.

    Where there is none yet, the regulations alone, in memory. Raises StoreError when the store
    cannot be read, or has to be brought up to date while another process writes to it.
    """
    if not EmbeddedStore.exists(directory):
        return open_regulations()
    store = EmbeddedStore.open(directory, read_only=True)
    if format_of(directory) < CURRENT or not is_current(store):
        _brought_up(directory)
        store = EmbeddedStore.open(directory, read_only=True)
    return store


def _brought_up(directory: Path) -> EmbeddedStore:
    """Open a directory's store for writing, its format and its prepared graphs up to date."""
    store = EmbeddedStore.open(directory)
    migrate(directory, store)
    refresh(store)
    return store


def open_store(location: str) -> EmbeddedStore | RemoteStore:
    """Open the store of a directory or an endpoint for reading, prepared graphs up to date.

    Raises StoreError for an endpoint that lacks what is needed: it is tried before graphs go in.
    """
    if is_endpoint(location):
        remote = RemoteStore.at(location)
        if not is_current(remote):
            refuse_unfit(remote)
            refresh(remote)
        return remote
    return open_directory(Path(location))


def open_for_writing(location: str) -> EmbeddedStore | RemoteStore:
    """Open a store for writing, its prepared graphs up to date; a directory is made if missing."""
    if is_endpoint(location):
        # An endpoint is read and written through the same door.
        return open_store(location)
    return _brought_up(Path(location))
