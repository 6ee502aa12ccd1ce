"""The ontology's documentation: every term with what the graph says of it, and where it is used."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from html import unescape

import pytest
from flask import Flask
from pyoxigraph import Literal, NamedNode, RdfFormat, parse
from shown import plain

from dutygraph import artefacts
from dutygraph.regulations.norms import Norms
from dutygraph.regulations.prepared import ONTOLOGY_GRAPH, open_regulations
from dutygraph.terms import DG, PREFIXES
from webapp.ontology import qname

STORE = open_regulations()
Entry = Callable[..., str]
RDFS, SKOS, OWL = PREFIXES["rdfs"], PREFIXES["skos"], PREFIXES["owl"]


def said(term: str, name: str) -> dict[str, str]:
    """Give the words that the graph has for a term, by language."""
    rows = STORE.select(f"SELECT ?o WHERE {{ <{term}> <{name}> ?o }}", [ONTOLOGY_GRAPH])
    return {
        row["o"].language or "": row["o"].value for row in rows if isinstance(row["o"], Literal)
    }


def subjects(pattern: str) -> list[str]:
    rows = STORE.select(f"SELECT DISTINCT ?s WHERE {{ {pattern} }}", [ONTOLOGY_GRAPH])
    return sorted(row["s"].value for row in rows if row["s"].value.startswith(DG))


TERMS = subjects(f"?s <{RDFS}label> ?label")


@pytest.fixture(scope="module")
def pages(demo_site: Flask) -> dict[str, str]:
    """Give the page in both languages."""
    found = {}
    for language in ("zh", "en"):
        client = demo_site.test_client()
        client.set_cookie("lang", language)
        answer = client.get("/ontology")
        assert answer.status_code == 200
        found[language] = answer.text
    return found


@pytest.fixture(scope="module")
def entry(demo_site: Flask) -> Entry:
    """Give what a term's own page says, as markup; the same page is asked once."""

    @cache
    def asked(name: str, language: str = "zh") -> str:
        client = demo_site.test_client()
        client.set_cookie("lang", language)
        answer = client.get(f"/ontology/{name}")
        assert answer.status_code == 200, name
        return answer.text.partition('<main id="main"')[2].partition("</main>")[0]

    return asked


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_term_stands_under_its_name_with_label_and_definition(
    pages: dict[str, str], language: str
) -> None:
    html = pages[language]
    text = plain(html)
    assert len(TERMS) > 400
    for term in TERMS:
        name = term.removeprefix(DG)
        assert html.count(f'id="{name}"') == 1, name
        assert " ".join(said(term, RDFS + "label")[language].split()) in text
        assert " ".join(said(term, SKOS + "definition")[language].split()) in text


def test_every_entry_has_an_example(entry: Entry) -> None:
    schemes = set(subjects(f"?s a <{SKOS}ConceptScheme>"))
    for term in set(TERMS) - schemes:
        shown = plain(entry(term.removeprefix(DG)))
        for example in said(term, SKOS + "example").values():
            assert " ".join(example.split()) in shown


def test_no_id_of_a_term_is_an_id_of_the_page_itself(pages: dict[str, str]) -> None:
    ids = re.findall(r'\sid="([^"]+)"', pages["zh"])
    assert len(ids) == len(set(ids))
    own = [one for one in ids if one.startswith(("section-", "aligned-", "main"))]
    assert not {DG + one for one in own} & set(TERMS)


def test_domain_range_inverse_and_subproperties_are_linked(entry: Entry) -> None:
    stated = entry("statedIn")
    assert re.search(r'主语</dt><dd><a class="quiet" href="/ontology/Norm">规范</a>', stated)
    assert re.search(r'取值</dt><dd><a class="quiet" href="/ontology/Provision">', stated)
    assert re.search(r'逆</dt><dd><a class="quiet" href="/ontology/hasNorm">', stated)
    assert "至多一个值" in stated
    bearer = entry("bearer")
    assert 'href="/ontology/namedBearer"' in bearer.partition("下位属性")[2]
    assert 'href="/ontology/bearer"' in entry("namedBearer").partition("上位属性")[2]
    assert "可传递" in entry("kindOf")
    assert "<code>xsd:integer</code>" in entry("quoteOccurrence")


def test_a_chain_is_put_into_words(entry: Entry) -> None:
    zh, en = (plain(entry("bearer", language)) for language in ("zh", "en"))
    assert "若甲的“ 义务人承自 ”是乙，乙的“ 明示义务人 ”是丙，则甲的“义务人”是丙。" in zh
    assert "If the “ takes bearer from ” of A is B, the “ named bearer ” of B is C, then" in en


