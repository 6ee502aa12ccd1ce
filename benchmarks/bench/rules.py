"""The rules that every peer runs: the folder ``rules/``, a rule in each of three languages.

``NAME.ttl`` is a SHACL shape (ten in SHACL Core, five in SHACL-SPARQL), ``NAME.rq`` the same rule
as one SPARQL query and ``NAME.sql`` as one SQL query, both written by hand, with a row for each
validation result that the shape must give: its focus node and, where it is not the rule itself, the
name of the shape that finds it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "rules"
BASE: Final = "https://dutygraph.example/rule/"
"""What the IRIs of shapes begin with."""


def _text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def rules() -> list[str]:
    """Give the names of the rules, sorted."""
    return sorted({file.stem for file in FOLDER.glob("*.sql")} - {"tables"})


def shapes(names: Iterable[str]) -> str:
    """Give the shapes of some rules as one Turtle document."""
    return _text("prologue.ttl") + "".join("\n" + _text(f"{name}.ttl") for name in names)


def query(name: str) -> str:
    """Give a rule as SPARQL."""
    return _text("prologue.rq") + _text(f"{name}.rq")


def statement(name: str) -> str:
    """Give a rule as SQL over the tables that ``tables`` makes."""
    return _text(f"{name}.sql")


def tables() -> list[str]:
    """Give the SQL statements that make the rules' tables out of a table ``triples``."""
    return [one.strip() for one in _text("tables.sql").split(";\n") if one.strip()]


def shape_iri(name: str) -> str:
    """Give the IRI of a shape as N-Triples writes it."""
    return f"<{BASE}{name}>"


@cache
def owners() -> dict[str, str]:
    """Give for each shape the rule in whose file it stands: IRI in N-Triples → name."""
    found = {}
    for name in rules():
        for line in _text(f"{name}.ttl").splitlines():
            head = line.split(" ", 1)[0]
            if head.startswith("rule:"):
                found[shape_iri(head.removeprefix("rule:"))] = name
    return found
