"""The table descriptions of the ontology, ``records.csvw.json``, made into the import model.

They are a table group of the W3C Metadata Vocabulary for Tabular Data (2015). What that vocabulary
has no word for stands under terms of our own ontology, written out in full, as the recommendation
asks of properties from other vocabularies: which concept scheme gives a column its values, which
rows it may refer to, which record kinds use it. Python knows the names of those terms, and no key,
kind or value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from dutygraph.artefacts import room
from dutygraph.records.faults import Wording
from dutygraph.records.model import ENTITIES, Column, Model, Table
from dutygraph.records.values import BASES, Datatype
from dutygraph.records.vocabulary import ModelError, Vocabulary, read_vocabulary
from dutygraph.regulations.prepared import ontology_files
from dutygraph.terms import DG, PREFIXES

DESCRIPTION: Final = "records.csvw.json"
"""The name of the table descriptions in the ontology folder."""

_ABOUT: Final = re.compile(r"(?P<entity>[a-z]+)/\{[a-z_]+\}(?:#(?P<part>[a-z]+)-\{_row\})?")


def load_model(ontology: Path | None = None) -> Model:
    """Load the import model from the ontology folder, that of the installation when none is given.

    Raises ModelError when a file is missing, is not what it should be, or names a concept scheme
    or a record kind that the ontology does not have.
    """
    ontology = ontology or room("ontology")
    file = ontology / DESCRIPTION
    try:
        group = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(
            f"无法读取表格描述 {file}：{error} / "
            f"the table descriptions {file} cannot be read: {error}"
        ) from error
    try:
        vocabulary = read_vocabulary(ontology_files(ontology), _properties_named(group))
        return _Loader(vocabulary).model(group)
    except (LookupError, TypeError, AttributeError, re.error) as error:
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
        outer = {table.name: table for table in tables if table.parent is None}
        parts: dict[str, dict[str, Table]] = {name: {} for name in outer}
        for table in tables:
            if table.parent is not None:
                home = outer[table.parent]
                self._check_kinds(table.name, table.kinds or frozenset(), home.row_kinds)
                parts[table.parent][table.list_key] = table
        return Model(tuple(replace(table, parts=parts[name]) for name, table in outer.items()))

    def _table(self, table: Mapping[str, Any]) -> Table:
        name = str(table["url"]).removesuffix(".csv")
        schema = table["tableSchema"]
        about = _ABOUT.fullmatch(schema["aboutUrl"])
        if about is None or about["entity"] not in ENTITIES:
            raise ModelError(f"{name}: aboutUrl {schema['aboutUrl']!r} names no entity")
        virtual = [column for column in schema["columns"] if column.get("virtual")]
        rdf_class = expand(_named("class", virtual)["valueUrl"])
        kinds = self._kinds(schema, rdf_class)
        columns = {
            column["name"]: self._column(name, column, kinds)
            for column in schema["columns"]
            if not column.get("virtual")
        }
        parent = schema["foreignKeys"][0] if "foreignKeys" in schema else None
        parent_column = parent and columns.pop(parent["columnReference"])
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
            link=expand(_named("link", virtual)["propertyUrl"]) if parent else None,
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

    def _column(self, table: str, column: Mapping[str, Any], kinds: Mapping[str, str]) -> Column:
        name = column["name"]
        where = f"{table}.{name}"
        used_by, required_for = (_names(column.get(DG + key)) for key in ("kinds", "requiredFor"))
        self._check_kinds(where, (used_by or frozenset()) | (required_for or frozenset()), kinds)
        terms = kinds if name == "kind" else self._terms(where, column)
        datatype = _datatype(where, column.get("datatype", "string"))
        otherwise = column.get(DG + "otherwise")
        references = tuple(column.get(DG + "references", ()))
        if not ENTITIES.keys() >= set(references):
            raise ModelError(f"{where}: dg:references names {references}, not {list(ENTITIES)}")
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
            references=references,
            kinds=used_by,
            required_for=required_for or frozenset(),
            not_before=column.get(DG + "notBefore"),
            acyclic=column.get(DG + "acyclic", False),
            defaults=self._defaults(where, column, kinds),
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

    def _defaults(
        self, where: str, column: Mapping[str, Any], kinds: Mapping[str, str]
    ) -> Mapping[str, str]:
        """Give for each kind the term that holds when a row of it names none."""
        if DG + "default" not in column:
            return {}
        values = self._vocabulary.values[column[DG + "default"]["@id"]]
        without = sorted(word for word, iri in kinds.items() if iri not in values)
        if without:
            raise ModelError(
                f"{where}：种类 {'、'.join(without)} 没有默认值 / "
                f"{where}: the kinds {', '.join(without)} have no default"
            )
        return {word: values[iri] for word, iri in kinds.items()}


def _named(name: str, columns: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    return {column["name"]: column for column in columns}[name]


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
