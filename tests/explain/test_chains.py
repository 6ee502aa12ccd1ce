"""A chain is there exactly where the closure derives a norm, and every step of it is asserted."""

from __future__ import annotations

import pytest

from dutygraph.explain.bearing import Bearing
from dutygraph.explain.chains import (
    ANSWERS_FOR,
    BY_REFERENCE,
    INCORPORATES,
    KIND,
    NAMED,
    ORGAN,
    TAKEN,
    Chain,
)
from dutygraph.explain.party import LEGISLATIVE_POWER, Party, party
from dutygraph.regulations.labels import UnknownTermError
from dutygraph.regulations.norms import Norms
from dutygraph.regulations.prepared import open_regulations, prepared_graphs
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.terms import DG, sparql_prologue

BASE = "https://w3id.org/dutygraph/hebei/"


@pytest.fixture(scope="module")
def store() -> EmbeddedStore:
    return open_regulations()


@pytest.fixture(scope="module")
def norms(store: EmbeddedStore) -> Norms:
    return Norms(store, "hebei")


@pytest.fixture(scope="module")
def bearing(store: EmbeddedStore, norms: Norms) -> Bearing:
    return Bearing(store, norms)


def derived(store: EmbeddedStore, relation: str) -> set[tuple[str, str]]:
    query = sparql_prologue() + (
        f"SELECT ?party ?norm WHERE {{ ?party dg:{relation} ?norm . ?norm dg:statedIn ?p }}"
    )
    return {
        (row["party"].value, row["norm"].value) for row in store.select(query, prepared_graphs())
    }


def reached(bearing: Bearing, norms: Norms, *, inherited: bool) -> set[tuple[str, str]]:
    """Give the pairs of party and norm between which there is a chain, or one that hands on."""
    return {
        (term, norm.iri)
        for term in bearing.terms
        for norm in norms.all
        if (
            bearing.chains.inherited(term, norm.iri)
            if inherited
            else bearing.chain(Party(term), norm.iri)
        )
        is not None
    }


def test_what_is_carried_by_a_chain_is_what_the_closure_derives(
    store: EmbeddedStore, bearing: Bearing, norms: Norms
) -> None:
    assert reached(bearing, norms, inherited=False) == derived(store, "carries")


def test_what_comes_through_another_provision_is_what_the_closure_says_is_inherited(
    store: EmbeddedStore, bearing: Bearing, norms: Norms
) -> None:
    assert reached(bearing, norms, inherited=True) == derived(store, "inherits")


def test_each_step_is_an_asserted_triple(
    store: EmbeddedStore, bearing: Bearing, norms: Norms
) -> None:
    properties = {
        NAMED: "dg:namedBearer",
        TAKEN: "dg:bearerFrom",
        KIND: "dg:kindOf",
        ORGAN: "dg:actsThrough",
        INCORPORATES: "dg:incorporates",
        ANSWERS_FOR: "dg:answersFor",
        BY_REFERENCE: "dg:bearer",
        "implies": "dg:impliedBearer",
    }
    steps = {
        step
        for term in bearing.terms
        for norm in norms.all
        for step in bearing.chain(Party(term), norm.iri) or ()
    }
    assert {step.relation for step in steps} == set(properties)
    for step in steps:
        triple = f"<{step.subject}> {properties[step.relation]} <{step.object}>"
        ask = sparql_prologue() + f"SELECT * WHERE {{ {triple} }}"
        assert list(store.select(ask, prepared_graphs())) != [], triple


def relations(chain: Chain | None) -> list[str]:
    assert chain is not None
    return [step.relation for step in chain]


@pytest.mark.parametrize(
    ("asked", "norm", "expected"),
    [
        (Party(DG + "LeadingBody"), "art6/para1#n1", [NAMED]),
        (Party(DG + "LeadingBody"), "art6/item2#n1", [TAKEN, NAMED]),
        (Party(DG + "Government"), "art6/item2#n1", [KIND, TAKEN, NAMED]),
        (
            Party(DG + "GovernmentFunctionalDepartment"),
            "art6/item2#n1",
            [KIND, NAMED, INCORPORATES, TAKEN],
        ),
        (Party(DG + "CongressPartyGroup"), "art6/item2#n1", [NAMED, INCORPORATES, TAKEN]),
        (
            Party(DG + "PrincipalHead", DG + "Government"),
            "art6/item2#n1",
            [TAKEN, NAMED, ANSWERS_FOR, KIND, TAKEN, NAMED],
        ),
        (
            Party(DG + "EnterprisePartyCommittee"),
            "art6/item2#n1",
            [BY_REFERENCE, KIND, TAKEN, NAMED],
        ),
        (Party(DG + "LocalPartyCommittee"), "art17#n1", [ORGAN, NAMED]),
    ],
)
def test_a_norm_reaches_a_party_by_these_steps(
    bearing: Bearing, asked: Party, norm: str, expected: list[str]
) -> None:
    assert relations(bearing.chain(asked, BASE + norm)) == expected


