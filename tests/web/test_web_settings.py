"""The page of settings: what each rests on, what choosing otherwise changes, saved for the site."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import tomllib
from collections import Counter
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from shown import plain, text_of

from dutygraph.compliance.checking import Checker, Question, Report
from dutygraph.compliance.settings_file import read_settings
from dutygraph.records.history import record_graphs
from dutygraph.records.intake import open_in_force
from dutygraph.regulations.prepared import open_regulations
from webapp.runs import Run

PAGE = "/settings"
OTHER = "set.reference_units=violation&set.missing_upper_unit=violation"


def checked(store: Path, *assignments: str) -> Report:
    graph = open_in_force(str(store))
    records = [graph.graph(name) for name in record_graphs(graph)]
    question = Question(dt.date(2014, 12, 10), 2014)
    return Checker(graph, "hebei", assignments).check(records, question)


def test_every_setting_has_its_field_its_readings_and_their_words(demo: FlaskClient) -> None:
    text = text_of(demo, PAGE)
    fields = re.findall(r'<(?:select|input) name="set\.(\w+)"', text)
    assert len(fields) == len(set(fields)) == 29
    section = text.partition('id="joint_addressee"')[2].partition("</section>")[0]
    assert "A03" in section
    assert "第十一条" in section
    assert '<blockquote class="law"><span lang="zh">' in section
    assert "没有改动任何设置" in text


def test_a_choice_stands_in_words_beside_its_value_wherever_it_is_shown(demo: FlaskClient) -> None:
    chosen = "set.aggravation_effect=may_exceed_one_tier"
    said = {
        "zh": ("只在本档方式内从重 (within_tier)", "可用高一档的方式 (may_exceed_one_tier)"),
        "en": ("Heavier within the tier only (within_tier)", "Measures one tier up too ("),
    }
    for tag, (usual, other) in said.items():
        for address in (f"{PAGE}?preview=1&{chosen}", f"/findings?{chosen}"):
            text = text_of(demo, f"{address}&lang={tag}")
            assert f'<option value="within_tier">{usual}' in text
            assert f'<option value="may_exceed_one_tier" selected>{other}' in text
        preview = plain(text_of(demo, f"{PAGE}?preview=1&{chosen}&lang={tag}"))
        assert preview.count(other) == 2, "in the list of what was chosen, and in the field"
        assert usual in plain(text_of(demo, f"/readings?lang={tag}"))


def test_the_preview_counts_what_the_checks_themselves_find(
    demo: FlaskClient, demo_store: Path
) -> None:
    now = checked(demo_store)
    then = checked(demo_store, "reference_units=violation", "missing_upper_unit=violation")

    def keys(report: Report) -> Counter[tuple[object, ...]]:
        return Counter((one.provision, one.code, one.subject, one.year) for one in report.findings)

    statuses = [
        Counter(
            (one.provision, one.code, one.subject, one.year, one.status) for one in report.findings
        )
        for report in (now, then)
    ]
    appear, gone = keys(then) - keys(now), keys(now) - keys(then)
    changed = sum((statuses[1] - statuses[0]).values()) - sum(appear.values())
    assert (gone or appear) and changed
    words = plain(text_of(demo, f"{PAGE}?preview=1&{OTHER}"))
    assert f"会出现 {sum(appear.values())} ，" in words
    assert f"会消失 {sum(gone.values())} ，" in words
    assert f"状态会改变 {changed} ，" in words
    before = {one.provision: vars(one) for one in now.checks}
    differing = [one for one in then.checks if vars(one) != before[one.provision]]
    table = text_of(demo, f"{PAGE}?preview=1&{OTHER}").partition("<tbody>")[2].partition("</tbody>")
    assert table[0].count("<tr>") == len(differing)


def test_a_preview_can_be_narrowed_and_nothing_is_saved_by_it(demo: FlaskClient) -> None:
    text = text_of(demo, f"{PAGE}?preview=1&{OTHER}&kind=changed")
    rows = text.partition('class="scrolled"')[2].partition("</table>")[0]
    assert "状态会改变" in rows
    assert "会消失" not in rows
    assert "没有改动任何设置" in text_of(demo, PAGE)
    assert "只读" in text, "the demo's site cannot be written to"
    assert demo.post(PAGE).status_code == 403


def test_what_is_as_usual_need_not_stand_in_the_address(demo: FlaskClient) -> None:
    answer = demo.get(f"{PAGE}?preview=1&set.joint_addressee=all&set.head_rule=either_head")
    assert (answer.status_code, answer.location) == (
        303,
        f"{PAGE}?preview=1&set.head_rule=either_head",
    )
    same = text_of(demo, f"{PAGE}?preview=1")
    assert "全部默认" in same
    assert "发现都不变" in same


def test_a_setting_that_there_is_not_says_so(demo: FlaskClient) -> None:
    for query in ("preview=1&set.nothing=1", "preview=1&set.joint_addressee=<b>", "as_of=x"):
        answer = demo.get(f"{PAGE}?{query}")
        assert answer.status_code == 400
        assert 'role="alert"' in answer.text
        assert "<b>" not in answer.text
    assert demo.get("/settings.toml?set.nothing=1").status_code == 400


def test_the_file_is_one_that_the_command_line_takes(demo: FlaskClient, tmp_path: Path) -> None:
    answer = demo.get(f"/settings.toml?{OTHER}")
    file = tmp_path / "settings.toml"
    file.write_bytes(answer.data)
    known = Checker(open_regulations(), "hebei").settings.known
    assert read_settings(file, known) == [
        "missing_upper_unit=violation",
        "reference_units=violation",
    ]
    assert tomllib.loads(demo.get("/settings.toml").text) == {"settings": {}}


def test_saved_settings_hold_for_every_page_and_every_process(
    demo_store: Path, tmp_path: Path, make_site: Callable[..., Flask]
) -> None:
    shutil.copytree(demo_store, tmp_path, dirs_exist_ok=True)
    client = make_site(tmp_path, AS_OF="2014-12-10", WRITABLE=True).test_client()
    other = make_site(tmp_path, AS_OF="2014-12-10").test_client()
    usual = text_of(other, "/findings")
    preview = text_of(client, f"{PAGE}?preview=1&{OTHER}")
    token = re.search(r'name="token" value="([^"]+)"', preview)
    assert token
    fields = dict(re.findall(r'<input type="hidden" name="(set\.\w+)" value="([^"]*)"', preview))
    answer = client.post(PAGE, data={"token": token[1], **fields})
    assert (answer.status_code, answer.location) == (303, f"{PAGE}?saved=1")
    assert "已保存" in text_of(client, f"{PAGE}?saved=1")
    assert "本站改了 2 项" in plain(text_of(other, PAGE))
    numbers = [
        re.search(rf"{what} (\d+)", plain(preview)) for what in ("会出现", "状态会改变", "不变")
    ]
    assert all(numbers)
    followed = sum(int(number[1]) for number in numbers if number)
    assert f"全部 {followed} " in plain(text_of(other, "/findings"))
    assert f"全部 {followed} " not in plain(usual)
    assert "<details open>" not in text_of(client, "/findings"), "nothing was chosen here"
    default = text_of(client, f"{PAGE}?preview=1&set.missing_upper_unit=violation")
    once = re.search(r'href="(/findings[^"]*)">只这一次按它检查', default)
    assert once
    assert once[1] == "/findings?set.reference_units=advisory"
    assert "<details open>" in text_of(client, once[1])
    file = re.search(r'href="(/settings.toml[^"]*)"', text_of(client, "/reports?" + once[1][10:]))
    assert file
    told = tomllib.loads(text_of(client, unescape(file[1])))
    assert told == {"settings": {"missing_upper_unit": "violation"}}
    usual_again = text_of(
        client, "/reports?set.missing_upper_unit=review&set.reference_units=advisory"
    )
    file = re.search(r'href="(/settings.toml[^"]*)"', usual_again)
    assert file
    assert tomllib.loads(text_of(client, unescape(file[1]))) == {"settings": {}}
    bad = client.post(PAGE, data={"token": token[1], "set.joint_addressee": "none"})
    assert bad.status_code == 400


def test_an_address_can_ask_for_what_the_site_does_not_follow() -> None:
    known = Checker(open_regulations(), "hebei").settings.known
    day = dt.date(2014, 12, 10)
    saved = {"joint_addressee": "any", "effective_date": "2012-01-01"}
    usual = Run.asked({}, known, day, None, saved)
    assert dict(usual.assignments) == saved
    assert usual.query == {}
    other = Run.asked({"set.joint_addressee": "all"}, known, day, None, saved)
    assert dict(other.assignments) == {"effective_date": "2012-01-01"}
    assert other.query == {"set.joint_addressee": "all"}
    same = Run.asked({"set.joint_addressee": "any"}, known, day, None, saved)
    assert (same.assignments, same.query) == (usual.assignments, {})


def test_a_file_of_settings_that_cannot_be_used_is_told_and_the_usual_ones_hold(
    demo_store: Path, tmp_path: Path, make_site: Callable[..., Flask]
) -> None:
    shutil.copytree(demo_store, tmp_path, dirs_exist_ok=True)
    (tmp_path / "settings.toml").write_text('[settings]\nnothing = "1"\n', encoding="utf-8")
    client = make_site(tmp_path, AS_OF="2014-12-10").test_client()
    assert "没有设置 nothing" in text_of(client, PAGE)
    assert client.get("/findings").status_code == 200


def test_without_records_there_is_no_effect_to_be_seen(empty: FlaskClient) -> None:
    assert "看不出效果" in text_of(empty, f"{PAGE}?preview=1&set.head_rule=either_head")


@pytest.mark.parametrize("address", [PAGE, f"{PAGE}?preview=1&{OTHER}", "/reports", "/import"])
def test_the_pages_of_staff_are_complete_in_english(demo: FlaskClient, address: str) -> None:
    demo.set_cookie("lang", "en")
    text = text_of(demo, address).partition("<main")[2].partition("</main>")[0]
    unmarked = re.sub(r'<(\w+)[^>]*lang="zh".*?</\1>', "", text, flags=re.DOTALL)
    unmarked = re.sub(r"<datalist.*?</datalist>", "", unmarked, flags=re.DOTALL)
    assert not re.findall(r"[\u4e00-\u9fff]+", re.sub(r"<[^>]+>", "\n", unmarked))
