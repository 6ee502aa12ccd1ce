"""The API: answers as the commands give them, as the OpenAPI document says, which has no drift."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import OpenAPIV31SpecValidator

from dutygraph.cli.main import dutygraph
from webapp.components import SCHEMAS
from webapp.declared import OPERATIONS
from webapp.operations import Operation
from webapp.schemas import of_type

API = "/api/v1"
ANSWERED = [
    *((one.name, one.example) for one in OPERATIONS if one.example),
    *(
        ("norms", path)
        for path in ("/norms", "/norms?kind=义务&deadline=yearly", "/norms?article=9")
    ),
    ("coverage", "/coverage"),
    ("provisions", "/provisions"),
    ("explain", "/explain?norm=art20%23n1&bearer=PrincipalHead"),
    ("explain", "/explain?norm=art8.item1%23n1&bearer=人大机关党组&legislative_power=false"),
    ("answer", "/questions/deadlines?language=en"),
    ("findings", "/findings"),
    ("findings", "/findings?year=2013&set.reference_units=violation"),
    ("findings", "/findings?unit=qh-xingtang&status=violation&status=review"),
    ("calendar", "/calendar"),
    ("units", "/units"),
    ("unit", "/units/yt-shiwei"),
]
BY_NAME = {one.name: one for one in OPERATIONS}


@pytest.fixture
def document(demo: FlaskClient) -> dict[str, Any]:
    found: dict[str, Any] = demo.get(f"{API}/openapi.json").get_json()
    return found


def fits(value: object, schema: dict[str, Any]) -> None:
    whole = {"components": {"schemas": SCHEMAS}, **schema}
    Draft202012Validator(whole, format_checker=FormatChecker()).validate(value)


def test_the_document_is_openapi(document: dict[str, Any]) -> None:
    OpenAPIV31SpecValidator(document).validate()
    assert document["openapi"].startswith("3.1")
    assert document["servers"] == [{"url": "http://localhost/api/v1"}]


def test_the_document_has_what_is_routed_and_nothing_else(
    document: dict[str, Any], demo_site: Flask
) -> None:
    rules = {
        re.sub(r"<\w+:(\w+)>", r"{\1}", rule.rule).removeprefix(API)
        for rule in demo_site.url_map.iter_rules()
        if rule.rule.startswith(API)
    }
    assert set(document["paths"]) == rules - {"/openapi.json"}
    declared = {(one.path, one.method.lower()) for one in OPERATIONS}
    found = {(path, method) for path, some in document["paths"].items() for method in some}
    assert found == declared


def test_each_schema_is_one_and_is_used(document: dict[str, Any]) -> None:
    written = json.dumps(document)
    for name, schema in SCHEMAS.items():
        Draft202012Validator.check_schema(schema)
        assert f'"#/components/schemas/{name}"' in written


@pytest.mark.parametrize(("name", "address"), ANSWERED)
def test_an_answer_is_as_the_document_says(
    demo: FlaskClient, document: dict[str, Any], name: str, address: str
) -> None:
    answer = demo.get(API + address)
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "application/json"
    (schema,) = [
        path["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        for path in document["paths"].values()
        if "get" in path and path["get"]["operationId"] == name
    ]
    found = answer.get_json()
    assert found
    fits(found, schema)


COMMANDS = [
    ("/provisions?article=12", "provisions --article 12"),
    ("/norms", "norms"),
    (
        "/norms?role=主要负责人&inherited=true&body=部门党组",
        "norms --role 主要负责人 --inherited --body 部门党组",
    ),
    (
        "/norms?role=地方党委&role=政府&level=县级&kind=Obligation",
        "norms --role 地方党委 --role 政府 --level 县级 --kind Obligation",
    ),
    (
        "/norms?addressee=上一级党委&deadline=window",
        "norms --addressee 上一级党委 --deadline window",
    ),
    (
        "/explain?norm=art6.item2%23n1&bearer=主要负责人&body=政府职能部门&legislative_power=true",
        "explain art6.item2#n1 --bearer 主要负责人 --body 政府职能部门 --legislative-power",
    ),
    ("/coverage", "coverage"),
    ("/coverage?article=15", "coverage --article 15"),
    ("/settings", "settings"),
    ("/questions", "query"),
    ("/questions/deadlines?language=en", "query deadlines --language en"),
    (
        "/questions/sanctions-for?severity=情节较重",
        "query sanctions-for -p severity=情节较重",
    ),
    ("/questions/sanctions-for/values", "query sanctions-for --values"),
    ("/findings?as_of=2014-12-10", "check --as-of 2014-12-10"),
    (
        (
            "/findings?as_of=2014-06-30&year=2013&unit=qh-xianwei&provision=art20&status=violation"
            "&set.missing_upper_unit=skip"
        ),
        (
            "check --as-of 2014-06-30 --year 2013 --unit qh-xianwei --provision art20"
            " --status violation --set missing_upper_unit=skip"
        ),
    ),
    (
        "/calendar?unit=qh-xianwei&year=2014&as_of=2014-06-30",
        "calendar qh-xianwei --year 2014 --as-of 2014-06-30",
    ),
    ("/imports", "imports"),
]
OF_A_STORE = ("query", "check", "calendar", "imports")


@pytest.mark.parametrize(("address", "command"), COMMANDS)
def test_an_answer_is_that_of_the_command(
    demo: FlaskClient, demo_store: Path, address: str, command: str
) -> None:
    arguments = [*command.split(), "--format", "json"]
    if arguments[0] in OF_A_STORE:
        arguments += ["--store", str(demo_store)]
    printed = CliRunner().invoke(dutygraph, arguments)
    assert printed.exit_code in (0, 1), printed.output
    assert demo.get(API + address).get_json() == json.loads(printed.stdout)


def test_units_and_roles_are_those_of_the_pages(demo: FlaskClient) -> None:
    units = demo.get(f"{API}/units").get_json()
    linked = re.findall(r'href="(/units/[^"?#]+)"', demo.get("/units").text)
    assert {f"/units/{unit['id']}" for unit in units} == set(linked)
    county = demo.get(f"{API}/units?level=县级&q=青禾").get_json()
    assert {unit["id"] for unit in county} == {
        unit["id"] for unit in units if unit["level"]["zh"] == "县级" and "青禾" in unit["name"]
    }
    assert county
    roles = demo.get(f"{API}/roles").get_json()
    assert all(f'href="/roles/{role["name"]}"' in demo.get("/roles").text for role in roles)


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/norms?rolle=x", 400, "rolle"),
        ("/norms?kind=x", 400, "no norms of kind"),
        ("/norms?inherited=yes", 400, "true | false"),
        ("/norms?inherited=true", 400, "go with role"),
        ("/norms?role=某人", 400, "某人"),
        ("/norms?article=99", 400, "no provision"),
        ("/norms?article=9&article=10", 400, "one article"),
        ("/provisions?article=99", 400, "no provision"),
        ("/coverage?article=99", 400, "no provision"),
        ("/explain?norm=art20%23n1", 400, "bearer is missing"),
        ("/explain?norm=art99%23n1&bearer=政府", 400, "art99#n1"),
        ("/questions/nothing", 404, "no question"),
        ("/questions/deadlines?x=1", 400, "no parameter"),
        ("/questions/deadlines?language=fr", 400, "zh | en"),
        ("/questions/sanctions-for?severity=x", 400, "severity"),
        ("/findings?as_of=soon", 400, "YYYY-MM-DD"),
        ("/findings?as_of=2014-1-1", 400, "YYYY-MM-DD"),
        ("/findings?year=1", 400, "1900"),
        ("/findings?year=0000019000", 400, "1900–9998"),
        ("/findings?status=bad", 400, "violation"),
        ("/findings?set.nothing=1", 400, "set.nothing"),
        ("/findings?set.missing_upper_unit=x", 400, "set.missing_upper_unit"),
        ("/findings?unit=nobody", 404, "nobody"),
        ("/findings?provision=art1", 404, "no check"),
        ("/calendar?unit=nobody", 404, "nobody"),
        ("/units/nobody", 404, "nobody"),
        ("/nothing", 404, "no such address"),
    ],
)
def test_what_cannot_be_answered_is_a_problem_that_says_why(
    demo: FlaskClient, address: str, status: int, said: str
) -> None:
    answer = demo.get(API + address, headers={"Accept": "text/html"})
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    problem = json.loads(answer.text)
    fits(problem, SCHEMAS["Problem"])
    assert problem["status"] == status
    assert said in problem["detail"]
    assert re.search("[\u4e00-\u9fff]", problem["detail"])


@pytest.mark.parametrize("address", ["/findings", "/calendar"])
def test_without_records_there_is_nothing_to_check(empty: FlaskClient, address: str) -> None:
    assert empty.get(API + address).status_code == 404
    assert empty.get(f"{API}/units").get_json() == []
    assert empty.get(f"{API}/imports").get_json() == []


def test_a_check_that_goes_on_is_a_problem_to_come_again_for(
    demo_store: Path, make_site: Callable[..., Flask]
) -> None:
    answer = make_site(demo_store, PATIENCE=0.0).test_client().get(f"{API}/findings")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert answer.content_type == "application/problem+json"
    fits(json.loads(answer.text), SCHEMAS["Problem"])
    assert "still running" in answer.text


def test_nothing_can_be_changed_through_it(demo: FlaskClient) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        answer = demo.open(f"{API}/norms", method=method)
        assert answer.status_code == 405
        assert "GET" in answer.headers["Allow"]
        assert json.loads(answer.text)["status"] == 405


def test_ids_of_imported_data_are_found_whatever_they_hold(hostile: FlaskClient) -> None:
    units = hostile.get(f"{API}/units").get_json()
    assert any("/" in unit["id"] for unit in units)
    for unit in units:
        with hostile.application.test_request_context():
            address = hostile.application.url_for("api.unit", id=unit["id"])
        found = hostile.get(address)
        assert found.status_code == 200
        assert found.get_json()["id"] == unit["id"]
        fits(found.get_json(), SCHEMAS["WholeUnit"])


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.name)
def test_the_page_documents_each_operation(demo: FlaskClient, operation: Operation) -> None:
    section = demo.get("/api/docs").text.partition(f'id="{operation.name}"')[2]
    section = section.partition("</section>")[0]
    assert f"{operation.method} {operation.path}" in section
    for parameter in operation.parameters:
        assert f"<code>{parameter.name}</code>" in section
    examples = re.findall(r'href="(/api/v1/[^"]+)"', section)
    expected = [API + operation.example] if operation.example else []
    assert [unescape(one) for one in examples] == expected


def test_the_page_has_every_key_of_every_answer(demo: FlaskClient) -> None:
    text = demo.get("/api/docs").text
    for name, schema in SCHEMAS.items():
        part = text.partition(f"<summary><code>{name}</code></summary>")[2].partition("</dl>")[0]
        assert re.findall(r"<dt>([^<]+)</dt>", part) == list(schema["properties"])


def test_a_type_that_has_no_schema_is_refused() -> None:
    with pytest.raises(TypeError, match="no schema"):
        of_type(bytes)
