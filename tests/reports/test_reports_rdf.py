"""The W3C validation report: its shape, what it says, and that both forms say the same."""

from __future__ import annotations

import io
from pathlib import Path

import pyshacl
import pytest
import rdflib
from pyoxigraph import RdfFormat, parse
from rdflib import Graph, Literal, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import DCTERMS, RDF, RDFS, SH

from dutygraph.compliance.shapes import shape_files
from dutygraph.reports.edition import Edition
from dutygraph.reports.exports import exports
from dutygraph.terms import DG

SHAPE = Path(__file__).parent / "report.shape.ttl"
EDITIONS = ["edition", "hostile", "nothing"]


def written(edition: Edition, form: str) -> bytes:
    out = io.BytesIO()
    exports()[form].write(edition, out)
    return out.getvalue()


def turtle(edition: Edition) -> Graph:
    return Graph().parse(data=written(edition, "ttl"), format="turtle")


def dg(name: str) -> URIRef:
    return URIRef(DG + name)


@pytest.mark.parametrize("name", EDITIONS)
def test_the_report_has_the_shape_that_the_standard_gives_it(
    name: str, request: pytest.FixtureRequest
) -> None:
    data = turtle(request.getfixturevalue(name))
    # The report names shapes; that they are shapes stands in their own files.
    for file in shape_files("hebei"):
        for subject in Graph().parse(file, format="turtle").subjects(RDF.type, SH.NodeShape):
            data.add((subject, RDF.type, SH.NodeShape))
    conforms, _, text = pyshacl.validate(data, shacl_graph=Graph().parse(SHAPE, format="turtle"))
    assert conforms, text


def test_every_finding_is_there_with_each_of_its_grounds(edition: Edition) -> None:
    graph = turtle(edition)
    (report,) = graph.subjects(RDF.type, SH.ValidationReport)
    assert graph.value(report, SH.conforms) == Literal(False)
    told = set()
    for result in graph.objects(report, SH.result):
        focus = graph.value(result, SH.focusNode)
        told.add(
            (
                str(graph.value(result, dg("check"))),
                str(graph.value(result, dg("code"))),
                str(graph.value(result, dg("status"))),
                str(graph.value(focus, DCTERMS.identifier)),
                int(graph.value(result, dg("year"))),  # type: ignore[arg-type]
            )
        )
    assert told == {one.key for one in edition.findings}
    grounds = sum(len(one.grounds) for one in edition.findings)
    assert len(set(graph.objects(report, SH.result))) == grounds > len(edition.findings)


def test_the_counts_of_every_check_and_the_settings_are_there(edition: Edition) -> None:
    graph = turtle(edition)
    counted = {
        str(graph.value(check, dg("check"))): int(graph.value(check, dg("lookedAt")))  # type: ignore[arg-type]
        for check in graph.subjects(RDF.type, dg("Check"))
    }
    assert counted == {one.provision: one.looked_at for one in edition.checks}
    settings = {
        str(graph.value(setting, dg("key"))): str(value)
        for setting, value in graph.subject_objects(dg("effective"))
    }
    assert settings == {key: of for key, of in edition.report.settings.items() if of is not None}


def test_a_run_that_looked_at_nothing_does_not_conform_and_says_so(nothing: Edition) -> None:
    graph = turtle(nothing)
    assert not list(graph.subject_objects(SH.conforms))
    (run,) = graph.subjects(RDF.type, dg("CheckRun"))
    assert Literal("没有可检查的对象，不能说合规。", lang="zh") in set(
        graph.objects(run, RDFS.comment)
    )


@pytest.mark.parametrize("name", EDITIONS)
def test_turtle_and_json_ld_say_the_same(name: str, request: pytest.FixtureRequest) -> None:
    edition = request.getfixturevalue(name)
    triples = "".join(
        f"{quad.triple} .\n" for quad in parse(written(edition, "jsonld"), format=RdfFormat.JSON_LD)
    )
    assert isomorphic(turtle(edition), Graph().parse(data=triples, format="nt"))


def test_no_name_becomes_a_triple(hostile: Edition) -> None:
    graph = turtle(hostile)
    assert URIRef("urn:x") not in set(graph.subjects())
    names = {str(label) for label in graph.objects(None, RDFS.label)}
    assert names == {one.subject_name for one in hostile.findings}


def test_what_the_report_says_of_itself_are_terms_of_the_ontology(edition: Edition) -> None:
    ontology = rdflib.Graph()
    for file in (Path(__file__).parents[2] / "ontology").glob("*.ttl"):
        ontology.parse(file, format="turtle")
    graph = turtle(edition)
    used = {term for term in graph.predicates() if str(term).startswith(DG)}
    used |= {term for term in graph.objects(None, RDF.type) if str(term).startswith(DG)}
    assert used
    assert used <= set(ontology.subjects(RDFS.label, None))
