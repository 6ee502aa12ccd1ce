"""The table descriptions: valid CSVW, at one with the ontology, and refused when they are not."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest

from dutygraph.artefacts import room
from dutygraph.records.csvw import DESCRIPTION, expand, load_model
from dutygraph.records.model import ENTITIES, Model
from dutygraph.records.vocabulary import ModelError
from dutygraph.regulations.prepared import ontology_files
from dutygraph.terms import DG, PREFIXES

ONTOLOGY = room("ontology")

# The properties that the Metadata Vocabulary for Tabular Data gives to each kind of description.
INHERITED = {"aboutUrl", "datatype", "propertyUrl", "required", "separator", "valueUrl"}
ALLOWED = {
    "group": {"@context", "tables"},
    "table": {"url", "tableSchema"},
    "schema": {"columns", "primaryKey", "foreignKeys"} | INHERITED,
    "column": {"name", "titles", "virtual"} | INHERITED,
    "datatype": {"base", "format", "minimum", "maximum", "maxLength"},
}

# Columns whose property is not their key in camel case.
RENAMED = {
    ("units", "id"): "dcterms:identifier",
    ("units", "name"): "rdfs:label",
    ("persons", "id"): "dcterms:identifier",
    ("persons", "name"): "rdfs:label",
    ("roles", "unit"): "org:organization",
    ("roles", "to"): DG + "until",
    ("documents", "covers"): DG + "coversSubject",
    ("rectifications", "covers"): DG + "coversYear",
    ("rectifications", "provision"): DG + "check",
    ("reports", "covers"): DG + "coversYear",
}


def group() -> dict[str, Any]:
    described: dict[str, Any] = json.loads((ONTOLOGY / DESCRIPTION).read_text(encoding="utf-8"))
    return described


def check_names(kind: str, description: dict[str, Any]) -> None:
    for name in description:
        prefix, colon, _ = name.partition(":")
        common = bool(colon) and (prefix in {"dc", "rdfs"} or name.startswith(DG))
        assert name in ALLOWED[kind] or common, f"{name} is no property of a {kind} in CSVW"


def test_the_description_uses_the_properties_of_csvw_and_our_own_in_full() -> None:
    described = group()
    assert described["@context"][0] == "http://www.w3.org/ns/csvw"
    check_names("group", described)
    for table in described["tables"]:
        check_names("table", table)
        check_names("schema", table["tableSchema"])
        for column in table["tableSchema"]["columns"]:
            check_names("column", column)
            if isinstance(column.get("datatype"), dict):
                check_names("datatype", column["datatype"])


def test_keys_and_templates_name_columns_and_virtual_columns_come_last() -> None:
    for table in group()["tables"]:
        schema = table["tableSchema"]
        names = [column["name"] for column in schema["columns"]]
        assert len(set(names)) == len(names)
        virtual = [column.get("virtual", False) for column in schema["columns"]]
        assert virtual == sorted(virtual)
        named = schema["aboutUrl"].partition("{")[2].partition("}")[0]
        keys = [key["columnReference"] for key in schema.get("foreignKeys", ())]
        for name in [named, schema.get("primaryKey", named), *keys]:
            assert name in names
        for column in schema["columns"]:
            assert column.get(DG + "notBefore", names[0]) in names


def test_no_two_columns_of_a_table_share_a_title() -> None:
    """A workbook finds its columns by their titles."""
    for table in group()["tables"]:
        columns = [each for each in table["tableSchema"]["columns"] if not each.get("virtual")]
        for language in ("zh", "en"):
            titles = [column["titles"][language] for column in columns]
            assert len(set(titles)) == len(titles), table["url"]


def test_keys_become_camel_case_properties_with_few_exceptions(model: Model) -> None:
    for table in model:
        for column in table.columns.values():
            first, *rest = column.name.split("_")
            wanted = DG + first + "".join(word.capitalize() for word in rest)
            if table.list_key == "records":
                general = {"id": "dcterms:identifier", "kind": DG + "recordKind"}
                wanted = general.get(column.name, wanted)
                wanted = DG + "addressedTo" if column.name == "to" else wanted
            wanted = RENAMED.get((table.name, column.name), wanted)
            if column.name == "type" and table.list_key == "records":
                assert column.property_iri is None
            else:
                assert column.property_iri == expand(wanted), (table.name, column.name)


def declarations() -> dict[str, set[str]]:
    """Give the OWL types of each subject of the ontology."""
    declared: dict[str, set[str]] = {}
    for file in ontology_files(ONTOLOGY):
        for quad in pyoxigraph.parse(path=file, format=pyoxigraph.RdfFormat.TURTLE):
            if quad.predicate.value == PREFIXES["rdf"] + "type":
                assert isinstance(quad.object, pyoxigraph.NamedNode)
                name = quad.object.value.removeprefix(PREFIXES["owl"])
                declared.setdefault(str(quad.subject).strip("<>"), set()).add(name)
    return declared


def test_classes_and_properties_are_those_of_the_ontology(model: Model) -> None:
    declared = declarations()
    for table in model:
        assert "Class" in declared[table.rdf_class]
        assert table.link is None or "ObjectProperty" in declared[table.link]
        for column in table.columns.values():
            iri = column.property_iri
            if iri is None or iri == PREFIXES["rdfs"] + "label":
                continue
            leads_to_a_resource = column.terms is not None or bool(column.references)
            wanted = "ObjectProperty" if leads_to_a_resource else "DatatypeProperty"
            assert wanted in declared[iri], iri


def test_our_own_terms_in_the_description_are_declared_in_the_ontology() -> None:
    own: set[str] = set()
    for table in group()["tables"]:
        for description in [table, *table["tableSchema"]["columns"]]:
            own |= {name for name in description if name.startswith(DG)}
    assert own
    assert own <= declarations().keys()


def test_every_kind_of_the_ontology_belongs_to_one_table(model: Model) -> None:
    kinds = [kind for table in model.in_list("records") for kind in table.row_kinds]
    assert len(set(kinds)) == len(kinds) == 55
    assert len(model.in_list("units")[0].row_kinds) == 18


def test_terms_of_the_text_are_no_kinds_of_unit(model: Model) -> None:
    kinds = model.in_list("units")[0].row_kinds
    assert {"领导班子", "党组", "牵头单位"}.isdisjoint(kinds)


def test_ordered_words_go_from_low_to_high(model: Model) -> None:
    level = model.in_list("units")[0].columns["level"]
    assert list(level.terms or ()) == ["乡级", "县级", "设区市级", "省级"]


def test_only_the_two_authorities_of_article_35_can_handle_a_decision(model: Model) -> None:
    (cases,) = (table for table in model.tables if table.name == "cases")
    assert set(cases.columns["handled_by"].terms or ()) == {"纪检监察机关", "组织人事部门"}


def test_the_default_application_of_article_41_follows_from_the_kind(model: Model) -> None:
    defaults = model.in_list("units")[0].columns["application"].defaults
    by_reference = {kind for kind, term in defaults.items() if term == DG + "ByReference"}
    assert by_reference == {"人民团体党组", "国有企业党委", "事业单位党委"}
    assert set(defaults) == set(model.in_list("units")[0].row_kinds)


def test_rows_that_fit_no_table_are_read_by_what_all_tables_share(model: Model) -> None:
    common = model.common("records")
    assert set(common.columns) == {"id", "kind", "date", "unit", "year", "ref"}
    assert len(common.row_kinds) == 55
    assert model.common("units").row_kinds == model.in_list("units")[0].row_kinds


def test_there_is_a_word_for_each_entity_that_a_column_may_refer_to(model: Model) -> None:
    referred = {
        entity for table in model for each in table.columns.values() for entity in each.references
    }
    assert referred == set(ENTITIES) == {table.entity for table in model.tables}


def test_a_nested_table_keeps_the_column_that_names_its_parent(model: Model) -> None:
    (roles,) = model.in_list("persons")[0].parts.values()
    assert roles.parent_column is not None
    assert roles.parent_column.references == ("person",)
    assert "person" not in roles.columns


def test_an_iri_is_left_as_it_is_and_a_prefixed_name_is_written_in_full() -> None:
    assert expand("rdf:type") == PREFIXES["rdf"] + "type"
    assert expand(DG + "kind") == DG + "kind"


# Descriptions that do not hold ------------------------------------------------------------------


def table_of(described: dict[str, Any], url: str) -> dict[str, Any]:
    found: dict[str, Any] = next(table for table in described["tables"] if table["url"] == url)
    return found


def column_of(described: dict[str, Any], url: str, name: str) -> dict[str, Any]:
    columns = table_of(described, url)["tableSchema"]["columns"]
    found: dict[str, Any] = next(column for column in columns if column["name"] == name)
    return found


def _kind_unknown(described: dict[str, Any]) -> None:
    column_of(described, "documents.csv", "form")[DG + "kinds"] = ["责任分解图"]


def _part_kind_unknown(described: dict[str, Any]) -> None:
    table_of(described, "votes.csv")[DG + "kinds"] = ["责任分解"]


def _scheme_unknown(described: dict[str, Any]) -> None:
    column_of(described, "units.csv", "level")[DG + "scheme"]["@id"] = DG + "NoScheme"


def _entity_unknown(described: dict[str, Any]) -> None:
    column_of(described, "units.csv", "disc")[DG + "references"] = ["office"]


def _datatype_unknown(described: dict[str, Any]) -> None:
    column_of(described, "units.csv", "region")["datatype"] = "duration"


def _about_nothing(described: dict[str, Any]) -> None:
    table_of(described, "units.csv")["tableSchema"]["aboutUrl"] = "office/{id}"


def _about_unparsed(described: dict[str, Any]) -> None:
    table_of(described, "units.csv")["tableSchema"]["aboutUrl"] = "{id}"


def _no_class(described: dict[str, Any]) -> None:
    schema = table_of(described, "units.csv")["tableSchema"]
    schema["columns"] = [column for column in schema["columns"] if column["name"] != "class"]


def _no_parent(described: dict[str, Any]) -> None:
    schema = table_of(described, "votes.csv")["tableSchema"]
    schema["foreignKeys"][0]["reference"]["resource"] = "ballots.csv"


def _no_foreign_key(described: dict[str, Any]) -> None:
    table_of(described, "votes.csv")["tableSchema"]["foreignKeys"] = []


def _bad_pattern(described: dict[str, Any]) -> None:
    column_of(described, "reports.csv", "period")["datatype"]["format"] = "("


def _no_default(described: dict[str, Any]) -> None:
    del column_of(described, "units.csv", "kind")[DG + "having"]


def _no_titles(described: dict[str, Any]) -> None:
    del column_of(described, "units.csv", "name")["titles"]


def _not_tables(described: dict[str, Any]) -> None:
    described["tables"] = ["units.csv"]


@pytest.mark.parametrize(
    "spoil",
    [
        _kind_unknown,
        _part_kind_unknown,
        _scheme_unknown,
        _entity_unknown,
        _datatype_unknown,
        _about_nothing,
        _about_unparsed,
        _no_class,
        _no_parent,
        _no_foreign_key,
        _bad_pattern,
        _no_default,
        _no_titles,
        _not_tables,
    ],
)
def test_a_description_that_does_not_hold_is_refused(
    spoil: Callable[[dict[str, Any]], None], tmp_path: Path
) -> None:
    folder = shutil.copytree(ONTOLOGY, tmp_path / "ontology")
    described = group()
    spoil(described)
    (folder / DESCRIPTION).write_text(json.dumps(described), encoding="utf-8")
    with pytest.raises(ModelError):
        load_model(folder)


def test_a_folder_without_a_description_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=DESCRIPTION):
        load_model(tmp_path)


def test_a_description_that_is_not_json_is_refused(tmp_path: Path) -> None:
    (tmp_path / DESCRIPTION).write_text("{", encoding="utf-8")
    with pytest.raises(ModelError, match=DESCRIPTION):
        load_model(tmp_path)


def test_an_ontology_file_that_is_not_turtle_is_refused_with_its_name(tmp_path: Path) -> None:
    folder = shutil.copytree(ONTOLOGY, tmp_path / "ontology")
    (folder / "values.ttl").write_text("dg:a dg:b", encoding="utf-8")
    with pytest.raises(ModelError, match=r"values\.ttl"):
        load_model(folder)


def test_two_concepts_of_a_scheme_that_share_a_notation_are_refused(tmp_path: Path) -> None:
    folder = shutil.copytree(ONTOLOGY, tmp_path / "ontology")
    (folder / "zz.ttl").write_text(
        f"@prefix dg: <{DG}> . @prefix skos: <{PREFIXES['skos']}> .\n"
        'dg:County2 skos:notation "县级" ; skos:inScheme dg:LevelScheme .',
        encoding="utf-8",
    )
    with pytest.raises(ModelError, match="County2"):
        load_model(folder)


def test_a_new_kind_of_record_needs_no_python(tmp_path: Path) -> None:
    folder = shutil.copytree(ONTOLOGY, tmp_path / "ontology")
    (folder / "zz.ttl").write_text(
        f"@prefix dg: <{DG}> . @prefix skos: <{PREFIXES['skos']}> .\n"
        'dg:Circular skos:notation "通报" ; skos:inScheme dg:RecordKindScheme ;\n'
        "  dg:recordType dg:Document .",
        encoding="utf-8",
    )
    (documents,) = (table for table in load_model(folder).tables if table.name == "documents")
    assert documents.row_kinds["通报"] == DG + "Circular"
