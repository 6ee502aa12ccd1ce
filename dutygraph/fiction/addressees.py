"""Whom a report or filing had to reach, and whom it reached (readings A03, A37 and A40)."""

from __future__ import annotations

from collections.abc import Iterable

from dutygraph.fiction.drawing import Row
from dutygraph.fiction.evidence import Evidence, Line


def reaching(here: Evidence, lines: Iterable[Line], line: Line, rows: Iterable[Row]) -> list[Row]:
    """Give what reached the superiors of a line, or of either where one is enough (A03)."""
    joint = here.assumed.joint_addressee == "all"
    wanted = line.superiors.union(*(() if joint else [each.superiors for each in lines]))
    return [row for row in rows if wanted & set(row.get("to", ()))]


def unreached(here: Evidence, unit: Row, rows: list[Row], due: str) -> list[Line]:
    """Give the lines of a unit whose superiors are known and that nothing has reached."""
    lines = here.lines(unit, due)
    return [line for line in lines if line.superiors and not reaching(here, lines, line, rows)]


def unknown_superior(
    here: Evidence, key: str, unit: Row, line: Line, rows: list[Row], act: str
) -> None:
    """Say what follows where a superior is not in the data, as of the last day (A40)."""
    if here.assumed.missing_upper_unit == "review":
        why = f"的{line.called}不在数据中，{act}是否报送无法核实"
        here.find(key, "UNVERIFIABLE", unit["id"], why)
    elif here.assumed.missing_upper_unit == "violation" and not rows:
        here.find(key, "MISSING", unit["id"], f"{act}没有任何报送的记录")


def addressees(
    here: Evidence,
    key: str,
    unit: Row,
    lines: tuple[Line, Line],
    line: Line,
    rows: list[Row],
    act: str,
) -> None:
    """Look at whom something went to that did not reach the superior of a line."""
    joint = here.assumed.joint_addressee == "all"
    reached = {to for row in rows for to in row.get("to", ())}
    astray = reached.difference(*(each.superiors for each in lines))
    if astray and (joint or all(each.stood for each in lines)):
        here.find(key, "WRONG_ADDRESSEE", unit["id"], f"{act}报了别处，没有报{line.called}")
    if any(not row.get("to") for row in rows):
        here.find(key, "UNVERIFIABLE", unit["id"], f"{act}没有登记报给谁")
    elif not astray and joint:
        here.find(key, "MISSING_ADDRESSEE", unit["id"], f"{act}没有报{line.called}")
