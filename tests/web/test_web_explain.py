"""The explanation page: the core's answer in words with links, its files, what it refuses."""

from __future__ import annotations

import json
import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
import rdflib
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from dutygraph.cli.main import dutygraph
from dutygraph.explain.chains import BY_REFERENCE
from dutygraph.explain.explanation import Explanation, Explanations
from dutygraph.explain.party import LEGISLATIVE_POWER, Party
from dutygraph.explain.telling import Telling
from dutygraph.regulations.norms import Norms
from dutygraph.regulations.prepared import open_regulations
from dutygraph.terms import DG
from webapp.explaining import linked

LEVELS = [DG + "Province", DG + "Township", None]


def name(iri: str | None) -> str:
    return (iri or "").removeprefix(DG)


def query(answer: Explanation) -> dict[str, str]:
    """Give the parameters that ask for an answer."""
    party = answer.party
    power = {None: "", True: "yes", False: "no"}[party.has(LEGISLATIVE_POWER)]
    asked = {
        "norm": answer.norm.id,
        "bearer": name(party.bearer),
        "body": name(party.body),
        "level": name(party.level),
        "legislative_power": power,
    }
    return {key: value for key, value in asked.items() if value}


def options(answer: Explanation) -> list[str]:
    """Give the command's arguments that ask for an answer."""
    asked = query(answer)
    given = [asked.pop("norm")]
    power = asked.pop("legislative_power", None)
    for key, value in asked.items():
        given += [f"--{key}", value]
    if power:
        given.append("--legislative-power" if power == "yes" else "--no-legislative-power")
    return given


def chosen() -> list[Explanation]:
    """Give an answer of each outcome and of each relation that a chain can have."""
    store = open_regulations()
    norms = Norms(store, "hebei")
    core = Explanations(store, norms)
    parties = [
        *(
            Party(DG + "PrincipalHead", DG + body)
            for body in ("DepartmentPartyGroup", "Government")
        ),
        *(Party(DG + "LocalPartyCommittee", level=level) for level in LEVELS),
        *(
            Party(DG + "CongressPartyGroup", traits=((LEGISLATIVE_POWER, power),))
            for power in (True, False)
        ),
        Party(DG + "CongressPartyGroup"),
        Party(DG + "CourtPartyGroup"),
        Party(DG + "EnterprisePartyCommittee"),
        Party(DG + "CompetentOrgan"),
    ]
    found: dict[tuple[str, ...], Explanation] = {}
    for party in parties:
        for norm in norms.all:
            answer = core.explain(norm.id, party)
            relations = {step.relation for step in answer.steps}
            met = {str(limit.met) for limit in answer.limits}
            found.setdefault((answer.outcome, *sorted(relations | met)), answer)
    return list(found.values())


ANSWERS = chosen()
WHOLE = open_regulations()
NORMS = Norms(WHOLE, "hebei")
TELLING = Telling(NORMS.labels, NORMS)


def plain(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html))


def test_the_cases_have_every_outcome() -> None:
    assert {answer.outcome for answer in ANSWERS} == {"bears", "inherits", "not", "open"}
    assert any(answer.by_reference for answer in ANSWERS)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("answer", ANSWERS, ids=lambda one: "-".join(query(one).values()))
def test_the_page_says_what_the_core_says(
    demo: FlaskClient, answer: Explanation, language: str
) -> None:
    demo.set_cookie("lang", language)
    found = demo.get("/explain", query_string=query(answer))
    assert found.status_code == 200
    text = plain(found.text)
    place = 0 if language == "zh" else 1
    assert TELLING.outcome(answer)[place] in text
    for words in TELLING.told(answer):
        assert words[place] in text
    for limit in answer.limits:
        assert TELLING.limit(limit)[place] in text
    for reading in answer.readings:
        assert f'href="/readings#{reading.key}"' in found.text
        assert (reading.followed_zh, reading.followed_en)[place] in text
    assert ('class="steps"' in found.text) == bool(answer.steps)
    for step in answer.steps:
        if step.norm is not None:
            anchor = NORMS[step.norm].id.replace("#", "-")
            assert re.search(rf'href="/regulation/art\d+#{re.escape(anchor)}"', found.text)


def test_each_step_links_its_provisions(demo: FlaskClient) -> None:
    for answer in ANSWERS:
        steps = demo.get("/explain", query_string=query(answer)).text
        steps = steps.partition('class="steps"')[2].partition("</ol>")[0]
        lines = re.findall(r"<li>(.*?)</li>", steps, re.DOTALL)
        assert len(lines) == len(answer.steps)
        for step, line in zip(answer.steps, lines, strict=True):
            if step.norm is not None:
                article = NORMS[step.norm].provision.partition(".")[0]
                assert f'href="/regulation/{article}' in line
            else:
                assert re.search(r'href="/(roles/|ontology#)', line)


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda one: "-".join(query(one).values()))
def test_the_files_are_what_the_command_prints(demo: FlaskClient, answer: Explanation) -> None:
    for form, mimetype in (("json", "application/json"), ("ttl", "text/turtle")):
        file = demo.get(f"/explain/answer.{form}", query_string=query(answer))
        assert file.mimetype == mimetype
        assert f"explanation.{form}" in file.headers["Content-Disposition"]
        printed = CliRunner().invoke(dutygraph, ["explain", *options(answer), "--format", form])
        assert printed.exit_code == 0, printed.output
        assert file.data.decode() == printed.stdout
        if form == "ttl":
            assert rdflib.Graph().parse(data=file.data, format="turtle")
        else:
            assert json.loads(file.data)["outcome"] == answer.outcome


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"norm": "art99#n1"}, ("没有规范「art99#n1」", "no norm 'art99#n1'")),
        ({"norm": 'art20"><script>'}, ("没有规范", "no norm")),
        ({"bearer": "主要负则人"}, ("没有「主要负则人」", "'主要负则人' is not known")),
        ({"body": "Nobody"}, ("没有「Nobody」", "'Nobody' is not known")),
        ({"level": "镇级"}, ("没有「镇级」", "did you mean")),
        ({"legislative_power": "maybe"}, ("yes 或 no", "yes or no, not 'maybe'")),
    ],
)
def test_what_there_is_not_is_refused_with_the_nearest(
    demo: FlaskClient, given: dict[str, str], said: tuple[str, str]
) -> None:
    asked = {"norm": "art20#n1", "bearer": "PrincipalHead"} | given
    for language, words in zip(("zh", "en"), said, strict=True):
        demo.set_cookie("lang", language)
        answer = demo.get("/explain", query_string=asked)
        assert answer.status_code == 400
        alert = answer.text.partition('role="alert">')[2].partition("</p>")[0]
        assert words in plain(alert)
        assert said[1 - ("zh", "en").index(language)] not in plain(alert)
        assert "<script" not in answer.text
        assert demo.get("/explain/answer.json", query_string=asked).status_code == 400


