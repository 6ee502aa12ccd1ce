"""Linked data: downloads with the core's triples, and negotiation on the IRIs that we mint."""

from __future__ import annotations

import json
import re
from functools import cache
from itertools import groupby
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import rdflib
from flask.testing import FlaskClient
from pyoxigraph import CanonicalizationAlgorithm, Dataset, NamedNode, RdfFormat, Triple, parse

from dutygraph.compliance.shapes import shape_files
from dutygraph.records.history import JOURNAL, record_graphs
from dutygraph.regulations.linked import FORMATS, publications, published
from dutygraph.regulations.prepared import (
    ONTOLOGY_GRAPH,
    open_directory,
    open_regulations,
    read_turtle,
)
from dutygraph.terms import DG, PREFIXES, REGULATIONS

HEBEI = REGULATIONS + "hebei"
PARSED = {"ttl": RdfFormat.TURTLE, "jsonld": RdfFormat.JSON_LD, "nt": RdfFormat.N_TRIPLES}
MEDIA = {form: media_type.partition(";")[0] for form, (_, media_type) in FORMATS.items()}


def triples(content: bytes, form: str) -> set[Triple]:
    """Give the triples of a file; blank nodes get the names of their place in the graph."""
    dataset = Dataset(parse(content, format=PARSED[form]))
    dataset.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return {quad.triple for quad in dataset}


@cache
def core(name: str) -> set[Triple]:
    """Give the triples of a publication as the core gives them."""
    return triples(published(name, "nt"), "nt")


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", publications())
def test_a_download_has_the_triples_of_the_core(demo: FlaskClient, name: str, form: str) -> None:
    answer = demo.get(f"/downloads/{name}.{form}")
    assert answer.status_code == 200
    assert answer.mimetype == MEDIA[form]
    assert f'filename="{name}.{form}"' in answer.headers["Content-Disposition"]
    found = triples(answer.data, form)
    assert found == core(name)
    assert found


def test_another_reader_of_rdf_understands_the_downloads(demo: FlaskClient) -> None:
    for form, name in (("ttl", "turtle"), ("nt", "nt")):
        data = demo.get(f"/downloads/alignments.{form}").data
        graph = rdflib.Graph().parse(data=data, format=name)
        assert len(graph) == len(core("alignments"))
    nodes = json.loads(demo.get("/downloads/alignments.jsonld").data)
    assert {one["@id"] for one in nodes} >= {DG + "Norm", DG + "bearer"}


def test_every_download_is_linked_from_the_ontology_s_page(demo: FlaskClient) -> None:
    text = demo.get("/ontology").text
    for name in publications():
        for form in FORMATS:
            assert f'<a href="/downloads/{name}.{form}" download>' in text
    for form in FORMATS:
        assert f'<link rel="alternate" type="{MEDIA[form]}" href="/downloads/ontology.{form}">' in (
            text
        )


def test_what_cannot_be_downloaded_is_answered_with_what_can(demo: FlaskClient) -> None:
    answer = demo.get("/downloads/paris.ttl")
    assert answer.status_code == 404
    assert "hebei-closure.jsonld" in answer.text


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("text/turtle", "ttl"),
        ("application/ld+json", "jsonld"),
        ("application/n-triples", "nt"),
        ("text/turtle;q=0.5, application/ld+json;q=0.9", "jsonld"),
        ("text/turtle, */*;q=0.1", "ttl"),
        ("text/html;q=0.3, text/turtle;q=0.4", "ttl"),
        ("text/html, text/turtle", None),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", None),
        ("*/*", None),
        ("", None),
        ("application/rdf+xml", None),
        ("text/turtle;q=0", None),
        ("nonsense", None),
    ],
)
@pytest.mark.parametrize("address", ["/hebei", "/hebei/art9/item3", "/ontology", "/alignments"])
def test_an_identifier_gives_the_form_that_is_preferred_and_a_page_by_default(
    demo: FlaskClient, address: str, accept: str, form: str | None
) -> None:
    answer = demo.get(address, headers={"Accept": accept} if accept else {})
    assert "Accept" in answer.headers["Vary"]
    if form is None:
        assert answer.mimetype == "text/html"
        assert answer.status_code == (200 if address == "/ontology" else 303)
    else:
        assert (answer.status_code, answer.mimetype) == (200, MEDIA[form])
        assert triples(answer.data, form)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/hebei", "hebei"),
        ("/hebei/closure", "hebei-closure"),
        ("/ontology", "ontology"),
        ("/alignments", "alignments"),
    ],
)
def test_the_iri_of_a_publication_gives_all_of_it(
    demo: FlaskClient, address: str, name: str, form: str
) -> None:
    answer = demo.get(address, headers={"Accept": MEDIA[form]})
    assert triples(answer.data, form) == core(name)


