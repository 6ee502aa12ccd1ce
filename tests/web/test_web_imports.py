"""Importing through pages: tried first, confirmed exactly as tried, shown at once, undone."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from shown import plain
from uploading import HERE, Staff
from werkzeug.datastructures import FileStorage

from dutygraph.records.job import Asked, Upload
from dutygraph.records.jobs import Jobs
from webapp import create_app
from webapp.imports import uploads


def units(*names: str, kind: str = "地方党委") -> bytes:
    some = [{"id": one, "name": f"示例{one}", "kind": kind, "level": "县级"} for one in names]
    return json.dumps({"units": some, "persons": [], "records": []}).encode()


def test_nothing_is_in_before_it_is_confirmed_and_then_every_process_shows_it(
    staff: Staff, make_site: Callable[..., Flask]
) -> None:
    other = make_site(staff.store).test_client()
    job = staff.hand_in((units("u1", "u2"), "单位.json"), by="王某")
    words = staff.words(job)
    assert "可以导入，等待确认" in words
    assert "单位 2 行" in words
    assert staff.history().imports == ()
    assert "dutygraph demo" in other.get("/units").text
    assert staff.confirm(job).status_code == 303
    assert "已全部写入" in staff.words(job)
    assert "示例u1" in staff.words("/units")
    assert "示例u1" in other.get("/units").text
    (one,) = staff.history().imports
    assert (one.by, one.rows, list(one.files), one.state) == ("王某", 2, ["单位.json"], "active")
    shown = staff.words(f"/import/history/{one.id}")
    assert one.files["单位.json"] in shown
    assert "王某" in shown
    assert "单位.json 王某 2 有效" in staff.words(HERE)
    again = staff.hand_in((units("u1", "u2"), "单位.json"))
    assert "这些内容早已导入" in staff.words(again)
    assert f"{again}/commit" not in staff.client.get(again).text


def test_faults_are_shown_by_cell_and_marked_in_a_workbook(staff: Staff) -> None:
    content = units("u1") + b""
    bad = json.loads(content)
    bad["units"][0]["kind"] = "地方党組"
    job = staff.hand_in((json.dumps(bad).encode(), "a.json"))
    text = staff.client.get(job).text
    row = plain(text.partition("<tbody>")[2].partition("</tbody>")[0])
    assert row.startswith("a.json units 1 单位种类 kind 地方党組")
    assert "地方党委" in row, "the nearest value that would do"
    assert "有 1 处错误，什么也没有写入" in plain(text)
    assert f"{job}/commit" not in text, "there is nothing to confirm"
    assert staff.post(f"{job}/commit", seal="").status_code == 409
    with staff.client.get(f"{job}/marked.xlsx") as marked:
        assert marked.status_code == 200
        assert marked.data[:2] == b"PK"
        assert "a-marked.xlsx" in marked.headers["Content-Disposition"]
    assert staff.history().imports == ()


def test_a_workbook_is_read_and_told_by_sheet_row_and_column(staff: Staff) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    template = io.BytesIO(staff.client.get("/downloads/template.xlsx").data)
    book = openpyxl.load_workbook(template)
    sheet = book["单位"]
    titles = [str(cell.value).removesuffix("*") for cell in sheet[1]]
    for title, value in {"编号": "u1", "名称": "示例", "单位种类": "什么也不是"}.items():
        sheet.cell(2, titles.index(title) + 1).value = value
    filled = io.BytesIO()
    book.save(filled)
    job = staff.hand_in((filled.getvalue(), "表.xlsx"))
    row = plain(staff.client.get(job).text.partition("<tbody>")[2].partition("</tr>")[0])
    letter = openpyxl.utils.get_column_letter(titles.index("单位种类") + 1)
    assert row.startswith(f"表.xlsx 单位 2 单位种类* {letter}2 什么也不是")


def test_a_new_version_says_what_it_changes_and_replaces_the_old_one(staff: Staff) -> None:
    staff.confirm(staff.hand_in((units("u1", "u2"), "单位.json")))
    job = staff.hand_in((units("u2", "u3"), "单位.json"))
    assert re.search(r"取代 单位\.json 新增 1 行 删去 1 行", staff.words(job))
    staff.confirm(job)
    first, second = staff.history().imports
    assert (first.state, second.state, second.replaces) == ("replaced", "active", first.graph)
    words = staff.words(f"/import/history/{second.id}")
    assert "新增 1，改动 0，删去 1" in words
    assert "删去 单位 u1" in words
    assert "已被取代 ： 单位.json" in staff.words(f"/import/history/{first.id}")
    undo = staff.client.get(f"/import/history/{second.id}/undo")
    assert "它所取代的重新有效" in undo.text
    answer = staff.post(f"/import/history/{second.id}/undo", by="李某")
    assert "已撤销" in staff.words(staff.ended(answer.headers["Location"]))
    assert [one.state for one in staff.history().imports] == ["active", "undone"]
    assert "示例u1" in staff.words("/units")


def test_another_import_is_replaced_when_it_is_named(staff: Staff) -> None:
    staff.confirm(staff.hand_in((units("u1"), "旧名.json")))
    old = staff.history().imports[0]
    assert "有错误" in staff.words(staff.hand_in((units("u1", "u2"), "新名.json")))
    staff.confirm(staff.hand_in((units("u1", "u2"), "新名.json"), replaced=old.id))
    assert [one.state for one in staff.history().imports] == ["replaced", "active"]
    refused = staff.post(HERE, files=(io.BytesIO(units("u1")), "x.json"), replaced="nothing")
    assert refused.status_code == 400
    assert "没有导入「nothing」" in refused.text


def test_what_hangs_on_an_import_keeps_it_from_being_undone(staff: Staff) -> None:
    staff.confirm(staff.hand_in((units("u1"), "上级.json")))
    below = json.loads(units("u2"))
    below["units"][0]["parent_party"] = "u1"
    staff.confirm(staff.hand_in((json.dumps(below).encode(), "下级.json")))
    first = staff.history().imports[0]
    answer = staff.post(f"/import/history/{first.id}/undo")
    words = staff.words(staff.ended(answer.headers["Location"]))
    assert f"不能撤销 {first.id}" in words
    assert "仍引用单位「u1」" in words
    assert staff.history().imports[0].state == "active"


def test_what_was_confirmed_is_not_written_if_it_would_be_something_else_by_now(
    staff: Staff,
) -> None:
    seen = staff.hand_in((units("u1"), "a.json"))
    seal = staff.seal(seen)
    staff.confirm(staff.hand_in((units("u1", "u9"), "b.json")))
    assert staff.post(f"{seen}/commit", seal=seal).status_code == 303
    words = staff.words(staff.ended(seen))
    assert "所以什么也没有写入" in words
    assert "有错误" in words, "u1 is in the other import by now"
    assert [list(one.files) for one in staff.history().imports] == [["b.json"]]


def test_another_import_in_between_that_changes_nothing_here_is_no_hindrance(staff: Staff) -> None:
    seen = staff.hand_in((units("u1"), "a.json"))
    staff.confirm(staff.hand_in((units("u2"), "b.json")))
    staff.confirm(seen)
    assert [list(one.files) for one in staff.history().imports] == [["b.json"], ["a.json"]]


def test_files_that_are_not_wanted_any_more_are_thrown_away(staff: Staff) -> None:
    job = staff.hand_in((units("u1"), "a.json"))
    folder = staff.store / "jobs" / job.rpartition("/")[2]
    assert (folder / "file-0").is_file()
    assert staff.post(f"{job}/discard").status_code == 303
    assert "已放弃" in staff.words(job)
    assert not list(folder.glob("file-*"))
    assert staff.post(f"{job}/discard").status_code == 409


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([], "请选择要导入的文件"),
        ([(b"{}", "a.json"), (b"{}", "甲/a.json")], "有两个文件都叫“a.json”"),
    ],
)
def test_what_cannot_be_taken_is_asked_for_again(
    staff: Staff, files: list[tuple[bytes, str]], said: str
) -> None:
    answer = staff.post(HERE, files=[(io.BytesIO(content), name) for content, name in files])
    assert answer.status_code == 400
    assert said in answer.text


@pytest.mark.parametrize("given", ["C:\\甲\\a.json", "甲/a.json", "甲\\a.json", "a.json\u202e"])
def test_a_file_is_called_by_the_last_step_of_its_name(given: str) -> None:
    ((upload, content),) = uploads([FileStorage(io.BytesIO(b"{}"), filename=given)])
    assert (upload.name, upload.size, content) == ("a.json", 2, b"{}")


def test_a_file_of_no_known_form_is_a_fault_and_its_name_is_no_markup(staff: Staff) -> None:
    text = staff.client.get(staff.hand_in((b"x", "<img src=x>.exe"))).text
    assert "<img" not in text
    assert "&lt;img src=x&gt;.exe" in text
    assert ".xlsx" in text


def test_an_upload_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    site = create_app(
        {"STORE": str(tmp_path), "TESTING": True, "WRITABLE": True, "UPLOAD_LIMIT": 999}
    )
    staff = Staff(site.test_client(), tmp_path)
    answer = staff.post(HERE, files=(io.BytesIO(b" " * 2000), "a.json"))
    assert answer.status_code == 413
    assert "dutygraph import" in answer.text


# Who may write ----------------------------------------------------------------------------------


def posts(client: FlaskClient) -> Iterator[str]:
    for rule in client.application.url_map.iter_rules():
        if rule.endpoint.startswith(("imports.", "settings.")) and "POST" in (rule.methods or ()):
            yield re.sub(r"<[^>]+>", "x", rule.rule)


def test_a_site_is_read_only_unless_it_is_started_otherwise(empty: FlaskClient) -> None:
    text = empty.get(HERE).text
    assert "report.remedies" not in text, "there are no findings to cure"
    assert "dutygraph import records.xlsx --dry-run" in text
    assert "dutygraph serve --writable" in text
    assert 'method="post"' not in text
    addresses = list(posts(empty))
    assert len(addresses) == 6
    assert {empty.post(one).status_code for one in addresses} == {403}
    assert empty.get(f"{HERE}/jobs/x").status_code == 403
    assert "Set-Cookie" not in empty.get(HERE).headers


def test_a_form_without_its_token_is_refused(staff: Staff) -> None:
    addresses = list(posts(staff.client))
    assert {staff.client.post(one).status_code for one in addresses} == {400}
    token = staff.token()
    assert staff.client.post(HERE, data={"token": token + "x"}).status_code == 400
    other = staff.client.application.test_client()
    assert other.post(HERE, data={"token": token}).status_code == 400, "shown to another browser"
    assert "请回到上一页" in other.post(HERE, data={"token": token}).text
    assert {staff.client.get(f"{one}").status_code for one in addresses if "/jobs/" in one} <= {
        404,
        405,
    }


@pytest.mark.parametrize("host", ["elsewhere.example", "192.0.2.1:8000", "[", ""])
def test_a_site_that_is_written_to_answers_to_this_machine_s_names_alone(
    staff: Staff, host: str
) -> None:
    answer = staff.client.get("/", headers={"Host": host})
    assert answer.status_code == 403
    for own in ("127.0.0.1:8000", "localhost", "[::1]:8000"):
        assert staff.client.get("/", headers={"Host": own}).status_code == 200
    away = staff.client.get("/", environ_overrides={"REMOTE_ADDR": "192.0.2.7"})
    assert away.status_code == 403


def test_the_cookie_is_for_this_site_alone_and_pages_with_forms_are_not_kept(staff: Staff) -> None:
    answer = staff.client.get(HERE)
    assert "SameSite=Strict" in answer.headers["Set-Cookie"]
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert answer.cache_control.no_store
    assert "Set-Cookie" not in staff.client.get("/regulation").headers
    assert (staff.store / "secret").stat().st_mode & 0o077 == 0


# Processes --------------------------------------------------------------------------------------


def test_a_job_whose_process_died_has_failed_and_can_be_checked_again(staff: Staff) -> None:
    jobs = Jobs(staff.store / "jobs")
    content = units("u1")
    job, held = jobs.add("check", Asked((Upload("a.json", len(content), "0"),)), [content])
    assert jobs[job.id].state == "running", "its lock is held"
    held.release()
    create_app({"STORE": str(staff.store), "WRITABLE": True})
    assert jobs.recent(1)[0].state == "failed"
    address = f"{HERE}/jobs/{job.id}"
    assert "进程中断了" in staff.words(address)
    assert staff.post(f"{address}/check", seal=staff.seal(address)).status_code == 303
    assert "可以导入" in staff.words(staff.ended(address))


def test_the_page_of_a_running_job_loads_itself_anew_without_a_script(staff: Staff) -> None:
    jobs = Jobs(staff.store / "jobs")
    job, held = jobs.add("check", Asked((Upload("a.json", 2, "0"),)), [b"{}"])
    text = staff.client.get(f"{HERE}/jobs/{job.id}").text
    held.release()
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in text
    assert re.search(r'<script src="/static/progress\.js\?v=\w+" defer></script>', text)
    assert "<progress" in text


def test_a_job_that_there_is_not_gets_a_page_that_leads_on(staff: Staff) -> None:
    for address in (
        "jobs/x",
        "jobs/x/progress.json",
        "jobs/x/marked.xlsx",
        "history/x",
        "history/x/undo",
    ):
        assert staff.client.get(f"{HERE}/{address}").status_code == 404
