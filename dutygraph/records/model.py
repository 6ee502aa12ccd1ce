"""The import model: tables and columns as ``ontology/records.csvw.json`` describes them.

The description is a table group of the W3C Metadata Vocabulary for Tabular Data (2015). What that
vocabulary has no word for stands under terms of our own ontology, written out in full as section
5.8 of the recommendation asks: which concept scheme gives a column its values, which rows it may
refer to, which record kinds use it. Python knows the names of those terms and nothing else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from dutygraph.records.faults import Wording
from dutygraph.records.values import BASES, Datatype
from dutygraph.records.vocabulary import ModelError, Vocabulary, read_vocabulary
from dutygraph.terms import DG, PREFIXES

DESCRIPTION: Final = "records.csvw.json"
"""The name of the table descriptions in the ontology folder."""

RDF_TYPE: Final = PREFIXES["rdf"] + "type"

_ABOUT: Final = re.compile(r"(?P<entity>[a-z]+)/\{(?P<id>[a-z_]+)\}(?:#(?P<part>[a-z]+)-\{_row\})?")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: a key of a JSON object, a column of a CSV file or of a sheet.

    ``terms`` gives allowed notation → concept IRI when the values are words of the ontology;
    ``otherwise`` is the concept that stands for any other word, where other words are allowed.
    ``references`` names the entities (unit, person, record) whose ids the values are.
    ``kinds`` holds the record kinds that use the column (None: all), ``required_for`` those that
    cannot do without; ``required`` says the same of every row. ``not_before`` names the column
    whose date this one may not precede; ``acyclic`` forbids chains that come back to their start;
    ``defaults`` gives kind → the term that holds when none is given.
    """

    name: str
    titles: Wording
    datatype: Datatype
    property_iri: str | None = None
    separator: str | None = None
    required: bool = False
    recommended: bool = False
    terms: Mapping[str, str] | None = None
    otherwise: str | None = None
    references: tuple[str, ...] = ()
    kinds: frozenset[str] | None = None
    required_for: frozenset[str] = frozenset()
    not_before: str | None = None
    acyclic: bool = False
    defaults: Mapping[str, str] = field(default_factory=dict)

    def used_by(self, kind: str | None) -> bool:
        """Tell whether rows of a kind use the column; of a kind not known, they might."""
        return self.kinds is None or kind is None or kind in self.kinds

    @property
    def expected(self) -> Wording:
        """Say in words what a value of the column is."""
        if self.terms is not None:
            return Wording("、".join(self.terms), "one of " + ", ".join(self.terms))
        if self.references:
            names = [ENTITIES[entity] for entity in self.references]
            return Wording(
                "或".join(name.zh for name in names) + "的 id",
                "the id of a " + " or a ".join(name.en for name in names),
            )
        return self.datatype.expected


ENTITIES: Final[Mapping[str, Wording]] = {
    "unit": Wording("单位", "unit"),
    "person": Wording("人员", "person"),
    "record": Wording("记录", "record"),
}
"""What has an id of its own; the first step of its IRI → what messages call it."""


@dataclass(frozen=True, eq=False)
class Table:
    """A table: a JSON list, a CSV file, a sheet.

    ``name`` is that of its CSV file, ``list_key`` the JSON key of its list, ``entity`` and
    ``part`` make the IRIs of its rows (``record/…``, ``person/…#role-1``), ``rdf_class`` is their
    class. A nested table hangs on the rows of ``parent`` under its list key; ``link`` is the
    property that leads from such a row to the nested one; ``parent_column`` holds the parent's id
    where the nested rows stand in a file of their own. An ``open`` table does not mind keys that
    it does not have.
    """

    name: str
    titles: Wording
    list_key: str
    entity: str
    rdf_class: str
    columns: Mapping[str, Column]
    part: str | None = None
    parent: str | None = None
    parent_column: Column | None = None
    link: str | None = None
    kinds: frozenset[str] | None = None
    parts: Mapping[str, Table] = field(default_factory=dict)
    open: bool = False

    @cached_property
    def row_type(self) -> str | None:
        """Give the one value that the ``type`` column has, None for a table without one."""
        column = self.columns.get("type")
        return None if column is None or column.datatype.pattern is None else (
            column.datatype.pattern.pattern
        )

    @cached_property
    def row_kinds(self) -> Mapping[str, str]:
        """Give kind → concept IRI; empty for a table whose rows have no kind."""
        column = self.columns.get("kind")
        return (column.terms if column is not None else None) or {}

    @cached_property
    def reference_columns(self) -> tuple[Column, ...]:
        """Give the columns whose values are ids of rows."""
        return tuple(column for column in self.columns.values() if column.references)

    @cached_property
    def dated_columns(self) -> tuple[tuple[Column, Column], ...]:
        """Give the columns that may not precede another, with that other."""
        return tuple(
            (column, self.columns[column.not_before])
            for column in self.columns.values()
            if column.not_before is not None
        )

    def part_used_by(self, key: str, kind: str | None) -> bool:
        """Tell whether rows of a kind have the nested list; of a kind not known, they might."""
        kinds = self.parts[key].kinds
        return kinds is None or kind is None or kind in kinds


