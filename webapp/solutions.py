"""Answers of any query as the SPARQL page shows them: terms in short, each leading to its page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from flask import url_for
from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from dutygraph.terms import DG, PREFIXES, REGULATIONS, norm_id, regulation_iri
from webapp.answers import keyed
from webapp.concepts import safe_address
from webapp.holdings import Holdings
from webapp.wording import norm_address

_LOCAL: Final = re.compile(r"[\w\-./#]*")
_ESCAPED: Final = re.compile(r"[/#]")


@dataclass(frozen=True)
class Shown:
    """A term: its words, where they lead, the tag of their language; ``is_name`` of an IRI."""

    words: str
    address: str | None = None
    language: str | None = None
    is_name: bool = False


@dataclass(frozen=True)
class Table:
    """An answer as a table; ``yes`` is that of an ASK, which has no rows."""

    columns: list[str]
    rows: list[list[Shown | None]]
    yes: bool | None = None


class Terms:
    """Terms as pages of some holdings show them."""

    def __init__(self, held: Holdings) -> None:
        self._held = held

    def table(self, results: bytes, most: int) -> Table:
        """Lay out SPARQL 1.1 Results JSON, its first rows."""
        found = json.loads(results)
        if "boolean" in found:
            return Table([], [], bool(found["boolean"]))
        columns: list[str] = found["head"]["vars"]
        return Table(
            columns,
            [
                [self._bound(row[name]) if name in row else None for name in columns]
                for row in found["results"]["bindings"][:most]
            ],
        )

    def triples(self, ntriples: bytes, most: int) -> Table:
        """Lay out triples (N-Triples), the first of them."""
        quads = zip(parse(ntriples, format=RdfFormat.N_TRIPLES), range(most), strict=False)
        rows = [
            [self._term(term) for term in (one.subject, one.predicate, one.object)]
            for one, _ in quads
        ]
        return Table(["s", "p", "o"], rows)

    def _bound(self, value: dict[str, Any]) -> Shown:
        if value["type"] == "uri":
            return self._name(value["value"])
        if value["type"] == "bnode":
            return Shown(f"_:{value['value']}")
        return self._literal(value["value"], value.get("xml:lang"))

    def _term(self, term: object) -> Shown | None:
        if isinstance(term, NamedNode):
            return self._name(term.value)
        if isinstance(term, Literal):
            return self._literal(term.value, term.language)
        return Shown(str(term))

    def _literal(self, words: str, language: str | None) -> Shown:
        """Show a literal; a key leads to what it stands for, as in the answers to questions."""
        known = None if language else keyed(words, self._held)
        return Shown(words, known.address if known else None, language)

    def _name(self, iri: str) -> Shown:
        address = self._address(iri)
        return Shown(shortened(iri), address or safe_address(iri), is_name=True)

    @cached_property
    def _units(self) -> dict[str, str]:
        return {unit.iri: identifier for identifier, unit in self._held.registry.units.items()}

    def _address(self, iri: str) -> str | None:
        """Give the address of the page of a thing that the site shows."""
        if iri.startswith(DG):
            name = iri.removeprefix(DG)
            if self._held.law.roles.get(name):
                return url_for("roles.role", name=name)
            known = iri in self._held.law.vocabulary.entries
            return url_for("ontology.index", _anchor=name) if known else None
        if iri.startswith(regulation_iri(self._held.law.regulation)):
            norm = norm_id(iri, self._held.law.regulation)
            if norm in self._held.law.commentary.cards:
                return norm_address(norm)
            # The site resolves the IRIs of the regulation under their own paths.
            return "/" + iri.removeprefix(REGULATIONS).partition("#")[0]
        if iri in self._units:
            return url_for("units.unit", identifier=self._units[iri])
        return None


def shortened(iri: str) -> str:
    """Give an IRI with one of the project's prefixes, as a query may name it, where one fits."""
    fitting = [name for name, namespace in PREFIXES.items() if iri.startswith(namespace)]
    for name in sorted(fitting, key=lambda one: -len(PREFIXES[one])):
        local = iri.removeprefix(PREFIXES[name])
        if local and _LOCAL.fullmatch(local) and not local.endswith("."):
            return f"{name}:{_ESCAPED.sub(lambda found: chr(92) + found[0], local)}"
    return iri


def cells(results: bytes) -> Iterator[Sequence[str]]:
    """Give the head and the rows of SPARQL 1.1 Results JSON, each cell as its words."""
    found = json.loads(results)
    names: list[str] = found["head"]["vars"]
    yield names
    for row in found["results"]["bindings"]:
        yield [row[name]["value"] if name in row else "" for name in names]