def test_a_file_cannot_be_had_without_a_norm_and_a_bearer_or_in_another_form(
    demo: FlaskClient,
) -> None:
    assert demo.get("/explain/answer.json").status_code == 400
    assert demo.get("/explain/answer.json?norm=art20%23n1").status_code == 400
    found = demo.get("/explain/answer.pdf?norm=art20%23n1&bearer=PrincipalHead")
    assert found.status_code == 404
    assert "json 或 ttl" in found.text


def test_labels_are_taken_like_names(demo: FlaskClient) -> None:
    by_name = demo.get("/explain?norm=art20%23n1&bearer=PrincipalHead&body=DepartmentPartyGroup")
    by_label = demo.get("/explain?norm=art20%23n1&bearer=主要负责人&body=部门党组")
    assert by_label.status_code == 200
    outcome = re.compile(r'class="outcome">.*?</p>', re.DOTALL)
    found, same = outcome.search(by_label.text), outcome.search(by_name.text)
    assert found
    assert same
    assert found[0] == same[0]


def test_without_a_party_the_norm_is_shown_and_the_form_asks_for_one(demo: FlaskClient) -> None:
    text = demo.get("/explain?norm=art20%23n1").text
    assert '<option value="art20#n1" selected>' in text
    assert "再选一个主体" in text
    assert 'class="steps"' not in text
    assert "再选一个主体" not in demo.get("/explain").text


def test_the_form_offers_every_norm_every_bearer_and_every_level(demo: FlaskClient) -> None:
    text = demo.get("/explain").text
    for norm in NORMS.all:
        assert f'<option value="{norm.id}">' in text
    for term in ("PrincipalHead", "LocalPartyCommittee", "LeadUnit", "Province", "Township"):
        assert f'<option value="{term}">' in text


def test_an_address_holds_only_what_was_said(demo: FlaskClient) -> None:
    answer = demo.get(
        "/explain?norm=art20%23n1&bearer=PrincipalHead&body=&level=&legislative_power="
    )
    assert answer.status_code == 303
    assert answer.location == "/explain?norm=art20%23n1&bearer=PrincipalHead"


def why_links(html: str) -> list[dict[str, list[str]]]:
    found = re.findall(r'<a class="why" href="([^"]+)"', html)
    return [parse_qs(urlsplit(unescape(one)).query) for one in found]


def test_each_norm_of_a_role_leads_to_why_the_role_carries_it(
    demo: FlaskClient,
) -> None:
    address = "/roles/PrincipalHead?body=CourtPartyGroup"
    links = why_links(demo.get(address).text)
    cards = re.findall(r'<li class="norm n\d+"', demo.get(address).text)
    assert len(links) == len(cards) > 0
    for link in links:
        assert (link["bearer"], link["body"]) == (["PrincipalHead"], ["CourtPartyGroup"])
    for link in links[:: max(1, len(links) // 8)]:
        asked = {key: values[0] for key, values in link.items()}
        answer = json.loads(demo.get("/explain/answer.json", query_string=asked).data)
        assert answer["outcome"] in ("bears", "inherits", "open")
        assert answer["steps"]


def test_a_norm_that_somebody_bears_leads_from_its_article_to_why(demo: FlaskClient) -> None:
    borne = [norm for norm in NORMS.all if norm.provision.startswith("art9.") and norm.bearers]
    links = why_links(demo.get("/regulation/art9").text)
    assert [link["norm"] for link in links] == [[norm.id] for norm in borne]
    assert all(link["bearer"] for link in links)


def test_a_body_that_follows_by_reference_says_so(demo: FlaskClient) -> None:
    answer = next(one for one in ANSWERS if one.by_reference)
    assert answer.steps[0].relation == BY_REFERENCE
    text = demo.get("/explain", query_string=query(answer)).text
    assert "参照执行" in text.partition('class="outcome"')[2].partition("</p>")[0]


def test_links_are_put_on_the_longest_words_and_once(demo_site: Flask) -> None:
    with demo_site.test_request_context("/"):
        words = linked("部门党组是党组的一种，党组“第六条”", {"党组": "/a", "部门党组": "/b"})
        assert words == ('<a href="/b">部门党组</a>是<a href="/a">党组</a>的一种，党组“第六条”')
        assert linked("<b>", {}) == "&lt;b&gt;"
        assert linked("<b>x", {"<b>": "/?a&b"}) == '<a href="/?a&amp;b">&lt;b&gt;</a>x'
    with demo_site.test_request_context("/?lang=en"):
        assert linked("it says “第六条”.", {}) == 'it says “<span lang="zh">第六条</span>”.'
