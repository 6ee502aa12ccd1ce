"""A browser walks through every page, light and dark, on three widths, in both languages.

A console error, a page error, a violation of the content security policy, an axe violation, a
request to anywhere else, or a page wider than the screen fails the walk. A page is loaded once in
each language and looked at in several ways.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Error, FloatRect

import webapp
from tests.browser.walking import Look, Walker, walker
from webapp.declared import OPERATIONS

WALK = {
    "home.home": ["/"],
    "regulation.whole": ["/regulation"],
    "regulation.article": [
        "/regulation/art1",
        "/regulation/art9#art9.item3-n8",
        "/regulation/art20",
    ],
    "search.index": ["/search", "/search?q=报告", "/search?q=皇帝"],
    "duties.index": ["/duties", "/duties?role=PrincipalHead&body=Government&carried=inherited"],
    "compare.index": ["/compare", "/compare?a=LeadUnit&b=ParticipatingUnit"],
    "roles.index": ["/roles"],
    "roles.role": ["/roles/PrincipalHead?body=LocalPartyCommittee"],
    "findings.index": ["/findings", "/findings?year=2013&set.reference_units=violation"],
    "comparison.index": ["/findings/comparison"],
    "units.index": ["/units", "/units?view=list", "/units?view=map"],
    "imports.index": ["/import"],
    "reports.index": ["/reports?by=unit"],
    "settings.index": ["/settings", "/settings?preview=1&set.reference_units=violation"],
    "units.unit": ["/units/qh-xingtang", "/units/yt-shiwei"],
    "calendar.index": ["/calendar", "/calendar?unit=qh-xianwei", "/calendar?unit=qh-xingtang"],
    "questions.index": ["/questions"],
    "questions.question": [
        "/questions/deadlines",
        "/questions/points-left-open?article=art11",
        "/questions/matrix-bearer-article",
        "/questions/count-by-kind",
    ],
    "sparql.index": ["/sparql", "/sparql?question=deadlines"],
    "api.docs": ["/api/docs"],
    "account.login": ["/login"],
    "readings.index": ["/readings#A05"],
    "coverage.index": ["/coverage#art20"],
    "explain.index": [
        "/explain",
        "/explain?norm=art20%23n1&bearer=PrincipalHead&body=DepartmentPartyGroup",
        "/explain?norm=art20%23n1",
    ],
    "ontology.index": ["/ontology#PrincipalHead"],
    "ontology.term": ["/ontology/bearer", "/ontology/LevelScheme"],
    "identifiers.about": ["/about?iri=https://dutygraph.example/id/person/yt-zhengfu-head"],
    "training.index": ["/training"],
    "training.cards": ["/training/cards?role=PrincipalHead"],
    "quiz.index": ["/quiz?seed=3", "/quiz?seed=3&mark=1&q1=A&q2=B&q3=C&q4=D"],
    "matrix.index": ["/matrix"],
    "flow.index": ["/flow?bearer=LeadingGroup&procedure=InspectionProcedure"],
    "graph.index": ["/graph", "/graph?article=art20"],
}
"""The addresses to walk to, by the endpoint that answers."""

NO_PAGES = {
    "static",
    "account.add_token",
    "account.end_sessions",
    "account.log_in",
    "account.logout",
    "account.password",
    "account.revoke_token",
    "accounts.add",
    "accounts.assign",
    "accounts.disable",
    "accounts.reset",
    "calendar.download",
    "comparison.hand_in",
    "questions.download",
    "coverage.download",
    "explain.download",
    "downloads.download",
    "downloads.template",
    "duties.download",
    "findings.report",
    "operation.alive",
    "operation.metrics",
    "operation.ready",
    "imports.check",
    "imports.commit",
    "imports.discard",
    "imports.hand_in",
    "imports.marked",
    "imports.progress",
    "imports.undo",
    "reports.groups",
    "reports.records",
    "settings.download",
    "settings.save",
    "identifiers.thing",
    "ontology.aligned",
    "ontology.versioned",
    "sparql.download",
    "sparql.terms",
    "api.description",
    *(f"api.{operation.name}" for operation in OPERATIONS),
    "quiz.download",
    "quiz.new",
    "training.cards_file",
    "training.outline",
}
"""Endpoints that answer with a file, or lead on."""

AFTER_FORMS = {"imports.confirm_undo", "imports.job", "imports.one"}
"""Endpoints of pages that forms lead to; a test of its own walks there."""

AFTER_LOG_IN = {"account.index", "accounts.index", "accounts.audit"}
"""Endpoints of pages for which one logs in; so does a test of its own."""

LOOKS: dict[str, list[Look]] = {
    "zh": [("light", 1280), ("dark", 390), ("light", 320)],
    "en": [("dark", 320), ("light", 390), ("dark", 1280)],
}
"""How a page is looked at in each language, one way after the other, the first from its loading on.

