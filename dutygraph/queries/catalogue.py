"""The catalogue of competency questions: every .rq file of queries/, read with its header.

A header is comment lines at the head of the file, ``# name: value``: title_zh, title_en, help_zh,
help_en, audience, and one ``parameter`` line for each parameter, ``name | kind | default``. The
kinds are ``body`` (a label of a kind of body), ``addressee``, and ``article`` (a provision key).
In the query ``$name`` stands where the value goes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal

from dutygraph import artefacts
from dutygraph.regulations.labels import Labels, UnknownTermError
from dutygraph.regulations.prepared import prepared_graphs
from dutygraph.store.graphs import GraphStore
from dutygraph.terms import DG, sparql_prologue

_HEADER = re.compile(r"# (\w+): (.+)")
_TERM_CLASSES = {
    "body": ("BodyKind",),
    "addressee": ("BodyKind", "RoleKind", "AddresseeKind"),
}


class QuestionError(ValueError):
    """A question is not in the catalogue, or its parameters do not fit."""


@dataclass(frozen=True)
class Parameter:
    """A parameter of a question: its name, its kind and the value it has when none is given."""

    name: str
    kind: str
    default: str


@dataclass(frozen=True)
class Question:
    """A competency question; ``query`` has the project's prefixes and ``$name`` places."""

    name: str
    title_zh: str
    title_en: str
    help_zh: str
    help_en: str
    audience: str
    parameters: tuple[Parameter, ...]
    query: str


def _question(file: Path) -> Question:
    lines = file.read_text(encoding="utf-8").splitlines()
    heads = [found for line in lines if (found := _HEADER.fullmatch(line))]
    named = {found[1]: found[2].strip() for found in heads if found[1] != "parameter"}
    parameters = [found[2].split("|") for found in heads if found[1] == "parameter"]
    body = "\n".join(line for line in lines if not line.startswith("#"))
    return Question(
        name=file.stem,
        title_zh=named["title_zh"],
        title_en=named["title_en"],
        help_zh=named["help_zh"],
        help_en=named["help_en"],
        audience=named["audience"],
        parameters=tuple(Parameter(*(part.strip() for part in parts)) for parts in parameters),
        query=body.strip() + "\n",
    )


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


def values(store: GraphStore, kind: str) -> dict[str, str]:
    """Give the values that a parameter kind takes: IRI or key → label in Chinese."""
    if kind == "article":
        query = 'SELECT ?v WHERE { ?p dg:key ?v FILTER(STRSTARTS(?v, "art")) ?p dg:order ?order }'
        rows = store.select(sparql_prologue() + query + " ORDER BY ?order", prepared_graphs())
        return {row["v"].value: row["v"].value for row in rows}
    labels = Labels(store, prepared_graphs())
    classes = " ".join(f"dg:{name}" for name in _TERM_CLASSES[kind])
    query = f"SELECT DISTINCT ?v WHERE {{ VALUES ?c {{ {classes} }} ?v a ?c }} ORDER BY ?v"
    rows = store.select(sparql_prologue() + query, prepared_graphs())
    return {row["v"].value: labels.of(row["v"].value) for row in rows}


def filled(store: GraphStore, asked: Question, given: Mapping[str, str]) -> str:
    """Give the SPARQL of a question with its parameters filled in, ready to run.

    Values are labels in either language, names of terms, or provision keys. Raises QuestionError
    for a parameter that the question has not, or a value that its kind does not take.
    """
    names = {parameter.name for parameter in asked.parameters}
    for name in given:
        if name not in names:
            has = "、".join(sorted(names)) or "—"
            raise QuestionError(
                f"问题 {asked.name} 没有参数 {name}，有：{has} / "
                f"question {asked.name} has no parameter {name!r}; it has {has}"
            )
    query = asked.query
    for parameter in asked.parameters:
        value = given.get(parameter.name) or parameter.default
        term = _term(store, parameter, value)
        query = re.sub(rf"\${parameter.name}\b", lambda _, term=term: term, query)  # type: ignore[misc]
    return sparql_prologue() + query


def _term(store: GraphStore, parameter: Parameter, value: str) -> str:
    known = values(store, parameter.kind)
    if parameter.kind == "article":
        key = value if value.startswith("art") else f"art{value}"
        if key not in known:
            raise QuestionError(
                f"没有条款「{value}」，应写作 art11、art9.item3 / "
                f"no provision {value!r}; write art11 or art9.item3"
            )
        return str(Literal(key))
    try:
        iri = Labels(store, prepared_graphs()).find(value.removeprefix(DG), set(known))
    except UnknownTermError as error:
        raise QuestionError(f"{parameter.name}: {error}") from error
    return f"<{iri}>"
