"""Every page answers, says what it must, and stays within its time."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urljoin

import pytest
from flask.testing import FlaskClient

from dutygraph.regulations.norms import Norms
from dutygraph.regulations.prepared import open_regulations, prepared_graphs
from dutygraph.regulations.provisions import provisions
from dutygraph.terms import sparql_prologue

ADDRESSES = [
    "/",
    "/regulation",
    "/regulation/art1",
    "/regulation/art9",
    "/regulation/art20",
    "/roles",
    "/roles/PrincipalHead",
    "/roles/PrincipalHead?body=LocalPartyCommittee",
    "/findings",
    "/findings?year=2013",
    "/findings?status=review&provision=art11",
    "/units",
    "/units?level=County",
    "/units?view=list",
    "/units?view=map",
    "/units/qh-xianwei",
    "/import",
    "/reports",
    "/reports?by=unit",
    "/settings",
    "/settings?preview=1&set.reference_units=violation",
    "/questions",
    "/questions/duties-of-body?body=LocalPartyCommittee",
    "/questions/deadlines",
    "/readings",
    "/coverage",
    "/ontology",
    "/ontology/PrincipalHead",
    "/duties",
    "/duties?role=PrincipalHead&body=LocalPartyCommittee&deadline=recurring",
    "/compare",
    "/compare?a=LeadUnit&b=ParticipatingUnit",
    "/search?q=第一季度",
    "/questions/count-by-kind",
    "/about?iri=https://dutygraph.example/id/person/yt-zhengfu-head",
    "/explain",
    "/explain?norm=art20%23n1&bearer=PrincipalHead&body=DepartmentPartyGroup",
    "/training/cards?role=PrincipalHead",
    "/quiz?seed=3&count=5&mark=1&q1=A",
    "/flow?bearer=LeadingGroup",
    "/graph?article=art20",
]


def page(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, (address, answer.status_code)
    assert answer.mimetype == "text/html"
    return answer.text


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_page_answers_in_its_language(demo: FlaskClient, address: str, language: str) -> None:
    demo.set_cookie("lang", language)
    text = page(demo, address)
    assert f'<html lang="{language}">' in text
    assert text.count("<h1") == 1


def test_every_article_has_a_page_and_every_norm_its_card(demo: FlaskClient) -> None:
    store = open_regulations()
    cards = {norm.id.replace("#", "-") for norm in Norms(store, "hebei").all}
    assert cards
    seen: set[str] = set()
    for provision in provisions(store, "hebei"):
        if provision.kind == "Article":
            text = page(demo, f"/regulation/{provision.key}")
            seen |= set(re.findall(r'<li class="norm n\d+" id="([^"]+)"', text))
    assert seen == cards


def test_every_provision_stands_in_the_whole_text_under_its_key(demo: FlaskClient) -> None:
    text = page(demo, "/regulation")
    ids = set(re.findall(r'id="([^"]+)"', text))
    found = provisions(open_regulations(), "hebei")
    assert {provision.key for provision in found} <= ids
    words = re.sub(r"<[^>]+>", "", text)
    for provision in found:
        if provision.text:
            assert provision.text in words


def test_the_garbled_reference_is_kept_and_its_reading_given_beside_it(demo: FlaskClient) -> None:
    for address in ("/regulation", "/regulation/art1"):
        text = page(demo, address)
        assert '<span class="garbled">（中发，2010? 19号）</span>' in text
        assert "中发〔2010〕19号" in text


def test_the_restored_chapter_heading_says_that_it_is_restored(demo: FlaskClient) -> None:
    text = page(demo, "/regulation")
    heading, _, after = text.partition('id="chapter1"')[2].partition("</h2>")
    assert "总则" in heading
    assert after.lstrip().startswith('<aside class="repair">')


def test_words_of_two_norms_carry_both_numbers(demo: FlaskClient) -> None:
    text = page(demo, "/regulation/art20")
    assert re.search(r'<mark class="q q1 q2">各级党委（党组）[^<]+情况</mark>', text)
    assert 'href="#art20-n1"' in text
    assert 'href="#art20-n2"' in text


def test_a_card_says_who_by_when_towards_whom_and_on_which_readings(demo: FlaskClient) -> None:
    text = page(demo, "/regulation/art20")
    card = text.partition('id="art20-n2"')[2].partition("</li>\n")[0]
    for words in (
        "党委（党组）",
        "上一级纪委",
        "1月1日至3月31日",
        "每年第一季度",
        "A05",
        "责任制年度报告",
    ):
        assert words in card, words
    demo.set_cookie("lang", "en")
    card = page(demo, "/regulation/art20").partition('id="art20-n2"')[2]
    assert "1 January to 31 March" in card


def test_a_card_says_all_that_the_graph_says_of_its_norm(demo: FlaskClient) -> None:
    store = open_regulations()
    labels = Norms(store, "hebei").labels
    said: dict[str, set[str]] = {}
    rows = store.select(
        sparql_prologue()
        + """SELECT ?key ?property ?value WHERE {
          ?norm dg:key ?key ; ?property ?value .
          VALUES ?property {
            dg:severity dg:measures dg:inProcedure dg:leadsTo dg:subjectKind dg:mustCover
            dg:combines dg:competentFor dg:effectOf dg:attributes dg:jointlyWith dg:breachOf
          }
        }""",
        prepared_graphs(),
    )
    for row in rows:
        words = labels.of(row["property"].value), labels.of(row["value"].value)
        if "#n" not in row["value"].value:
            said.setdefault(row["key"].value, set()).update(words)
        else:
            said.setdefault(row["key"].value, set()).add(words[0])
    assert len(said) > 100
    articles = {norm.partition("#")[0].partition(".")[0] for norm in said}
    texts = {article: page(demo, f"/regulation/{article}") for article in articles}
    for norm, words in said.items():
        text = texts[norm.partition("#")[0].partition(".")[0]]
        anchor = norm.replace("#", "-")
        card = text.partition(f'id="{anchor}"')[2].partition('<li class="norm ')[0]
        for one in words - {"hebei"}:
            assert one in card, (norm, one)


def test_an_article_without_norms_says_so(demo: FlaskClient) -> None:
    borne = {norm.provision.partition(".")[0] for norm in Norms(open_regulations(), "hebei").all}
    articles = [one.key for one in provisions(open_regulations(), "hebei") if one.kind == "Article"]
    without = [key for key in articles if key not in borne]
    for key in without:
        assert "没有记录这一处的规范" in page(demo, f"/regulation/{key}")
    for key in set(articles) - set(without):
        assert 'class="norm ' in page(demo, f"/regulation/{key}")


def test_the_neighbours_of_an_article_are_linked(demo: FlaskClient) -> None:
    text = page(demo, "/regulation/art9")
    assert 'rel="prev" href="/regulation/art8"' in text
    assert 'rel="next" href="/regulation/art10"' in text
    assert 'rel="prev"' not in page(demo, "/regulation/art1")
    assert 'rel="next"' not in page(demo, "/regulation/art43")


def test_the_principal_head_carries_article_6_by_way_of_article_9_item_1(demo: FlaskClient) -> None:
    text = page(demo, "/roles/PrincipalHead")
    inherited = text.partition('id="inherited"')[2]
    chain = re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", inherited.partition('class="via"')[2][:900]))
    assert "第九条第（一）项→第六条第一款" in chain


def test_the_head_of_a_local_committee_does_not_carry_what_departments_carry(
    demo: FlaskClient,
) -> None:
    anyone = page(demo, "/roles/PrincipalHead")
    local = page(demo, "/roles/PrincipalHead?body=LocalPartyCommittee")
    carried = "承担党委、政府和纪检监察机关部署的反腐倡廉专项工作任务"
    assert carried in anyone
    assert carried not in local


@pytest.mark.parametrize(
    ("address", "leads_to"),
    [
        ("/hebei", "/regulation"),
        ("/hebei/art9", "/regulation/art9"),
        ("/hebei/art9/item3", "/regulation/art9#art9.item3"),
        ("/hebei/chapter2", "/regulation#chapter2"),
        ("/hebei/readings/A05", "/readings#A05"),
        ("/hebei/settings/joint_addressee", "/readings#joint_addressee"),
        ("/hebei/shapes/art20", "/regulation/art20"),
        ("/hebei/repairs/reference-art1", "/regulation"),
        ("/hebei/closure", "/ontology#section-downloads"),
        ("/hebei/sources/measures-2006", "/regulation"),
        ("/alignments", "/ontology#section-alignments"),
        ("/alignments/0.1.0", "/alignments"),
        ("/ontology/0.1.0", "/ontology"),
        ("/regulation/9", "/regulation/art9"),
        ("/regulation/art9.item3", "/regulation/art9#art9.item3"),
        ("/regulation/chapter2", "/regulation#chapter2"),
    ],
)
def test_an_identifier_leads_to_the_page_that_shows_it(
    demo: FlaskClient, address: str, leads_to: str
) -> None:
    answer = demo.get(address)
    assert (answer.status_code, answer.location) == (303, leads_to)
    place, _, fragment = leads_to.partition("#")
    text = demo.get(place, follow_redirects=True).text
    assert not fragment or f'id="{fragment}"' in text


@pytest.mark.parametrize(
    "address",
    [
        "/nothing",
        "/regulation/art99",
        "/regulation/art9.item99",
        "/roles/Nobody",
        "/roles/PrincipalHead?body=Nobody",
        "/units/nobody",
        "/units?view=list&page=99",
        "/units?under=nobody",
        "/units?view=map&region=77",
        "/import/history/nothing",
        "/findings?page=99",
        "/questions/nothing",
        "/questions/deadlines/answer.xlsx",
        "/coverage/nothing.csv",
        "/downloads/nothing.ttl",
        "/downloads/hebei.rdf",
        "/ontology/9.9.9",
        "/hebei/art99",
        "/hebei/readings/A99",
        "/paris/art1",
    ],
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_not_there_gets_a_page_that_leads_on(
    demo: FlaskClient, address: str, language: str
) -> None:
    demo.set_cookie("lang", language)
    text = page(demo, address, 404)
    assert ("没有这一页" if language == "zh" else "There is no such page") in text
    assert 'href="/regulation"' in text
    assert 'href="/findings"' in text


def test_a_method_that_a_page_does_not_take_is_refused_with_the_ones_it_takes(
    demo: FlaskClient,
) -> None:
    answer = demo.post("/regulation")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_every_link_on_every_page_leads_somewhere(demo: FlaskClient) -> None:
    seen: dict[str, tuple[str, set[str]]] = {}

    def led(place: str) -> tuple[str, set[str]]:
        """Give of what kind a place is, and its ids; it is gone to once."""
        if place not in seen:
            answer = demo.get(place, buffered=True)
            assert answer.status_code == 200, place
            is_page = answer.mimetype == "text/html"
            ids = re.findall(r'\bid="([^"]+)"', answer.text) if is_page else ()
            seen[place] = answer.mimetype, set(ids)
        return seen[place]

    followed = 0
    for address in ADDRESSES:
        for found, more in set(re.findall(r'<a [^>]*href="([^"]+)"([^>]*)>', page(demo, address))):
            link = urljoin(address, unescape(found))
            if address.startswith(("/ontology", "/about")) and not link.startswith("/"):
                # A term of another vocabulary.
                assert link.startswith("http")
                assert 'rel="noreferrer"' in more
                continue
            assert link.startswith("/"), link
            place, _, fragment = link.partition("#")
            kind, ids = led(place)
            assert "download" not in more or kind != "text/html", link
            assert not fragment or fragment in ids, link
            followed += 1
    assert followed > 500


def test_no_id_stands_twice_on_a_page(demo: FlaskClient) -> None:
    for address in ADDRESSES:
        found = re.findall(r'\sid="([^"]+)"', page(demo, address))
        assert len(found) == len(set(found)), address


def test_the_numbers_of_norms_fit_the_style_that_lights_them_up(demo: FlaskClient) -> None:
    with demo.get("/static/site.css") as answer:
        style = answer.get_data(as_text=True)
    most = max(int(norm.id.rpartition("#n")[2]) for norm in Norms(open_regulations(), "hebei").all)
    assert f":is(.q{most}, .n{most})" in style
