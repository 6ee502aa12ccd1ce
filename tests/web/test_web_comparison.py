"""A run beside an earlier one: handed in by a form, kept for a while, shown and filtered."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from shown import plain, shown_token, text_of
from werkzeug.test import TestResponse

from webapp.earlier import EarlierRuns

AS_OF = "as_of=2014-12-10&year=2014"
PAGE = "/findings/comparison"


@pytest.fixture
def earlier(demo: FlaskClient) -> dict[str, Any]:
    """Give the site's own run of an earlier day, as its download has it."""
    answer = demo.get("/findings/report.json?as_of=2014-06-30&year=2014")
    told: dict[str, Any] = json.loads(answer.data)
    assert len(told["findings"]) > 5
    return told


def hand_in(
    client: FlaskClient, content: bytes, query: str = AS_OF, **headers: str
) -> TestResponse:
    data = {"token": shown_token(client, PAGE), "earlier": (io.BytesIO(content), "earlier.json")}
    return client.post(f"{PAGE}?{query}", data=data, headers=headers)


def compared(client: FlaskClient, told: dict[str, Any]) -> str:
    """Hand in an earlier run and give the address that the answer leads to."""
    answer = hand_in(client, json.dumps(told).encode())
    assert answer.status_code == 303
    return answer.headers["Location"]


def test_the_page_of_findings_asks_for_an_earlier_run_with_a_labelled_field(
    demo: FlaskClient,
) -> None:
    for address in ("/findings", PAGE):
        text = text_of(demo, address)
        assert '<form method="post" enctype="multipart/form-data"' in text
        (label,) = [one for one in text.split("<label>") if 'type="file"' in one]
        assert label.startswith('较早的检查结果（JSON）<input type="file" name="earlier"')
        assert 'aria-describedby="earlier-note"' in label
        assert 'id="earlier-note"' in text


def test_an_earlier_run_is_compared_and_every_change_is_counted(
    demo: FlaskClient, earlier: dict[str, Any]
) -> None:
    address = compared(demo, earlier)
    assert urlsplit(address).path == PAGE
    assert parse_qs(urlsplit(address).query).keys() == {"earlier"}, "the rest is as usual"
    words = plain(text_of(demo, address))
    now = json.loads(demo.get(f"/findings/report.json?{AS_OF}").data)["findings"]
    keys = ("provision", "code", "subject", "year", "status")
    both = {tuple(one[key] for key in keys) for one in now} & {
        tuple(one[key] for key in keys) for one in earlier["findings"]
    }
    assert f"仍未解决 {len(both)}" in words
    assert "截至 2014-06-30" in words
    assert "新出现" in words


def test_only_what_became_of_findings_as_asked_is_shown(
    demo: FlaskClient, earlier: dict[str, Any]
) -> None:
    gone = {**earlier["findings"][0], "provision": "art16", "code": "LATE", "subject": "sy-xianwei"}
    gone |= {"subject_name": "某县委", "message_zh": "编造的一条", "message_en": "made up"}
    earlier["findings"].append(gone)
    address = compared(demo, earlier)
    cured = text_of(demo, f"{address}&change=cured&q=编造")
    assert cured.count("<tr>") == 2, "the header and the finding"
    assert "已消除 1" in plain(cured)
    assert "编造的一条" in cured
    assert "made up" in text_of(demo, f"{address}&change=cured&q=编造&lang=en")
    assert "没有符合条件的发现" in text_of(demo, f"{address}&change=new&q=编造&lang=zh")
    other = text_of(demo, f"{address}&provision=art20&q=编造")
    assert "编造的一条" not in other
    assert "编造的一条" not in text_of(
        demo, f"{address}&q=编造&status={'review' if gone['status'] != 'review' else 'advisory'}"
    )


def test_settings_that_differ_are_named(demo: FlaskClient, earlier: dict[str, Any]) -> None:
    earlier["settings"]["joint_addressee"] = "any"
    said = "joint_addressee 其中之一即可 (any) → 两者都要 (all)"
    assert said in plain(text_of(demo, compared(demo, earlier)))


