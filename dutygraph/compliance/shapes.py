"""The checks as they stand in shapes/: SHACL shapes with SHACL-SPARQL constraints.

A shape finds one code: it names its check (provision key), code and status, the norms it enforces,
its target (a SHACL-AF target type or sh:targetClass), its message in both languages and, where a
record could cure the breach, the template of that record.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from dutygraph import artefacts
from dutygraph.regulations.prepared import read_turtle
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.store.graphs import text
from dutygraph.terms import sparql_prologue

_SHAPES = (
    sparql_prologue()
    + """
SELECT ?shape ?check ?code ?status ?zh ?en ?remedy WHERE {
  ?shape a sh:NodeShape ; dg:check ?check ; dg:code ?code ; dg:status ?status .
  ?shape sh:message ?zh , ?en . FILTER(LANG(?zh) = "zh" && LANG(?en) = "en")
  OPTIONAL { ?shape dg:remedy ?remedy }
} ORDER BY ?shape"""
)
_ENFORCED = sparql_prologue() + "SELECT ?shape ?norm WHERE { ?shape dg:enforces ?norm }"
_CONSTRAINTS = (
    sparql_prologue()
    + """
SELECT ?shape ?constraint ?select WHERE {
  ?shape sh:sparql ?constraint . ?constraint sh:select ?select
} ORDER BY ?shape ?select"""
)
_TARGETS = (
    sparql_prologue()
    + """
SELECT ?shape ?class ?select ?parameter ?value WHERE {
  { ?shape sh:targetClass ?class }
  UNION {
    ?shape sh:target ?target . ?target a ?type .
    ?type sh:select ?select ; sh:parameter/sh:path ?parameter . ?target ?parameter ?value
  }
} ORDER BY ?shape ?value"""
)
_DECLARED = (
    sparql_prologue()
    + """
SELECT DISTINCT ?prefix ?namespace WHERE {
  ?declaration sh:prefix ?prefix ; sh:namespace ?namespace
} ORDER BY ?prefix"""
)


@dataclass(frozen=True)
class Shape:
    """One SHACL shape: what it finds, whom it looks at, and the SELECTs of its constraints.

    ``targets`` and ``selects`` are SPARQL SELECTs as written in the shape, the parameters of a
    target type filled in; both want ``prologue`` before them. ``constraints`` gives the IRI of the
    constraint that a SELECT stands in.
    """

    iri: str
    check: str
    code: str
    status: str
    norms: tuple[str, ...]
    targets: tuple[str, ...]
    selects: tuple[str, ...]
    message_zh: str
    message_en: str
    remedy: Any
    prologue: str
    constraints: Mapping[str, str]


def shape_files(regulation: str) -> list[Path]:
    """Give the Turtle files of a regulation's shapes, sorted, with what all shapes share."""
    folder = artefacts.room("shapes")
    return [*sorted(folder.glob("*.ttl")), *sorted((folder / regulation).glob("*.ttl"))]


@cache
def shapes(regulation: str) -> tuple[Shape, ...]:
    """Read the shapes of a regulation, sorted by check and IRI."""
    return read_shapes(tuple(shape_files(regulation)))


def enforced(regulation: str) -> set[str]:
    """Give the IRIs of the norms that some shape enforces."""
    return {norm for shape in shapes(regulation) for norm in shape.norms}


def read_shapes(files: tuple[Path, ...]) -> tuple[Shape, ...]:
    """Read shapes from Turtle files; raises SyntaxError naming the file that is not Turtle."""
    graph = EmbeddedStore.in_memory()
    graph.add(read_turtle(list(files)))
    prologue = "".join(
        f"PREFIX {row['prefix'].value}: <{row['namespace'].value}>\n"
        for row in graph.select(_DECLARED, ())
    )
    norms, targets = _lists(graph)
    constraints: dict[str, dict[str, str]] = {}
    for row in graph.select(_CONSTRAINTS, ()):
        of_shape = constraints.setdefault(row["shape"].value, {})
        of_shape[row["select"].value] = row["constraint"].value
    return tuple(
        Shape(
            iri=row["shape"].value,
            check=row["check"].value,
            code=row["code"].value,
            status=row["status"].value,
            norms=tuple(sorted(norms.get(row["shape"].value, []))),
            targets=tuple(targets.get(row["shape"].value, [])),
            selects=tuple(constraints.get(row["shape"].value, {})),
            message_zh=row["zh"].value,
            message_en=row["en"].value,
            remedy=json.loads(text(row, "remedy") or "null"),
            prologue=prologue,
            constraints=constraints.get(row["shape"].value, {}),
        )
        for row in graph.select(_SHAPES, ())
    )


def _lists(graph: EmbeddedStore) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    norms: dict[str, list[str]] = {}
    for row in graph.select(_ENFORCED, ()):
        norms.setdefault(row["shape"].value, []).append(row["norm"].value)
    targets: dict[str, list[str]] = {}
    for row in graph.select(_TARGETS, ()):
        if "class" in row:
            target = f"SELECT ?this WHERE {{ ?this a <{row['class'].value}> }}"
        else:
            parameter = row["parameter"].value.rpartition("#")[2]
            target = row["select"].value.replace(f"${parameter}", f"<{row['value'].value}>")
        targets.setdefault(row["shape"].value, []).append(target)
    return norms, targets
