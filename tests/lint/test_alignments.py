"""The alignments name only terms that exist, on both sides, and leave the ontology as it is.

``ontology/alignments.ttl`` matches terms of the ontology with terms of other vocabularies. The
terms of these that may be named are listed in ``ontology/external``, one text file per vocabulary:
a header of lines ``# key: value``, an empty line, then one IRI per line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from rdflib import OWL, RDF, RDFS, SKOS, Graph, Namespace, URIRef

from dutygraph.regulations.prepared import ontology_files

ROOT = Path(__file__).parents[2]
ALIGNMENTS = ROOT / "ontology" / "alignments.ttl"
LISTS = sorted((ROOT / "ontology" / "external").glob("*.txt"))
ONTOLOGY = sorted(path for path in (ROOT / "ontology").glob("*.ttl") if path != ALIGNMENTS)

DG = Namespace("https://w3id.org/dutygraph/ontology#")
DCTERMS = Namespace("http://purl.org/dc/terms/")
LRMLMM = Namespace("http://docs.oasis-open.org/legalruleml/ns/v1.0/metamodel#")
ODRL = Namespace("http://www.w3.org/ns/odrl/2/")
DPV = Namespace("https://w3id.org/dpv#")
VOCABULARIES = (str(LRMLMM), str(ODRL), str(DPV))
HEADER = URIRef("https://w3id.org/dutygraph/alignments")
MAIN_HEADER = URIRef("https://w3id.org/dutygraph/ontology")
CC_BY = URIRef("https://creativecommons.org/licenses/by/4.0/")
MATCHES = {
    SKOS.exactMatch,
    SKOS.closeMatch,
    SKOS.broadMatch,
    SKOS.narrowMatch,
    SKOS.relatedMatch,
}
KEYS = ("vocabulary", "namespace", "version", "date", "source", "licence", "obtained", "covers")


@dataclass(frozen=True)
class TermList:
    """The terms of one vocabulary, and where they come from."""

    header: dict[str, str]
    terms: tuple[str, ...]


def read_list(path: Path) -> TermList:
    """Read a term list; raises ValueError naming file and line, or the header line that lacks."""
    header: dict[str, str] = {}
    terms: list[str] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if comment := re.fullmatch(r"# ([a-z]+): (\S.*)", line):
            header[comment[1]] = comment[2]
        elif line.startswith(("http://", "https://")) and " " not in line:
            terms.append(line)
        elif line:
            raise ValueError(f"{path.name}, line {number}: expected '# key: value' or one IRI")
    for key in KEYS:
        if key not in header:
            raise ValueError(f"{path.name}: add a line '# {key}: …' at the top")
    return TermList(header, tuple(terms))


def terms_by_namespace(paths: Iterable[Path]) -> dict[str, set[str]]:
    """Give the listed terms of each vocabulary by its namespace."""
    lists = [read_list(path) for path in paths]
    return {each.header["namespace"]: set(each.terms) for each in lists}


def parsed(*paths: Path) -> Graph:
    graph = Graph()
    for path in paths:
        graph.parse(path, format="turtle")
    return graph


def matches(graph: Graph) -> list[tuple[URIRef, URIRef, URIRef]]:
    """Give the triples that match an own term with a foreign one."""
    return [triple for triple in graph if triple[1] in MATCHES]  # type: ignore[misc]


def defined_terms() -> set[str]:
    """Give the IRIs of all terms that the ontology defines as its own."""
    return {str(term) for term in parsed(*ONTOLOGY).subjects(RDFS.isDefinedBy, MAIN_HEADER)}


def unlisted(graph: Graph, listed: dict[str, set[str]]) -> list[str]:
    """Give a complaint for each match whose foreign side stands in no list."""
    complaints = []
    for own, _, foreign in matches(graph):
        namespace = next((each for each in listed if str(foreign).startswith(each)), None)
        if namespace is None:
            complaints.append(f"{own}: no list in ontology/external for {foreign}")
        elif str(foreign) not in listed[namespace]:
            complaints.append(f"{own}: {foreign} is not in the list of {namespace}")
    return sorted(complaints)


def undefined(graph: Graph, defined: set[str]) -> list[str]:
    """Give a complaint for each own IRI, wherever it stands, that the ontology does not define."""
    named = {str(term) for triple in graph for term in triple if str(term).startswith(str(DG))}
    own_sides = {str(own) for own, _, _ in matches(graph)}
    return sorted(f"{term} is not defined" for term in (named | own_sides) - defined)


# ---- The matches


def test_every_aligned_foreign_term_stands_in_the_list_of_its_vocabulary() -> None:
    assert unlisted(parsed(ALIGNMENTS), terms_by_namespace(LISTS)) == []


def test_every_aligned_own_term_is_defined_in_the_ontology() -> None:
    assert undefined(parsed(ALIGNMENTS), defined_terms()) == []


@pytest.mark.parametrize(
    "foreign",
    [
        pytest.param(ODRL.Obligation, id="a term that ODRL does not have"),
        pytest.param(DPV.obligationFulfilled, id="a misspelt term of DPV"),
        pytest.param(
            URIRef("http://docs.oasis-open.org/legalruleml/ns/mm/v1.0/Obligation"),
            id="a term in a namespace without a list",
        ),
    ],
)
def test_a_wrong_foreign_iri_is_caught(foreign: URIRef) -> None:
    graph = parsed(ALIGNMENTS)
    graph.add((DG.Obligation, SKOS.closeMatch, foreign))
    (complaint,) = unlisted(graph, terms_by_namespace(LISTS))
    assert str(foreign) in complaint


@pytest.mark.parametrize(
    "own",
    [
        pytest.param(DG.Obligaton, id="a misspelt term"),
        pytest.param(URIRef("https://dutygraph.example/Duty"), id="a term of somebody else"),
    ],
)
def test_a_wrong_own_iri_is_caught(own: URIRef) -> None:
    graph = parsed(ALIGNMENTS)
    graph.add((own, SKOS.closeMatch, ODRL.Duty))
    assert undefined(graph, defined_terms()) == [f"{own} is not defined"]


def test_a_match_with_a_vocabulary_whose_list_is_gone_is_caught() -> None:
    without_dpv = [path for path in LISTS if path.stem != "dpv"]
    complaints = unlisted(parsed(ALIGNMENTS), terms_by_namespace(without_dpv))
    assert complaints
    assert all("no list" in complaint and str(DPV) in complaint for complaint in complaints)


def test_two_terms_are_matched_in_one_way_at_most() -> None:
    pairs = [(own, foreign) for own, _, foreign in matches(parsed(ALIGNMENTS))]
    assert len(pairs) == len(set(pairs))


@pytest.mark.parametrize(
    ("own", "namespace"),
    [
        *[(DG.Obligation, each) for each in VOCABULARIES],
        *[(DG.Prohibition, each) for each in VOCABULARIES],
        *[(DG.Permission, each) for each in VOCABULARIES],
        *[(DG.bearer, each) for each in VOCABULARIES],
        (DG.Power, str(LRMLMM)),
        (DG.ConstitutiveRule, str(LRMLMM)),
        (DG.SanctionRule, str(LRMLMM)),
        (DG.addressee, str(LRMLMM)),
        (DG.addressee, str(ODRL)),
    ],
)
def test_a_deontic_term_is_matched_where_it_has_a_counterpart(own: URIRef, namespace: str) -> None:
    foreign = [str(each[2]) for each in matches(parsed(ALIGNMENTS)) if each[0] == own]
    assert [each for each in foreign if each.startswith(namespace)] != []


def test_every_verdict_is_matched_with_a_status_of_dpv() -> None:
    verdicts = set(parsed(*ONTOLOGY).subjects(RDF.type, DG.Verdict))
    aligned = {own for own, _, foreign in matches(parsed(ALIGNMENTS)) if foreign in DPV}
    assert verdicts
    assert verdicts - aligned == set()


def unexplained(text: str) -> list[str]:
    """Give the lines that match an own term and do not follow a comment."""
    lines = ["", *text.splitlines()]
    return [
        line
        for before, line in pairwise(lines)
        if line.startswith("dg:") and not before.startswith("# ")
    ]


def test_every_match_says_why_it_is_what_it_is() -> None:
    assert unexplained(ALIGNMENTS.read_text(encoding="utf-8")) == []


def test_a_match_that_does_not_say_why_is_caught() -> None:
    line = "dg:Principle skos:closeMatch dpv:Rule ."
    text = ALIGNMENTS.read_text(encoding="utf-8") + f"\n{line}\n"
    assert unexplained(text) == [line]


# ---- The lists


def test_there_is_one_list_for_each_vocabulary() -> None:
    assert len(LISTS) == len(VOCABULARIES)
    assert set(terms_by_namespace(LISTS)) == set(VOCABULARIES)


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.stem)
def test_a_list_names_its_version_date_source_and_licence(path: Path) -> None:
    header = read_list(path).header
    assert re.match(r"\d+\.\d+", header["version"])
    assert re.match(r"\d{4}-\d{2}-\d{2}", header["date"])
    assert header["source"].startswith("https://")
    assert re.match(r"\S.* <https://[^>\s]+>", header["licence"]), "a name, then an IRI in <>"


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.stem)
def test_a_list_holds_each_term_once_in_order_and_in_its_namespace(path: Path) -> None:
    listed = read_list(path)
    assert len(listed.terms) > 50
    assert list(listed.terms) == sorted(set(listed.terms))
    local_name = re.compile(re.escape(listed.header["namespace"]) + r"[A-Za-z0-9]+")
    assert [term for term in listed.terms if not local_name.fullmatch(term)] == []


@pytest.mark.parametrize("key", KEYS)
def test_a_list_that_does_not_say_where_it_comes_from_is_refused(key: str, tmp_path: Path) -> None:
    kept = [
        line
        for line in LISTS[0].read_text(encoding="utf-8").splitlines()
        if not line.startswith(f"# {key}: ")
    ]
    path = tmp_path / "short.txt"
    path.write_text("\n".join(kept), encoding="utf-8")
    with pytest.raises(ValueError, match=rf"short\.txt: add a line '# {key}: …'"):
        read_list(path)


def test_a_line_of_a_list_that_is_no_iri_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "odd.txt"
    path.write_text("# namespace: https://w3id.org/dpv#\ndpv:Rule\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"odd\.txt, line 2: expected"):
        read_list(path)


# ---- Apart from the ontology


def test_the_alignments_bear_titles_a_licence_and_the_version_of_the_ontology() -> None:
    graph = parsed(ALIGNMENTS)
    main = parsed(ROOT / "ontology" / "dutygraph.ttl")
    languages = [getattr(title, "language", None) for title in graph.objects(HEADER, DCTERMS.title)]
    assert sorted(map(str, languages)) == ["en", "zh"]
    assert graph.value(HEADER, DCTERMS.license) == CC_BY
    version = str(main.value(MAIN_HEADER, OWL.versionIRI)).removeprefix(str(MAIN_HEADER))
    assert graph.value(HEADER, OWL.versionIRI) == URIRef(f"{HEADER}{version}")


def test_neither_the_ontology_nor_the_alignments_import_anything() -> None:
    assert list(parsed(*ONTOLOGY, ALIGNMENTS).triples((None, OWL.imports, None))) == []


def test_the_ontology_says_nothing_of_the_aligned_vocabularies() -> None:
    named = {str(term) for triple in parsed(*ONTOLOGY) for term in triple}
    foreign = (*VOCABULARIES, str(HEADER))
    assert [term for term in named if term.startswith(foreign)] == []


def test_the_loaded_ontology_leaves_the_alignments_out() -> None:
    assert [path.name for path in ontology_files()] == [path.name for path in ONTOLOGY]


def test_the_alignments_say_nothing_but_matches() -> None:
    rest = [
        triple
        for triple in parsed(ALIGNMENTS)
        if triple[1] not in MATCHES and triple[0] not in MATCHES and triple[0] != HEADER
    ]
    assert rest == []


def test_no_conclusion_about_an_own_term_follows_from_a_match() -> None:
    alignments, ontology = parsed(ALIGNMENTS), parsed(*ONTOLOGY)
    for match in {match for _, match, _ in matches(alignments)}:
        assert list(alignments.predicate_objects(match)) == [(RDF.type, OWL.AnnotationProperty)]
        assert list(ontology.triples((None, match, None))) == []
        assert list(ontology.triples((match, None, None))) == []
        assert list(ontology.triples((None, None, match))) == []
