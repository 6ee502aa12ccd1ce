"""No distractor is right: each is put to the graph in SPARQL that knows nothing of how it was made.

What a choice says is asked as ASK queries over ontology, regulation and closure, for every choice
of hundreds of sheets; days are compared with the days of the deadline itself.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dutygraph.regulations.prepared import prepared_graphs
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.terms import sparql_prologue
from dutygraph.training.quiz import Quiz
from dutygraph.training.sheets import (
    LEVELS,
    TOPICS,
    Choice,
    Question,
    QuizError,
    Request,
)

SEEDS = range(400)

RIGHT = {
    # The party itself, a kind of it, or one that it is a kind of, carries the norm.
    "who": """
        ?n dg:key "{norm}" . ?carrier dg:carries ?n .
        FILTER(?carrier = <{value}> || EXISTS {{ ?carrier dg:kindOf <{value}> }}
          || EXISTS {{ <{value}> dg:kindOf ?carrier }})""",
    "when": '?n dg:key "{norm}" ; dg:deadline/dg:raw ?raw FILTER(STR(?raw) = "{value}")',
    # Somebody whom the provision, or one of the norms beside it, is done towards.
    "whom": """
        ?n dg:key "{norm}" ; dg:statedIn ?p . ?m dg:statedIn ?p ; dg:addressee <{value}>""",
    # A measure for that subject, of the tier of the rule or of a lower one.
    "measure": """
        ?n dg:key "{norm}" ; dg:subjectKind ?subject ; dg:severity/dg:ordinal ?tier .
        ?rule dg:subjectKind ?subject ; dg:measures <{value}> ; dg:severity/dg:ordinal ?lower .
        FILTER(?lower <= ?tier)""",
    "next": '?n dg:key "{norm}" ; dg:leadsTo+ <{value}>',
}
"""What makes a choice a right answer, by topic."""

EXACTLY = {
    "whom": '?n dg:key "{norm}" ; dg:addressee <{value}>',
    "next": '?n dg:key "{norm}" ; dg:leadsTo <{value}>',
}
"""What makes it the very answer, where that is less than what a distractor must not be."""

Asking = Callable[[str, str, str], bool]


@pytest.fixture(scope="session")
def holds(store: EmbeddedStore) -> Asking:
    """Give a function that asks whether a pattern holds of a norm and a value."""

    @cache
    def ask(pattern: str, norm: str, value: str) -> bool:
        query = f"{sparql_prologue()} ASK {{ {pattern.format(norm=norm, value=value)} }}"
        answer = json.loads(store.serialize(query, "json", prepared_graphs()))
        return bool(answer["boolean"])

    return ask


def _is_right(holds: Asking, store: EmbeddedStore, question: Question, choice: Choice) -> bool:
    if question.topic == "late":
        return choice.value == _verdict(store, question)
    pattern = RIGHT[question.topic]
    if choice.right:
        pattern = EXACTLY.get(question.topic, pattern)
    return holds(pattern, question.norm, choice.value)


_DAYS = """
SELECT ?from ?to ?window ?months WHERE {
  ?n dg:key "%s" ; dg:deadline ?d .
  OPTIONAL { ?d dg:from ?from ; dg:to ?to }
  OPTIONAL { ?d dg:windowSetting/dg:defaultValue ?window }
  OPTIONAL { ?d dg:months ?months }
}"""


def _verdict(store: EmbeddedStore, question: Question) -> str:
    """Work out from the graph and the days that the question names what the answer is."""
    query = sparql_prologue() + _DAYS % question.norm
    (row,) = store.select(query, prepared_graphs())
    days = [dt.date.fromisoformat(day) for day in re.findall(r"\d{4}-\d\d-\d\d", question.stem.zh)]
    if "months" in row:
        begun, day = days
        whole_months = (day.year - begun.year) * 12 + day.month - begun.month
        # Readings differ on the very end; the questions keep away from it.
        assert abs(whole_months - int(row["months"].value)) >= 2
        return "barred" if whole_months < int(row["months"].value) else "free"
    if "window" in row:
        first, last = row["window"].value.split("..")
        # Every reading of mid-year: May to September at the widest, the default at the narrowest.
        assert not (5 <= days[-1].month <= 9) or first < f"{days[-1]:%m-%d}" < last
    else:
        first, last = (row[name].value.removeprefix("--") for name in ("from", "to"))
    day = f"{days[-1]:%m-%d}"
    return "early" if day < first else "late" if day > last else "on time"


def test_there_are_questions_of_every_topic_and_level(quiz: Quiz) -> None:
    assert len(quiz.questions) > 500
    assert {one.topic for one in quiz.questions} == set(TOPICS)
    assert {one.level for one in quiz.questions} == set(LEVELS)
    assert len({one.key for one in quiz.questions}) == len(quiz.questions)


def test_over_hundreds_of_sheets_exactly_one_choice_is_right(
    quiz: Quiz, holds: Asking, store: EmbeddedStore
) -> None:
    asked = 0
    for seed in SEEDS:
        for question in quiz.sheet(Request(seed=seed, count=12)).questions:
            right = [
                choice for choice in question.choices if _is_right(holds, store, question, choice)
            ]
            assert right == [question.right], (question.key, right)
            assert len({choice.words.zh for choice in question.choices}) == 4
            assert len({choice.words.en for choice in question.choices}) == 4
            asked += 1
    assert asked == len(SEEDS) * 12


def test_no_possible_distractor_is_a_right_answer(
    quiz: Quiz, holds: Asking, store: EmbeddedStore
) -> None:
    for question in quiz.questions:
        assert _is_right(holds, store, question, question.right), question.key
        for choice in question.wrong:
            assert not _is_right(holds, store, question, choice), (question.key, choice.value)


_SAYS = 'SELECT ?p ?quote WHERE { ?n dg:key "%s" ; dg:statedIn/dg:key ?p ; dg:quote ?quote }'


def test_every_choice_stands_with_words_of_the_text(quiz: Quiz, store: EmbeddedStore) -> None:
    sources = {
        source
        for question in quiz.questions
        for choice in (question.right, *question.wrong)
        for source in choice.sources
    }
    assert all(
        choice.sources
        for question in quiz.questions
        for choice in (question.right, *question.wrong)
    )
    for source in sources:
        query = sparql_prologue() + _SAYS % source.norm
        (row,) = store.select(query, prepared_graphs())
        assert (row["p"].value, row["quote"].value) == (source.provision, source.quote)


REASONS = {
    # The example that a reason gives of what the other party does bear, or is told.
    "who": '?n dg:key "{norm}" ; dg:bearer <{value}>',
    "when": '?n dg:key "{norm}" ; dg:deadline/dg:raw ?raw FILTER(STR(?raw) = "{value}")',
    "whom": '?n dg:key "{norm}" ; dg:addressee <{value}>',
    "measure": '?n dg:key "{norm}" ; dg:measures <{value}>',
    "next": '?n dg:key "{norm}" FILTER(?n = <{value}>)',
}


def test_the_words_cited_against_a_distractor_say_what_the_reason_says(
    quiz: Quiz, holds: Asking
) -> None:
    for question in quiz.questions:
        for choice in question.wrong:
            if question.topic == "late" or choice.value == "none":
                assert choice.sources[0].norm == question.norm
                continue
            (source,) = choice.sources
            assert holds(REASONS[question.topic], source.norm, choice.value), question.key


def test_a_step_said_to_come_before_does_and_one_said_to_be_elsewhere_is(
    quiz: Quiz, holds: Asking
) -> None:
    before = elsewhere = 0
    for question in quiz.questions:
        for choice in question.wrong if question.topic == "next" else ():
            if choice.reason.zh.startswith("这一步在前"):
                before += 1
                leads = '?n dg:key "{norm}" . <{value}> dg:leadsTo+ ?n'
                assert holds(leads, question.norm, choice.value)
            else:
                elsewhere += 1
                shared = (
                    '?n dg:key "{norm}" ; dg:leadsTo*/dg:inProcedure ?procedure . '
                    "<{value}> dg:inProcedure ?procedure"
                )
                assert not holds(shared, question.norm, choice.value)
    assert before > 50
    assert elsewhere > 50


def test_a_measure_said_to_be_for_a_graver_case_is(quiz: Quiz, holds: Asking) -> None:
    graver = other = 0
    for question in quiz.questions:
        for choice in question.wrong if question.topic == "measure" else ():
            pattern = (
                '?n dg:key "{norm}" ; dg:subjectKind ?subject ; dg:severity/dg:ordinal ?tier . '
                "?rule dg:subjectKind ?subject ; dg:measures <{value}> ; "
                "dg:severity/dg:ordinal ?higher FILTER(?higher > ?tier)"
            )
            is_graver = holds(pattern, question.norm, choice.value)
            assert is_graver or "只对" in choice.reason.zh
            graver, other = graver + is_graver, other + (not is_graver)
    assert graver
    assert other


def test_no_stem_about_a_party_tells_its_answer(quiz: Quiz) -> None:
    for question in quiz.questions:
        if question.topic == "whom" or (question.topic == "who" and question.level < 3):
            assert question.right.words.zh not in question.stem.zh, question.key


@settings(max_examples=200, deadline=None)
@given(
    st.integers(0, 999_999_999),
    st.integers(1, 50),
    st.sets(st.sampled_from(sorted(LEVELS))).map(lambda some: tuple(sorted(some))),
    st.sets(st.sampled_from(sorted(TOPICS))).map(lambda some: tuple(sorted(some))),
)
def test_the_same_request_gives_the_same_sheet_of_what_was_asked_for(
    seed: int, count: int, levels: tuple[int, ...], topics: tuple[str, ...]
) -> None:
    quiz = _quiz()
    request = Request(seed, count, levels, topics)
    sheet = quiz.sheet(request)
    assert sheet == quiz.sheet(request)
    fitting = [
        one
        for one in quiz.questions
        if (not levels or one.level in levels) and (not topics or one.topic in topics)
    ]
    assert len(sheet.questions) == min(count, len(fitting))
    assert {one.key for one in sheet.questions} <= {one.key for one in fitting}
    assert len({one.key for one in sheet.questions}) == len(sheet.questions)


@cache
def _quiz() -> Quiz:
    from dutygraph.regulations.prepared import open_regulations
    from dutygraph.training.materials import Materials

    return Quiz(Materials(open_regulations(), "hebei"))


def test_questions_made_anew_give_the_same_sheets(quiz: Quiz) -> None:
    for seed in range(20):
        assert _quiz().sheet(Request(seed=seed)) == quiz.sheet(Request(seed=seed))
    assert quiz.sheet(Request(seed=1)) != quiz.sheet(Request(seed=2))


def test_a_right_answer_may_stand_anywhere(quiz: Quiz) -> None:
    letters = [
        question.answer
        for seed in range(50)
        for question in quiz.sheet(Request(seed=seed)).questions
    ]
    assert {letter: letters.count(letter) > 75 for letter in "ABCD"} == dict.fromkeys("ABCD", True)


@pytest.mark.parametrize(
    "asked",
    [
        {"count": 0},
        {"count": 51},
        {"seed": -1},
        {"seed": 1_000_000_000},
        {"levels": (4,)},
        {"topics": ("why",)},
    ],
)
def test_a_sheet_that_cannot_be_is_refused_with_what_there_is(asked: dict[str, object]) -> None:
    with pytest.raises(QuizError, match="/"):
        Request(**asked)  # type: ignore[arg-type]