def reached(start: str) -> set[str]:
    """Give a provision, its parts, what is stated there, and deadlines and anchors of that."""
    names = {
        **dict.fromkeys((DG + "statedIn", DG + "declaredIn", PREFIXES["eli"] + "is_part_of"), True),
        **dict.fromkeys(
            (DG + "deadline", PREFIXES["oa"] + "hasTarget", PREFIXES["oa"] + "hasSelector"), False
        ),
    }
    steps = [
        (one.object, one.subject) if names[one.predicate.value] else (one.subject, one.object)
        for one in core("hebei-closure")
        if one.predicate.value in names
    ]
    found, frontier = {start}, {start}
    while frontier:
        frontier = {
            to.value
            for come, to in steps
            if isinstance(come, NamedNode) and isinstance(to, NamedNode) and come.value in frontier
        } - found
        found |= frontier
    return found


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("key", ["art1", "art9", "art9/item3", "art20", "art12/para2"])
def test_a_provision_gives_its_triples_and_those_of_its_norms_deadlines_and_anchors(
    demo: FlaskClient, key: str, form: str
) -> None:
    answer = demo.get(f"/hebei/{key}", headers={"Accept": MEDIA[form]})
    things = reached(f"{HEBEI}/{key}")
    expected = {
        one
        for one in core("hebei-closure")
        if isinstance(one.subject, NamedNode) and one.subject.value in things
    }
    assert triples(answer.data, form) == expected
    assert len(expected) > 8


def test_a_dated_norm_comes_with_its_deadline_and_the_place_of_its_words(
    demo: FlaskClient,
) -> None:
    data = demo.get("/hebei/art20", headers={"Accept": "text/turtle"}).data
    graph = rdflib.Graph().parse(data=data, format="turtle")
    norm = rdflib.URIRef(f"{HEBEI}/art20#n1")
    deadline = graph.value(norm, rdflib.URIRef(DG + "deadline"))
    assert graph.value(deadline, rdflib.URIRef(DG + "raw"))
    target = graph.value(norm, rdflib.URIRef(PREFIXES["oa"] + "hasTarget"))
    assert graph.value(target, rdflib.URIRef(PREFIXES["oa"] + "hasSelector"))


@pytest.mark.parametrize("thing", ["readings/A05", "settings/joint_addressee", "chapter2"])
def test_readings_settings_and_headings_give_their_triples(demo: FlaskClient, thing: str) -> None:
    data = demo.get(f"/hebei/{thing}", headers={"Accept": "application/n-triples"}).data
    subject = NamedNode(f"{HEBEI}/{thing}")
    assert triples(data, "nt") >= {one for one in core("hebei-closure") if one.subject == subject}


