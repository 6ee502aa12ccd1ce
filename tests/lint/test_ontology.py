"""The ontology is linted by SHACL, stays inside OWL 2 RL, is consistent, and hands duties on.

The lint shapes stand in shapes/lint. Each has a small graph in broken/ that it alone refuses; the
graph is laid over the sound one of the same lint file. A new broken graph is a new test.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import owlrl
import pyshacl
import pytest
from rdflib import OWL, RDF, RDFS, SKOS, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from dutygraph.regulations.prepared import ontology_files

pytestmark = pytest.mark.usefixtures("each_query_is_parsed_once")

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
DG = Namespace("https://w3id.org/dutygraph/ontology#")
ELI = Namespace("http://data.europa.eu/eli/ontology#")
EX = Namespace("https://dutygraph.example/")
LINT = Namespace("https://w3id.org/dutygraph/lint#")
SH = Namespace("http://www.w3.org/ns/shacl#")
DCTERMS_SOURCE = URIRef("http://purl.org/dc/terms/source")
OWLRL_ERROR = URIRef("http://www.daml.org/2002/03/agents/agent-ont#error")
RELATING = {
    *(RDF.first, RDF.rest, RDFS.domain, RDFS.range, RDFS.subPropertyOf),
    *(OWL.inverseOf, OWL.propertyChainAxiom),
}
TARGETS = (SH.target, SH.targetClass, SH.targetNode, SH.targetObjectsOf, SH.targetSubjectsOf)


def files(folder: Path, pattern: str = "*.ttl") -> list[Path]:
    """Give the files of a folder, sorted; none at all is an error, never an empty test run."""
    found = sorted(folder.glob(pattern))
    if not found:
        raise FileNotFoundError(f"no {pattern} in {folder}: nothing would be tested")
    return found


ONTOLOGY = ontology_files()
LINTS = files(ROOT / "shapes" / "lint")
BROKEN = files(HERE / "broken")
REGULATIONS = [text.parent for text in files(ROOT / "data" / "regulations", "*/text.ttl")]


def parsed(paths: Iterable[Path]) -> Graph:
    graph = Graph()
    for path in paths:
        graph.parse(path, format="turtle")
    return graph


def telling(graph: Graph) -> Graph:
    """Give the triples that relate properties, and those that name an own term for the first time.

    As a property, as an object: whether a term is defined is asked once then, not of each triple.
    """
    seen: set[tuple[int, Node]] = set()
    found = Graph()
    for triple in graph:
        named = {(place, triple[place]) for place in (1, 2) if str(triple[place]).startswith(DG)}
        if triple[1] in RELATING or not named <= seen:
            seen |= named
            found.add(triple)
    return found


@cache
def lint(name: str) -> Graph:
    return parsed([ROOT / "shapes" / "lint" / f"{name}.ttl"])


def shapes_with_target(graph: Graph) -> set[URIRef]:
    return {shape for target in TARGETS for shape in graph.subjects(target)}  # type: ignore[misc]


def results(data: Graph, shapes: Graph, only: list[str | URIRef] | None = None) -> Graph:
    """Validate with pyshacl and give the report; a shapes graph that cannot run is an error."""
    _, report, text = pyshacl.validate(
        data, shacl_graph=shapes, advanced=True, inference="none", inplace=True, use_shapes=only
    )
    assert isinstance(report, Graph), text
    return report


def tripped(report: Graph) -> set[Any]:
    """Give the shapes that were breached themselves, not those that they are made of."""
    return {report.value(result, SH.sourceShape) for result in report.objects(None, SH.result)}


def complaints(report: Graph) -> list[str]:
    """Give one line per result: shape, focus node, value."""
    return sorted(
        " ".join(
            str(report.value(result, part)) for part in (SH.sourceShape, SH.focusNode, SH.value)
        )
        for result in report.objects(None, SH.result)
    )


# ---- Lint


@pytest.mark.parametrize("name", ["ontology", "profile"])
def test_the_ontology_conforms(name: str) -> None:
    assert complaints(results(parsed(ONTOLOGY), lint(name))) == []


@pytest.mark.parametrize("regulation", REGULATIONS, ids=lambda path: path.name)
def test_the_norms_of_a_regulation_conform(regulation: Path) -> None:
    data = parsed([*ONTOLOGY, *files(regulation, "**/*.ttl")])
    assert complaints(results(data, lint("norms"))) == []


def test_every_own_term_in_the_turtle_of_data_and_shapes_is_defined() -> None:
    used = parsed([*files(ROOT / "data", "**/*.ttl"), *files(ROOT / "shapes", "**/*.ttl")])
    data = parsed(ONTOLOGY) + telling(used)
    only: list[str | URIRef] = [LINT.Defined, LINT.PropertyTyped]
    assert complaints(results(data, lint("ontology"), only)) == []


def test_every_own_term_in_the_table_descriptions_is_defined() -> None:
    defined = {str(term) for term in parsed(ONTOLOGY).subjects(RDFS.isDefinedBy)}
    for path in files(ROOT / "ontology", "*.json"):
        named = set(re.findall(rf"{DG}[A-Za-z]+", path.read_text(encoding="utf-8")))
        assert named, path
        assert named - defined == set(), path


@pytest.mark.parametrize("path", files(HERE / "sound"), ids=lambda path: path.stem)
def test_a_sound_graph_conforms(path: Path) -> None:
    assert complaints(results(parsed([path]), lint(path.stem))) == []


def declared(path: Path) -> set[URIRef]:
    """Give the shapes that a broken graph says it trips: ``# trips: lint:ChineseLabel``."""
    line = re.search(r"^# trips: (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert line, f"{path.name} names no shape: add a line '# trips: lint:TheShape'"
    return {LINT[name.strip().removeprefix("lint:")] for name in line[1].split(",")}


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_graph_trips_the_shapes_that_it_names_and_no_other(path: Path) -> None:
    name = path.stem.partition("-")[0]
    report = results(parsed([HERE / "sound" / f"{name}.ttl", path]), lint(name))
    assert tripped(report) == declared(path), complaints(report)


@pytest.mark.parametrize("path", LINTS, ids=lambda path: path.stem)
def test_every_shape_is_tripped_by_a_broken_graph(path: Path) -> None:
    killed = {shape for broken in BROKEN for shape in declared(broken)}
    assert shapes_with_target(parsed([path])) - killed == set()


@pytest.mark.parametrize("path", LINTS, ids=lambda path: path.stem)
def test_every_shape_says_in_both_languages_what_it_wants(path: Path) -> None:
    graph = parsed([path])
    shapes = set(graph.subjects(RDF.type, SH.NodeShape)) | set(
        graph.subjects(RDF.type, SH.PropertyShape)
    )
    targeted = shapes_with_target(graph)
    assert targeted <= shapes
    for shape in shapes:
        assert isinstance(shape, URIRef)
        messages = [getattr(text, "language", None) for text in graph.objects(shape, SH.message)]
        assert sorted(map(str, messages)) == ["en", "zh"], shape
    for shape in targeted:
        demand = graph.value(shape, SH.description)
        assert demand is not None, shape
        assert re.fullmatch(r"[^.]+(\.[^.\s][^.]*)*\.", str(demand)), f"{shape}: one sentence"


def test_every_shape_of_the_profile_names_its_section() -> None:
    graph = lint("profile")
    for shape in shapes_with_target(graph):
        assert "section" in str(graph.value(shape, DCTERMS_SOURCE)), shape


# ---- Consistency


def reasoned(graph: Graph) -> Graph:
    """Give the OWL 2 RL closure of a graph without its literals, which no rule of ours uses."""
    skipped = {RDFS.isDefinedBy, SKOS.inScheme}
    closed = Graph()
    for triple in graph:
        if not isinstance(triple[2], Literal) and triple[1] not in skipped:
            closed.add(triple)
    owlrl.DeductiveClosure(
        owlrl.OWLRL_Semantics, axiomatic_triples=False, datatype_axioms=False
    ).expand(closed)
    return closed


def inconsistencies(closed: Graph) -> list[str]:
    """Give what owlrl wrote into a closure about rules that derived false (Profiles, 4.3)."""
    return sorted(str(message) for message in closed.objects(None, OWLRL_ERROR))


def test_the_ontology_is_consistent() -> None:
    assert inconsistencies(reasoned(parsed(ONTOLOGY))) == []


@pytest.mark.parametrize(
    "contradiction",
    [
        pytest.param(
            [(EX.n1, RDF.type, DG.Obligation), (EX.n1, RDF.type, DG.Prohibition)],
            id="a norm cannot demand and forbid",
        ),
        pytest.param(
            [(EX.art1, RDF.type, DG.Article), (EX.art1, DG.bearerFrom, EX.n1)],
            id="an article is no norm",
        ),
        pytest.param(
            [
                (EX.n1, DG.statedIn, EX.art1),
                (EX.art1, RDF.type, DG.Article),
                (EX.n1, DG.statedIn, EX.item1),
                (EX.item1, RDF.type, DG.Item),
            ],
            id="a norm stands in one place",
        ),
        pytest.param(
            [(EX.u1, DG.govt, EX.p1), (EX.p1, RDF.type, DG.Person)], id="a person is no unit"
        ),
        pytest.param(
            [(EX.r1, RDF.type, DG.Meeting), (EX.r1, RDF.type, DG.Report)],
            id="a meeting is no report",
        ),
    ],
)
def test_a_contradiction_is_noticed(contradiction: list[tuple[URIRef, URIRef, URIRef]]) -> None:
    graph = parsed(ONTOLOGY)
    for triple in contradiction:
        graph.add(triple)
    assert inconsistencies(reasoned(graph)) != []


# ---- Inheritance

TOY = """
ex:item1 eli:is_part_of ex:art6 .
ex:chapeau dg:statedIn ex:art6 ; dg:namedBearer dg:LeadingBody .
ex:meet dg:statedIn ex:item1 ; dg:bearerFrom ex:chapeau .
ex:also dg:namedBearer dg:FunctionalDepartmentBody ; dg:incorporates ex:art6 .
ex:all dg:namedBearer dg:PrincipalHead ; dg:answersFor ex:art6 .
ex:implied dg:impliedBearer dg:DisciplineOrgan .
ex:correct dg:bearerFrom ex:implied .
ex:plenary dg:namedBearer dg:StandingCommittee .
"""
EXPECTED = """
ex:chapeau dg:bearer dg:LeadingBody .
ex:implied dg:bearer dg:DisciplineOrgan .
ex:meet dg:bearer dg:LeadingBody .
ex:correct dg:bearer dg:DisciplineOrgan .
ex:item1 dg:hasNorm ex:meet .
ex:art6 dg:containsNorm ex:chapeau , ex:meet .
dg:LeadingBody dg:bears ex:chapeau , ex:meet ; dg:carries ex:meet .
dg:Government dg:bears ex:meet ; dg:carries ex:meet .
dg:DepartmentPartyGroup dg:bears ex:also , ex:meet .
dg:FunctionalDepartmentBody dg:inherits ex:meet ; dg:carries ex:meet .
dg:DepartmentPartyGroup dg:inherits ex:meet .
dg:PrincipalHead dg:bears ex:all ; dg:inherits ex:chapeau , ex:meet ; dg:carries ex:meet .
dg:DisciplineOrgan dg:carries ex:correct .
dg:LocalPartyCommittee dg:bears ex:plenary ; dg:carries ex:plenary .
"""
RULES = (RDFS.subPropertyOf, OWL.inverseOf, OWL.propertyChainAxiom)


def turtle(text: str) -> set[tuple[Any, Any, Any]]:
    prefixes = f"@prefix dg: <{DG}> . @prefix eli: <{ELI}> . @prefix ex: <{EX}> .\n"
    return set(Graph().parse(data=prefixes + text, format="turtle"))


def rules() -> Graph:
    """Give the property axioms of the ontology and its kinds of body; no classes, no labels."""
    ontology, reduced = parsed(ONTOLOGY), Graph()
    for triple in ontology:
        if triple[1] in {*RULES, RDF.first, RDF.rest, DG.actsThrough, DG.kindOf}:
            reduced.add(triple)
    for transitive in ontology.subjects(RDF.type, OWL.TransitiveProperty):
        reduced.add((transitive, RDF.type, OWL.TransitiveProperty))
    return reduced


def toy_closure(axioms: Graph) -> Graph:
    graph = Graph()
    for triple in {*axioms, *turtle(TOY)}:
        graph.add(triple)
    return reasoned(graph)


@cache
def passed_on() -> frozenset[tuple[Any, Any, Any]]:
    """Give what follows from the toy norms by all of the rules."""
    return frozenset(toy_closure(rules()))


def test_duties_pass_on_as_articles_7_and_9_say() -> None:
    assert turtle(EXPECTED) - passed_on() == set()


@pytest.mark.parametrize(
    ("party", "relation", "norm"),
    [
        (DG.DisciplineOrgan, DG.carries, EX.meet),
        (DG.FunctionalDepartmentBody, DG.inherits, EX.chapeau),
        (DG.Government, DG.inherits, EX.meet),
        (DG.LeadingBody, DG.carries, EX.also),
        (DG.LeadingBody, DG.inherits, EX.meet),
        (DG.OtherMember, DG.carries, EX.meet),
        (DG.PrincipalHead, DG.bears, EX.meet),
    ],
)
def test_nobody_carries_what_is_not_his(party: URIRef, relation: URIRef, norm: URIRef) -> None:
    assert (party, relation, norm) not in passed_on()


def chains(graph: Graph, prop: Node) -> list[list[Any]]:
    return sorted(
        list(Collection(graph, chain)) for chain in graph.objects(prop, OWL.propertyChainAxiom)
    )


def test_the_chains_are_those_of_the_design_and_no_others() -> None:
    graph = parsed(ONTOLOGY)
    found = {prop: chains(graph, prop) for prop in graph.subjects(OWL.propertyChainAxiom)}
    assert found == {
        DG.bearer: [[DG.bearerFrom, DG.impliedBearer], [DG.bearerFrom, DG.namedBearer]],
        DG.containsNorm: [[ELI.has_part, DG.hasNorm]],
        DG.bears: [[DG.actsThrough, DG.bearerOf], [DG.kindOf, DG.bearerOf]],
        DG.inheritsByReference: [
            [DG.bearerOf, DG.incorporates, DG.containsNorm, DG.bearerSourceOf]
        ],
        DG.answersForNorm: [[DG.bearerOf, DG.answersFor, DG.containsNorm]],
        DG.inherits: [[DG.kindOf, DG.inheritsByReference]],
    }


def test_no_rule_of_inheritance_is_idle() -> None:
    """Take out one rule at a time: each time something expected is no longer derived."""
    axioms = rules()
    ours = [triple for triple in axioms if triple[1] in {*RULES, RDF.type}]
    assert ours
    idle = []
    for rule in ours:
        axioms.remove(rule)
        if turtle(EXPECTED) <= set(toy_closure(axioms)):
            idle.append(rule)
        axioms.add(rule)
    assert idle == []
