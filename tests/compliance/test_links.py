"""Links of records are read as the store has them, whatever the values and however asked for."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse, serialize

from dutygraph.compliance.links import Links
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.terms import PREFIXES

GRAPH = "urn:records"
NODES = [NamedNode(f"urn:{name}") for name in "abc"]
PROPERTIES = [f"<urn:p{number}>" for number in range(11)]


def typed(datatype: str, values: st.SearchStrategy[str]) -> st.SearchStrategy[Literal]:
    of = NamedNode(PREFIXES["xsd"] + datatype)
    return values.map(lambda value: Literal(value, datatype=of))


WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=4)
NUMBERS = st.from_regex(r"[+-]?[0-9]{1,3}(\.[0-9]{0,2})?([eE][+-]?[0-9])?", fullmatch=True)
VALUES = st.one_of(
    WORDS.map(Literal),
    WORDS.map(lambda words: Literal(words, language="zh")),
    *(typed(name, NUMBERS | WORDS) for name in ("integer", "decimal", "double", "date")),
    typed("boolean", st.sampled_from(["true", "false", "1", "0", "yes"])),
    st.sampled_from(NODES),
)
TRIPLES = st.sets(
    st.builds(
        Triple,
        st.sampled_from(NODES),
        st.sampled_from(PROPERTIES).map(lambda name: NamedNode(name[1:-1])),
        VALUES,
    ),
    max_size=30,
)


def stored(triples: set[Triple]) -> tuple[EmbeddedStore, set[Triple]]:
    """Give a store of triples, and these as it writes them: numbers in their canonical form."""
    store = EmbeddedStore.in_memory()
    store.replace_graph(GRAPH, serialize(triples, format=RdfFormat.N_TRIPLES) or b"")
    return store, read(store.graph(GRAPH))


def read(ntriples: bytes | str) -> set[Triple]:
    return {quad.triple for quad in parse(ntriples, format=RdfFormat.N_TRIPLES)}


@given(TRIPLES)
def test_all_that_is_said_of_nodes_is_read_and_written_as_it_is(triples: set[Triple]) -> None:
    store, held = stored(triples)
    links = Links(store, [GRAPH], "?node ?property ?other")
    links.learn_all(map(str, NODES))
    told = "".join(
        f"{node} {name} {other} .\n"
        for node in NODES
        for name, others in links[str(node)].items()
        for other in others
    )
    assert read(told) == held


@given(TRIPLES, st.lists(st.tuples(st.integers(0, 60), st.sets(st.sampled_from(PROPERTIES)))))
def test_what_names_a_node_is_read_property_by_property_or_in_full(
    triples: set[Triple], asked: list[tuple[int, set[str]]]
) -> None:
    store, held = stored(triples)
    links = Links(store, [GRAPH], "?other ?property ?node")
    named: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for one in held:
        named[str(one.object)][str(one.predicate)].add(str(one.subject))
    nodes = sorted(named)
    for place, properties in asked if nodes else ():
        node = nodes[place % len(nodes)]
        links.learn({node: properties})
        for name in properties:
            assert sorted(links[node].get(name, ())) == sorted(named[node][name])
