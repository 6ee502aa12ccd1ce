"""Cells to values: each row is read by the columns of its table.

What a row says by itself is checked here: keys, words, dates, numbers, required values. What rows
say of one another is the business of ``validation``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from dutygraph.records.fault_log import FaultLog
from dutygraph.records.faults import Place, Wording, fault
from dutygraph.records.formats import RawRow
from dutygraph.records.model import Column, Model, Table
from dutygraph.records.nearest import NearestWord
from dutygraph.records.values import NoValue, Unfit, is_missing

# What people type between the items of a list, beside the separator that the column names. An id
# may hold a comma; a word of the ontology does not.
_WORDS: Final = re.compile(r"[、;；,，\n]")
_IDS: Final = re.compile(r"[、;；\n]")


_REMEMBERED: Final = 50_000
"""How many different texts of a column are remembered: more than a province has units."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row whose cells have been read: column name → lexical values, one or, in lists, several.

    Words of the ontology are kept as their notations, references as ids. A cell with a fault is
    left out, or shortened if it is a list: only in a batch without errors are rows complete.
    """

    table: Table
    place: Place
    values: Mapping[str, tuple[str, ...]]
    parts: Mapping[str, list[Row]] = field(default_factory=dict)

    def first(self, column: str) -> str | None:
        """Give the value of a column, of a list its first, None when not recorded."""
        values = self.values.get(column)
        return values[0] if values else None


class RowReader:
    """Reads raw rows into rows and collects the faults it meets on the way."""

    def __init__(self, model: Model) -> None:
        self.faults = FaultLog()
        self._model = model
        self._nearest = NearestWord()
        self._needed = cache(_needed)
        self._known: dict[int, dict[str, tuple[str, ...]]] = {}

    def read(self, raw: RawRow) -> Row:
        """Read an outermost row, its nested rows included."""
        tables = self._model.in_list(raw.list_key)
        return self._row(raw, tables[0] if len(tables) == 1 else self._table(raw, tables))

    def _table(self, raw: RawRow, tables: tuple[Table, ...]) -> Table:
        """Tell the table of a row by its type; where that is missing or wrong, by its kind."""
        by_type = {table.row_type: table for table in tables}
        kind = _word(raw.cells.get("kind"))
        by_kind = next((table for table in tables if kind in table.row_kinds), None)
        given = _word(raw.cells.get("type"))
        table = by_type.get(given)
        if table is not None and by_kind in (None, table):
            return table
        types = Wording("、".join(map(str, by_type)), "one of " + ", ".join(map(str, by_type)))
        meant = None if by_kind is None else by_kind.row_type
        seen = raw.cells.get("type")
        if is_missing(seen):
            found = fault("missing-value", raw.place, "type", expected=types, nearest=meant)
        elif table is None:
            meant = meant or self._nearest.find(given, "type", map(str, by_type))
            found = fault(
                "unknown-term", raw.place, "type", seen=seen, expected=types, nearest=meant
            )
        else:
            found = fault(
                "wrong-type", raw.place, "type", seen=seen, nearest=meant, kind=kind or ""
            )
        self.faults.append(found)
        return by_kind or table or self._model.common(raw.list_key)

    def _row(self, raw: RawRow, table: Table) -> Row:
        values: dict[str, tuple[str, ...]] = {}
        faulty: set[str] = set()
        kind = _word(raw.cells.get("kind"))
        known_kind = kind if kind in table.row_kinds else None
        columns = table.columns
        for name, cell in raw.cells.items():
            if name == "type" and table.row_type is not None:
                continue
            column = columns.get(name)
            if column is None:
                self._note_unknown(raw, table, name)
            elif cell is None or is_missing(cell):
                continue
            elif not column.used_by(known_kind):
                self._note_inapplicable(raw, name, cell, known_kind)
            elif (found := self._cell(table, column, cell, raw.place)) is None:
                faulty.add(name)
            elif found:
                values[name] = found
        for column, is_required in self._needed(table, known_kind):
            if column.name not in values and column.name not in faulty:
                self.faults.note(
                    "missing-value" if is_required else "not-recorded",
                    raw.place,
                    column.name,
                    expected=column.expected if is_required else column.titles,
                )
        return Row(table, raw.place, values, self._parts(raw, table, known_kind))

    def _parts(self, raw: RawRow, table: Table, kind: str | None) -> dict[str, list[Row]]:
        parts: dict[str, list[Row]] = {}
        for key, rows in raw.parts.items():
            if key not in table.parts:
                self._note_unknown(raw, table, key)
            elif not table.part_used_by(key, kind):
                if rows:
                    self._note_inapplicable(raw, key, "[…]", kind)
            else:
                parts[key] = [self._row(row, table.parts[key]) for row in rows]
        return parts

    def _cell(
        self, table: Table, column: Column, cell: object, place: Place
    ) -> tuple[str, ...] | None:
        """Read a cell; None when it has a fault, the empty tuple when it is an empty list."""
        if column.separator is None:
            if isinstance(cell, list):
                self.faults.note(
                    "not-single", place, column.name, seen=cell, expected=column.expected
                )
                return None
            return self._single(table, column, cell, place)
        items: list[object]
        if isinstance(cell, list):
            items = cell
        else:
            parted = _IDS if column.references else _WORDS
            items = [*parted.split(cell)] if isinstance(cell, str) else [cell]
        values = [self._value(table, column, item, place) for item in items if not is_missing(item)]
        fit = tuple(value for value in values if value is not None)
        # What can be read of a list is kept, so that its faults are told all at once.
        return fit if fit or not values else None

    def _single(
        self, table: Table, column: Column, cell: object, place: Place
    ) -> tuple[str, ...] | None:
        """Read one value; what the same text became in an earlier row is not worked out again."""
        # A word that is none of those listed is told anew at each of its rows.
        if not isinstance(cell, str) or column.name == "id" or column.otherwise is not None:
            value = self._value(table, column, cell, place)
            return None if value is None else (value,)
        known = self._known.setdefault(id(column), {})
        found = known.get(cell)
        if found is None and (value := self._value(table, column, cell, place)) is not None:
            found = (value,)
            if len(known) < _REMEMBERED:
                known[cell] = found
        return found

    def _value(self, table: Table, column: Column, item: object, place: Place) -> str | None:
        if isinstance(item, NoValue):
            self.faults.note("no-cell-value", place, column.name, seen=item.text)
            return None
        try:
            value = column.datatype.read(item)
        except Unfit as unfit:
            expected = column.expected if column.terms or column.references else unfit.expected
            self.faults.note(
                unfit.code,
                place,
                column.name,
                seen=item,
                expected=expected,
                nearest=unfit.nearest,
            )
            return None
        if column.terms is None or value in column.terms:
            return value
        nearest = self._nearest.find(value, f"{table.name}.{column.name}", column.terms)
        if column.otherwise is not None:
            if nearest is not None:
                self.faults.note("other-term", place, column.name, seen=item, nearest=nearest)
            return value
        self.faults.note(
            "unknown-term",
            place,
            column.name,
            seen=item,
            expected=column.expected,
            nearest=nearest,
        )
        return None

    def _note_unknown(self, raw: RawRow, table: Table, name: str) -> None:
        if table.open:
            return
        known = [*table.columns, *table.parts]
        nearest = self._nearest.find(name, f"columns of {table.name}", known)
        self.faults.note("unknown-column", raw.place, name, seen=name, nearest=nearest)

    def _note_inapplicable(self, raw: RawRow, name: str, cell: object, kind: str | None) -> None:
        self.faults.note("inapplicable-column", raw.place, name, seen=cell, kind=kind or "")


def _word(cell: object) -> str | None:
    return cell.strip() if isinstance(cell, str) else None


def _needed(table: Table, kind: str | None) -> tuple[tuple[Column, bool], ...]:
    """Give the columns that a row of a kind should fill, with whether it cannot do without."""
    required = {
        column.name
        for column in table.columns.values()
        if (column.required and column.name != "type") or kind in column.required_for
    }
    return tuple(
        (column, column.name in required)
        for column in table.columns.values()
        if column.name in required or column.recommended
    )
