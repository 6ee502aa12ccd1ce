"""Two parties side by side: the parts are those of the questions, marks show what differs."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from shown import plain, text_of

from dutygraph.explain.contrast import contrast, marked
from dutygraph.queries.catalogue import filled, questions
from dutygraph.queries.values import Values
from dutygraph.regulations.norms import Norms
from dutygraph.regulations.prepared import open_regulations

STORE = open_regulations()
NORMS = Norms(STORE, "hebei")


def parts(html: str) -> dict[str, list[str]]:
    """Give the ids of the norms of each part; of differing wording, those of both sides in turn."""
    found = {}
    for name in ("alike", "only-a", "only-b", "shared"):
        section = html.partition(f'<h2 id="{name}">')[2].partition("</section>")[0]
        found[name] = re.findall(r'aria-label="规范 ([^"]+)"', section)
    return found


def answers(name: str, **given: str) -> list[dict[str, str]]:
    sparql = filled(Values(STORE), questions()[name], given)
    found = json.loads(STORE.serialize(sparql, "json"))["results"]["bindings"]
    return [{key: term["value"] for key, term in row.items()} for row in found]


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        ("compare-roles", "PrincipalHead", "OtherMember"),
        ("compare-roles", "LeadingCadre", "PartyMemberLeader"),
        ("compare-bodies", "LocalPartyCommittee", "Government"),
        ("compare-bodies", "CongressPartyGroup", "CourtPartyGroup"),
        ("compare-bodies", "LeadUnit", "ParticipatingUnit"),
    ],
)
def test_the_parts_are_those_of_the_question(
    demo: FlaskClient, question: str, one: str, other: str
) -> None:
    letters = [parameter.name for parameter in questions()[question].parameters]
    rows = answers(question, **dict(zip(letters, (one, other), strict=True)))
    found = parts(text_of(demo, f"/compare?a={one}&b={other}"))
    assert set(found["shared"]) == {row["norm"] for row in rows if row["carrier"] == "两者"}
    labels = [
        NORMS.labels.of(f"https://w3id.org/dutygraph/ontology#{name}") for name in (one, other)
    ]
    for side, label in enumerate(labels):
        alone = [*found["only-" + "ab"[side]], *found["alike"][side::2]]
        assert sorted(alone) == sorted({row["norm"] for row in rows if row["carrier"] == label})


def test_words_that_differ_are_marked_on_either_side(demo: FlaskClient) -> None:
    html = text_of(demo, "/compare?a=LeadUnit&b=ParticipatingUnit")
    pair = html.partition('<table class="plain answer pairs">')[2].partition("<tr>")[2]
    left, right = re.findall(r'<blockquote class="law" lang="zh">(.*?)</blockquote>', html)[:2]
    assert '承担任务的<del class="differs">牵头</del>单位' in left
    assert '承担任务的<ins class="differs">参与</ins>单位' in right
    assert 'href="/regulation/art13#art13.para1-n1"' in pair


def test_heads_of_two_bodies_are_compared_with_what_their_bodies_must_do(demo: FlaskClient) -> None:
    html = text_of(
        demo,
        "/compare?a=PrincipalHead&a_body=LocalPartyCommittee&b=PrincipalHead&b_body=Government",
    )
    found = parts(html)
    for letter, body in (("a", "LocalPartyCommittee"), ("b", "Government")):
        expected = json.loads(demo.get(f"/duties.json?role=PrincipalHead&body={body}").data)
        side = [
            *found["shared"],
            *found[f"only-{letter}"],
            *found["alike"]["ab".index(letter) :: 2],
        ]
        assert sorted(side) == sorted(one["id"] for one in expected)
    assert "只有领导班子主要负责人（地方党委）" in plain(html)


def test_without_two_parties_the_page_asks_for_them(demo: FlaskClient) -> None:
    for query in ("", "?a=PrincipalHead"):
        html = text_of(demo, f"/compare{query}")
        assert 'id="shared"' not in html
        assert 'href="/compare?a=PrincipalHead&amp;b=OtherMember"' in html
    assert '<option value="PrincipalHead" selected>' in text_of(demo, "/compare?a=PrincipalHead")


def test_labels_are_taken_and_unknown_words_refused(demo: FlaskClient) -> None:
    answer = demo.get("/compare?a=牵头单位&a_body=&b=参与单位")
    assert answer.location == "/compare?a=LeadUnit&b=ParticipatingUnit"
    refused = demo.get("/compare?a=皇帝&b=参与单位")
    assert refused.status_code == 400
    assert "没有「皇帝」" in unescape(refused.text)


@given(st.text("甲乙丙丁戊", max_size=30), st.text("甲乙丙丁戊", max_size=30))
def test_pieces_give_the_texts_back_and_share_the_same_words(one: str, other: str) -> None:
    pieces = marked(one, other)
    for words, cut in zip((one, other), pieces, strict=True):
        assert "".join(piece.text for piece in cut) == words
    shared = ["".join(piece.text for piece in cut if piece.shared) for cut in pieces]
    assert shared[0] == shared[1]
    if one == other and len(one) > 1:
        assert all(piece.shared for piece in pieces[0])


PLACES = st.lists(st.integers(0, len(NORMS.all) - 1), unique=True, max_size=60)


@given(PLACES, PLACES)
def test_each_norm_stands_in_one_part_alone(one: list[int], other: list[int]) -> None:
    sides = [[NORMS.all[place] for place in places] for places in (one, other)]
    found = contrast(*sides)
    for side, norms in enumerate(sides):
        placed = [
            *(pair[side].iri for pair in found.shared),
            *(pair.norms[side].iri for pair in found.alike),
            *(norm.iri for norm in found.alone[side]),
        ]
        assert sorted(placed) == sorted(norm.iri for norm in norms)
    assert all(pair.norms[0].kind == pair.norms[1].kind for pair in found.alike)
