"""The JSON form: ``{"units": [...], "persons": [...], "records": [...]}`` (RFC 8259, UTF-8)."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from dutygraph.records.fault_log import FaultLog
from dutygraph.records.faults import Fault, Place, Wording, fault
from dutygraph.records.formats import Format, RawRow, Reading, Source
from dutygraph.records.model import Model
from dutygraph.records.nearest import closest
from dutygraph.records.values import Unreadable

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_DIGITS: Final = 18


class _RepeatedKeys(dict[str, object]):
    """An object in which keys stand more than once; the last value of each is kept."""

    def __init__(self, pairs: list[tuple[str, object]]) -> None:
        super().__init__(pairs)
        counts = Counter(key for key, _ in pairs)
        self.repeated = [key for key, count in counts.items() if count > 1]


def read(source: Source, model: Model) -> Reading:
    """Read the rows of a JSON document (a ``Reader``)."""
    try:
        document = _parse(source, _decode(source), model)
    except _Unusable as unusable:
        return Reading(faults=FaultLog([unusable.fault]))
    except RecursionError:
        # The parser of the standard library gives up at the interpreter's own limit of depth.
        deep = fault("nested-too-deep", Place(source.name), expected=_outline(model))
        return Reading(faults=FaultLog([deep]))
    return _Document(source.name, model).read(document)


FORMAT: Final = Format("json", (".json",), read)


class _Unusable(Exception):  # noqa: N818 - carries the fault out of the parsing steps
    def __init__(self, found: Fault) -> None:
        super().__init__(str(found))
        self.fault = found


def _outline(model: Model) -> Wording:
    outline = "{" + ", ".join(f'"{key}": […]' for key in model.list_keys) + "}"
    return Wording(outline, outline)


def _decode(source: Source) -> str:
    content = source.content.removeprefix(_BYTE_ORDER_MARK)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line_start = before.rfind(b"\n") + 1
        raise _Unusable(
            fault(
                "not-utf8",
                Place(source.name),
                reason=f"0x{content[error.start]:02x}",
                line=before.count(b"\n") + 1,
                position=len(before[line_start:].decode("utf-8")) + 1,
            )
        ) from error


def _parse(source: Source, text: str, model: Model) -> object:
    if not text.strip():
        raise _Unusable(fault("empty-file", Place(source.name), expected=_outline(model)))
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_number,
            parse_constant=Unreadable,
        )
    except json.JSONDecodeError as error:
        raise _Unusable(
            fault(
                "malformed-json",
                Place(source.name),
                reason=error.msg,
                line=error.lineno,
                position=error.colno,
            )
        ) from error


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    return fields if len(fields) == len(pairs) else _RepeatedKeys(pairs)


def _integer(digits: str) -> int | Unreadable:
    return int(digits) if len(digits) <= _DIGITS else Unreadable(digits)


def _number(digits: str) -> float | Unreadable:
    number = float(digits)
    return number if math.isfinite(number) else Unreadable(digits)


def _seen(value: object) -> object:
    return "null" if value is None else value


class _Document:
    """Walks a parsed document and collects its rows and the faults of its outline."""

    def __init__(self, file: str, model: Model) -> None:
        self._file = file
        self._model = model
        self._reading = Reading()
        self._sequence = 0

    def read(self, document: object) -> Reading:
        place = Place(self._file)
        keys = self._model.list_keys
        if not isinstance(document, dict) or (document and not document.keys() & set(keys)):
            self._reading.faults.note(
                "wrong-top-level", place, seen=_seen(document), expected=_outline(self._model)
            )
            return self._reading
        if not document:
            self._reading.faults.note("empty-file", place, expected=_outline(self._model))
            return self._reading
        self._note_repeated(document, place)
        for key, rows in document.items():
            if key not in keys:
                self._reading.faults.note(
                    "unknown-table",
                    place,
                    seen=key,
                    expected=Wording("、".join(keys), ", ".join(keys)),
                    nearest=closest(key, keys),
                )
            elif isinstance(rows, list):
                self._read_list(key, rows)
            elif rows is not None:
                self._reading.faults.note("table-not-list", Place(self._file, key), seen=rows)
        if self._sequence == 0 and not self._reading.faults.has_errors:
            self._reading.faults.note("no-rows", place)
        return self._reading

    def _read_list(self, key: str, rows: list[object]) -> None:
        part_keys = self._model.part_keys(key)
        for number, row in enumerate(rows, start=1):
            self._sequence += 1
            place = Place(self._file, key, number, sequence=self._sequence)
            if isinstance(row, dict):
                self._reading.rows.append(self._row(key, place, row, part_keys))
            else:
                self._reading.faults.note("row-not-object", place, seen=_seen(row))

    def _row(
        self, key: str, place: Place, row: dict[str, object], part_keys: frozenset[str]
    ) -> RawRow:
        self._note_repeated(row, place)
        if part_keys.isdisjoint(row):
            return RawRow(key, place, row)
        parts = {name: self._parts(name, place, row[name]) for name in row if name in part_keys}
        cells = {name: value for name, value in row.items() if name not in part_keys}
        return RawRow(key, place, cells, parts)

    def _parts(self, key: str, place: Place, rows: object) -> list[RawRow]:
        found: list[RawRow] = []
        if rows is None:
            return found
        if not isinstance(rows, list):
            self._reading.faults.note("part-not-list", place, key, seen=rows)
            return found
        for number, row in enumerate(rows, start=1):
            step = f"{key}[{number}]"
            if isinstance(row, dict):
                inner = replace(place, prefix=f"{step}.")
                self._note_repeated(row, inner)
                found.append(RawRow(key, inner, row))
            else:
                self._reading.faults.note("row-not-object", place, step, seen=_seen(row))
        return found

    def _note_repeated(self, fields: Mapping[str, object], place: Place) -> None:
        if isinstance(fields, _RepeatedKeys):
            for key in fields.repeated:
                self._reading.faults.note("repeated-key", place, key, seen=key)