@pytest.mark.parametrize(
    ("asked", "norm"),
    [
        (Party(DG + "OtherMember"), "art9/item2#n1"),
        (Party(DG + "PrincipalHead", DG + "Government"), "art8/item1#n1"),
        (Party(DG + "PrincipalHead", DG + "LocalPartyCommittee"), "art7#n2"),
        (Party(DG + "LeadUnit"), "art14/item1#n1"),
        (Party(DG + "Government"), "art17#n1"),
    ],
)
def test_a_norm_does_not_reach_who_it_is_not_for(bearing: Bearing, asked: Party, norm: str) -> None:
    assert bearing.chain(asked, BASE + norm) is None


def carried(bearing: Bearing, *parties: Party) -> set[str]:
    return {norm.id for norm in bearing.borne(parties, inherited=True)}


def test_a_person_in_two_roles_carries_what_either_carries(bearing: Bearing) -> None:
    member = Party(DG + "OtherMember", DG + "LocalPartyCommittee")
    head = Party(DG + "PrincipalHead", DG + "Government")
    both = bearing.borne([member, head], inherited=True)
    assert {norm.id for norm in both} == carried(bearing, member) | carried(bearing, head)
    as_both = [norm for norm in both if len(norm.borne_as) == 2]
    assert {norm.id for norm in as_both} == carried(bearing, member) & carried(bearing, head)
    assert "art10.item1#n1" in {norm.id for norm in both}
    assert "art9.item2#n1" in {norm.id for norm in both}


def test_a_department_that_leads_tasks_carries_article_13_beside_its_own(
    bearing: Bearing,
) -> None:
    department, leader = Party(DG + "GovernmentFunctionalDepartment"), Party(DG + "LeadUnit")
    gained = carried(bearing, department, leader) - carried(bearing, department)
    assert {key.partition(".")[0] for key in gained} == {"art13"}


def test_a_congress_without_legislative_power_is_spared_only_the_duties_on_legislation(
    bearing: Bearing,
) -> None:
    with_power = carried(
        bearing, Party(DG + "CongressPartyGroup", traits=((LEGISLATIVE_POWER, True),))
    )
    without = carried(
        bearing, Party(DG + "CongressPartyGroup", traits=((LEGISLATIVE_POWER, False),))
    )
    unknown = carried(bearing, Party(DG + "CongressPartyGroup"))
    assert with_power == unknown
    assert with_power - without == {"art8.item1#n1"}


def test_a_township_is_not_bound_at_mid_year(bearing: Bearing) -> None:
    county = carried(bearing, Party(DG + "LocalPartyCommittee", level=DG + "County"))
    township = carried(bearing, Party(DG + "LocalPartyCommittee", level=DG + "Township"))
    assert {key.partition(".")[0].partition("#")[0] for key in county - township} == {
        "art16",
        "art41",
    }


def test_an_enterprise_carries_everything_through_article_41_and_its_reading(
    bearing: Bearing,
) -> None:
    norms = bearing.borne([Party(DG + "EnterprisePartyCommittee")], inherited=True)
    assert norms
    assert all(norm.via[0] == "art41" and "A35" in norm.reading for norm in norms)


def test_a_party_is_found_by_label_and_refused_with_the_nearest(
    store: EmbeddedStore, norms: Norms
) -> None:
    found = party(store, norms.labels, "主要负责人", "政府", "县级", False)
    assert found == Party(
        DG + "PrincipalHead", DG + "Government", DG + "County", ((LEGISLATIVE_POWER, False),)
    )
    with pytest.raises(UnknownTermError, match="县级"):
        party(store, norms.labels, "主要负责人", "政府", "县及")
