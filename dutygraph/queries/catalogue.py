"""The catalogue of competency questions: every .rq file of queries/, read with its header.

A header is comment lines at the head of the file, ``# name: value``: title_zh, title_en, help_zh,
help_en, audience; one ``parameter`` line for each parameter, ``name | kind | default``; and, for
an answer that reads best as a matrix, ``pivot: row | column | value``; for one that counts, to be
drawn as bars, ``chart: label | value``, with ``| total`` where the last row is their total. In the
query ``$name`` stands where a parameter's value goes, ``$language`` where the language of the
answer goes.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pyoxigraph import Literal

from dutygraph import artefacts
from dutygraph.queries.values import FREE_TEXT, LANGUAGE, QuestionError, Value, Values
from dutygraph.terms import sparql_prologue

_HEADER = re.compile(r"# (\w+): (.+)")


@dataclass(frozen=True)
class Parameter:
    """A parameter of a question: its name, its kind and the value it has when none is given."""

    name: str
    kind: str
    default: str


@dataclass(frozen=True)
class Pivot:
    """Which variables of an answer make the rows, the columns and the cells of a matrix."""

    row: str
    column: str
    value: str


@dataclass(frozen=True)
class Chart:
    """Which variables of an answer name the bars of a chart and give their length.

    ``total`` says that the last row is the total of the others.
    """

    label: str
    value: str
    total: bool


@dataclass(frozen=True)
class Question:
    """A competency question; ``query`` lacks the prefixes and has ``$name`` places."""

    name: str
    title_zh: str
    title_en: str
    help_zh: str
    help_en: str
    audience: str
    parameters: tuple[Parameter, ...]
    pivot: Pivot | None
    chart: Chart | None
    query: str

    def to_json(self) -> dict[str, object]:
        """Give the stable JSON of `dutygraph query` without a name."""
        return {
            "name": self.name,
            "title_zh": self.title_zh,
            "title_en": self.title_en,
            "audience": self.audience,
            "parameters": [vars(parameter) for parameter in self.parameters],
        }


def _question(file: Path) -> Question:
    lines = file.read_text(encoding="utf-8").splitlines()
    heads = [found for line in lines if (found := _HEADER.fullmatch(line))]
    named = {found[1]: found[2].strip() for found in heads if found[1] != "parameter"}
    parameters = [_parts(found[2]) for found in heads if found[1] == "parameter"]
    body = "\n".join(line for line in lines if not line.startswith("#"))
    return Question(
        name=file.stem,
        title_zh=named["title_zh"],
        title_en=named["title_en"],
        help_zh=named["help_zh"],
        help_en=named["help_en"],
        audience=named["audience"],
        parameters=tuple(Parameter(*parts) for parts in parameters),
        pivot=Pivot(*_parts(named["pivot"])) if "pivot" in named else None,
        chart=_chart(_parts(named["chart"])) if "chart" in named else None,
        query=body.strip() + "\n",
    )


def _chart(parts: list[str]) -> Chart:
    label, value, *last = parts
    return Chart(label, value, total=last == ["total"])


def _parts(value: str) -> list[str]:
    return [part.strip() for part in value.split("|")]


def questions() -> dict[str, Question]:
    """Give all questions by name, sorted."""
    files = sorted(artefacts.room("queries").glob("*.rq"))
    return {file.stem: _question(file) for file in files}


def question(name: str) -> Question:
    """Give one question; raises QuestionError naming those there are."""
    catalogue = questions()
    if name not in catalogue:
        known = "、".join(catalogue)
        raise QuestionError(
            f"没有问题「{name}」，有：{known} / no question {name!r}; there are {known}"
        )
    return catalogue[name]


def listed_values(values: Values, asked: Question) -> list[dict[str, str]]:
    """Give the stable JSON of `dutygraph query NAME --values`: what each parameter takes."""
    rows = [
        {
            "parameter": parameter.name,
            "value": value.name,
            "zh": value.label_zh,
            "en": value.label_en,
        }
        for parameter in asked.parameters
        for value in values[parameter.kind]
    ]
    rows += [
        {"parameter": parameter.name, "value": "…", "zh": "任意字词", "en": "any words"}
        for parameter in asked.parameters
        if parameter.kind == FREE_TEXT
    ]
    return rows


@cache
def headings() -> dict[str, tuple[str, str]]:
    """Give what the variables and parameters of the questions are called: name → zh, en."""
    with (artefacts.room("queries") / "columns.csv").open(encoding="utf-8", newline="") as file:
        return {row["name"]: (row["zh"], row["en"]) for row in csv.DictReader(file)}


def filled(values: Values, asked: Question, given: Mapping[str, str], language: str = "zh") -> str:
    """Give the SPARQL of a question with its parameters filled in, ready to run.

    Values are labels in either language, names of terms, or keys; ``language`` (zh or en) is the
    one of the answer's words. Raises QuestionError for a parameter that the question has not, or
    a value that its kind does not take.
    """
    terms = {LANGUAGE: str(Literal(language))}
    terms |= {name: str(value.term) for name, value in chosen(values, asked, given).items()}
    # All at once, so that a value which reads like a place is no place.
    places = re.compile(r"\$(" + "|".join(terms) + r")\b")
    return sparql_prologue() + places.sub(lambda place: terms[place[1]], asked.query)


def chosen(values: Values, asked: Question, given: Mapping[str, str]) -> dict[str, Value]:
    """Give the value of each parameter of a question, its default where none is given.

    Raises QuestionError, as ``filled`` does.
    """
    names = {parameter.name for parameter in asked.parameters}
    for name in given:
        if name not in names:
            has = "、".join(sorted(names)) or "—"
            raise QuestionError(
                f"问题 {asked.name} 没有参数 {name}，有：{has} / "
                f"question {asked.name} has no parameter {name!r}; it has {has}"
            )
    found = {}
    for parameter in asked.parameters:
        word = given.get(parameter.name) or parameter.default
        try:
            found[parameter.name] = values.find(parameter.kind, word)
        except QuestionError as error:
            raise QuestionError(f"{parameter.name}: {error}") from error
    return found
