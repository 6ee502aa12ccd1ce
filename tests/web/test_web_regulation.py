"""The text: references both ways, citations to copy, the marks of the whole text."""

from __future__ import annotations

import datetime as dt
import json
import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from shown import text_of

from dutygraph.queries.catalogue import filled, questions
from dutygraph.queries.values import Values
from dutygraph.regulations.norms import Norms
from dutygraph.regulations.prepared import open_regulations
from dutygraph.regulations.provisions import provisions, within

STORE = open_regulations()
PROVISIONS = provisions(STORE, "hebei")
ARTICLES = [one.key for one in PROVISIONS if one.kind == "Article"]


def section(html: str, name: str) -> str:
    return html.partition(f'<h2 id="{name}">')[2].partition("<h2 ")[0]


@pytest.mark.parametrize("article", ARTICLES)
def test_an_article_names_what_it_refers_to_and_what_refers_to_it(
    demo: FlaskClient, article: str
) -> None:
    html = text_of(demo, f"/regulation/{article}")
    sparql = filled(Values(STORE), questions()["referred-to-by"], {"article": article})
    rows = json.loads(STORE.serialize(sparql, "json"))["results"]["bindings"]
    referring = section(html, "referring")
    shown = set(re.findall(r'<li><a href="/regulation/\w+#([^"]+)">', referring))
    assert shown == {row["norm"]["value"].replace("#", "-") for row in rows}
    cited = section(html, "cited").partition("</p>")[0]
    keys = {
        key
        for norm in Norms(STORE, "hebei").all
        if within(norm.provision, article)
        for key in norm.references
    }
    links = {
        link.rpartition("#")[2].rpartition("/")[2] for link in re.findall('href="([^"]+)"', cited)
    }
    assert links == keys


def test_citations_quote_the_words_and_name_place_day_and_identifier(demo: FlaskClient) -> None:
    html = unescape(text_of(demo, "/regulation/art9"))
    by_key = {one.key: one for one in PROVISIONS}
    today = dt.datetime.now(dt.UTC).date()
    days = {today.isoformat(), (today - dt.timedelta(days=1)).isoformat()}
    for key in ("art9.para1", "art9.item3"):
        assert (
            f"《河北省党风廉政建设责任制实施办法》{by_key[key].label_zh}：“{by_key[key].text}”"
            in html
        )
        assert any(
            f"实施办法: {by_key[key].label_zh}[Z/OL]. [{day}]. {by_key[key].iri}.<" in html
            for day in days
        )
    assert ' lang="zh">《河北省党风廉政建设责任制实施办法》第九条</textarea>' in html
    assert 'href="/hebei/art9/item3.jsonld"' in html
    assert '<link rel="alternate" type="text/turtle" href="/hebei/art9.ttl">' in html


def test_a_permalink_of_a_part_leads_to_it(demo: FlaskClient) -> None:
    html = text_of(demo, "/regulation/art9")
    assert 'href="/regulation/art9#art9.item3">固定链接' in html
    assert 'id="art9.item3"' in html
    assert demo.get("/regulation/art9.item3").location == "/regulation/art9#art9.item3"


def test_the_whole_text_marks_the_words_of_every_norm_and_leads_to_one_of_theirs(
    demo: FlaskClient,
) -> None:
    html = text_of(demo, "/regulation")
    norms = Norms(STORE, "hebei").all
    for provision in PROVISIONS:
        if not provision.text:
            continue
        words = re.search(rf'<p class="law" lang="zh" id="{provision.key}">(.*?)</p>', html)
        assert words
        text = re.sub(r'^<span class="ordinal">.*?</span>', "", words[1])
        place, marked, linked = 0, set(), set()
        for address, inside, outside in re.findall(
            r'<a class="q" href="/regulation/\w+#([^"]+)">(.*?)</a>|((?:(?!<a class="q").)+)', text
        ):
            length = len(re.sub(r"<[^>]+>", "", inside or outside))
            if address:
                marked |= set(range(place, place + length))
                linked.add(address)
            place += length
        here = [norm for norm in norms if norm.provision == provision.key]
        assert place == len(provision.text)
        assert marked == {one for norm in here for one in range(norm.start, norm.end)}
        assert linked <= {norm.id.replace("#", "-") for norm in here}
