"""Occasions fit the norms that they give rise to, and bring duties about in the working graph."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from dutygraph.compliance.checking import Checker, Question
from dutygraph.compliance.occasions import Occasion, occasions
from dutygraph.compliance.shapes import shapes
from dutygraph.records.csvw import load_model
from dutygraph.records.importing import read_files
from dutygraph.regulations.prepared import open_regulations, prepared_graphs
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.terms import norm_id, sparql_prologue

STORE = open_regulations()
OCCASIONS = occasions(STORE, prepared_graphs())
# Whoever is found in a role bears the norm in it, or as a kind of it, or is the body that a bearer
# heads; a rule on sanctions says of somebody what another is to impose on him.
_BORNE = """SELECT ?norm WHERE {
  { <%(role)s> dg:carries ?norm }
  UNION { ?norm dg:namedBearer|dg:addressee|dg:subjectKind <%(role)s> }
  UNION { ?bearer dg:carries ?norm ; dg:kindOf|dg:heads <%(role)s> }
  UNION { ?norm dg:addressee/dg:kindOf <%(role)s> }
}"""


def _name(occasion: Occasion) -> str:
    return occasion.iri.rpartition("/")[2]


@pytest.mark.parametrize("occasion", OCCASIONS, ids=_name)
def test_the_role_in_which_somebody_is_found_carries_the_norms_or_is_held_by_them(
    occasion: Occasion,
) -> None:
    for role in occasion.found_as:
        query = sparql_prologue() + _BORNE % {"role": role}
        borne = {row["norm"].value for row in STORE.select(query, prepared_graphs())}
        # Where the record lacks the one whose duty it is, another one stands in for him.
        assert occasion.lacking or set(occasion.norms) & borne, (role, occasion.norms)


@pytest.mark.parametrize("occasion", OCCASIONS, ids=_name)
def test_every_norm_of_an_occasion_is_enforced_by_some_shape(occasion: Occasion) -> None:
    enforced = {norm for shape in shapes("hebei") for norm in shape.norms}
    assert set(occasion.norms) <= enforced, [norm_id(norm, "hebei") for norm in occasion.norms]


def _graph(tmp_path: Path, given: dict[str, object], *settings: str) -> EmbeddedStore:
    file = tmp_path / "records.json"
    file.write_text(json.dumps(given, ensure_ascii=False), encoding="utf-8")
    batch = read_files([file], model=load_model())
    assert not batch.errors, [str(fault) for fault in batch.errors]
    question = Question(dt.date(2014, 6, 30), 2014)
    return Checker(STORE, "hebei", settings).working_graph([batch.ntriples()], question)


def _owed(graph: EmbeddedStore, article: str) -> set[tuple[str, str, str]]:
    rows = graph.select(
        sparql_prologue()
        + "SELECT ?id ?norm ?phase WHERE { ?who dg:owes ?duty ; dcterms:identifier ?id ."
        " ?duty dg:ofNorm ?norm ; dg:phase ?phase }",
        (),
    )
    return {
        (row["id"].value, norm_id(row["norm"].value, "hebei"), row["phase"].value.split("#")[1])
        for row in rows
        if norm_id(row["norm"].value, "hebei").startswith(article)
    }


_UNITS = [
    {"id": "c", "name": "乙县委", "kind": "地方党委", "level": "县级"},
    {"id": "d", "name": "乙县纪委", "kind": "纪检监察机关", "level": "县级"},
]


def _person(*roles: dict[str, object]) -> dict[str, object]:
    return {"id": "h", "name": "赵某", "roles": list(roles)}


def test_a_members_breach_is_for_the_head_in_post_on_the_day(tmp_path: Path) -> None:
    head = {"unit": "c", "principal_head": True, "from": "2011-01-01", "to": "2014-03-01"}
    case = {"type": "case", "kind": "班子成员违纪违法", "unit": "c"}
    given = {
        "units": _UNITS,
        "persons": [_person(head)],
        "records": [
            {"id": "before", "date": "2014-02-28", **case},
            {"id": "after", "date": "2014-03-01", **case},
        ],
    }
    assert _owed(_graph(tmp_path, given), "art9.item3#n10") == {
        ("h", "art9.item3#n10", "Standing"),
        ("c", "art9.item3#n10", "BearerUnknown"),
    }


@pytest.mark.parametrize(
    ("report_by", "phase"),
    [
        ("2014-06-29", "Overdue"),
        ("2014-06-30", "DueSoon"),
        ("2014-07-30", "DueSoon"),
        ("2014-07-31", "NotDue"),
        (None, "Undated"),
    ],
)
def test_a_limit_set_by_an_authority_dates_the_duty(
    report_by: str | None, phase: str, tmp_path: Path
) -> None:
    order = {"id": "o", "type": "case", "kind": "责成谈话", "date": "2014-05-05", "ordered": "c"}
    given = {"units": _UNITS, "records": [order | {"report_by": report_by}]}
    assert _owed(_graph(tmp_path, given), "art15.item4#n8") == {("c", "art15.item4#n8", phase)}


def test_a_case_of_before_commencement_gives_rise_to_nothing(tmp_path: Path) -> None:
    case = {"id": "r", "type": "case", "kind": "违纪违法案件", "unit": "d", "date": "2012-05-01"}
    given = {"units": _UNITS, "records": [case | {"closed": "2013-01-01"}]}
    assert _owed(_graph(tmp_path, given), "art39")
    assert not _owed(_graph(tmp_path, given, "effective_date=2012-06-01"), "art39")


def test_a_case_that_closes_later_has_not_closed_yet(tmp_path: Path) -> None:
    case = {"id": "r", "type": "case", "kind": "违纪违法案件", "unit": "d", "date": "2014-05-01"}
    for closed, owed in (("2014-06-30", True), ("2014-07-01", False)):
        given = {"units": _UNITS, "records": [case | {"closed": closed}]}
        assert bool(_owed(_graph(tmp_path, given), "art39")) is owed


def test_promptly_gets_a_number_of_days_from_its_setting_alone(tmp_path: Path) -> None:
    proposal = {"id": "r", "type": "document", "kind": "代表意见建议", "date": "2014-06-01"}
    congress = {"id": "n", "name": "乙县人大机关党组", "kind": "人大机关党组", "level": "县级"}
    given = {"units": [congress], "records": [proposal | {"unit": "n"}]}
    norm = "art8.item1#n3"
    assert _owed(_graph(tmp_path, given), norm) == {("n", norm, "NotDue")}
    assert _owed(_graph(tmp_path, given, "promptly_days=28"), norm) == {("n", norm, "Overdue")}
    assert _owed(_graph(tmp_path, given, "promptly_days=29"), norm) == {("n", norm, "DueSoon")}


def test_a_body_by_reference_owes_nothing_where_the_setting_skips_it(tmp_path: Path) -> None:
    enterprise = {"id": "e", "name": "某公司党委", "kind": "国有企业党委", "level": "县级"}
    order = {"id": "o", "type": "case", "kind": "责成谈话", "date": "2014-05-05", "ordered": "e"}
    given = {"units": [enterprise], "records": [order]}
    assert _owed(_graph(tmp_path, given), "art15.item4")
    assert not _owed(_graph(tmp_path, given, "reference_units=skip"), "art15.item4")
