"""Rows to RDF: one row after the other as N-Triples (W3C RDF 1.1), the same rows always the same.

The classes and properties are those of the table descriptions. A word of the ontology becomes its
concept, an id the IRI of the row that has it, a nested row a resource under the IRI of the row it
hangs on (``person/p1#role-1``). Every row says from which file, sheet and row it came.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import quote

from dutygraph.records.cells import Row
from dutygraph.records.model import Column, Table
from dutygraph.terms import DG, PREFIXES

_BASE: Final = re.compile(r"https?://[^\s<>\"{}|\\^`#?]+/")
DEFAULT_BASE: Final = "https://dutygraph.example/id/"
"""Where the IRIs of org data begin unless the operator says otherwise."""

RDF_TYPE: Final = PREFIXES["rdf"] + "type"
_XSD: Final = PREFIXES["xsd"]
_ESCAPED: Final = re.compile(r'["\\\n\r\x00-\x1f\x7f]')
_SHORT_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def check_base(base: str) -> str:
    """Give a base IRI back. Raises ValueError when row IRIs cannot be made under it."""
    if not _BASE.fullmatch(base):
        raise ValueError(
            f"数据的 IRI 前缀「{base}」不可用，应形如 https://example.org/id/ / "
            f"{base!r} cannot be the base of IRIs; expected one such as https://example.org/id/"
        )
    return base


def row_iri(base: str, entity: str, identifier: str) -> str:
    """Give the IRI of a row: the base, its entity, its id percent-encoded (RFC 3986)."""
    return f"{base}{entity}/{quote(identifier, safe='')}"


def import_graph(base: str, name: str) -> str:
    """Give the IRI of an import's named graph from its name."""
    return f"{base}import/{name}"


def literal(text: str, datatype: str | None = None) -> str:
    """Write a literal in N-Triples; without a datatype it is a string."""
    if _ESCAPED.search(text):
        text = _ESCAPED.sub(
            lambda found: _SHORT_ESCAPES.get(found[0], f"\\u{ord(found[0]):04X}"), text
        )
    return f'"{text}"' if datatype is None else f'"{text}"^^<{datatype}>'


class EntityLookup(Protocol):
    """Tells which entities have a row with an id."""

    def entities_of(self, identifier: str, among: Iterable[str]) -> list[str]:
        """Give those of the entities that have the id."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """How the rows of a table are written, worked out once for all of them."""

    class_line: str
    columns: tuple[tuple[str, str, Column], ...]


class TripleWriter:
    """Writes rows as N-Triples lines under a base IRI."""

    def __init__(self, base: str, index: EntityLookup) -> None:
        """Take the base and the index of the batch. Raises ValueError for an unusable base."""
        self._base = check_base(base)
        self._index = index
        self._plans: dict[Table, _Plan] = {}
        self._iris: dict[tuple[tuple[str, ...], str], str] = {}

    def lines(self, row: Row) -> list[str]:
        """Give the lines of an outermost row and the rows nested in it."""
        subject = row_iri(self._base, row.table.entity, row.values["id"][0])
        place = row.place
        lines = self._describe(f"<{subject}>", row)
        lines += (
            f"<{subject}> <{DG}sourceFile> {literal(place.file)} .\n",
            f"<{subject}> <{DG}sourceSheet> {literal(str(place.sheet))} .\n",
            f"<{subject}> <{DG}sourceRow> {literal(str(place.row), _XSD + 'integer')} .\n",
        )
        for key, table in row.table.parts.items():
            for number, part in enumerate(row.parts.get(key, ()), start=1):
                inner = f"<{subject}#{table.part}-{number}>"
                lines.append(f"<{subject}> <{table.link}> {inner} .\n")
                lines += self._describe(inner, part)
        return lines

    def _describe(self, subject: str, row: Row) -> list[str]:
        plan = self._plans.get(row.table) or self._plan(row.table)
        lines = [f"{subject} {plan.class_line}"]
        values = row.values
        for name, predicate, column in plan.columns:
            given = values.get(name)
            if given is not None:
                # Two words that the ontology does not tell apart make one triple.
                for term in dict.fromkeys(self._object(column, value) for value in given):
                    lines.append(f"{subject} {predicate} {term} .\n")
            elif column.defaults:
                lines.append(f"{subject} {predicate} <{column.defaults[values['kind'][0]]}> .\n")
        return lines

    def _plan(self, table: Table) -> _Plan:
        plan = _Plan(
            f"<{RDF_TYPE}> <{table.rdf_class}> .\n",
            tuple(
                (column.name, f"<{column.property_iri}>", column)
                for column in table.columns.values()
                if column.property_iri is not None
            ),
        )
        self._plans[table] = plan
        return plan

    def _object(self, column: Column, value: str) -> str:
        if column.terms is not None:
            return f"<{column.terms.get(value, column.otherwise)}>"
        if column.references:
            return self._reference(column.references, value)
        base = column.datatype.base
        return literal(value, None if base == "string" else _XSD + base)

    def _reference(self, references: tuple[str, ...], identifier: str) -> str:
        iri = self._iris.get((references, identifier))
        if iri is None:
            (entity,) = (
                references
                if len(references) == 1
                else self._index.entities_of(identifier, references)
            )
            iri = f"<{row_iri(self._base, entity, identifier)}>"
            self._iris[references, identifier] = iri
        return iri