def test_every_thing_that_the_graphs_name_has_its_triples_and_a_page(demo: FlaskClient) -> None:
    rows = open_regulations().select(
        "SELECT DISTINCT ?s WHERE { ?s ?p ?o }", [HEBEI, f"{HEBEI}/closure"]
    )
    named = {row["s"].value.partition("#")[0] for row in rows if isinstance(row["s"], NamedNode)}
    named |= {
        one.subject.value.partition("#")[0]
        for one in read_turtle(shape_files("hebei"))
        if isinstance(one.subject, NamedNode)
    }
    named -= {ONTOLOGY_GRAPH}
    things = sorted(one for one in named if one.startswith(REGULATIONS))
    assert len(things) > 200
    pages = ("/regulation", "/readings", "/ontology", "/questions", "/findings")
    for thing in things:
        address = "/" + thing.removeprefix(REGULATIONS)
        page = demo.get(address)
        assert page.status_code == 303, thing
        assert page.location.startswith(pages), thing
        data = demo.get(address, headers={"Accept": "application/n-triples"})
        assert data.mimetype == MEDIA["nt"], thing
        assert data.data


def test_every_fragment_that_the_graphs_name_is_said_something_of(demo: FlaskClient) -> None:
    """A norm, a deadline, an anchor, a setting's value has the IRI of its thing and a fragment."""
    rows = open_regulations().select(
        "SELECT DISTINCT ?o WHERE { ?s ?p ?o FILTER(isIRI(?o)) }", [HEBEI, f"{HEBEI}/closure"]
    )
    named = {row["o"].value for row in rows if row["o"].value.startswith(f"{HEBEI}/")}
    named -= {f"{HEBEI}/closure"}
    whole = demo.get("/hebei/closure", headers={"Accept": "application/n-triples"}).data
    said = {str(one.subject.value) for one in triples(whole, "nt") if one.subject}
    assert named <= said
    for norm in ("art9/item3#n7", "art20#n1-deadline", "settings/head_rule#either_head"):
        data = demo.get(f"/hebei/{norm.partition('#')[0]}.nt").data.decode()
        assert f"<{HEBEI}/{norm}> " in data


def test_every_term_s_fragment_is_a_place_of_the_ontology_s_page(demo: FlaskClient) -> None:
    named = {
        one.subject.value.removeprefix(DG)
        for one in core("ontology")
        if isinstance(one.subject, NamedNode) and one.subject.value.startswith(DG)
    }
    text = demo.get("/ontology").text
    described = {name for name in named if f'id="{name}"' in text}
    labelled = {
        one.subject.value.removeprefix(DG)
        for one in core("ontology")
        if one.predicate.value == PREFIXES["rdfs"] + "label" and isinstance(one.subject, NamedNode)
    } & named
    assert described == labelled
    assert len(described) > 400


def instances(store: Path) -> list[str]:
    opened = open_directory(store)
    named: set[str] = set()
    for graph in [*record_graphs(opened), JOURNAL]:
        named.add(graph)
        for row in opened.select("SELECT DISTINCT ?s WHERE { ?s ?p ?o }", [graph]):
            named.add(row["s"].value)
    return sorted(named, key=lambda iri: iri.partition("#"))


def test_every_thing_of_an_import_has_its_triples_and_a_page(
    demo: FlaskClient, demo_store: Path
) -> None:
    named = instances(demo_store)
    kinds = {one.removeprefix("https://dutygraph.example/id/").partition("/")[0] for one in named}
    assert {"unit", "person", "record", "import"} <= kinds
    pages: set[str] = set()
    for thing, parts in groupby(named, key=lambda iri: iri.partition("#")[0]):
        path = urlsplit(thing).path.removeprefix("/dutygraph")
        data = demo.get(path, headers={"Accept": "application/n-triples"})
        assert data.status_code == 200, thing
        for iri in parts:
            assert f"<{iri}> ".encode() in data.data, iri
        page = demo.get(path)
        assert page.status_code == 303, thing
        pages.add(page.location)
    units = {one for one in pages if one.startswith("/units/")}
    assert len(units) == sum("/unit/" in one for one in named)
    for place in (min(units), *sorted(pages - units)[:3], *sorted(pages - units)[-3:]):
        assert demo.get(place).status_code == 200, place


