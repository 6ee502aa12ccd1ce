"""Importing within a remit: one's own rows and nobody else's."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from counties import acts, bearer, content, ended, meeting, person, sent, unit
from flask import Flask
from werkzeug.test import TestResponse

from dutygraph.accounts.accounts import Accounts
from dutygraph.records.history import History
from dutygraph.records.intake import open_in_force
from dutygraph.records.jobs import Jobs


def test_an_officer_imports_his_own_and_sees_it_at_once(site: Flask, place: Path) -> None:
    head, client = bearer(place, "jia"), site.test_client()
    body = content(persons=[person("pa", "a1")], records=[meeting("ra", "a1")])
    tried = sent(site, head, body, asked="")
    assert (tried["stage"], tried["state"], tried["counts"]) == (
        "check",
        "ready",
        {"persons": 1, "records": 1},
    )
    answer = client.post(f"/api/v1/jobs/{tried['id']}/commit?seal=x", headers=head)
    assert answer.status_code == 409
    seal = tried["seal"]
    answer = client.post(f"/api/v1/jobs/{tried['id']}/commit?seal={seal}", headers=head)
    assert answer.status_code == 202
    done = ended(client, tried["id"], head)
    assert done["state"] == "done", done
    one = client.get(f"/api/v1/imports/{done['import']}", headers=head).get_json()
    assert (one["by"], one["rows"], one["state"]) == ("jia", 2, "active")
    assert "ra" in client.get("/api/v1/units/a1", headers=head).text
    other = bearer(place, "yi")
    assert client.get(f"/api/v1/imports/{done['import']}", headers=other).status_code == 404
    assert client.get(f"/api/v1/jobs/{done['id']}", headers=other).status_code == 404
    assert client.delete(f"/api/v1/imports/{done['import']}", headers=other).status_code == 404
    gone = client.delete(f"/api/v1/imports/{done['import']}", headers=head)
    assert gone.status_code == 202
    assert ended(client, gone.get_json()["id"], head)["state"] == "done"
    assert '"ra"' not in client.get("/api/v1/units/a1", headers=head).text
    told = acts(place)
    assert ("jia", "import", "done") in told
    assert ("jia", "undo", "done") in told


@pytest.mark.parametrize(
    ("lists", "code"),
    [
        ({"records": [meeting("r", "b")]}, "dangling-reference"),
        ({"records": [meeting("r", "city")]}, "outside-remit"),
        ({"persons": [person("p", "a", "city")]}, "outside-remit"),
        ({"persons": [person("p")]}, "outside-remit"),
        ({"units": [unit("new", parent_party="a")]}, "outside-remit"),
        ({"units": [unit("new", parent_party="city", govt="b")]}, "dangling-reference"),
        ({"persons": [person("pb", "a")]}, "conflicts-unseen"),
    ],
)
def test_what_is_not_ones_own_is_a_fault_and_nothing_is_in(
    site: Flask, place: Path, lists: dict[str, list[dict[str, Any]]], code: str
) -> None:
    before = History.of(open_in_force(str(place))).imports
    told = sent(site, bearer(place, "jia"), content(**lists))
    assert told["state"] == "refused", told
    assert code in {one["code"] for one in told["faults"]}, told["faults"]
    # What others have is told to nobody, in no words of any fault.
    assert "示例b" not in json.dumps(told, ensure_ascii=False)
    assert "units.json" not in json.dumps(told)
    assert History.of(open_in_force(str(place))).imports == before


def test_an_officer_may_neither_replace_nor_undo_what_is_not_all_his(
    site: Flask, place: Path
) -> None:
    head, client = bearer(place, "jia"), site.test_client()
    (whole,) = History.of(open_in_force(str(place))).imports
    told = sent(site, head, content(persons=[person("pa", "a")]), asked=f"?replaced={whole.id}")
    assert {one["code"] for one in told["faults"]} & {"replaces-others", "dangling-reference"}
    answer = client.delete(f"/api/v1/imports/{whole.id}", headers=head)
    told = ended(client, answer.get_json()["id"], head)
    assert told["state"] == "failed"
    assert "outside" in told["reason"] or "more than is in your remit" in told["reason"]
    assert History.of(open_in_force(str(place))).imports == (whole,)


def test_units_are_for_administrators_to_arrange(site: Flask, place: Path) -> None:
    officer, administrator = bearer(place, "jia"), bearer(place, "guanli")
    one = unit("a9", parent_party="a", level="乡级", region="990101")
    assert sent(site, administrator, content(units=[one]), "a9.json")["state"] == "done"
    moved = one | {"region": "990102"}
    told = sent(site, officer, content(units=[moved]), "a9.json")
    assert {fault["code"] for fault in told["faults"]} == {"units-rearranged"}
    named = one | {"name": "改了名称"}
    told = sent(site, officer, content(units=[named]), "a9.json")
    assert told["state"] == "done", told
    told = sent(site, officer, content(records=[meeting("ra", "a9")]), "a9.json")
    assert told["state"] == "done", told
    assert told["replaces"] is None, "no row is shared, so it is no new version"


@pytest.mark.parametrize(
    ("first", "code"),
    [
        ({"records": [meeting("ra", "a"), meeting("rb", "b")]}, "replaces-others"),
        (
            {
                "units": [unit("a9", parent_party="a", level="乡级")],
                "records": [meeting("ra", "a")],
            },
            "units-removed",
        ),
    ],
)
def test_a_new_version_takes_away_neither_what_is_anothers_nor_units(
    site: Flask, place: Path, first: dict[str, list[dict[str, Any]]], code: str
) -> None:
    told = sent(site, bearer(place, "guanli"), content(**first), "more.json")
    assert told["state"] == "done", told
    second = content(records=[meeting("ra", "a") | {"date": "2014-05-06"}])
    told = sent(site, bearer(place, "jia"), second, "more.json")
    assert [fault["code"] for fault in told["faults"]] == [code]
    assert told["state"] == "refused"


def test_who_has_as_many_jobs_running_as_he_may_keeps_nobody_else_waiting(
    site: Flask, place: Path
) -> None:
    Accounts(place).add("bing", "officer", Accounts(place)["jia"].remit, None)
    jia, bing = bearer(place, "jia"), bearer(place, "bing")
    client = site.test_client()

    def begun(head: dict[str, str]) -> TestResponse:
        data = {"files": (io.BytesIO(content(records=[meeting("r", "a1")])), "a.json")}
        return client.post("/api/v1/imports", data=data, headers=head)

    with Jobs(place / "jobs").turn():
        some = [begun(jia) for _ in range(5)]
        other = begun(bing)
        assert [one.status_code for one in (*some, other)] == [202] * 4 + [503, 202]
    for one, head in ((some[3], jia), (other, bing)):
        assert ended(client, one.get_json()["id"], head)["state"] == "ready"
    last = begun(jia)
    assert last.status_code == 202
    assert ended(client, last.get_json()["id"], jia)["state"] == "ready"
