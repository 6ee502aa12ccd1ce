"""Queries that mean harm: our own questions taken apart, grown wild, escaped, spoilt.

Each is made from a random generator alone, so that the same one gives the same query.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from functools import cache

from dutygraph.queries.catalogue import questions
from tests.faults.mutated import spoil_bytes, spoil_text

_PATHS = (
    "dg:statedIn/dg:order",
    "(dg:partOf|^dg:partOf)*",
    "!(rdf:type|^rdf:type)",
    "dg:bearer+",
    "(dg:a/(dg:b|^dg:c)?)+",
    "^(dg:x*)*",
    "rdf:rest*/rdf:first",
    "a",
    "(<>|!<>)*",
)
_TERMS = (
    "dg:Norm",
    "hebei:art20",
    "<urn:x>",
    "<>",
    "<..//%00>",
    '"文"@zh',
    '"x"@zh--ltr',
    "1e999",
    "-0.0",
    '"9"^^xsd:integer',
    '"2014-13-45"^^xsd:date',
    "true",
    "[]",
    "_:b",
    "()",
    "(1 2 3)",
    "<<( ?s ?p ?o )>>",
    "<< ?s ?p ?o >>",
    "'''a''b'''",
    "1" * 400,
    '"\\u0000"',
    "<http://\\u0041>",
    "dg:a\\.b",
    "dg:%41",
)
_FUNCTIONS = (
    'REGEX(STR(?o), "(a+)+$")',
    'REPLACE(STR(?o), "(.*)*", "$1$1")',
    "STRDT(STR(?o), xsd:date)",
    "IRI(STR(?o))",
    "SUBSTR(STR(?o), -1, 1e9)",
    "EXISTS { ?o ?q ?r }",
    "COALESCE(1/0, ?o)",
    "RAND() < 2",
    "CONCAT(STR(?o), STR(?s), STR(?p))",
    "BNODE(STR(?o))",
    "?o IN (1, ?s, <urn:x>)",
    "NOW() > ?o",
    "xsd:integer(?o) = 10000000000000000000000 * 9",
    "MD5(STR(?o))",
    "UUID() != ?o",
    "TRIPLE(?s, ?p, ?o)",
    "<urn:unknown>(?o)",
    'REGEX(STR(?o), "[[:x:]](?<!")',
    'STRLANG("a", "zh-" )',
    "ENCODE_FOR_URI(STR(?o))",
)
_AGGREGATES = (
    "COUNT(*)",
    "SUM(?o)",
    'GROUP_CONCAT(?o; SEPARATOR="\\n")',
    "SAMPLE(?s)",
    "AVG(DISTINCT ?o)",
)
_UPDATES = (
    "INSERT DATA { <urn:x> <urn:y> <urn:z> }",
    "DELETE WHERE { ?s ?p ?o }",
    "CLEAR ALL",
    "DROP SILENT ALL",
    "LOAD <{canary}/load> INTO GRAPH <urn:x>",
    "LOAD SILENT <{canary}/load>",
    "CREATE GRAPH <urn:x>",
    "COPY DEFAULT TO <urn:x>",
    "WITH <urn:x> DELETE {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}",
    "INSERT {{ ?s ?p 1 }} WHERE {{ SERVICE <{canary}/insert> {{ ?s ?p ?o }} }}",
    "SELECT * {{ }} ; LOAD <{canary}/second>",
    "PREFIX x: <urn:x> LOAD <{canary}/third>",
)
_REACHING = (
    "SELECT * {{ SERVICE <{canary}/s> {{ ?s ?p ?o }} }}",
    "SELECT * {{ SERVICE SILENT <{canary}/s> {{ ?s ?p ?o }} }}",
    "SELECT * {{ VALUES ?e {{ <{canary}/v> }} SERVICE ?e {{ ?s ?p ?o }} }}",
    "SELECT * {{ BIND(IRI('{canary}/b') AS ?e) SERVICE ?e {{ ?s ?p ?o }} }}",
    "SELECT * {{ FILTER EXISTS {{ SERVICE <{canary}/x> {{ ?s ?p ?o }} }} }}",
    "SELECT * {{ {{ SELECT * {{ SERVICE<{canary}/n>{{?s ?p ?o}} }} }} }}",
    "BASE <{canary}/> SELECT * {{ SERVICE <base> {{ ?s ?p ?o }} }}",
    "PREFIX c: <{canary}/> SELECT * {{ SERVICE c:p {{ ?s ?p ?o }} }}",
    "PREFIX c: <{canary}/> SELECT * {{ ?s ?p trueSERVICE c:p {{ ?s ?p ?o }} }}",
    "SELECT * FROM <{canary}/from> {{ ?s ?p ?o }}",
    "SELECT * FROM NAMED <{canary}/named> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    "SELECT * {{ GRAPH <{canary}/graph> {{ ?s ?p ?o }} }}",
    "DESCRIBE <{canary}/described>",
    "ASK FROM<{canary}/ask>{{}}",
    "CONSTRUCT {{ <{canary}/c> a ?o }} WHERE {{ ?s a ?o }}",
    "SELECT (<{canary}/f>(?s) AS ?x) {{ ?s a ?o }}",
    "SELECT * {{ ?s <{canary}/p>+ ?o }}",
)
_EXPLODING = (
    "SELECT (COUNT(*) AS ?n) {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a != ?i && ?b != ?f) }}",
    "SELECT * {{ ?a (!<urn:x>)* ?b . ?b (!<urn:y>|^!<urn:z>)* ?c }}",
    "SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?c), STR(?d))) AS ?x) {{ ?a ?b ?c . ?d ?e ?f }}",
    "SELECT * {{ ?a ?b ?c . ?d ?e ?f }} ORDER BY DESC(CONCAT(STR(?a), STR(?f)))",
    "CONSTRUCT {{ ?a ?b ?f . ?d ?e ?c . [] ?b [ ?e ?a ] }} WHERE {{ ?a ?b ?c . ?d ?e ?f }}",
)


@cache
def own_questions() -> tuple[str, ...]:
    """Give the SPARQL of our own questions, with a value in the place of each parameter."""
    texts = (one.query for one in questions().values())
    return tuple(re.sub(r"\$language\b", '"zh"', text) for text in texts)


def _triple(rng: random.Random, depth: int) -> str:  # noqa: ARG001 - one shape of parts
    spot = lambda: rng.choice(["?s", "?p", "?o", "?x", "?y", rng.choice(_TERMS)])  # noqa: E731
    path = rng.choice(["?p", "a", "dg:key", rng.choice(_PATHS), rng.choice(_PATHS)])
    return f"{spot()} {path} {spot()} ."


def _grouped(rng: random.Random, depth: int) -> str:
    word = rng.choice(
        [
            "",
            "OPTIONAL",
            "MINUS",
            "GRAPH ?g",
            "GRAPH <urn:x>",
            "FILTER EXISTS",
            "FILTER NOT EXISTS",
            "LATERAL",
        ]
    )
    return f"{word} {{ {_group(rng, depth + 1)} }}"


def _united(rng: random.Random, depth: int) -> str:
    return f"{{ {_group(rng, depth + 1)} }} UNION {{ {_group(rng, depth + 1)} }}"


def _filtered(rng: random.Random, depth: int) -> str:  # noqa: ARG001
    return f"FILTER({rng.choice(['', '!', '!!'])}({rng.choice(_FUNCTIONS)}))"


def _bound(rng: random.Random, depth: int) -> str:  # noqa: ARG001
    return f"BIND({rng.choice(_FUNCTIONS)} AS ?{rng.choice('xyzs')}{rng.randrange(9)})"


def _given(rng: random.Random, depth: int) -> str:  # noqa: ARG001
    rows = " ".join(f"({rng.choice(_TERMS)} UNDEF)" for _ in range(rng.randrange(4)))
    return f"VALUES (?s ?{rng.choice('oxy')}) {{ {rows} }}"


def _selected(rng: random.Random, depth: int) -> str:
    return "{ " + _select(rng, depth + 1) + " }"


_PARTS: tuple[Callable[[random.Random, int], str], ...] = (
    *(_triple, _triple, _triple, _grouped, _united, _filtered, _bound, _given, _selected),
)


def _group(rng: random.Random, depth: int = 0) -> str:
    if depth > 4:
        return _triple(rng, depth)
    return " ".join(rng.choice(_PARTS)(rng, depth) for _ in range(rng.randrange(1, 4)))


def _select(rng: random.Random, depth: int = 0) -> str:
    head = rng.choice(
        [
            "*",
            "DISTINCT ?s",
            "REDUCED *",
            "?nobody",
            f"({rng.choice(_AGGREGATES)} AS ?n{depth})",
            f"?s ({rng.choice(_FUNCTIONS)} AS ?z{depth})",
        ]
    )
    tail = rng.choice(
        [
            "",
            "",
            "LIMIT 5",
            "LIMIT 99999999999999999999",
            "OFFSET -1",
            "GROUP BY ?s",
            "ORDER BY ?o ?s",
            "GROUP BY ?s HAVING (COUNT(*) > 1)",
            "VALUES ?s { <urn:x> }",
            "ORDER BY RAND() LIMIT 0",
        ]
    )
    return f"SELECT {head} WHERE {{ {_group(rng, depth)} }} {tail}"


def _grown(rng: random.Random) -> str:
    return rng.choice(
        [
            _select,
            _select,
            lambda rng: f"ASK {{ {_group(rng)} }}",
            lambda rng: f"CONSTRUCT {{ {_triple(rng, 0)} }} WHERE {{ {_group(rng)} }}",
            lambda rng: f"DESCRIBE {rng.choice(['*', '?s', '<urn:x>'])} WHERE {{ {_group(rng)} }}",
        ]
    )(rng)


def _crossed(rng: random.Random) -> str:
    """Put parts of one of our questions into another."""
    one, other = (rng.choice(own_questions()).splitlines() for _ in range(2))
    at = rng.randrange(len(one) + 1)
    some = other[rng.randrange(len(other)) :][: rng.randrange(1, 5)]
    return "\n".join([*one[:at], *some, *one[at + rng.randrange(3) :]])


def _deep(rng: random.Random) -> str:
    times = rng.choice([90, 101, 500, 5000, 20_000])
    opened, closed = rng.choice(
        [
            ("{", "}"),
            ("(", ")"),
            ("[ a ", "]"),
            ("FILTER(!(", "))"),
            ("OPTIONAL {", "}"),
            ("<<(", ")>>"),
            ("{ SELECT * {", "} }"),
            ("FILTER EXISTS {", "}"),
            ("!", ""),
            ("^", ""),
            ("-", ""),
            ("?s ?p ?o . ", ""),
        ]
    )
    return f"SELECT * {{ {opened * times} ?s ?p ?o {closed * times} }}"


def _long(rng: random.Random) -> str:
    size = rng.choice([1000, 30_000, 65_000, 70_000, 200_000])
    what = rng.choice(
        [
            f'?s ?p "{"字" * size}"',
            f"?s ?p <urn:{'x' * size}>",
            f"?{'v' * size} ?p ?o",
            f"# {'#' * size}\n",
            f"?s ?p {'9' * size}",
            f"?s ?p {'a.' * (size // 2)}",
            f"?s ?p {chr(34) * 3}{chr(92)}{size * 'n'}",
            f"?s {'/'.join(['dg:a'] * min(size // 5, 20_000))} ?o",
            "\ufeff" * size,
            f"?s ?p 'a{chr(39) * size}",
        ]
    )
    return f"SELECT * {{ {what} }}"


def _odd(rng: random.Random) -> str:
    return rng.choice(
        [
            "",
            " ",
            "\x00",
            "SELECT",
            "SELECT * {",
            "BASE <",
            "PREFIX : <x> PREFIX : <y> ASK {}",
            "}{",
            "ASK {}" * 9,
            "BASE <http://[> ASK FROM <x> {}",
            "PREFIX p: <http://[::1> ASK FROM p:x {}",
            "DESCRIBE",
            "ASK{?s ?p'''}",
            "SELECT * { ?s ?p ?o } LIMIT " + "9" * 30,
            "SELECT (1 AS ?s) (2 AS ?s) {}",
            "ASK { FILTER(?x) } VALUES () {}",
            "PREFIX dg: <urn:other> SELECT * { ?s a dg:Norm }",
            "VERSION '1.2' ASK {}",
            "\ud7ff\ue000",
            "SELECT*{?s?p?o}",
        ]
    )


def _escaped(rng: random.Random, query: str) -> str:
    """Write some of the characters as codepoint escapes (SPARQL 1.1, 19.2), sound ones or not."""
    share = rng.choice([0.02, 0.2, 1.0])
    written = [
        f"\\u{ord(char):04X}" if ord(char) < 0x10000 else f"\\U{ord(char):08X}"
        for char in query[:4000]
    ]
    kept = [new if rng.random() < share else old for new, old in zip(written, query, strict=False)]
    odd = rng.choice(["", "\\u005C", "\\uD800", "\\U00110000", "\\u00", "\\\\u0053"])
    kept.insert(rng.randrange(len(kept) + 1), odd)
    return "".join(kept)


def _spoilt(rng: random.Random, query: str) -> str:
    change = rng.choice([spoil_bytes, spoil_text])
    return change(rng, query.encode("utf-8", "surrogatepass")).decode("utf-8", "replace")


def hostile_query(rng: random.Random, canary: str) -> str:
    """Make a query; what reaches out names the server at ``canary``."""
    kind = rng.random()
    if kind < 0.0005:
        return rng.choice(_EXPLODING).format()
    query = rng.choices(
        [
            lambda: rng.choice(own_questions()),
            lambda: _grown(rng),
            lambda: _crossed(rng),
            lambda: rng.choice(_REACHING).format(canary=canary),
            lambda: (
                rng.choice(_UPDATES)
                .replace("{{", "{")
                .replace("}}", "}")
                .replace("{canary}", canary)
            ),
            lambda: _deep(rng),
            lambda: _long(rng),
            lambda: _odd(rng),
        ],
        weights=[8, 50, 14, 14, 6, 2, 1, 5],
    )[0]()
    if rng.random() < 0.25:
        query = _escaped(rng, query)
    if rng.random() < 0.35:
        query = _spoilt(rng, query)
    return query
