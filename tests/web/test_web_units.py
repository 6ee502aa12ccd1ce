"""Units as a tree, as a list and on a map of regions; one unit's year at a glance."""

from __future__ import annotations

import re
from collections import Counter
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from shown import plain, text_of

from webapp.holdings import Holdings, holdings
from webapp.pages.asking import usual_run
from webapp.regions import Regions
from webapp.subtrees import tree
from webapp.treemap import Box, squarified
from webapp.units import Unit


@pytest.fixture
def held(demo_site: Flask) -> Holdings:
    with demo_site.test_request_context("/"):
        return holdings()


def unit(name: str, region: str | None = None) -> Unit:
    return Unit(name, name, name, None, None, None, None, None, region, 0, None)


# The tree ---------------------------------------------------------------------------------------


def test_the_tree_holds_every_unit_once_below_its_superior(demo: FlaskClient) -> None:
    text = text_of(demo, "/units").partition('class="org-tree"')[2].partition("</main>")[0]
    places = re.findall(r'<p class="leaf[^"]*"><a href="/units/([^"?]+)"', text)
    assert len(places) == len(set(places)) == 65
    assert text.count("<details") == text.count("</details>") > 5
    county = text.partition("青禾县委")[2]
    assert county.index("qh-xianwei") < county.index("qh-xingtang")


def test_a_superior_s_figures_are_those_of_all_that_stands_under_it(
    demo_site: Flask, held: Holdings
) -> None:
    with demo_site.test_request_context("/"):
        run = usual_run(held)
        outcome, counted = held.outcomes[run], held.tallies[run]
    assert counted.whole["yt-shiwei"].by_status == Counter(
        one.status for one in outcome.findings
    ) | dict.fromkeys(set(counted.whole["yt-shiwei"].by_status) - set(outcome.tally.by_status), 0)
    county = {
        one.id
        for one in held.registry.units.values()
        if one.id == "qh-xianwei" or "qh-xianwei" in {above.id for above in one.superiors}
    }
    expected = sum(
        bool(county & {one.id for one in held.registry.concerned(finding.subject)})
        for finding in outcome.findings
    )
    assert expected > 0
    assert counted.whole["qh-xianwei"].total == expected
    assert held.sizes["qh-xianwei"] == len(county) - 1
    assert held.sizes["yt-shiwei"] == 64


@given(st.lists(st.integers(0, 6), max_size=60), st.integers(1, 40))
@settings(max_examples=60)
def test_a_tree_that_is_too_large_for_a_page_says_what_it_leaves_out(
    above: list[int], most: int
) -> None:
    units = [unit(str(number)) for number in range(len(above) + 1)]
    for number, place in enumerate(above, start=1):
        units[min(place, number - 1)].below.append(units[number])
    nodes, left_out = tree([units[0]], most)
    shown, waiting = [], list(nodes)
    while waiting:
        node = waiting.pop()
        shown.append(node.unit.id)
        assert node.hidden in (0, len(node.unit.below))
        assert bool(node.below) != bool(node.hidden) or not node.unit.below
        waiting += node.below
    assert len(shown) == len(set(shown)) <= most
    assert left_out == 0
    assert len(shown) == len(units) or len(units) > most


def test_a_part_of_the_tree_has_an_address_of_its_own(demo: FlaskClient) -> None:
    text = text_of(demo, "/units?under=qh-xianwei").partition('class="org-tree"')[2]
    assert "qh-xingtang" in text
    assert "yt-shiwei" not in text.partition("</main>")[0]
    assert demo.get("/units?under=nobody").status_code == 404


def test_units_with_findings_of_a_status_are_listed(demo: FlaskClient) -> None:
    text = text_of(demo, "/units?status=violation")
    rows = text.partition("<tbody>")[2].partition("</tbody>")[0].split("</tr>")[:-1]
    assert 5 < len(rows) < 65
    assert all("违规" in row for row in rows)
    assert demo.get("/units?view=list&status=violation").location == "/units?status=violation"


# The map ----------------------------------------------------------------------------------------

SIZES = st.lists(st.floats(0.01, 1000), min_size=1, max_size=60)


@given(SIZES, st.floats(10, 2000), st.floats(10, 2000))
def test_boxes_have_the_areas_asked_for_and_fill_the_whole_without_overlap(
    sizes: list[float], width: float, height: float
) -> None:
    whole = Box(3, 5, width, height)
    boxes = squarified(sizes, whole)
    total = sum(sizes)
    slack = 1e-6 * max(width, height)
    for size, box in zip(sizes, boxes, strict=True):
        assert box.area == pytest.approx(size * whole.area / total, rel=1e-6)
        assert box.x >= whole.x - slack
        assert box.y >= whole.y - slack
        assert box.x + box.width <= whole.x + width + slack
        assert box.y + box.height <= whole.y + height + slack
    for number, one in enumerate(boxes):
        for other in boxes[number + 1 :]:
            across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
            down = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
            assert across <= slack or down <= slack