@dataclass(frozen=True)
class Model:
    """All tables that can be imported, in the order of the description, nested ones in place."""

    tables: tuple[Table, ...]

    @cached_property
    def list_keys(self) -> tuple[str, ...]:
        """Give the keys of the outermost lists: units, persons, records."""
        return tuple(dict.fromkeys(table.list_key for table in self.tables))

    @cached_property
    def _by_list(self) -> Mapping[str, tuple[Table, ...]]:
        return {
            key: tuple(table for table in self.tables if table.list_key == key)
            for key in self.list_keys
        }

    def in_list(self, list_key: str) -> tuple[Table, ...]:
        """Give the tables whose rows share a list."""
        return self._by_list[list_key]

    def part_keys(self, list_key: str) -> frozenset[str]:
        """Give the keys under which rows of a list carry nested rows."""
        return frozenset(key for table in self.in_list(list_key) for key in table.parts)

    @cached_property
    def _common(self) -> Mapping[str, Table]:
        return {key: _common_table(tables) for key, tables in self._by_list.items()}

    def common(self, list_key: str) -> Table:
        """Give what the tables of a list have in common, to read a row that fits none of them."""
        return self._common[list_key]

    def __iter__(self) -> Iterator[Table]:
        """Go through every table, the nested ones after the one they hang on."""
        for table in self.tables:
            yield table
            yield from table.parts.values()


def _common_table(tables: tuple[Table, ...]) -> Table:
    columns: dict[str, Column] = {}
    for name, column in tables[0].columns.items():
        if name != "type" and all(name in table.columns for table in tables):
            terms = [table.columns[name].terms for table in tables]
            columns[name] = replace(
                column,
                kinds=None,
                required_for=frozenset(),
                terms=None if terms[0] is None else {
                    word: iri for words in terms for word, iri in (words or {}).items()
                },
            )
    return replace(tables[0], name=tables[0].list_key, columns=columns, parts={}, open=True)


def load_model(ontology: Path) -> Model:
    """Load the import model from the ontology folder.

    Raises ModelError when a file is missing, is not what it should be, or names a concept scheme
    or a record kind that the ontology does not have.
    """
    file = ontology / DESCRIPTION
    try:
        group = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(
            f"无法读取表格描述 {file}：{error} / "
            f"the table descriptions {file} cannot be read: {error}"
        ) from error
    try:
        vocabulary = read_vocabulary(
            sorted(ontology.glob("*.ttl")), _properties_named(group)
        )
        return _Loader(vocabulary).model(group)
    except (KeyError, TypeError, AttributeError) as error:
        raise ModelError(
            f"表格描述 {file} 不完整：{error!r} / the table descriptions {file} lack {error!r}"
        ) from error


def _properties_named(group: Mapping[str, Any]) -> list[str]:
    """Give the properties of concepts that columns rely on."""
    return sorted(
        {
            column[key]["@id"]
            for table in group["tables"]
            for column in table["tableSchema"]["columns"]
            for key in (DG + "default", DG + "having")
            if key in column
        }
    )


