"""The first page: the search, three entrances, what is due this month, what the graph holds."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from shown import plain, text_of

from dutygraph.compliance.planning import Planner
from dutygraph.regulations.prepared import open_regulations, prepared_graphs
from dutygraph.terms import sparql_prologue

STORE = open_regulations()


def due_section(html: str) -> str:
    return html.partition('<h2 id="due">')[2].partition("</section>")[0]


@pytest.mark.parametrize("day", ["2014-03-10", "2014-12-10", "2014-07-01"])
def test_what_is_due_this_month_is_what_the_calendar_has(
    tmp_path: Path, make_site: Callable[..., Flask], day: str
) -> None:
    html = text_of(make_site(tmp_path, AS_OF=day).test_client(), "/")
    today = dt.date.fromisoformat(day)
    calendar = Planner(STORE, "hebei", ()).general(today, today.year)
    due = [one for one in calendar.dated if one.due and one.due.isoformat()[:7] == day[:7]]
    section = due_section(html)
    assert f"{today.year}年{today.month}月到期" in plain(section)
    shown = re.findall(r'<time datetime="([^"]+)">.*?#([^"]+)"', section, re.DOTALL)
    if due:
        expected = [(str(one.due), one.norm.replace("#", "-")) for one in due]
        assert sorted(shown) == sorted(expected)
    else:
        later = [one for one in calendar.dated if one.due and one.due > today]
        assert [found for found, _ in shown] == [str(one.due) for one in later[:1]]


def test_the_numbers_are_the_graph_s(demo: FlaskClient) -> None:
    html = text_of(demo, "/")
    shown = [int(one) for one in re.findall(r"<dd><a [^>]+>(\d+)</a></dd>", html)]

    def count(where: str) -> int:
        query = f"{sparql_prologue()} SELECT (COUNT(DISTINCT ?s) AS ?number) WHERE {{ {where} }}"
        return next(int(row["number"].value) for row in STORE.select(query, prepared_graphs()))

    bearers = "{ ?s a dg:RoleKind } UNION { ?s a dg:BodyKind } ?s dg:carries ?n"
    for number, where in zip(
        shown, ("?s a dg:Article", "?s dg:statedIn ?p", bearers, "?s a dg:Reading"), strict=False
    ):
        assert number == count(where), where
    assert "65 个单位，753 条记录" in html


def test_each_reader_finds_an_entrance_and_every_main_page_is_named(demo: FlaskClient) -> None:
    main = text_of(demo, "/").partition('<main id="main"')[2]
    for heading in ("研究政策", "检查落实", "培训讲解"):
        assert f">{heading}</h2>" in main
    for place in ("/regulation", "/duties", "/compare", "/questions", "/readings", "/coverage"):
        assert f'href="{place}"' in main
    for place in ("/findings", "/units", "/calendar", "/roles", "/explain", "/ontology"):
        assert f'href="{place}"' in main
    assert 'href="/duties?kind=Obligation"' in main
    assert 'name="q"' in main


def test_without_records_the_month_is_that_of_today(empty: FlaskClient) -> None:
    section = plain(due_section(text_of(empty, "/")))
    today = dt.datetime.now(dt.UTC).date()
    yesterday = today - dt.timedelta(days=1)
    assert any(f"{one.year}年{one.month}月到期" in section for one in (today, yesterday))