def test_boxes_of_one_size_are_about_square() -> None:
    for box in squarified([1.0] * 12, Box(0, 0, 400, 300)):
        assert box.width == pytest.approx(100)
        assert box.height == pytest.approx(100)


@pytest.mark.parametrize(
    ("codes", "region", "below"),
    [
        (["990000", "990100", "990121", "990200"], "99", ["99", "9901", "9902"]),
        (["990100", "990121", "990121101"], "9901", ["9901", "990121"]),
        (["990121", "990122"], "9901", ["990121", "990122"]),
        (["990121101", "990121201"], "990121", ["990121101", "990121201"]),
        (["110000", "120000"], "", ["11", "12"]),
        ([None], "", []),
    ],
)
def test_regions_hang_together_by_how_their_codes_begin(
    codes: list[str | None], region: str, below: list[str]
) -> None:
    regions = Regions([unit(str(number), code) for number, code in enumerate(codes)], {})
    top = regions.get("")
    assert top is not None
    assert top.prefix == region
    assert sorted(one.prefix for one in top.below) == below
    assert top.size == sum(one is not None for one in codes)
    assert len(regions.nowhere) == codes.count(None)


def test_the_map_and_its_table_say_the_same(demo: FlaskClient) -> None:
    text = text_of(demo, "/units?view=map")
    table = text.partition('class="plain checks-table regions"')[2].partition("</table>")[0]
    rows = [plain(row) for row in table.partition("<tbody>")[2].split("</tr>") if plain(row)]
    assert rows[0].startswith("云棠市委 990100 65 ")
    for name in ("wide", "narrow"):
        svg = text.partition(f"treemap-{name}")[2].partition("</svg>")[0]
        titles = [unescape(one) for one in re.findall(r"<title>([^<]+)</title>", svg)]
        figures = sorted(re.search(r"(\d+)/(\d+)$", one).groups() for one in titles)  # type: ignore[union-attr]
        told = []
        for row in rows[1:]:
            size, troubled = re.findall(r" (\d+) (\d+) \d+%", row)[0]
            told.append((troubled, size))
        assert figures == sorted(told)
        assert svg.count("<rect") == len(rows) - 1


def test_all_of_a_region_on_the_map_leads_into_it(demo: FlaskClient) -> None:
    svg = text_of(demo, "/units?view=map").partition("treemap-wide")[2].partition("</svg>")[0]
    (link,) = re.findall(r'<a href="[^"]*region=990121".*?</a>', svg, flags=re.DOTALL)
    assert link.count("<rect") == 4, "its own, its units', and those of its two townships"
    assert link.count("<a ") == 1


def test_a_region_can_be_looked_into(demo: FlaskClient) -> None:
    text = text_of(demo, "/units?view=map&region=990121")
    assert 'href="/units?view=map&amp;region=9901"' in text.partition('class="trail"')[2]
    assert demo.get("/units?view=map&region=77").status_code == 404


# One unit ---------------------------------------------------------------------------------------


def test_a_unit_s_year_at_a_glance_counts_its_calendar(demo: FlaskClient) -> None:
    text = text_of(demo, "/units/qh-xianwei")
    year = text.partition('<ol class="year">')[2].partition("</ol>")[0]
    months = re.findall(r'<p class="month">(.*?)</p>', year)
    assert [plain(month) for month in months][:12] == [
        f"2014年{number}月" for number in range(1, 13)
    ]
    calendar = demo.get("/calendar.json?unit=qh-xianwei").json
    assert calendar is not None
    due = Counter(entry["due"][:7] for entry in calendar["dated"])
    for item in year.split("</li>")[:-1]:
        month = re.search(r"(\d+)年(\d+)月", plain(item))
        assert month
        number = sum(map(int, re.findall(r"</span> \S+ (\d+)</p>", item)))
        assert number == due[f"{month[1]}-{int(month[2]):02}"]
    assert f"有期限的责任：{sum(due.values())} 项" in text
    for month in re.findall(r'href="([^"]+)#(month-[\d-]+)"', year):
        assert f'id="{month[1]}"' in text_of(demo, unescape(month[0]))


def test_a_unit_leads_to_the_records_that_would_cure_its_findings(demo: FlaskClient) -> None:
    text = text_of(demo, "/units/qh-xingtang")
    found = re.search(r'href="([^"]+)" download>下载待补的 (\d+) 条记录', text)
    assert found
    assert int(found[2]) > 0
    assert demo.get(unescape(found[1])).data[:2] == b"PK"
