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


def test_a_figure_is_drawn_on_its_own_page_and_its_classes_lead_to_it(entry: Entry) -> None:
    figures = subjects(f"?s a <{SKOS}Collection>")
    assert len(figures) == 5
    for figure in figures:
        name = figure.removeprefix(DG)
        (svg,) = svgs(entry(name))
        members = STORE.select(
            f"SELECT ?o WHERE {{ <{figure}> <{SKOS}member> ?o }}", [ONTOLOGY_GRAPH]
        )
        classes = {row["o"].value.removeprefix(DG) for row in members}
        assert drawn(svg)[0] == classes
        for one in classes:
            assert f'href="/ontology/{name}"' in entry(one)


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


Row = tuple[str, str, str]
"""A row of a diagram: its class, its property and the label of the class of its values."""
Point = tuple[float, float]
Rectangle = tuple[float, float, float, float]
STATED = f"?p <{RDFS}domain> ?s ; <{RDFS}range> ?o"
LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])


def svgs(html: str) -> list[str]:
    """Give the drawings of the page."""
    return re.findall(r'<svg class="diagram".*?</svg>', html, re.DOTALL)


def drawn(svg: str) -> tuple[set[str], set[Row]]:
    """Give the classes that a drawing has, and its rows."""
    classes, rows = set(), set()
    subject = ""
    for name, text in re.findall(r'<a href="/ontology/(\w+)"><text([^<]*)</text>', svg):
        if 'class="name"' in text:
            subject = name
            classes.add(name)
        else:
            rows.add((subject, name, unescape(text.rpartition(" → ")[2])))
    return classes, rows


def stated(pattern: str, classes: set[str]) -> list[dict[str, str]]:
    """Give the rows of a pattern whose subject and object are among some classes."""
    rows = STORE.select(f"SELECT * WHERE {{ {pattern} }}", [ONTOLOGY_GRAPH])
    named = [{key: value.value.removeprefix(DG) for key, value in row.items()} for row in rows]
    return [row for row in named if {row["s"], row["o"]} <= classes]


def names(svg: str) -> list[str]:
    """Give the classes of a drawing, box by box."""
    return re.findall(r'<a href="/ontology/(\w+)"><text class="name"', svg)


def rectangles(svg: str) -> list[Rectangle]:
    """Give left, top, width and height of each box of a drawing."""
    found = re.findall(r'<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"', svg)
    return [(float(x), float(y), float(width), float(height)) for x, y, width, height in found]


def traced(path: str) -> list[tuple[Point, Point]]:
    """Give the two ends of each line of a path; a piece that begins where one ends goes on."""
    lines: list[tuple[Point, Point]] = []
    for piece in path.split("M")[1:]:
        numbers = [float(one) for one in re.findall(r"-?[\d.]+", piece)]
        start, end = (numbers[0], numbers[1]), (numbers[-2], numbers[-1])
        if lines and lines[-1][1] == start:
            lines[-1] = (lines[-1][0], end)
        else:
            lines.append((start, end))
    return lines


def holder(boxes: dict[str, Rectangle], point: Point) -> str:
    """Give the class on the edge of whose box a point lies."""
    (found,) = (
        name
        for name, (left, top, width, height) in boxes.items()
        if point[0] in (left, left + width) and top <= point[1] <= top + height
    )
    return found


@LANGUAGES
def test_a_diagram_draws_all_that_is_stated_of_its_classes_and_nothing_else(
    pages: dict[str, str], language: str
) -> None:
    found = svgs(pages[language])
    assert len(found) == 5
    for svg in found:
        classes, rows = drawn(svg)
        assert len(rows) > 5
        expected = stated(STATED, classes)
        assert rows == {
            (row["s"], row["p"], said(DG + row["o"], RDFS + "label")[language]) for row in expected
        }
        kinds = stated(f"?s <{RDFS}subClassOf> ?o", classes)
        between = {(row["s"], row["o"]) for row in kinds}
        joined = between | {(row["s"], row["o"]) for row in expected if row["s"] != row["o"]}
        assert {name for pair in joined for name in pair} == classes
        head = re.search(r'class="head" d="([^"]*)"', svg)
        assert head
        assert head[1].count("z") == len({wider for _, wider in between})


@LANGUAGES
def test_a_line_of_a_diagram_runs_from_a_row_to_the_class_of_its_values(
    pages: dict[str, str], language: str
) -> None:
    for svg in svgs(pages[language]):
        classes, _ = drawn(svg)
        boxes = dict(zip(names(svg), rectangles(svg), strict=True))
        path = re.search(r'<path d="([^"]*)"', svg)
        assert path
        ends = set()
        for start, end in traced(path[1]):
            from_, to = holder(boxes, start), holder(boxes, end)
            assert from_ != to
            ends.add((from_, to))
        expected = stated(f"{{ {STATED} }} UNION {{ ?s <{RDFS}subClassOf> ?o }}", classes)
        assert ends == {(row["s"], row["o"]) for row in expected if row["s"] != row["o"]}


@LANGUAGES
def test_no_box_of_a_diagram_lies_over_another_or_beyond_its_edge(
    pages: dict[str, str], language: str
) -> None:
    for svg in svgs(pages[language]):
        size = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
        assert size
        boxes = rectangles(svg)
        for left, top, width, height in boxes:
            assert left >= 0 <= top
            assert left + width <= float(size[1])
            assert top + height <= float(size[2])
        for place, (left, top, width, height) in enumerate(boxes):
            for x, y, across, down in boxes[:place]:
                beside = left + width <= x or x + across <= left
                assert beside or top + height <= y or y + down <= top


@LANGUAGES
def test_a_diagram_leads_to_pages_that_there_are_and_its_table_says_the_same(
    pages: dict[str, str], entry: Entry, language: str
) -> None:
    section = pages[language].partition('id="section-diagrams"')[2]
    tables = re.findall(r"<tbody>.*?</tbody>", section.partition('id="section-classes"')[0], re.S)
    for svg, table in zip(svgs(pages[language]), tables, strict=True):
        classes, rows = drawn(svg)
        for name in sorted(classes | {row[1] for row in rows}):
            assert entry(name)
        told: set[Row] = set()
        kinds: set[tuple[str, str]] = set()
        for subject, wider, relations in re.findall(
            r'<th scope="row">.*?/ontology/(\w+)".*?</th><td[^>]*>(.*?)</td><td[^>]*>(.*?)</td>',
            table,
            re.S,
        ):
            kinds |= {(subject, name) for name in re.findall(r"/ontology/(\w+)", wider)}
            found = re.findall(r'/ontology/(\w+)">[^<]*</a>\s*→ ([^<；;]+)', relations)
            told |= {(subject, name, unescape(value).strip()) for name, value in found}
        assert told == rows
        assert kinds == {
            (row["s"], row["o"]) for row in stated(f"?s <{RDFS}subClassOf> ?o", classes)
        }