Each scheme meets each width, and either language each scheme and each width.
"""

PHONES = (320, 390)
"""Widths between which no rule of a style sheet begins or ends.

What lies on what in which colour is the same on both, so colours are looked at on the wider one.
"""

WIDTHS_OF_RULES = re.compile(r"(?:min-|max-)?width\s*[:<>=]+\s*([\d.]+)(px|r?em)")
"""The widths that the conditions of a style sheet name."""


def test_the_walk_leaves_no_page_out(demo_app: Flask) -> None:
    endpoints = {rule.endpoint for rule in demo_app.url_map.iter_rules()}
    assert endpoints == set(WALK) | NO_PAGES | AFTER_FORMS | AFTER_LOG_IN
    client = demo_app.test_client()
    for endpoint, paths in WALK.items():
        for path in paths:
            with demo_app.test_request_context(path.partition("#")[0]) as context:
                assert context.request.endpoint == endpoint
            assert client.get(path.partition("#")[0]).status_code == 200


def test_the_looks_leave_no_scheme_out_on_any_width() -> None:
    looks = [look for some in LOOKS.values() for look in some]
    assert sorted(looks) == sorted(product(("light", "dark"), (1280, 390, 320)))


def test_no_rule_of_a_style_sheet_tells_one_phone_from_the_other() -> None:
    sheets = sorted(Path(webapp.__file__).parent.rglob("*.css"))
    conditions = [
        (sheet.name, condition)
        for sheet in sheets
        for condition in re.findall(
            r"@(?:media|container)([^{]*)", sheet.read_text(encoding="utf-8")
        )
    ]
    pixels = {"px": 1, "em": 16, "rem": 16}
    widths = {
        float(number) * pixels[unit]
        for _, condition in conditions
        for number, unit in WIDTHS_OF_RULES.findall(condition)
    }
    for sheet, condition in conditions:
        told = condition.count("width"), len(WIDTHS_OF_RULES.findall(condition))
        assert told[0] == told[1], f"{sheet}: not understood: {condition}"
    assert {640, 960, 1024} <= widths
    narrower, wider = PHONES
    assert not [width for width in widths if narrower <= width <= wider]


@pytest.fixture(scope="module", params=LOOKS)
def walk(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Walker]:
    """Walk from page to page in one language and one tab, which keeps style sheets and scripts."""
    # Colours are to stand as they end up, not to pass into one another for a while.
    with walker(browser, address, request.param, reduced_motion="reduce") as walk:
        yield walk


@pytest.mark.parametrize("path", [path for paths in WALK.values() for path in paths])
def test_nothing_is_wrong_on_a_page(walk: Walker, path: str) -> None:
    walk.wrong.clear()
    (scheme, width), *others = LOOKS[walk.language]
    walk.take(scheme, width)
    walk.go(path, colours=width != PHONES[0])
    assert walk.page.evaluate("document.documentElement.lang") == walk.language
    for scheme, width in others:
        walk.look_again(scheme, width, colours=width != PHONES[0])
    assert not walk.wrong, "\n".join(walk.wrong)


@pytest.mark.parametrize("language", LOOKS)
def test_a_page_that_is_not_there_is_as_sound_as_the_others(
    browser: Browser, address: str, language: str
) -> None:
    with walker(browser, address, language) as walk:
        walk.go("/regulation/art99")
        missing = "/regulation/art99"
        failed = "Failed to load resource: the server responded with a status of 404 (NOT FOUND)"
        assert walk.wrong == [
            f"{missing}: 404: {address}{missing}",
            f"{missing}: console error: {failed}",
        ]


def test_the_walker_sees_what_is_wrong(browser: Browser, address: str) -> None:
    """A walk that could not fail would prove nothing: each kind of fault is made once."""
    with walker(browser, address, viewport={"width": 320, "height": 800}) as walk:
        walk.page.goto(address + "/")
        walk.page.evaluate(
            """() => {
                const elsewhere = document.createElement('img');
                elsewhere.src = 'https://elsewhere.invalid/x.png';
                const wide = document.createElement('p');
                wide.textContent = 'wide'.repeat(100);
                wide.style.whiteSpace = 'nowrap';
                const faint = document.createElement('p');
                faint.textContent = 'faint';
                faint.style = 'color: rgb(0 0 0 / 40%); background: rgb(160 160 160)';
                document.body.append(elsewhere, wide, faint);
                const said = document.createElement('script');
                said.textContent = '1';
                document.body.append(said);
                setTimeout(() => { throw new Error('on purpose') }, 0);
            }"""
        )
        walk.page.wait_for_timeout(200)
        seen = "\n".join(walk.wrong) + "\n".join(walk.axe())
        assert "page error: on purpose" in seen
        assert "Content Security Policy" in seen
        assert "image-alt" in seen
        assert "color-contrast" in seen
        assert walk.page.evaluate("document.documentElement.scrollWidth") > 320
        with pytest.raises(Error):
            walk.page.goto("http://elsewhere.invalid/")
        assert "a request elsewhere: http://elsewhere.invalid/" in walk.wrong


def test_the_icon_that_a_browser_with_windows_asks_for_is_there(demo_app: Flask) -> None:
    client = demo_app.test_client()
    found = re.search(r'<link rel="icon" href="([^"]+)" type="([^"]+)">', client.get("/").text)
    assert found
    place, kind = found.groups()
    assert place.startswith("/static/")
    with client.get(place) as answer:
        assert (answer.status_code, answer.mimetype) == (200, kind)


@pytest.mark.parametrize("path", ["/", "/regulation/art9", "/findings"])
def test_the_keyboard_reaches_the_main_content_at_the_second_stroke(
    browser: Browser, address: str, path: str
) -> None:
    with walker(browser, address) as walk:
        walk.page.goto(address + path)
        walk.page.keyboard.press("Tab")
        skip = walk.page.locator(":focus")
        assert skip.get_attribute("href") == "#main"
        assert skip.is_visible()
        walk.page.keyboard.press("Enter")
        assert walk.page.evaluate("document.activeElement.id") == "main"
        walk.page.keyboard.press("Tab")
        assert walk.page.evaluate("document.activeElement.closest('main') !== null")


def test_without_the_skip_link_the_tab_key_reaches_the_main_content_too(
    browser: Browser, address: str
) -> None:
    with walker(browser, address) as walk:
        walk.page.goto(address + "/regulation/art20")
        for _ in range(15):
            walk.page.keyboard.press("Tab")
            if walk.page.evaluate("document.activeElement.closest('main') !== null"):
                break
        assert walk.page.evaluate("document.activeElement.closest('main') !== null")


def test_words_and_norm_light_up_together(browser: Browser, address: str) -> None:
    def ground(walk: Walker, selector: str) -> str:
        script = "one => getComputedStyle(one).backgroundColor"
        return str(walk.page.locator(selector).first.evaluate(script))

    with walker(browser, address, viewport={"width": 1280, "height": 900}) as walk:
        walk.page.goto(address + "/regulation/art9")
        words, card = "#art9\\.para1 .q2", "#art9\\.para1-n2"
        dark = ground(walk, card)
        walk.page.hover(words)
        assert ground(walk, card) == ground(walk, words) != dark
        walk.page.hover("h1")
        assert ground(walk, card) == dark
        walk.page.hover(card)
        assert ground(walk, words) == ground(walk, card) != dark
        walk.page.hover("h1")
        walk.page.click(words)
        assert walk.page.url.endswith("#art9.para1-n2")
        walk.page.hover("h1")
        assert ground(walk, words) == ground(walk, card) != dark
        assert ground(walk, "#art9\\.item3 .q2") == dark


def test_what_a_span_became_is_seen_without_its_colour(browser: Browser, address: str) -> None:
    script = """row => {
        const mark = row.querySelector('[class^=became]'), style = getComputedStyle(mark)
        return [style.textDecorationLine, style.textDecorationStyle, style.textDecorationThickness,
                style.borderTopWidth, style.fontWeight].join()
    }"""
    with walker(browser, address) as walk:
        walk.page.goto(address + "/coverage")
        rows = walk.page.locator("table.legend tbody tr").all()
        looks = [str(row.evaluate(script)) for row in rows]
        assert len(looks) == 6
        assert len(set(looks)) == len(looks), looks


def test_a_term_s_identifier_leads_to_its_entry(browser: Browser, address: str) -> None:
    with walker(browser, address) as walk:
        walk.page.goto(address + "/ontology#LevelScheme")
        place = walk.page.locator("#LevelScheme").bounding_box()
        assert place
        assert 0 <= place["y"] < 100
        walk.page.goto(address + "/ontology/0.1.0#bearer")
        assert walk.page.url.endswith("/ontology#bearer")


def test_the_head_of_a_row_stays_in_sight_while_a_matrix_is_moved(
    browser: Browser, address: str
) -> None:
    with walker(browser, address, viewport={"width": 390, "height": 800}) as walk:
        walk.page.goto(address + "/questions/matrix-bearer-article")
        head = walk.page.locator("table.matrix tbody th").first
        before = head.bounding_box()
        walk.page.focus(".scrolled")
        for _ in range(10):
            walk.page.keyboard.press("ArrowRight")
        walk.page.wait_for_timeout(500)
        assert walk.page.evaluate("document.querySelector('.scrolled').scrollLeft") > 100
        after = head.bounding_box()
        assert before
        assert after
        assert abs(after["x"] - before["x"]) < 2


def test_the_norms_stand_beside_the_words_and_on_a_phone_below_them(
    browser: Browser, address: str
) -> None:
    def boxes(width: int) -> tuple[FloatRect, FloatRect]:
        viewport = {"width": width, "height": 900}
        with walker(browser, address, viewport=viewport) as walk:
            walk.page.goto(address + "/regulation/art20")
            words = walk.page.locator(".provision .words").bounding_box()
            norms = walk.page.locator(".provision .norms").bounding_box()
            assert words
            assert norms
            return words, norms

    words, norms = boxes(1280)
    assert norms["x"] >= words["x"] + words["width"]
    assert norms["y"] == words["y"]
    words, norms = boxes(390)
    assert norms["y"] >= words["y"] + words["height"]


def test_on_a_phone_a_list_in_an_answer_stands_beside_its_name(
    browser: Browser, address: str
) -> None:
    with walker(browser, address, viewport={"width": 390, "height": 800}) as walk:
        walk.page.goto(address + "/questions/who-bears")
        cell = walk.page.locator("table.answer td.column-reading", has=walk.page.locator("a + a"))
        lefts = {box["x"] for a in cell.first.locator("a").all() if (box := a.bounding_box())}
        whole = cell.first.bounding_box()
        assert whole
        assert len(cell.first.locator("a").all()) > 1
        assert min(lefts) > whole["x"] + 60
        tops = {box["y"] for a in cell.first.locator("a").all() if (box := a.bounding_box())}
        assert len(tops) == 1


def test_on_paper_nothing_is_cut_off_and_what_was_folded_is_open(
    browser: Browser, address: str
) -> None:
    with walker(browser, address, viewport={"width": 794, "height": 1123}) as walk:
        walk.page.goto(address + "/regulation/art20")
        walk.page.emulate_media(media="print")
        assert not walk.page.locator("header.site nav").is_visible()
        assert walk.page.locator("details.cite .citation").first.is_visible()
        assert walk.page.evaluate("document.documentElement.scrollWidth") <= 794
        walk.page.goto(address + "/findings")
        assert not any(form.is_visible() for form in walk.page.locator("form.filter").all())
        assert walk.page.locator("article.finding").first.is_visible()