class _Loader:
    """Turns a table group, as parsed from JSON, into tables, with the words of a vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    def model(self, group: Mapping[str, Any]) -> Model:
        tables = [self._table(table) for table in group["tables"]]
        nested = [table for table in tables if table.parent is not None]
        outer = (table for table in tables if table.parent is None)
        return Model(
            tuple(
                replace(
                    table,
                    parts={part.list_key: part for part in nested if part.parent == table.name},
                )
                for table in outer
            )
        )

    def _table(self, table: Mapping[str, Any]) -> Table:
        name = str(table["url"]).removesuffix(".csv")
        schema = table["tableSchema"]
        about = _ABOUT.fullmatch(schema["aboutUrl"])
        if about is None or about["entity"] not in ENTITIES:
            raise ModelError(f"{name}: aboutUrl {schema['aboutUrl']!r} names no entity")
        virtual = [column for column in schema["columns"] if column.get("virtual")]
        (rdf_class,) = (
            expand(column["valueUrl"]) for column in virtual if column["name"] == "class"
        )
        kinds = self._kinds(schema, rdf_class)
        columns = {
            column["name"]: self._column(name, column, kinds)
            for column in schema["columns"]
            if not column.get("virtual")
        }
        parent = schema.get("foreignKeys", [None])[0]
        parent_column = parent and columns.pop(parent["columnReference"])
        links = [expand(column["propertyUrl"]) for column in virtual if column["name"] == "link"]
        return Table(
            name=name,
            titles=_tagged(table["rdfs:label"]),
            list_key=table.get(DG + "list", name),
            entity=about["entity"],
            part=about["part"],
            rdf_class=rdf_class,
            columns=columns,
            parent=parent and parent["reference"]["resource"].removesuffix(".csv"),
            parent_column=parent_column,
            link=links[0] if links else None,
            kinds=_names(table.get(DG + "kinds")),
        )

    def _kinds(self, schema: Mapping[str, Any], rdf_class: str) -> Mapping[str, str]:
        """Give the kinds that rows of a class can have, notation → IRI."""
        types = self._vocabulary.record_types
        for column in schema["columns"]:
            if column["name"] == "kind":
                return {
                    word: iri
                    for word, iri in (self._terms("kind", column) or {}).items()
                    if types.get(iri, rdf_class) == rdf_class
                }
        return {}

    def _column(
        self, table: str, column: Mapping[str, Any], kinds: Mapping[str, str]
    ) -> Column:
        name = column["name"]
        where = f"{table}.{name}"
        used_by, required_for = (_names(column.get(DG + key)) for key in ("kinds", "requiredFor"))
        self._check_kinds(where, (used_by or frozenset()) | (required_for or frozenset()), kinds)
        terms = kinds if name == "kind" else self._terms(where, column)
        datatype = _datatype(where, column.get("datatype", "string"))
        otherwise = column.get(DG + "otherwise")
        return Column(
            name=name,
            titles=_wording(column["titles"]),
            # The pattern of a column of words has chosen among them already.
            datatype=datatype if terms is None else replace(datatype, pattern=None),
            property_iri=expand(column["propertyUrl"]) if "propertyUrl" in column else None,
            separator=column.get("separator"),
            required=column.get("required", False),
            recommended=column.get(DG + "recommended", False),
            terms=terms,
            otherwise=None if otherwise is None else otherwise["@id"],
            references=tuple(column.get(DG + "references", ())),
            kinds=used_by,
            required_for=required_for or frozenset(),
            not_before=column.get(DG + "notBefore"),
            acyclic=column.get(DG + "acyclic", False),
            defaults=self._defaults(column, kinds),
        )

    def _check_kinds(self, where: str, named: frozenset[str], kinds: Mapping[str, str]) -> None:
        for kind in sorted(named - kinds.keys()):
            raise ModelError(
                f"{where}：本体中没有记录种类「{kind}」 / "
                f"{where}: the ontology has no kind “{kind}” for this table"
            )

    def _terms(self, where: str, column: Mapping[str, Any]) -> Mapping[str, str] | None:
        """Give the words a column may hold: those of its scheme that fit what else it asks for."""
        scheme = column.get(DG + "scheme")
        if scheme is None:
            return None
        terms = self._vocabulary.schemes.get(scheme["@id"], {})
        if DG + "having" in column:
            values = self._vocabulary.values[column[DG + "having"]["@id"]]
            terms = {word: iri for word, iri in terms.items() if iri in values}
        pattern = _datatype(where, column.get("datatype", "string")).pattern
        if pattern is not None:
            terms = {word: iri for word, iri in terms.items() if pattern.fullmatch(word)}
        if not terms:
            raise ModelError(
                f"{where}：本体的概念方案 {scheme['@id']} 没有可用的值 / "
                f"{where}: the scheme {scheme['@id']} of the ontology has no value to choose from"
            )
        return terms

    def _defaults(self, column: Mapping[str, Any], kinds: Mapping[str, str]) -> Mapping[str, str]:
        if DG + "default" not in column:
            return {}
        values = self._vocabulary.values[column[DG + "default"]["@id"]]
        return {word: values[iri] for word, iri in kinds.items() if iri in values}


def expand(name: str) -> str:
    """Write a prefixed name of CSVW's initial context in full; an IRI stays as it is."""
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local if prefix in PREFIXES else name


def _wording(titles: Mapping[str, str]) -> Wording:
    return Wording(titles["zh"], titles["en"])


def _tagged(values: list[Mapping[str, str]]) -> Wording:
    return _wording({value["@language"]: value["@value"] for value in values})


def _names(listed: list[str] | None) -> frozenset[str] | None:
    return None if listed is None else frozenset(listed)


def _datatype(where: str, described: str | Mapping[str, Any]) -> Datatype:
    facets: Mapping[str, Any] = {"base": described} if isinstance(described, str) else described
    base = facets.get("base", "string")
    if base not in BASES:
        raise ModelError(f"{where}: the importer reads no datatype {base!r}")
    pattern = facets.get("format") if base == "string" else None
    hint = facets.get("dc:description")
    return Datatype(
        base=base,
        pattern=None if pattern is None else re.compile(pattern),
        hint=None if hint is None else _tagged(hint),
        minimum=_optional_text(facets.get("minimum")),
        maximum=_optional_text(facets.get("maximum")),
        max_length=facets.get("maxLength"),
    )


def _optional_text(value: object) -> str | None:
    return None if value is None else str(value)