def test_a_person_s_page_says_what_the_graph_says(demo: FlaskClient) -> None:
    place = demo.get("/id/person/yt-zhengfu-head").location
    text = demo.get(place).text
    for words in ("彭泽兰", "市长", "2011-10-10", 'href="/units/yt-zhengfu"', "role-2"):
        assert words in text
    assert ">云棠市人民政府</a>" in text
    english = demo.get(f"{place}&lang=en").text
    for known in ("<dt>Name</dt>", "<dt>Posts</dt>", "<dd>yes</dd>"):
        assert known in english
    assert not re.search(r"<dt>[a-z]+:", english), "each property is called in words"
    demo.delete_cookie("lang")
    assert 'href="/id/person/yt-zhengfu-head.ttl"' in text
    assert demo.get("/about?iri=https://dutygraph.example/id/person/nobody").status_code == 404
    unnamed = demo.get("/about")
    assert unnamed.status_code == 404
    assert "这个标识" not in unnamed.text
    assert demo.get("/id/person/nobody").status_code == 404


@pytest.mark.parametrize("rest", ["x%3E%20?p%20?o%20%7D", "%00", "a%09b", "%25", "%EF%BF%BE"])
def test_what_is_no_iri_is_not_found_and_not_asked_for(demo: FlaskClient, rest: str) -> None:
    assert demo.get(f"/about?iri=https://dutygraph.example/id/unit/{rest}").status_code == 404
    assert demo.get(f"/id/{rest}/x").status_code == 404


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    "path", ["/hebei/art9/item3", "/id/unit/qh-xianwei", "/hebei/shapes/art20"]
)
def test_an_ending_gives_what_the_header_accept_gives(
    demo: FlaskClient, path: str, form: str
) -> None:
    ended, asked = demo.get(f"{path}.{form}"), demo.get(path, headers={"Accept": MEDIA[form]})
    assert (ended.status_code, ended.mimetype) == (200, MEDIA[form])
    assert ended.data == asked.data


@pytest.mark.parametrize("path", ["/hebei/art9", "/regulation/art9", "/id/unit/qh-xianwei"])
def test_answers_link_to_every_form_and_name_the_thing(demo: FlaskClient, path: str) -> None:
    link = demo.get(path).headers["Link"]
    iri = "https://dutygraph.example/id/unit/qh-xianwei" if "unit" in path else f"{HEBEI}/art9"
    assert f'<{iri}>; rel="describes"' in link
    for form, media in MEDIA.items():
        found = re.search(rf'<([^>]+\.{form})>; rel="alternate"; type="([^"]+)"', link)
        assert found
        assert found[2] == media
        assert demo.get(found[1]).mimetype == media


@pytest.mark.parametrize(
    "address",
    [
        "/hebei/readings",
        "/hebei/art99",
        "/hebei/art9/item3/",
        "/hebei/art9%22%7D",
        "/hebei/%3E%20?s%20?p",
        "/hebei/art 9",
        "/hebei/art9%5C",
        "/hebei/%00",
    ],
)
def test_what_is_not_named_is_not_there_in_any_form(demo: FlaskClient, address: str) -> None:
    for accept in ("text/turtle", "text/html"):
        assert demo.get(address, headers={"Accept": accept}).status_code == 404


def test_rdf_is_the_same_in_every_language_of_the_site(demo: FlaskClient) -> None:
    given = {}
    for language in ("zh", "en"):
        demo.set_cookie("lang", language)
        answer = demo.get("/hebei/art20", headers={"Accept": "text/turtle"})
        given[language] = answer.data
        assert answer.headers["Content-Language"] == "zh, en"
        assert not re.search("Cookie", answer.headers["Vary"])
        assert "Set-Cookie" not in answer.headers
    assert given["zh"] == given["en"]


def test_a_negotiated_publication_says_where_its_file_is(demo: FlaskClient) -> None:
    answer = demo.get("/ontology", headers={"Accept": "application/ld+json"})
    assert answer.headers["Content-Location"] == "/downloads/ontology.jsonld"
    assert demo.get("/downloads/ontology.jsonld").data == answer.data