def test_every_chain_of_the_ontology_is_told(entry: Entry) -> None:
    rows = STORE.select(
        f"SELECT ?s ?o WHERE {{ ?s <{OWL}propertyChainAxiom> ?o }}", [ONTOLOGY_GRAPH]
    )
    chains = [row["s"].value for row in rows if row["s"].value.startswith(DG)]
    for term in set(chains):
        shown = entry(term.removeprefix(DG))
        assert shown.count('<p class="rule">') == chains.count(term)


def test_a_class_stands_below_the_one_that_it_is_a_subclass_of(
    pages: dict[str, str], entry: Entry
) -> None:
    html = pages["zh"].partition('id="section-classes"')[2]
    place = html.index('<div id="Norm" class="term depth-0">')
    for kind in ("Obligation", "Power", "SanctionRule"):
        assert html.index(f'<div id="{kind}" class="term depth-1">') > place
        assert 'href="/ontology/Norm"' in entry(kind).partition("上位类")[2]
        assert f'href="/ontology/{kind}"' in entry("Norm").partition("下位类")[2]
    assert "互斥" in entry("Obligation")


def test_the_concepts_of_a_scheme_stand_in_their_order(pages: dict[str, str], entry: Entry) -> None:
    scheme = pages["zh"].partition('<h3 id="LevelScheme">')[2].partition("<h3 ")[0]
    found = re.findall(r'<div id="(\w+)" class="term', scheme)
    assert found == ["Province", "Prefecture", "County", "Township"]
    assert "记号 省级" in plain(entry("Province"))
    assert "位次 4" in plain(entry("Province"))


def test_a_narrower_concept_stands_below_the_broader(pages: dict[str, str], entry: Entry) -> None:
    found = pages["zh"]
    assert 'href="/ontology/OrganizationalMeasure"' in entry("Demotion").partition("上位")[2]
    assert found.index('id="OrganizationalMeasure"') < found.index('id="Demotion"')
    depth = re.search(r'id="Demotion" class="term depth-(\d)"', found)
    assert depth
    assert int(depth[1]) > 0


def test_a_concept_of_two_schemes_has_one_entry_and_a_link_from_the_other(
    pages: dict[str, str],
) -> None:
    types = pages["zh"].partition('<h3 id="ValueTypeScheme">')[2].partition("<h3 ")[0]
    assert '<div id="Window"' not in types
    assert 'href="/ontology/Window"' in types.partition("还有")[2].partition("</p>")[0]


def test_a_term_says_how_many_norms_use_it_and_what_to_ask(entry: Entry) -> None:
    norms = Norms(open_regulations(), "hebei").all
    obligations = sum(norm.kind == "Obligation" for norm in norms)
    assert f"{obligations} 条规范用到" in plain(entry("Obligation"))
    assert f"used by {obligations} norms" in plain(entry("Obligation", "en"))
    with_deadline = sum(norm.deadline is not None for norm in norms)
    assert f"{with_deadline} 条规范用到" in plain(entry("deadlineType"))
    head = entry("PrincipalHead")
    assert 'href="/roles/PrincipalHead"' in head
    asked = re.search(r'href="(/questions/[^"]+)"', entry("NextHigherPartyBody"))
    assert asked
    assert "NextHigherPartyBody" in asked[1]
    assert "条规范用到" not in plain(entry("sourceFile"))


def test_every_alignment_is_listed_with_the_iri_it_leads_to(pages: dict[str, str]) -> None:
    file = artefacts.room("ontology") / "alignments.ttl"
    section = pages["zh"].partition('id="section-alignments"')[2]
    section = section.partition('id="section-downloads"')[0]
    words = {"close": "相近", "broad": "对方较宽", "narrow": "对方较窄", "related": "相关"}
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", section, re.DOTALL)
    matches = [
        quad.triple
        for quad in parse(path=str(file), format=RdfFormat.TURTLE)
        if quad.predicate.value.endswith("Match")
        and isinstance(quad.object, NamedNode)
        and str(quad.subject.value).startswith(DG)
    ]
    assert len(rows) == len(matches) > 20
    for match in matches:
        assert isinstance(match.object, NamedNode)
        relation = match.predicate.value.removeprefix(SKOS).removesuffix("Match")
        name = str(match.subject.value).removeprefix(DG)
        assert any(
            f'href="/ontology/{name}"' in row
            and f">{words[relation]}<" in row
            and f'<a href="{unescape(match.object.value)}" rel="noreferrer">' in row
            for row in rows
        ), match


def test_a_name_has_the_prefix_of_the_longest_namespace() -> None:
    assert qname(SKOS + "Concept").zh == "skos:Concept"
    assert qname(PREFIXES["set"] + "x").zh == "set:x"
    assert qname("https://example.org/x").zh == "https://example.org/x"
