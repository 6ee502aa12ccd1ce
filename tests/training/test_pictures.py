"""The matrix, the flows and the procedures, held to the answers of the competency questions."""

from __future__ import annotations

import csv
from pathlib import Path

from dutygraph.regulations.prepared import prepared_graphs
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.terms import sparql_prologue
from dutygraph.training.burden import Burden, article_of, burdens
from dutygraph.training.flows import flows, procedures
from dutygraph.training.materials import Materials

EXPECTED = Path(__file__).parents[2] / "queries" / "expected"


def expected(name: str) -> list[dict[str, str]]:
    with (EXPECTED / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def cells_of(materials: Materials) -> dict[tuple[str, str], Burden]:
    laid_out = burdens(materials)
    return {
        (str(party), str(article)): burden
        for party, cells in laid_out.rows
        for article, cell in zip(laid_out.heads, cells, strict=True)
        for burden in cell
        if isinstance(burden, Burden)
    }


def test_what_a_party_bears_itself_is_what_the_question_answers(materials: Materials) -> None:
    own = {
        (materials.label(party).zh, article): burden.own
        for (party, article), burden in cells_of(materials).items()
        if burden.own
    }
    asked = {
        (row["bearer"], row["article"]): int(row["norms"])
        for row in expected("matrix-bearer-article")
    }
    assert own == asked


def test_own_and_carried_together_are_what_the_closure_says(
    materials: Materials, store: EmbeddedStore
) -> None:
    query = """
      SELECT ?party ?article (COUNT(DISTINCT ?n) AS ?count) WHERE {
        ?party dg:carries ?n . ?n dg:statedIn/eli:is_part_of? ?a . ?a a dg:Article ; dg:key ?article
      } GROUP BY ?party ?article"""
    closure = {
        (row["party"].value, row["article"].value): int(row["count"].value)
        for row in store.select(sparql_prologue() + query, prepared_graphs())
    }
    whole = {key: burden.own + burden.carried for key, burden in cells_of(materials).items()}
    assert whole == closure


def test_the_flows_are_those_of_the_question(materials: Materials) -> None:
    found = {
        (materials.label(flow.bearer).zh, materials.label(flow.addressee).zh): (
            len(flow.norms),
            flow.norms[0].id,
        )
        for flow in flows(materials)
    }
    asked = {
        (row["bearer"], row["addressee"]): (int(row["count"]), row["norm"])
        for row in expected("flow-bearer-addressee")
    }
    assert found == asked


def test_a_procedure_has_all_its_steps_each_once(materials: Materials) -> None:
    (found,) = (one for one in procedures(materials) if one.name.endswith("#AssessmentProcedure"))
    steps = [step.norm.id for stage in (*found.stages, found.unordered) for step in stage]
    assert sorted(steps) == sorted(row["norm"] for row in expected("procedure-steps"))


def test_what_the_text_puts_after_a_step_stands_in_a_later_stage(materials: Materials) -> None:
    pairs = 0
    for procedure in procedures(materials):
        place = {
            step.norm.iri: number for number, stage in enumerate(procedure.stages) for step in stage
        }
        for stage in procedure.stages:
            assert stage
        for step in (step for stage in procedure.stages for step in stage):
            for later in step.after:
                if later.iri in place:
                    pairs += 1
                    assert place[step.norm.iri] < place[later.iri]
        ordered = {
            one.iri
            for stage in procedure.stages
            for step in stage
            for one in (*step.before, *step.after)
        }
        assert not ordered & {step.norm.iri for step in procedure.unordered}
    assert pairs > 40


def test_the_article_of_a_provision_is_known_by_its_key() -> None:
    assert article_of("art9.item3") == article_of("art9") == "art9"
