"""The worked examples of shapes/<regulation>/examples/, read as cases for the tests."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

import dutygraph
from dutygraph.compliance.checking import Checker, Question
from dutygraph.records.csvw import load_model
from dutygraph.records.importing import read_files
from dutygraph.records.model import Model
from dutygraph.regulations.prepared import open_regulations, read_turtle
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.terms import sparql_prologue

FOLDER = Path(dutygraph.__file__).parent.parent / "shapes" / "hebei" / "examples"
BASE = "https://dutygraph.example/id/"

_EXAMPLES = (
    sparql_prologue()
    + """
SELECT ?example ?label ?check ?asOf ?year ?given ?base ?expects ?verdict WHERE {
  ?example a dg:Example ; rdfs:label ?label ; dg:check ?check ; dg:asOf ?asOf ;
    dg:given ?given ; dg:expects ?expects .
  FILTER(LANG(?label) = "en")
  OPTIONAL { ?example dg:year ?year }
  OPTIONAL { ?example dg:scenario/dg:given ?base }
  OPTIONAL { ?example dg:verdict ?verdict }
} ORDER BY ?example"""
)


@dataclass(frozen=True)
class Example:
    """One worked example: what is given, what is asked, what must be found."""

    name: str
    label: str
    check: str
    question: Question
    settings: tuple[str, ...]
    given: dict[str, Any]
    expects: frozenset[tuple[str, str, str]]
    verdict: dict[str, int] | None

    def records(self, folder: Path) -> bytes:
        """Give the example's records as the import makes them: N-Triples."""
        file = folder / "example.json"
        file.write_text(json.dumps(self.given, ensure_ascii=False), encoding="utf-8")
        batch = read_files([file], model=model())
        assert not batch.errors, "\n".join(str(fault) for fault in batch.errors)
        return batch.ntriples(BASE)


@cache
def model() -> Model:
    return load_model()


@cache
def checker(settings: tuple[str, ...]) -> Checker:
    """Give the checker for some settings; it keeps nothing of what it has checked."""
    return Checker(_store(), "hebei", settings)


@cache
def _store() -> EmbeddedStore:
    return open_regulations()


@lru_cache(maxsize=1)
def worked_graphs(check: str) -> dict[str, EmbeddedStore]:
    """Give the working graph of each example of a check, by its name; nobody writes into them.

    Those of one check are kept at a time: tests that ask for them are ``of_one_check``.
    """
    with TemporaryDirectory() as folder:
        return {
            example.name: checker(example.settings).working_graph(
                [example.records(Path(folder))], example.question
            )
            for example in examples()
            if example.check == check
        }


def of_one_check(check: str) -> pytest.MarkDecorator:
    """Mark a test to run in the same process as the others of its check, right before or after."""
    return pytest.mark.xdist_group(f"check {check}")


def _merged(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Add an example's own lists to its scenario's; the same id replaces."""
    merged = {}
    for name in ("units", "persons", "records"):
        rows = {row["id"]: row for row in base.get(name, []) + own.get(name, [])}
        merged[name] = list(rows.values())
    return merged


@cache
def examples() -> tuple[Example, ...]:
    """Read all worked examples, sorted by name."""
    graph = EmbeddedStore.in_memory()
    graph.add(read_turtle(sorted(FOLDER.glob("*.ttl"))))
    found = []
    for row in graph.select(_EXAMPLES, ()):
        as_of = dt.date.fromisoformat(row["asOf"].value)
        year = int(row["year"].value) if "year" in row else as_of.year
        settings = graph.select(
            f"{sparql_prologue()}SELECT ?s WHERE {{ {row['example']} dg:with ?s }} ORDER BY ?s", ()
        )
        base = json.loads(row["base"].value) if "base" in row else {}
        found.append(
            Example(
                name=row["example"].value.partition("/examples/")[2],
                label=row["label"].value,
                check=row["check"].value,
                question=Question(as_of, year, provision=row["check"].value),
                settings=tuple(setting["s"].value for setting in settings),
                given=_merged(base, json.loads(row["given"].value)),
                expects=frozenset(
                    (each["code"], each["status"], each["subject"])
                    for each in json.loads(row["expects"].value)
                ),
                verdict=json.loads(row["verdict"].value) if "verdict" in row else None,
            )
        )
    return tuple(found)
