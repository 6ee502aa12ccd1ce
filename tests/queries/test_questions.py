"""Every competency question gives its expected answer, and needs the triples that it asks for."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from dutygraph.queries.catalogue import Question, filled, headings, question, questions
from dutygraph.queries.limits import answering
from dutygraph.queries.values import FREE_TEXT, QuestionError, Values
from dutygraph.regulations.prepared import open_regulations
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.terms import DG, PREFIXES

QUESTIONS = questions()
QUERIES = Path(__file__).parents[2] / "queries"
EXPECTED = QUERIES / "expected"


@cache
def open_once() -> EmbeddedStore:
    return open_regulations()


@pytest.fixture
def store() -> EmbeddedStore:
    return open_once()


def _rows(answer: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.decode("utf-8"))))


def test_there_are_at_least_sixty_questions_for_all_three_kinds_of_users() -> None:
    assert len(QUESTIONS) >= 60
    audiences = [one.audience.split(", ") for one in QUESTIONS.values()]
    for user in ("researcher", "compliance", "trainer"):
        assert sum(user in audience for audience in audiences) >= 15
    assert {user for audience in audiences for user in audience} == {
        "researcher",
        "compliance",
        "trainer",
    }


def test_every_expected_answer_belongs_to_a_question() -> None:
    assert {file.stem for file in EXPECTED.glob("*.csv")} == set(QUESTIONS)


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_gives_its_expected_answer(name: str, store: EmbeddedStore) -> None:
    answer = _rows(store.serialize(filled(Values(store), QUESTIONS[name], {}), "csv"))
    assert answer == _rows((EXPECTED / f"{name}.csv").read_bytes())
    assert len(answer) > 1


@pytest.mark.parametrize("name", QUESTIONS)
def test_each_row_that_names_a_norm_names_its_provision_and_quotes_its_words(
    name: str, store: EmbeddedStore
) -> None:
    quotes = {
        row["norm"].value: row["quote"].value
        for row in store.select(
            f"SELECT ?norm ?quote {{ ?n <{DG}key> ?norm ; <{DG}quote> ?quote }}"
        )
    }
    head, *rows = _rows(store.serialize(filled(Values(store), QUESTIONS[name], {}), "csv"))
    for row in (dict(zip(head, cells, strict=True)) for cells in rows):
        norm = row.get("norm")
        if norm:
            assert norm.partition("#")[0] == row["provision"]
            assert row["quote"] == quotes[norm]


def _projection(query: str) -> str:
    """Give the variables that a query answers with: what stands between SELECT and WHERE."""
    return re.sub(r"\([^()]*(\([^()]*\)[^()]*)*\bAS\s", "(", query.partition("WHERE")[0])


def _families(query: str) -> set[str]:
    """Give the properties and classes of ours that a query asks for."""
    return set(re.findall(r"\bdg:\w+", re.sub(r"#[^\n]*", "", query)))


@cache
def _values() -> Values:
    return Values(open_once())


def _askings(asked: Question) -> Iterator[str]:
    """Give a question as asked by default, then with each value of each of its parameters."""
    yield filled(_values(), asked, {})
    for parameter in asked.parameters:
        for value in _values()[parameter.kind]:
            yield filled(_values(), asked, {parameter.name: value.name})


@cache
def _answer(asking: str) -> bytes:
    return open_once().serialize(asking, "csv")


@cache
def open_a_copy() -> EmbeddedStore:
    return open_regulations()


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_copy_of_the_graphs_gives_the_same_answers_in_the_same_order(name: str) -> None:
    """Stores give rows in an order of their own; without this, other bytes would tell nothing."""
    for asking in _askings(QUESTIONS[name]):
        assert open_a_copy().serialize(asking, "csv") == _answer(asking), asking


@pytest.mark.parametrize(
    "family", sorted({each for one in QUESTIONS.values() for each in _families(one.query)})
)
def test_without_a_family_of_triples_each_question_for_it_has_another_answer(family: str) -> None:
    iri = DG + family.removeprefix("dg:")
    mutant = open_regulations()
    mutant.update(f"DELETE WHERE {{ GRAPH ?g {{ ?s <{iri}> ?o }} }}")
    mutant.update(f"DELETE WHERE {{ GRAPH ?g {{ ?s a <{iri}> }} }}")
    mutant.update(f"DELETE WHERE {{ GRAPH ?g {{ <{iri}> ?p ?o }} }}")
    for name, asked in QUESTIONS.items():
        if family in _families(asked.query):
            assert any(
                mutant.serialize(asking, "csv") != _answer(asking) for asking in _askings(asked)
            ), f"{name} does not need {family}"


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_has_a_title_and_help_in_both_languages(name: str) -> None:
    asked = QUESTIONS[name]
    assert all((asked.title_zh, asked.title_en, asked.help_zh, asked.help_en, asked.audience))
    assert asked.title_zh.endswith("？")
    assert asked.title_en.endswith("?")


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_default_of_a_parameter_is_one_of_its_values(name: str, store: EmbeddedStore) -> None:
    for parameter in QUESTIONS[name].parameters:
        known = {value.label_zh for value in Values(store)[parameter.kind]}
        names = {value.name for value in Values(store)[parameter.kind]}
        assert parameter.kind == FREE_TEXT or parameter.default in known | names


def test_every_kind_of_parameter_has_its_list_of_values_and_none_is_left_over() -> None:
    kinds = {parameter.kind for one in QUESTIONS.values() for parameter in one.parameters}
    assert kinds - {FREE_TEXT} == {file.stem for file in (QUERIES / "values").glob("*.rq")}


@pytest.mark.parametrize("file", sorted((QUERIES / "values").glob("*.rq")), ids=lambda f: f.stem)
def test_a_list_of_values_is_labelled_in_both_languages_and_found_by_each(
    file: Path, store: EmbeddedStore
) -> None:
    values = Values(store)
    assert values[file.stem]
    for value in values[file.stem]:
        for word in (value.name, value.label_zh, value.label_en):
            assert values.find(file.stem, word) == value


def test_every_column_and_parameter_has_a_heading_and_none_is_left_over() -> None:
    used = {parameter.name for one in QUESTIONS.values() for parameter in one.parameters}
    for one in QUESTIONS.values():
        used |= set(re.findall(r"\?(\w+)", _projection(one.query)))
    assert used == set(headings())


def test_a_head_of_a_government_is_not_asked_for_what_congress_party_groups_do(
    store: EmbeddedStore,
) -> None:
    government = filled(Values(store), question("duties-of-body"), {"body": "政府"})
    norms = {row["norm"].value for row in store.select(government)}
    assert "art6.item1#n4" in norms
    assert not any(norm.startswith(("art7", "art8")) for norm in norms)


def test_an_article_can_be_given_by_its_number_alone(store: EmbeddedStore) -> None:
    asked = question("points-left-open")
    assert filled(Values(store), asked, {"article": "20"}) == filled(
        Values(store), asked, {"article": "art20"}
    )


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("points-left-open", {"article": "99"}, "没有「art99」"),
        ("duties-of-body", {"body": "人大机关党祖"}, "人大机关党组"),
        ("duties-of-body", {"role": "政府"}, "没有参数 role"),
        ("deadlines", {"role": "政府"}, "没有参数 role"),
    ],
)
def test_a_parameter_that_does_not_fit_is_answered_with_what_would(
    name: str, given: dict[str, str], said: str, store: EmbeddedStore
) -> None:
    with pytest.raises(QuestionError, match=re.escape(said)):
        filled(Values(store), question(name), given)


def test_an_unknown_question_is_answered_with_the_ones_there_are() -> None:
    with pytest.raises(QuestionError, match="principal-head-duties"):
        question("principal-head")


def test_the_prefixes_are_those_of_the_project() -> None:
    assert PREFIXES["dg"] == DG


def test_what_lies_beside_the_regulation_in_a_store_is_in_no_answer() -> None:
    beside = EmbeddedStore.in_memory()
    beside.load(b"<urn:made-up> <urn:says> <urn:this> <urn:records> .\n")
    answers = answering(beside, "deadlines")
    assert not list(answers.select("SELECT ?it { <urn:made-up> ?says ?it }"))
    sparql = filled(Values(answers), question("deadlines"), {})
    expected = (EXPECTED / "deadlines.csv").read_bytes()
    assert _rows(answers.serialize(sparql, "csv")) == _rows(expected)
