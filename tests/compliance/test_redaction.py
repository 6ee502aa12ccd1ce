"""Who sees a part is told of it what the whole check found; and nothing of others."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pytest

from dutygraph import artefacts
from dutygraph.accounts.remits import Remit
from dutygraph.compliance.calendar import Entry, Named
from dutygraph.compliance.checking import Checker, Question, Report
from dutygraph.compliance.planning import Planner
from dutygraph.compliance.redaction import SOMEBODY, Redaction, Sight
from dutygraph.compliance.verdicts import Counts
from dutygraph.records.committing import commit
from dutygraph.records.csvw import load_model
from dutygraph.records.excerpts import excerpt
from dutygraph.records.history import record_graphs
from dutygraph.records.importing import read_files
from dutygraph.records.intake import open_in_force
from dutygraph.regulations.prepared import open_for_writing, open_regulations
from dutygraph.store.graphs import GraphStore

DAY, YEAR = dt.date(2014, 12, 10), 2014
REMIT = Remit(("qh-xianwei",))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("redacted")
    store = open_for_writing(str(place))
    batch = read_files([artefacts.room("data") / "demo" / "records.json"], model=load_model())
    commit(batch, store, recorded_at=dt.datetime(2015, 1, 1, tzinfo=dt.UTC))
    return place


@pytest.fixture(scope="module")
def store(place: Path) -> GraphStore:
    return open_in_force(str(place))


@pytest.fixture(scope="module")
def records(store: GraphStore) -> list[bytes]:
    return [store.graph(name) for name in record_graphs(store)]


@pytest.fixture(scope="module")
def whole(store: GraphStore, records: list[bytes]) -> Report:
    return Checker(store, "hebei").check(records, Question(DAY, YEAR))


@pytest.fixture(scope="module")
def redaction(place: Path, store: GraphStore) -> Redaction:
    own = open_in_force(str(excerpt(str(place), store, REMIT)))
    return Redaction(Sight.of(own, record_graphs(own)))


def test_what_is_found_of_ones_own_is_what_the_whole_check_finds(
    whole: Report, redaction: Redaction
) -> None:
    shown = redaction.report(whole)
    expected = [one for one in whole.findings if one.subject.startswith("qh-")]
    assert len(expected) > 5
    assert [one.key for one in shown.findings] == [one.key for one in expected]
    for one, other in zip(shown.findings, expected, strict=True):
        same = ("norms", "due", "days_late", "quotes", "readings", "consequences")
        assert all(getattr(one, name) == getattr(other, name) for name in same)
        assert all(proof in other.evidence for proof in one.evidence)
    assert [one.provision for one in shown.checks] == [one.provision for one in whole.checks]
    for counts in shown.checks:
        verdicts = whole.verdicts[counts.provision]
        own = [verdict for key, verdict in verdicts.items() if key.startswith("qh-")]
        assert counts == Counts.of(counts.provision, own)


def test_nothing_of_others_is_told(whole: Report, redaction: Redaction) -> None:
    told = json.dumps(redaction.report(whole).to_json(), ensure_ascii=False)
    for county in ("wc-", "sy-", "望川", "松月"):
        assert county not in told


def test_a_person_with_the_id_of_anothers_unit_shows_nothing_of_that_unit() -> None:
    base = "https://dutygraph.example/id/"
    mine, other = f"{base}unit/mine", f"{base}unit/other"
    namesake = f"{base}person/other"
    redaction = Redaction(Sight(frozenset({mine, namesake}), frozenset({mine, namesake})))
    planner = Planner(open_regulations(), "hebei")
    duty = next(iter(planner.general(DAY, YEAR).dated))

    def borne(iri: str, to: str) -> Entry:
        bearer, addressee = (Named(each.rpartition("/")[2], "名", iri=each) for each in (iri, to))
        return replace(duty, bearer=bearer, to=(addressee,))

    calendar = planner.calendar(
        Named("mine", "名", iri=mine), DAY, YEAR, [borne(mine, other), borne(other, mine)]
    )
    (shown,) = redaction.calendar(calendar).dated
    assert (shown.bearer, shown.to) == (Named("mine", "名", iri=mine), (SOMEBODY,))


def test_an_empty_sight_sees_nothing(whole: Report) -> None:
    shown = Redaction(Sight(frozenset(), frozenset())).report(whole)
    assert (shown.findings, shown.subjects) == ([], {})
    assert {one.looked_at for one in shown.checks} == {0}


def test_names_that_are_not_shown_are_taken_out_of_messages_remedies_and_grounds(
    whole: Report,
) -> None:
    finding = next(one for one in whole.findings if len(one.named) > 1 and one.remedy)
    (ground, *_) = finding.grounds
    own = frozenset({ground.focus})
    shown = Redaction(Sight(own, own)).report(whole)
    (one,) = [found for found in shown.findings if found.match == finding.match]
    for iri, (identifier, name) in finding.named.items():
        if iri == ground.focus or name in finding.subject_name:
            continue
        told = json.dumps([one.to_json(), [g._asdict() for g in one.grounds]], default=str)
        assert name not in json.loads(json.dumps(one.message_zh))
        assert json.dumps(identifier) not in told
    assert SOMEBODY.zh in one.message_zh or finding.message_zh == one.message_zh


def test_the_calendar_of_ones_own_unit_is_that_of_the_whole_without_others_records(
    store: GraphStore, records: list[bytes], redaction: Redaction
) -> None:
    plan = Planner(store, "hebei").plan(records, DAY, YEAR)
    calendar = plan.of("qh-xianwei")
    shown = redaction.calendar(calendar)
    own = [
        one
        for one in calendar.dated
        if one.bearer is None or (one.bearer.id or "").startswith("qh-")
    ]
    assert len(own) > 5
    assert [(one.norm, one.status, one.due) for one in shown.dated] == [
        (one.norm, one.status, one.due) for one in own
    ]
    told = json.dumps(shown.to_json(), ensure_ascii=False)
    kept = {proof["record"] for duty in shown.dated for proof in duty.evidence}
    assert kept
    for proof in (one for duty in calendar.dated for one in duty.evidence):
        # What the city holds of the county is the city's.
        is_own = proof["record"] in kept
        assert (str(proof["record"]) in told) == is_own
        assert not (is_own and "assessment" in str(proof["record"]))
    assert "云棠市委" in told, "whom one reports to is named"
