"""Random records, rules and queries over a small schema, as hypothesis draws them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st
from pyoxigraph import NamedNode

from dutygraph.compliance.automata import Automaton
from dutygraph.compliance.derivations import Rule, Schema
from dutygraph.compliance.graph_patterns import PatternReader
from dutygraph.compliance.reach import Reach
from dutygraph.store.embedded import EmbeddedStore

PREFIXES = {"": "urn:"}
PROLOGUE = "PREFIX : <urn:>\n"
SCHEMA = Schema(
    links=frozenset({"urn:p", "urn:q"}),
    attributes=frozenset({"urn:kind", "urn:name", "urn:level"}),
    values=frozenset({"urn:name"}),
    objects=lambda of: frozenset({"urn:p", "urn:d"}) if of == "urn:by" else frozenset(),
)
"""Links ``p`` and ``q``, values ``kind``, ``name`` and ``level``; ``d`` to ``g`` are derived."""
REGULATION = """
<urn:K1> <urn:broader> <urn:K2> .
<urn:K2> <urn:broader> <urn:K3> .
<urn:K1> <urn:by> <urn:p> .
<urn:K2> <urn:by> <urn:d> .
"""
PEOPLE = tuple(f"<urn:n{number}>" for number in range(6))
_KINDS, _NAMES, _LEVELS = (":K1", ":K2", ":K3"), ('"x"', '"y"'), ('"1"', '"2"')
_NODES, _WORDS, _VALUES = ("?this", "?a", "?b", "?c"), ("?k", "?l"), ("?v", "?w")

Record = tuple[str, str, str]
"""Subject, predicate and object, written as N-Triples."""


@dataclass(frozen=True)
class Derivation:
    """A rule: what it derives, and of what."""

    head: str
    body: str

    @property
    def update(self) -> str:
        """The rule as a SPARQL update."""
        return f"{PROLOGUE}INSERT {{ {self.head} }} WHERE {{ {self.body} }}"

    def rule(self, reader: PatternReader) -> Rule:
        """Read the rule."""
        return Rule(tuple(reader.links(self.head)), reader.read(self.body), self.update)


def ways(rules: Sequence[Derivation], asked: str) -> Automaton:
    """Give the ways of one query."""
    reader = PatternReader(PREFIXES)
    found = Reach(SCHEMA, [rule.rule(reader) for rule in rules])
    found.follow(reader.read(asked), "?this", asked)
    return found.automaton()


def answers(
    records: set[Record] | str, rules: Sequence[Derivation], asked: str
) -> dict[str, Counter[tuple[str, ...]]]:
    """Run the rules and the query over records; give the answers of each node."""
    ntriples = records if isinstance(records, str) else written(records).decode()
    store = EmbeddedStore.in_memory()
    store.load((ntriples + REGULATION).encode())
    for rule in rules:
        store.update(rule.update)
    found: dict[str, Counter[tuple[str, ...]]] = {}
    for row in store.select(f"{PROLOGUE}SELECT * WHERE {{ {asked} }}", ()):
        told = tuple(sorted(f"{name} {term}" for name, term in row.items()))
        if isinstance(row.get("this"), NamedNode):
            found.setdefault(str(row["this"]), Counter())[told] += 1
    return found


def written(records: set[Record]) -> bytes:
    return "".join(f"{' '.join(each)} .\n" for each in sorted(records)).encode()


def _records() -> st.SearchStrategy[set[Record]]:
    links = st.tuples(
        st.sampled_from(PEOPLE), st.sampled_from(["<urn:p>", "<urn:q>"]), st.sampled_from(PEOPLE)
    )
    said = st.one_of(
        st.tuples(
            st.sampled_from(PEOPLE),
            st.just("<urn:kind>"),
            st.sampled_from(["<urn:K1>", "<urn:K2>", "<urn:K3>"]),
        ),
        st.tuples(st.sampled_from(PEOPLE), st.just("<urn:name>"), st.sampled_from(_NAMES)),
        st.tuples(st.sampled_from(PEOPLE), st.just("<urn:level>"), st.sampled_from(_LEVELS)),
    )
    kinds = st.lists(
        st.sampled_from(["<urn:K1>", "<urn:K2>", "<urn:K3>"]),
        min_size=len(PEOPLE),
        max_size=len(PEOPLE),
    )
    told = st.sets(st.one_of(links, links, said), min_size=6, max_size=24)
    return st.builds(
        lambda each, more: (
            more | {(who, "<urn:kind>", kind) for who, kind in zip(PEOPLE, each, strict=True)}
        ),
        kinds,
        told,
    )


RECORDS = _records()

# Queries ----------------------------------------------------------------------------------------


def _path(steps: Sequence[str]) -> st.SearchStrategy[str]:
    one = st.sampled_from([*steps, *(f"^{step}" for step in steps)])
    several = st.tuples(one, one)
    return st.one_of(
        one,
        one,
        several.map("/".join),
        several.map(lambda two: f"({two[0]}|{two[1]})"),
        st.tuples(one, st.sampled_from("*+?")).map(lambda two: f"({two[0]}){two[1]}"),
    )


@st.composite
def _triple(draw: st.DrawFn, steps: Sequence[str], near: Sequence[str]) -> str:
    """Draw a triple about a variable near at hand, or about one that it leads to."""
    here = draw(st.sampled_from(near))
    match draw(st.sampled_from(("link", "link", "link", "kind", "word", "value", "level", "by"))):
        case "link":
            path = draw(_path(steps))
            there = draw(st.sampled_from(_NODES))
            ends = draw(st.sampled_from([(here, there), (there, here)]))
            return f"{ends[0]} {path} {ends[1]} ."
        case "kind":
            kind = draw(st.sampled_from([":kind", *(step for step in steps if step > ":f")]))
            return f"{here} {kind} {draw(st.sampled_from([*_KINDS, *_WORDS]))} ."
        case "word":
            word = draw(st.sampled_from(_WORDS))
            wider = draw(st.sampled_from([*_KINDS, *_WORDS]))
            return f"{here} :kind {word} . {word} :broader{draw(st.sampled_from('*+'))} {wider} ."
        case "value":
            value, other = draw(st.sampled_from(_VALUES)), draw(st.sampled_from(_NODES))
            return f"{here} :name {value} . {other} :name {value} ."
        case "level":
            return f"{here} :level {draw(st.sampled_from([*_LEVELS, *_VALUES]))} ."
        case _:
            word, there = draw(st.sampled_from(_WORDS)), draw(st.sampled_from(_NODES))
            return f"{here} :kind {word} . {word} :by ?y . {here} ?y {there} ."


@st.composite
def _group(draw: st.DrawFn, steps: Sequence[str], depth: int, first: bool = True) -> str:
    """Draw a group of triples, with others in it where it is not too deep."""
    near = ["?this"] if first else list(_NODES)
    lines = []
    for _ in range(draw(st.integers(1, 3))):
        lines.append(draw(_triple(steps, near)))
        near = [node for node in _NODES if any(node in line for line in lines)] or near
    for _ in range(draw(st.integers(0, 2)) if depth else 0):
        inner = _group(steps, depth - 1, first=draw(st.booleans()))
        match draw(st.sampled_from(("optional", "optional", "none", "some", "union", "sub", "in"))):
            case "optional":
                lines.append(f"OPTIONAL {{ {draw(inner)} }}")
            case "none":
                lines.append(f"FILTER NOT EXISTS {{ {draw(inner)} }}")
            case "some":
                lines.append(f"FILTER EXISTS {{ {draw(inner)} }}")
            case "union":
                lines.append(f"{{ {draw(inner)} }} UNION {{ {draw(inner)} }}")
            case "sub":
                seen = draw(st.sampled_from(("?this", "?this ?a", "?a ?b ?k")))
                lines.append(f"{{ SELECT {seen} WHERE {{ {draw(inner)} }} }}")
            case _:
                word, kinds = draw(st.sampled_from(_WORDS)), ", ".join(_KINDS[:2])
                lines.append(f"FILTER({word} IN ({kinds}))")
    return " ".join(lines)


@st.composite
def _derivation(draw: st.DrawFn, steps: Sequence[str]) -> Derivation:
    """Draw a rule over what other rules have derived by then."""
    body = draw(_group(steps, 1))
    nodes = [node for node in _NODES if node in body] or ["?this"]
    here, there = draw(st.sampled_from(nodes)), draw(st.sampled_from(nodes))
    derived = draw(st.sampled_from((":d", ":e", ":p")))
    match draw(st.sampled_from(("link", "link", "kind", "made", "either"))):
        case "kind":
            return Derivation(f"{here} {draw(st.sampled_from((':g', ':kind')))} :K1 .", body)
        case "made":
            name = draw(st.sampled_from(("urn:made-", "urn:other-")))
            kind = draw(st.sampled_from(_KINDS))
            body += f' BIND(IRI(CONCAT("{name}", STRAFTER(STR({there}), ":"))) AS ?m)'
            return Derivation(f"{here} {derived} ?m . ?m :e {there} ; :g {kind} .", body)
        case "either":
            body += f" BIND(COALESCE({here}, {there}) AS ?m)"
            return Derivation(f"?this {derived} ?m .", body)
        case _:
            return Derivation(f"{here} {derived} {there} .", body)


RULES = st.lists(_derivation((":p", ":q", ":d", ":e", ":g")), max_size=2)
QUERIES = _group((":p", ":q", ":d", ":e", ":g"), 2).map("?this :kind ?t . {}".format)
