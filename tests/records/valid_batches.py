"""Random documents without a fault, and the triples that they must become.

The triples are worked out here from the keys, by the rules of the interchange model, and not by the
code under test.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

from dutygraph.records.csvw import load_model
from dutygraph.records.model import Column, Table
from dutygraph.terms import DG, PREFIXES

BASE = "https://dutygraph.example/id/"
FILE = "random.json"
MODEL = load_model()
ENTITY_LISTS = {"unit": "units", "person": "persons", "record": "records"}

Term = tuple[str, str]
Triple = tuple[str, str, Term]
Document = dict[str, list[dict[str, Any]]]

# No control, surrogate or unassigned characters; what is blank outside is trimmed by the import.
TEXT = (
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"]), min_size=1, max_size=12)
    .map(str.strip)
    .filter(bool)
)
IDS = TEXT.filter(lambda text: text not in {".", ".."})


@dataclass
class World:
    """What a document has so far: the ids of each entity, in the order of their rows."""

    ids: dict[str, list[str]] = field(default_factory=dict)
    row_id: str = ""


def _day(draw: st.DrawFn, after: str | None) -> str:
    first = date(1900, 1, 1) if after is None else date.fromisoformat(after) + timedelta(1)
    return draw(st.dates(first, date(9999, 12, 31))).isoformat()


def _scalar(draw: st.DrawFn, column: Column, world: World, row: dict[str, Any]) -> object:
    datatype = column.datatype
    if column.terms is not None:
        words = st.sampled_from(list(column.terms))
        # A word that is none of those listed is no fault where others are allowed; it is written
        # so that it is not taken for a slip of one of them.
        return draw(words | st.just("QQ") if column.otherwise else words)
    if column.references:
        candidates = [each for entity in column.references for each in world.ids[entity]]
        if column.acyclic:
            # Superiors come before their units, so no chain comes back to its start.
            candidates = candidates[: candidates.index(world.row_id)]
        return draw(st.sampled_from(candidates)) if candidates else None
    if datatype.base == "date":
        return _day(draw, row.get(column.not_before or ""))
    if datatype.base == "integer":
        return draw(st.integers(int(datatype.minimum or 0), int(datatype.maximum or 9999)))
    if datatype.base == "boolean":
        return draw(st.booleans())
    if datatype.pattern is not None:
        return draw(st.from_regex(datatype.pattern, fullmatch=True))
    return draw(TEXT)


def _row(draw: st.DrawFn, table: Table, world: World) -> dict[str, Any]:
    row: dict[str, Any] = {}
    kind = draw(st.sampled_from(list(table.row_kinds))) if table.row_kinds else None
    for column in table.columns.values():
        if column.name == "id":
            row["id"] = world.row_id
        elif column.name == "kind" and kind is not None:
            row["kind"] = kind
        elif column.name == "type" and table.row_type is not None:
            row["type"] = table.row_type
        elif column.used_by(kind):
            must = column.required or column.recommended or kind in column.required_for
            if must or draw(st.booleans()):
                row[column.name] = _cell(draw, column, world, row)
    for key, part in table.parts.items():
        if table.part_used_by(key, kind) and draw(st.booleans()):
            row[key] = [_row(draw, part, world) for _ in range(draw(st.integers(0, 3)))]
    return row


def _cell(draw: st.DrawFn, column: Column, world: World, row: dict[str, Any]) -> object:
    if column.separator is None:
        return _scalar(draw, column, world, row)
    least = int(column.required or row.get("kind") in column.required_for)
    values = [_scalar(draw, column, world, row) for _ in range(draw(st.integers(least, 3)))]
    return list(dict.fromkeys(value for value in values if value is not None))


@st.composite
def documents(draw: st.DrawFn, without: str = "") -> Document:
    """Draw a document with at least one unit, one person and one record, and no fault.

    ``without`` names characters that its ids do not have.
    """
    world = World()
    ids = IDS.filter(lambda name: set(name).isdisjoint(without))
    names = draw(st.lists(ids, min_size=3, max_size=12, unique=True))
    units = draw(st.integers(1, len(names) - 2))
    persons = draw(st.integers(1, len(names) - units - 1))
    world.ids = {
        "unit": names[:units],
        "person": names[units : units + persons],
        "record": names[units + persons :],
    }
    document: Document = {}
    for entity, key in ENTITY_LISTS.items():
        document[key] = []
        for identifier in world.ids[entity]:
            world.row_id = identifier
            table = draw(st.sampled_from(MODEL.in_list(key)))
            document[key].append(_row(draw, table, world))
    return document


# The triples that a document must become --------------------------------------------------------


def iri(entity: str, identifier: str) -> str:
    return f"{BASE}{entity}/{quote(identifier, safe='')}"


def _camel(key: str) -> str:
    first, *rest = key.split("_")
    return DG + first + "".join(word.capitalize() for word in rest)


def _property(table: str, key: str) -> str:
    special = {
        "id": PREFIXES["dcterms"] + "identifier",
        "name": PREFIXES["rdfs"] + "label",
        "roles": PREFIXES["org"] + "hasMembership",
    }
    if table == "roles":
        special = {"unit": PREFIXES["org"] + "organization", "to": DG + "until"}
    elif table not in {"units", "persons"}:
        special |= {
            "kind": DG + "recordKind",
            "to": DG + "addressedTo",
            "covers": DG + ("coversSubject" if table == "documents" else "coversYear"),
            "provision": DG + "check",
        }
    return special.get(key, _camel(key))


def _term(column: Column, value: Any, document: Document) -> Term:
    if column.terms is not None:
        return ("iri", column.terms.get(value, DG + "OtherTopic"))
    for entity in column.references:
        if value in [row["id"] for row in document[ENTITY_LISTS[entity]]]:
            return ("iri", iri(entity, value))
    text = {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
    return (PREFIXES["xsd"] + column.datatype.base, text)


def _cells(subject: str, table: Table, row: dict[str, Any], document: Document) -> Iterator[Triple]:
    yield subject, PREFIXES["rdf"] + "type", ("iri", table.rdf_class)
    for key, cell in row.items():
        if key in table.parts or (key == "type" and table.row_type is not None) or cell is None:
            continue
        for value in cell if isinstance(cell, list) else [cell]:
            term = _term(table.columns[key], value, document)
            yield subject, _property(table.name, key), term


def triples(document: Document) -> set[Triple]:
    """Give the triples that a document must become; a term is (datatype or "iri", text)."""
    found: set[Triple] = set()
    string, integer = PREFIXES["xsd"] + "string", PREFIXES["xsd"] + "integer"
    for entity, key in ENTITY_LISTS.items():
        for number, row in enumerate(document[key], start=1):
            (table,) = (t for t in MODEL.in_list(key) if t.row_type == row.get("type"))
            subject = iri(entity, row["id"])
            found |= set(_cells(subject, table, row, document))
            found |= {
                (subject, DG + "sourceFile", (string, FILE)),
                (subject, DG + "sourceSheet", (string, key)),
                (subject, DG + "sourceRow", (integer, str(number))),
            }
            if key == "units" and row.get("application") is None:
                by_reference = row["kind"] in {"人民团体党组", "国有企业党委", "事业单位党委"}
                manner = "ByReference" if by_reference else "Direct"
                found.add((subject, DG + "application", ("iri", DG + manner)))
            for name, part in table.parts.items():
                for place, inner in enumerate(row.get(name, ()), start=1):
                    nested = f"{subject}#{part.part}-{place}"
                    found.add((subject, _property(table.name, name), ("iri", nested)))
                    found |= set(_cells(nested, part, inner, document))
    return found
