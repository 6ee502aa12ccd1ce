"""The command line as its users meet it: output forms, filters, exit codes, messages."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from running import answer, run

from dutygraph.cli.main import dutygraph

DEMO = Path(__file__).parents[2] / "data" / "demo" / "records.json"
HEBEI = Path(__file__).parents[2] / "data" / "regulations" / "hebei"
FINDING_KEYS = {
    "provision", "code", "status", "subject", "norms", "due", "message_zh", "message_en",
    "evidence", "remedy",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _own_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DUTYGRAPH_STORE", str(tmp_path / "store"))


@pytest.mark.parametrize("command", [["norms"], ["provisions"], ["query"], ["query", "deadlines"]])
@pytest.mark.parametrize("form", ["table", "csv"])
def test_every_list_can_be_printed_as_table_and_csv(command: list[str], form: str) -> None:
    result = run(*command, "--format", form)
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) > 6
    if form == "csv":
        rows = list(csv.reader(io.StringIO(result.stdout)))
        assert len({len(row) for row in rows}) == 1


def test_a_question_answers_in_sparql_results_json() -> None:
    result = answer("query", "principal-head-duties")
    assert {"norm", "provision"} <= set(result["head"]["vars"])
    assert len(result["results"]["bindings"]) > 80


def test_a_question_can_show_its_sparql() -> None:
    shown = run("query", "duties-of-body", "-p", "body=政府", "--show").stdout
    assert "<https://w3id.org/dutygraph/ontology#Government>" in shown


def test_sparql_is_taken_as_text_from_a_file_and_from_stdin(tmp_path: Path) -> None:
    query = "SELECT (COUNT(?n) AS ?count) WHERE { ?n dg:statedIn hebei:art20 }"
    file = tmp_path / "count.rq"
    file.write_text(query, encoding="utf-8")
    answers = [
        run("sparql", query, "--format", "csv").stdout,
        run("sparql", file, "--format", "csv").stdout,
        run("sparql", "-", "--format", "csv", stdin=query).stdout,
    ]
    assert [each.splitlines() for each in answers] == [["count", "2"]] * 3


def test_ask_and_construct_are_answered_in_their_forms() -> None:
    assert "是 yes" in run("sparql", "ASK { hebei:art20 dg:key 'art20' }").stdout
    assert "否 no" in run("sparql", "ASK { hebei:art20 dg:key 'art21' }").stdout
    construct = "CONSTRUCT { hebei:art20 dg:key ?k } WHERE { hebei:art20 dg:key ?k }"
    assert "art20" in run("sparql", construct, "--format", "nt").stdout
    assert "art20" in run("sparql", construct).stdout, "triples are no table"


def test_a_check_of_files_has_the_shape_of_the_contract() -> None:
    report = answer("check", DEMO, "--as-of", "2014-12-10")
    assert report.keys() >= {"as_of", "settings", "checks", "findings"}
    for counts in report["checks"]:
        parts = [counts[key] for key in ("met", "breached", "not_due", "unknown")]
        assert counts["looked_at"] == sum(parts)
    for finding in report["findings"]:
        assert finding.keys() >= FINDING_KEYS
        for record in finding["evidence"]:
            assert record.keys() >= {"record", "file", "sheet", "row"}


def test_evidence_and_remedy_use_the_ids_and_rows_of_the_import() -> None:
    given = json.loads(DEMO.read_text(encoding="utf-8"))
    units = {unit["id"] for unit in given["units"]}
    for finding in answer("check", DEMO, "--as-of", "2014-12-10")["findings"]:
        assert finding["subject"] in units
        for record in finding["evidence"]:
            assert record["file"] == "records.json"
            assert given[record["sheet"]][record["row"] - 1]["id"] == record["record"]
        for record in finding["remedy"]:
            assert record["unit"] in units
            assert record.get("to", record["unit"]) in units


def test_exit_code_1_tells_of_violations_and_0_of_none() -> None:
    assert run("check", DEMO, "--as-of", "2014-12-10").exit_code == 1
    clean = run("check", DEMO, "--as-of", "2014-12-10", "--provision", "art6")
    assert clean.exit_code == 0, clean.output


def test_one_provision_of_an_article_or_all_of_it_can_be_asked_for() -> None:
    whole = answer("check", DEMO, "--as-of", "2014-12-10", "--provision", "art12")
    assert {row["provision"] for row in whole["checks"]} == {
        "art12.para1",
        "art12.para2",
        "art12.item2",
    }


def test_asking_for_a_committee_asks_for_its_government_too() -> None:
    report = answer("check", DEMO, "--as-of", "2014-12-10", "--unit", "yt-shiwei")
    meetings = next(row for row in report["checks"] if row["provision"] == "art6.item1")
    assert meetings["looked_at"] == 2
    assert {finding["subject"] for finding in report["findings"]} == {"yt-shiwei"}


def test_a_unit_and_a_person_of_the_same_id_are_two(tmp_path: Path) -> None:
    units = [{"id": name, "name": name, "kind": "地方党委", "level": "县级"} for name in ("c", "p")]
    person = {"id": "p", "name": "某某", "roles": [{"unit": "c", "post": "书记"}]}
    file = tmp_path / "one.json"
    given = {"units": units, "persons": [person], "records": []}
    file.write_text(json.dumps(given, ensure_ascii=False), encoding="utf-8")
    report = answer("check", file, "--as-of", "2014-12-10", "--unit", "c")
    assert {finding["subject"] for finding in report["findings"]} == {"c"}


def test_ids_are_known_again_under_a_base_of_ones_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DUTYGRAPH_BASE", "https://org.example/data/")
    unit = {"id": "c", "name": "某县委", "kind": "地方党委", "level": "县级"}
    meeting = {"id": "r", "type": "meeting", "kind": "动员部署", "date": "2014-03-01", "unit": "c"}
    for name, given in (("units", {"units": [unit]}), ("records", {"records": [meeting]})):
        file = tmp_path / f"{name}.json"
        whole = {"units": [], "persons": [], "records": []} | given
        file.write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")
        assert run("import", file).exit_code == 0
    monkeypatch.setenv("DUTYGRAPH_BASE", "nowhere")
    refused = run("import", file)
    assert refused.exit_code == 2
    assert "DUTYGRAPH_BASE" in refused.stderr


def test_a_setting_changes_what_is_found_and_stands_in_the_report() -> None:
    report = answer("check", DEMO, "--as-of", "2014-12-10", "--set", "missing_upper_unit=skip")
    assert report["settings"]["missing_upper_unit"] == "skip"
    assert "yt-shiwei" not in {finding["subject"] for finding in report["findings"]}


def test_a_check_that_had_nothing_to_look_at_says_so(tmp_path: Path) -> None:
    file = tmp_path / "one.json"
    unit = {"id": "x", "name": "某镇政府", "kind": "政府", "level": "乡级"}
    file.write_text(json.dumps({"units": [unit], "persons": [], "records": []}), encoding="utf-8")
    result = run("check", file, "--as-of", "2014-12-10")
    assert "art20：没有可检查的单位" in result.stdout


def test_what_was_imported_is_checked_without_naming_files() -> None:
    assert run("import", DEMO).exit_code == 0
    assert run("import", DEMO).exit_code == 0, "the same content again is no other import"
    stored = answer("check", "--as-of", "2014-12-10")
    assert stored["findings"] == answer("check", DEMO, "--as-of", "2014-12-10")["findings"]


def test_a_dry_run_imports_nothing(tmp_path: Path) -> None:
    result = run("import", DEMO, "--dry-run")
    assert "可以导入" in result.stdout
    assert not (tmp_path / "store").exists()


def test_a_bad_file_is_refused_whole_with_every_fault(tmp_path: Path) -> None:
    given = json.loads(DEMO.read_text(encoding="utf-8"))
    given["units"][3]["level"] = "县及"
    given["records"][7]["date"] = "2014-02-30"
    file = tmp_path / "bad.json"
    file.write_text(json.dumps(given, ensure_ascii=False), encoding="utf-8")
    result = run("import", file)
    assert result.exit_code == 2
    assert "bad.json · units · 第4行 · level" in result.stderr
    assert "县级" in result.stderr
    assert "bad.json · records · 第8行 · date" in result.stderr
    assert run("check", "--as-of", "2014-12-10").exit_code == 2, "nothing was imported"
    assert run("check", file, "--as-of", "2014-12-10").exit_code == 2
    listed = run("import", file, "--format", "json")
    assert listed.exit_code == 2
    assert len(json.loads(listed.stdout)["errors"]) == 2


def test_only_so_many_faults_are_shown_on_the_screen(tmp_path: Path) -> None:
    unit = {"name": "某局", "kind": "部们党组", "level": "县级"}
    units = [{"id": f"u{n}"} | unit for n in range(130)]
    file = tmp_path / "bad.json"
    file.write_text(json.dumps({"units": units, "persons": [], "records": []}), encoding="utf-8")
    result = run("import", file)
    assert "30 more" in result.stderr
    assert "130 errors" in result.stderr


def test_warnings_that_are_not_shown_are_counted(tmp_path: Path) -> None:
    units = [{"id": f"u{n}", "name": "某局党组", "kind": "部门党组"} for n in range(130)]
    file = tmp_path / "no_levels.json"
    file.write_text(json.dumps({"units": units, "persons": [], "records": []}), encoding="utf-8")
    result = run("import", file)
    assert result.exit_code == 0
    assert "more warnings" in result.stderr


def test_the_demo_gives_the_findings_written_down_for_it() -> None:
    reports = answer("demo")
    written = (DEMO.parent / "expected.csv").read_text(encoding="utf-8")
    expected = list(csv.DictReader(io.StringIO(written)))
    keys = ("provision", "code", "status", "subject")
    for report in reports:
        found = {tuple(finding[key] for key in keys) for finding in report["findings"]}
        wanted = {
            tuple(row[key] for key in keys)
            for row in expected
            if (row["as_of"], int(row["year"])) == (report["as_of"], report["year"])
        }
        assert found == wanted
    assert len(reports) == 2


def test_the_demo_says_what_it_found_in_words() -> None:
    result = run("demo")
    assert result.exit_code == 0
    assert re.search(r"2014 年，截至 as of 2014-12-10: \d+ 条发现 findings", result.stdout)


def test_the_demo_does_not_mix_with_other_records_of_the_same_ids(tmp_path: Path) -> None:
    given = json.loads(DEMO.read_text(encoding="utf-8"))
    file = tmp_path / "mine.json"
    unit = {"id": given["units"][0]["id"], "name": "某局党组", "kind": "部门党组", "level": "县级"}
    file.write_text(json.dumps({"units": [unit], "persons": [], "records": []}), encoding="utf-8")
    assert run("import", file).exit_code == 0
    result = run("demo")
    assert result.exit_code == 2
    assert "--store" in result.stderr


def test_a_check_can_be_printed_as_csv() -> None:
    rows = list(
        csv.DictReader(
            io.StringIO(run("check", DEMO, "--as-of", "2014-12-10", "--format", "csv").stdout)
        )
    )
    assert {row["provision"] for row in rows} >= {"art11", "art20"}


def test_a_name_that_looks_like_a_formula_is_none_in_csv(tmp_path: Path) -> None:
    unit = {"id": "x", "name": '=HYPERLINK("a")', "kind": "政府", "level": "乡级"}
    file = tmp_path / "one.json"
    file.write_text(json.dumps({"units": [unit], "persons": [], "records": []}), encoding="utf-8")
    check = ["check", file, "--as-of", "2015-12-10", "--year", "2014"]
    printed = run(*check, "--format", "csv").stdout
    assert "'=HYPERLINK" in printed


def test_the_text_of_the_regulation_is_made_from_its_source(tmp_path: Path) -> None:
    for name in ("source.txt", "repairs.ttl"):
        (tmp_path / name).write_bytes((HEBEI / name).read_bytes())
    assert run("parse", tmp_path, "--check").exit_code == 1
    assert run("parse", tmp_path).exit_code == 0
    assert (tmp_path / "text.ttl").read_bytes() == (HEBEI / "text.ttl").read_bytes()
    assert run("parse", tmp_path, "--check").exit_code == 0


def test_lines_that_cannot_be_placed_are_reported_with_their_number(tmp_path: Path) -> None:
    (tmp_path / "repairs.ttl").write_bytes((HEBEI / "repairs.ttl").read_bytes())
    source = (HEBEI / "source.txt").read_text(encoding="utf-8")
    (tmp_path / "source.txt").write_text(source + "\n\n附：工作流程图\n", encoding="utf-8")
    result = run("parse", tmp_path)
    assert re.search(r"source\.txt: 第\d+行 line \d+: .*工作流程图", result.stderr)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["norms", "--role", "主要负责任人"], "主要负责人"),
        (["norms", "--inherited"], "go with role"),
        (["norms", "--article", "44"], "没有条款「44」"),
        (["norms", "--kind", "任务"], "义务"),
        (["parse", str(DEMO.parent)], "source.txt"),
        (["check", str(DEMO), "--as-of", "0999-12-31"], "YYYY-MM-DD"),
        (["check", str(DEMO), "--as-of", "20141231"], "YYYY-MM-DD"),
        (["check", str(DEMO), "--as-of", "2014-12-10", "--unit", ""], "没有单位「」"),
        (["check", str(DEMO), "--as-of", "2014-12-10", "--provision", ""], "没有对「」"),
        (["provisions", "--article", "44"], "没有条款「44」"),
        (["query", "principal-head"], "principal-head-duties"),
        (["query", "duties-of-body", "-p", "body"], "NAME=VALUE"),
        (["query", "duties-of-body", "-p", "body=某局"], "did you mean"),
        (["sparql", "SELECT * WHERE { ?s ?p "], "line 1, column"),
        (["sparql", "no-such-file.rq"], "neither a query nor a file"),
        (["check", "--as-of", "2014-12-10"], "dutygraph import"),
        (["check", str(DEMO), "--as-of", "2014-13-10"], "YYYY-MM-DD"),
        (["check", str(DEMO), "--as-of", "2014-12-10", "--set", "joint=any"], "joint_addressee"),
        (["check", str(DEMO), "--as-of", "2014-12-10", "--unit", "nobody"], "nobody"),
        (["check", str(DEMO), "--as-of", "2014-12-10", "--provision", "art1"], "art1"),
        (["check", "no-such.json", "--as-of", "2014-12-10"], "no-such.json"),
        (["import"], "name the files"),
    ],
)
def test_unusable_arguments_end_with_2_and_say_what_would_do(
    arguments: list[str], said: str
) -> None:
    result = run(*arguments)
    assert result.exit_code == 2, result.output
    assert said in result.stderr


@pytest.mark.parametrize("name", sorted(dutygraph.commands))
def test_the_help_of_every_command_shows_an_example(name: str) -> None:
    assert f"dutygraph {name}" in run(name, "--help").stdout.partition("example:")[2]


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.org"])  # noqa: S104
def test_a_site_that_is_written_to_is_served_to_this_machine_alone(host: str) -> None:
    result = run("serve", "--writable", "--host", host)
    assert result.exit_code == 2
    assert "只能用于本机地址" in result.stderr