def test_markup_in_an_earlier_run_is_shown_and_not_run(
    demo: FlaskClient, earlier: dict[str, Any]
) -> None:
    for finding in earlier["findings"]:
        finding |= {"subject": "<script>x</script>", "subject_name": "<script>x</script>"}
    text = text_of(demo, compared(demo, earlier))
    assert "<script" not in text
    assert "&lt;script&gt;" in text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "不是可读的 JSON"),
        (b"\xff\xfe", "不是可读的 JSON"),
        (b"[" * 100_000, "不是可读的 JSON"),
        (b"[]", "不是 dutygraph check"),
        (b'{"as_of": "2014-01-01"}', "不是 dutygraph check"),
    ],
)
def test_what_is_no_earlier_run_is_refused_with_a_reason(
    demo: FlaskClient, content: bytes, words: str
) -> None:
    answer = hand_in(demo, content)
    assert answer.status_code == 400
    assert f"earlier.json：{words}" in answer.text
    assert 'role="alert"' in answer.text
    english = hand_in(demo, content, f"{AS_OF}&lang=en").text
    assert words not in english


def test_a_run_of_a_later_day_and_one_that_asked_for_less_are_refused(
    demo: FlaskClient, earlier: dict[str, Any]
) -> None:
    later = compared(demo, {**earlier, "as_of": "2015-01-01"})
    assert (demo.get(later).status_code, "请比较更早的一次" in demo.get(later).text) == (400, True)
    less = compared(demo, {**earlier, "asked": {"unit": "sy-xianwei"}})
    assert (demo.get(less).status_code, "比这一次少" in demo.get(less).text) == (400, True)


def test_without_a_file_one_is_asked_for(demo: FlaskClient) -> None:
    answer = demo.post(PAGE, data={"token": shown_token(demo, PAGE)})
    assert answer.status_code == 400
    assert "请选择一份较早的检查结果" in answer.text


@pytest.mark.parametrize("name", ["0" * 64, "x", "../../graph", "%2e%2e"])
def test_a_run_that_is_not_there_is_asked_for_again(demo: FlaskClient, name: str) -> None:
    answer = demo.get(PAGE, query_string={"earlier": name})
    assert answer.status_code == 404
    assert "请重新选择文件" in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
    ],
)
def test_a_page_elsewhere_cannot_have_a_run_handed_in(
    demo: FlaskClient, headers: dict[str, str]
) -> None:
    assert hand_in(demo, b"{}", **headers).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": "http://localhost"}],
)
def test_the_site_s_own_page_can(demo: FlaskClient, headers: dict[str, str]) -> None:
    assert hand_in(demo, b"{}", **headers).status_code == 400


def test_a_form_that_no_page_of_the_site_was_asked_for_is_refused(
    demo: FlaskClient, earlier: dict[str, Any]
) -> None:
    for token in ("", "made-up", shown_token(demo.application.test_client(), PAGE)):
        data = {"token": token, "earlier": (io.BytesIO(json.dumps(earlier).encode()), "a.json")}
        answer = demo.post(PAGE, data=data)
        assert (answer.status_code, "这张表单已经过期" in answer.text) == (400, True)


def test_a_visitor_of_the_demo_is_not_offered_what_he_may_not_do(
    make_site: Any, demo_store: Path
) -> None:
    visitor = make_site(demo_store, PERSONAL=False).test_client()
    for address in ("/findings", PAGE):
        text = visitor.get(address, follow_redirects=True).text
        assert 'name="earlier"' not in text
        assert "请先登录" in text
    assert visitor.post(PAGE, data={}).status_code == 403


def test_a_file_beyond_the_limit_is_refused(
    demo: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.pages.comparison.LARGEST", 1000)
    answer = hand_in(demo, b" " * 70_000)
    assert answer.status_code == 413
    assert "文件太大" in answer.text


def test_the_latest_few_are_kept_for_every_process_and_older_ones_give_way(
    make_site: Any, demo_store: Path, earlier: dict[str, Any]
) -> None:
    first: Flask = make_site(demo_store, AS_OF="2014-12-10")
    addresses = [
        compared(first.test_client(), {**earlier, "settings": {"number": str(number)}})
        for number in range(10)
    ]
    other = make_site(demo_store, AS_OF="2014-12-10").test_client()
    assert [other.get(address).status_code for address in addresses] == [404] * 2 + [200] * 8


def test_without_records_there_is_nothing_to_compare(empty: FlaskClient) -> None:
    assert empty.get(PAGE).status_code == 200
    assert hand_in(empty, b"{}").status_code == 400
    assert 'type="file"' not in empty.get(PAGE).text


def test_a_folder_that_cannot_be_written_is_told(
    demo: FlaskClient, earlier: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> str:
        raise OSError("no space")

    monkeypatch.setattr(EarlierRuns, "add", full)
    answer = hand_in(demo, json.dumps(earlier).encode())
    assert answer.status_code == 507
    assert "服务器无法保存这份文件" in answer.text
